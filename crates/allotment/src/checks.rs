//! What every free asks before it believes a pointer.
//!
//! ```text
//!   in the land?          no ▶ foreign
//!   a block's start?      no ▶ a large block, or none
//!   marked as live?       no ▶ freed already
//! ```
//!
//! A library without these is built with `--cfg allotment_unchecked`, for one purpose: to
//! measure beside it what they cost. What comes home in a flush is counted as ever there.

use crate::asm;
use crate::brief::Brief;
use crate::land::{GROUND, UNIT_BYTES};
use crate::marks::{IDLE, LIVE};
use crate::sync::{AtomicU8, Relaxed};

const ON: bool = cfg!(not(allotment_unchecked));

/// Whether an address, at this offset, is outside of the land; null is. A free asks by its
/// heap's [reach](crate::reuse) first.
#[inline(always)]
pub(crate) fn is_foreign(address: usize, offset: usize) -> bool {
    if ON { offset >= GROUND.bytes() } else { address == 0 }
}

/// Which block of a unit of a class starts at an offset, if any does.
#[inline(always)]
pub(crate) fn block_at(brief: &Brief, offset: usize) -> Option<usize> {
    let reciprocal = brief.reciprocal();
    let product = asm::product((offset % UNIT_BYTES) as u64, u64::from(reciprocal));
    let is_start = if ON { (product as u32) < reciprocal } else { reciprocal != 0 };
    is_start.then_some((product >> 32) as usize)
}

/// Whether a mark says that its block is live.
#[inline(always)]
pub(crate) fn is_live(mark: &AtomicU8) -> bool {
    // Relaxed: the thread that frees a block got it after it was marked.
    !ON || asm::is::<LIVE>(mark)
}

/// Whether it says that its block is free, or about to be.
pub(crate) fn is_idle(mark: &AtomicU8) -> bool {
    !ON || mark.load(Relaxed) == IDLE // the caller's
}

/// A block is handed out, or comes back.
#[inline(always)]
pub(crate) fn set(mark: &AtomicU8, to: u8) {
    if ON {
        mark.store(to, Relaxed); // the block is this thread's now
    }
}
