//! A number that is made once, by the first who needs it; others wait for it.

#[cfg(not(loom))]
use crate::fork::ForkLock as Making;
#[cfg(loom)]
use os::Lock as Making;

use crate::sync::{Acquire, AtomicU32, Relaxed, Release};

pub(crate) struct Once {
    /// One more than the number; 0 before there is one.
    number: AtomicU32,
    /// Held while it is made, with what came of earlier trials. First in the lock order.
    pub(crate) making: Making<bool>,
}

impl Once {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self { number: AtomicU32::new(0), making: Making::new(false) }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self { number: AtomicU32::new(0), making: Making::new(false) }
    }

    /// The number, if it has been made.
    #[inline]
    pub(crate) fn get(&self) -> Option<u32> {
        // Acquire: pairs with the Release in get_or_make; what it numbers is there before.
        self.number.load(Acquire).checked_sub(1)
    }

    /// The number; `make` makes it if there is none, or fails, and is asked again the next
    /// time. What it was given then is false at first, and kept.
    pub(crate) fn get_or_make(&self, make: impl FnOnce(&mut bool) -> Option<u32>) -> Option<u32> {
        if let Some(number) = self.get() {
            return Some(number);
        }
        let mut making = self.making.lock();
        // Relaxed: if another thread made it, the lock has published that.
        if let Some(number) = self.number.load(Relaxed).checked_sub(1) {
            return Some(number);
        }
        let number = make(&mut making)?;
        // Release: pairs with the Acquire in get.
        self.number.store(number + 1, Release);
        Some(number)
    }
}
