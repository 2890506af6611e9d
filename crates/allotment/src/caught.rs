//! A misuse that was found where it could not be told: the last one, and no more.

use crate::sync::{Acquire, AtomicUsize, Relaxed, Release};

pub(crate) struct Caught {
    /// 0 for none.
    block: AtomicUsize,
    size: AtomicUsize,
}

impl Caught {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self { block: AtomicUsize::new(0), size: AtomicUsize::new(0) }
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self { block: AtomicUsize::new(0), size: AtomicUsize::new(0) }
    }

    /// Keeps a block and its size. When two threads do so at the same instant, the size
    /// may be the other's.
    pub(crate) fn put(&self, block: usize, size: usize) {
        self.size.store(size, Relaxed); // Relaxed: published with the block
        // Release: pairs with the Acquire in take, publishing the size. An exchange as
        // there, since loom knows no order between a store and an exchange.
        self.block.swap(block, Release);
    }

    /// Takes what is kept: one thread gets it.
    pub(crate) fn take(&self) -> Option<(usize, usize)> {
        // Relaxed: a hint, and mostly so.
        if self.block.load(Relaxed) == 0 {
            return None;
        }
        // Acquire: pairs with the Release in put.
        let block = self.block.swap(0, Acquire);
        // Relaxed: published with the block.
        (block != 0).then(|| (block, self.size.load(Relaxed)))
    }
}
