//! A mutual exclusion lock of one 32-bit word, for memory that has no C library
//! below it.
//!
//! ```text
//!            lock: CAS                    lock: swap
//!   FREE ───────────────▶ HELD ───────────────────────▶ HELD_AWAITED
//!     ▲                    │                                  │
//!     └──── unlock ────────┴───────── unlock + wake one ──────┘
//! ```
//!
//! A thread that may have to sleep marks the word `HELD_AWAITED` first, so the
//! uncontended path of lock and unlock makes no system call. The protocol is the
//! third mutex of Ulrich Drepper's "Futexes are tricky".

use core::cell::UnsafeCell;
use core::ops::{Deref, DerefMut};

use crate::sync::{Futex, Ordering, SPINS_MAX, TRIES_MAX, pause};

const FREE: u32 = 0;
const HELD: u32 = 1;
const HELD_AWAITED: u32 = 2;

/// A value that one thread at a time may use.
pub struct Lock<T> {
    /// `HELD_AWAITED` whenever a thread may be asleep on the word.
    state: Futex,
    /// Touched only between a successful acquire and the release that follows.
    value: UnsafeCell<T>,
}

// SAFETY: the state word admits one guard at a time, so sharing the lock moves
// exclusive access to the value between threads and never splits it.
unsafe impl<T: Send> Sync for Lock<T> {}

/// Exclusive access to a locked value; unlocks when dropped.
pub struct Guard<'a, T> {
    lock: &'a Lock<T>,
}

impl<T> Lock<T> {
    /// A lock that nobody holds.
    #[cfg(not(loom))]
    pub const fn new(value: T) -> Self {
        Self { state: Futex::new(FREE), value: UnsafeCell::new(value) }
    }

    /// A lock that nobody holds, under the model checker.
    #[cfg(loom)]
    pub fn new(value: T) -> Self {
        Self { state: Futex::new(FREE), value: UnsafeCell::new(value) }
    }

    /// Waits until no other thread holds the lock, then holds it.
    pub fn lock(&self) -> Guard<'_, T> {
        let word = self.state.word();
        // Acquire: pairs with the Release in drop, so the value is seen as the
        // last holder left it. Relaxed on failure: nothing is read then.
        if word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_err() {
            self.lock_contended();
        }
        Guard { lock: self }
    }

    /// Holds the lock, unless another does.
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        let word = self.state.word();
        // Acquire: pairs with the Release in drop, as in lock. Relaxed on failure:
        // nothing is read then.
        let held = word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed);
        // Not then_some: a guard that is made and dropped unlocks.
        held.is_ok().then(|| Guard { lock: self })
    }

    /// Holds the lock, unless another holds it all the while that a short use of it
    /// takes.
    pub fn lock_soon(&self) -> Option<Guard<'_, T>> {
        let word = self.state.word();
        let is_held = (0..TRIES_MAX).any(|_| {
            pause();
            // Acquire: pairs with the Release in drop, as in lock. Relaxed on failure:
            // nothing is read then.
            word.compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed).is_ok()
        });
        is_held.then(|| Guard { lock: self }) // as in try_lock
    }

    /// Holds the lock beyond the end of any guard: until [`unlock`](Self::unlock).
    pub fn lock_and_leave(&self) {
        core::mem::forget(self.lock());
    }

    /// Ends what [`lock_and_leave`](Self::lock_and_leave) began.
    ///
    /// # Safety
    ///
    /// The lock is held so: by this thread, or by the one of which this is the copy
    /// in a forked child. No guard of it exists.
    pub unsafe fn unlock(&self) {
        // SAFETY: the caller's promise.
        drop(unsafe { self.guard() });
    }

    /// The guard of a lock that is held by [`lock_and_leave`](Self::lock_and_leave).
    /// Dropped, it unlocks.
    ///
    /// # Safety
    ///
    /// As for [`unlock`](Self::unlock), for as long as there is this guard.
    pub unsafe fn guard(&self) -> Guard<'_, T> {
        Guard { lock: self }
    }

    #[cold]
    #[inline(never)]
    fn lock_contended(&self) {
        let word = self.state.word();
        for _ in 0..SPINS_MAX {
            // Relaxed: a hint whether trying is worth it; the exchange below decides.
            match word.load(Ordering::Relaxed) {
                // Acquire: pairs with the Release in drop.
                FREE if word
                    .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed)
                    .is_ok() =>
                {
                    return;
                }
                HELD_AWAITED => break,
                _ => pause(),
            }
        }
        // Acquire: pairs with the Release in drop. A thread that gets the lock
        // here leaves it marked as awaited: others may be asleep still.
        while word.swap(HELD_AWAITED, Ordering::Acquire) != FREE {
            self.state.wait(HELD_AWAITED);
        }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this guard holds the lock, so no other access is under way.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this guard holds the lock and is itself borrowed exclusively.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        // Release: pairs with the Acquires in lock and lock_contended, publishing
        // the value to the next holder.
        if self.lock.state.word().swap(FREE, Ordering::Release) == HELD_AWAITED {
            self.lock.state.wake_one();
        }
    }
}
