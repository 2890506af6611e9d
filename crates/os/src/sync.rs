//! One place that chooses between the processor's atomics and loom's model of
//! them, so that the model checker runs the very code that ships.

#[cfg(not(loom))]
pub(crate) use real::*;

#[cfg(loom)]
pub(crate) use modelled::*;

#[cfg(not(loom))]
mod real {
    pub(crate) use core::sync::atomic::Ordering;

    use crate::linux;

    /// A 32-bit word on which threads can sleep.
    pub(crate) struct Futex(core::sync::atomic::AtomicU32);

    impl Futex {
        pub(crate) const fn new(value: u32) -> Self {
            Self(core::sync::atomic::AtomicU32::new(value))
        }

        pub(crate) fn word(&self) -> &core::sync::atomic::AtomicU32 {
            &self.0
        }

        pub(crate) fn wait(&self, expected: u32) {
            linux::futex_wait(&self.0, expected);
        }

        pub(crate) fn wake_one(&self) {
            linux::futex_wake_one(&self.0);
        }
    }

    pub(crate) fn pause() {
        core::hint::spin_loop();
    }

    /// How often a waiter looks again before it sleeps: about a microsecond.
    pub(crate) const SPINS_MAX: u32 = 100;

    /// How often one tries that does not sleep: some ten milliseconds.
    pub(crate) const TRIES_MAX: u32 = 1_000_000;
}

#[cfg(loom)]
mod modelled {
    pub(crate) use loom::sync::atomic::Ordering;
    use loom::sync::{Condvar, Mutex, atomic::AtomicU32};

    /// The futex contract in loom's terms: the comparison and the falling asleep
    /// are one step, because a wake needs the same mutex.
    pub(crate) struct Futex {
        word: AtomicU32,
        asleep: Mutex<()>,
        woken: Condvar,
    }

    impl Futex {
        pub(crate) fn new(value: u32) -> Self {
            Self { word: AtomicU32::new(value), asleep: Mutex::new(()), woken: Condvar::new() }
        }

        pub(crate) fn word(&self) -> &AtomicU32 {
            &self.word
        }

        pub(crate) fn wait(&self, expected: u32) {
            let guard = self.asleep.lock().unwrap();
            // Relaxed: the kernel's comparison orders nothing; the lock's own
            // accesses do.
            if self.word.load(Ordering::Relaxed) == expected {
                drop(self.woken.wait(guard).unwrap());
            }
        }

        pub(crate) fn wake_one(&self) {
            let _guard = self.asleep.lock().unwrap();
            self.woken.notify_one();
        }
    }

    pub(crate) fn pause() {
        loom::thread::yield_now();
    }

    pub(crate) const SPINS_MAX: u32 = 1;
    pub(crate) const TRIES_MAX: u32 = 2;
}
