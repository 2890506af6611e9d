//! Marks and free bits: all there is to know about a block of a slab.
//!
//! | mark | free bit | the block is | who may change that |
//! |---|---|---|---|
//! | `LIVE` | – | handed out | the thread that frees it |
//! | `IDLE` | – | in some thread's stack | that thread |
//! | `IDLE` | returned | in the slab, put there by another thread | the slab's owner |
//! | `IDLE` | free | in the slab | the slab's owner |
//!
//! A mark changes hands with its block, so plain stores do. A free bit is one of 64
//! in a word; the owner's are its own, and what others put back comes in words
//! beside them:
//!
//! ```text
//!   puts back                              owner, collecting
//!   returned |= bits   (or, Release)       k ← announced, 0     (swap, Acquire)
//!   announced += k     (add, Release)      free |= returned, 0  (swap, Acquire)
//! ```
//!
//! A bit that is set already is a block that is put back twice: two threads have freed
//! it at the same instant, when its mark was `LIVE` for both.
//!
//! The owner may meet bits whose count is still to come. It counts by `announced`
//! alone, and hands out no more than it has counted: a slab whose blocks are all
//! counted is one that nobody is about to announce.

use crate::sync::{Acquire, AtomicU64, Relaxed, Release};

pub(crate) const IDLE: u8 = 0;
pub(crate) const LIVE: u8 = 1;

/// Blocks to a word of free bits.
pub(crate) const WORD_BLOCKS: usize = u64::BITS as usize;

/// Blocks of a foreign slab go back; their number is still to be announced. Returns
/// those of the bits that were set before.
pub(crate) fn put_back(returned: &AtomicU64, bits: u64) -> u64 {
    // Release: pairs with the Acquire in collect: what the blocks' last owners did
    // with them happens before their next owners get them.
    returned.fetch_or(bits, Release) & bits
}

/// Takes what others have put back, as far as it has come. For the slab's owner.
pub(crate) fn collect(returned: &AtomicU64) -> u64 {
    // Relaxed: what was announced is seen, by the Acquire in Announced::collect;
    // anything later is seen the next time.
    if returned.load(Relaxed) == 0 {
        return 0;
    }
    // Acquire: pairs with the Release in put_back.
    returned.swap(0, Acquire)
}
