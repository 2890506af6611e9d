//! Work that one thread at a time does a part of, and for which none waits.
//!
//! ```text
//!   want ──▶ wanted ── who comes by ──▶ busy ── a part is done ──▶ nobody is busy
//!              ▲                         │
//!              └── there is more to do ──┘
//! ```
//!
//! While a thread is busy, a want stays for whoever comes by after that. So a want that
//! was heard by nobody is there still, and what was written before it is seen by who
//! hears it.

use crate::sync::{Acquire, AtomicBool, Relaxed, Release};

pub(crate) struct Turns {
    /// Whether there is something to do.
    wanted: AtomicBool,
    /// Whether a thread does it.
    busy: AtomicBool,
}

impl Turns {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self { wanted: AtomicBool::new(false), busy: AtomicBool::new(false) }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self { wanted: AtomicBool::new(false), busy: AtomicBool::new(false) }
    }

    /// Has somebody come by.
    pub(crate) fn want(&self) {
        // Release: pairs with the Acquire in take. An exchange, not a store, so that of
        // several wants in a row each one is heard.
        self.wanted.swap(true, Release);
    }

    #[inline]
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Relaxed) // Relaxed: a hint; the exchange in take decides
    }

    /// Comes by: runs `first` in any case, and if there is no other thread at it, `part`,
    /// which does a part of the work, and says whether that was all of it.
    pub(crate) fn take(&self, first: impl FnOnce(), part: impl FnOnce() -> bool) {
        // Relaxed: a hint, that spares the others two exchanges while a thread is busy.
        // Acquire: pairs with the Release in want.
        let hears = !self.busy.load(Relaxed) && self.wanted.swap(false, Acquire);
        first();
        if !hears {
            return;
        }
        // Acquire: pairs with the Release below: what the last one did is seen. Relaxed on
        // failure: nothing is read then.
        if self.busy.compare_exchange(false, true, Acquire, Relaxed).is_err() {
            self.want(); // heard for the other thread, which may be past it
            return;
        }
        let is_all = part();
        self.busy.store(false, Release); // Release: pairs with the Acquire above
        if !is_all {
            self.want();
        }
    }

    /// In a forked child, where the thread that was busy is not.
    pub(crate) fn forked(&self) {
        // Relaxed: the child has one thread.
        if self.busy.swap(false, Relaxed) {
            self.want();
        }
    }
}
