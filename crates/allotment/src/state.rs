//! What a unit is used for.
//!
//! ```text
//!   under the lock of the ground       the thread that frees the block
//!     begins a large block ──▶ LARGE ── change ──▶ LARGE_FREED, then gives the run back
//!                              └────── change ──▶ no: another thread has freed it
//! ```

use crate::sync::{AtomicU8, Relaxed};

/// A slab.
pub(crate) const SLAB: u8 = 1;
/// The first unit of a live large block.
pub(crate) const LARGE: u8 = 2;
/// The first unit of a large block that was freed; something else may lie there
/// by now.
pub(crate) const LARGE_FREED: u8 = 3;
/// A slab that ended when its last block was freed; something else may lie there
/// by now.
pub(crate) const SLAB_ENDED: u8 = 4;

/// One of these; 0 is none of them: nothing so far, or the inside of a run.
pub(crate) struct State(AtomicU8);

impl State {
    #[cfg(loom)]
    pub(crate) fn new(state: u8) -> Self {
        Self(AtomicU8::new(state))
    }

    pub(crate) fn get(&self) -> u8 {
        self.0.load(Relaxed) // Relaxed: the unit keeps its use while a block of it is live
    }

    pub(crate) fn set(&self, state: u8) {
        self.0.store(state, Relaxed); // Relaxed: seen through the block's address
    }

    /// A large block begins or ends. False if it has just ended already: of two
    /// threads that free the same block, one is told.
    pub(crate) fn change(&self, from: u8, to: u8) -> bool {
        // Relaxed: it is the block that is handed over, by its address.
        self.0.compare_exchange(from, to, Relaxed, Relaxed).is_ok()
    }
}
