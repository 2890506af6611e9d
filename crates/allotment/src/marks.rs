//! Mark bytes: all there is to know about a block of a slab.
//!
//! | mark | the block is | who may change it |
//! |---|---|---|
//! | `FREE` | in the slab | the slab's owner, to `CACHED` |
//! | `LIVE` | handed out | the thread that frees it, to `CACHED` |
//! | `CACHED` | in some thread's stack | that thread: to `LIVE` or `FREE` |
//!
//! A mark changes hands with its block, so plain stores do. What has to meet is
//! `CACHED` → `FREE` in one thread and `FREE` → `CACHED` in the owner's:
//!
//! ```text
//!   puts back                           owner, searching the group
//!   mark ← FREE     (Release)           flag ← 0       (exchange, AcqRel)
//!   flag ← 1        (Release)           mark = FREE?   (then fence, Acquire)
//! ```
//!
//! The mark is set before the flag, and the flag is cleared before the marks are
//! read: the owner sees the mark now, or the flag stands for its next search. But
//! for one case: of two threads that set the same flag, the owner's exchange meets
//! the later one only, and need not see the other's mark yet. The other's
//! announcement is then still to be collected, and after that its mark is seen. So
//! an owner that has blocks on account and finds no flag searches every group.

use crate::sync::{AcqRel, Acquire, AtomicU8, Relaxed, Release, fence};

pub(crate) const FREE: u8 = 0;
pub(crate) const LIVE: u8 = 1;
pub(crate) const CACHED: u8 = 2;

/// Blocks whose marks share a cache line, and a flag.
pub(crate) const GROUP: usize = 64;

/// A block goes back into its slab: CACHED → FREE.
#[inline]
pub(crate) fn put_back(mark: &AtomicU8, flag: &AtomicU8) {
    // Release: pairs with the fence in claim: what the block's last owner did with
    // it happens before its next owner gets it.
    mark.store(FREE, Release);
    // Release: pairs with the exchange in claim, publishing the mark.
    flag.store(1, Release);
}

/// Whether a group may have free blocks. For the slab's owner.
pub(crate) fn flagged(flag: &AtomicU8) -> bool {
    flag.load(Relaxed) != 0 // a hint; the exchange in claim decides
}

/// Takes up to `want` free blocks of a group: FREE → CACHED. Returns a bit for each
/// block taken. For the slab's owner.
pub(crate) fn claim(marks: &[AtomicU8], flag: &AtomicU8, want: u32) -> u64 {
    // AcqRel, and an exchange: pairs with the Release in put_back; see above.
    flag.swap(0, AcqRel);
    let (mut taken, mut count) = (0u64, 0);
    for (bit, mark) in marks.iter().enumerate() {
        // Relaxed: the fence below pairs with the Release in put_back.
        if mark.load(Relaxed) != FREE {
            continue;
        }
        if count == want {
            flag.store(1, Relaxed); // the owner's note to itself: something is left
            break;
        }
        mark.store(CACHED, Relaxed); // free blocks are the owner's to take
        taken |= 1 << bit;
        count += 1;
    }
    // Acquire: pairs with the Release in put_back, for every mark seen above.
    fence(Acquire);
    taken
}
