//! How a heap learns that other threads have put blocks back into its slabs.
//!
//! ```text
//!   puts back k blocks                     owner
//!   announced += k  ── was 0 ──▶ push ──▶  pending: slab ─▶ slab ─▶ …
//!                   └─ was not 0: it is    take all; for each: announced ← 0
//!                      on its way already
//! ```
//!
//! One atomic addition per slab and flush, and one exchange more for the first.

use core::ptr::null_mut;

use crate::sync::{AcqRel, Acquire, AtomicPtr, AtomicU32, Relaxed, Release};

/// Blocks put back by others and not yet collected by the owner.
pub(crate) struct Announced(AtomicU32);

impl Announced {
    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    /// Nothing is announced: the slab is new.
    pub(crate) fn reset(&self) {
        self.0.store(0, Relaxed); // other threads learn of the slab by its blocks
    }

    /// Announces blocks whose bits are among the returned ones. True if the caller must
    /// put the slab on its owner's pending list.
    pub(crate) fn announce(&self, blocks: u32) -> bool {
        // AcqRel: its Release pairs with the Acquire in collect, publishing bits and
        // marks; its Acquire with the Release there: the owner has read the link by
        // then, which the caller is about to write.
        self.0.fetch_add(blocks, AcqRel) == 0
    }

    /// Takes what was announced. The slab has just left the pending list.
    pub(crate) fn collect(&self) -> u32 {
        // AcqRel: its Acquire pairs with the Release in announce; its Release with the
        // Acquire there: what the owner reads of the slab's link, it has read before.
        self.0.swap(0, AcqRel)
    }
}

/// What can be on a pending list.
pub(crate) trait Pend: Sized {
    /// The next on the list.
    fn next(&self) -> &AtomicPtr<Self>;
}

/// Slabs with something announced: pushed by anybody, taken by the owner.
pub(crate) struct Pending<T>(AtomicPtr<T>);

impl<T: Pend> Pending<T> {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    /// Puts a slab on the list, on which it is not.
    pub(crate) fn push(&self, slab: &T) {
        let mut head = null_mut(); // mostly so; if not, the exchange tells
        loop {
            slab.next().store(head, Relaxed); // published by the exchange
            let slab = (&raw const *slab).cast_mut();
            // Release: pairs with the Acquire in take_all, publishing the link.
            match self.0.compare_exchange_weak(head, slab, Release, Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Takes the whole list: its first slab, or null.
    pub(crate) fn take_all(&self) -> *mut T {
        // Relaxed: what comes a moment later is taken the next time.
        if self.0.load(Relaxed).is_null() {
            return null_mut();
        }
        // Acquire: pairs with the Release in push.
        self.0.swap(null_mut(), Acquire)
    }
}
