//! A wish for a thread, which is granted once.
//!
//! ```text
//!   NONE ── want ──▶ WANTED ── grant ──▶ GRANTED ── forked ──▶ WANTED, in the child
//!    ▲                                      │
//!    └────────────── refuse ────────────────┘
//! ```

use crate::sync::{AtomicU32, Relaxed};

const NONE: u32 = 0;
const WANTED: u32 = 1;
const GRANTED: u32 = 2;

/// Relaxed everywhere: the number is all there is to it.
pub(crate) struct Wish(AtomicU32);

impl Wish {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self(AtomicU32::new(NONE))
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(NONE))
    }

    /// Wishes for it, unless it is there or wished for.
    pub(crate) fn want(&self) {
        let _ = self.0.compare_exchange(NONE, WANTED, Relaxed, Relaxed); // as above
    }

    #[inline]
    pub(crate) fn is_open(&self) -> bool {
        self.0.load(Relaxed) == WANTED
    }

    /// True for one of those who would grant an open wish.
    pub(crate) fn grant(&self) -> bool {
        self.0.compare_exchange(WANTED, GRANTED, Relaxed, Relaxed).is_ok()
    }

    /// It could not be granted. For the thread that was to do it.
    pub(crate) fn refuse(&self) {
        self.0.store(NONE, Relaxed); // as above
    }

    /// In a forked child: what was granted is not there, and wished for again.
    pub(crate) fn forked(&self) {
        let _ = self.0.compare_exchange(GRANTED, WANTED, Relaxed, Relaxed); // as above
    }

    /// What a child finds that is forked now.
    #[cfg(loom)]
    pub(crate) fn copy(&self) -> Self {
        Self(AtomicU32::new(self.0.load(Relaxed)))
    }
}
