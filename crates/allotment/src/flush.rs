//! Gathers blocks that go back to their slabs, so that each slab is told once.
//!
//! A small direct-mapped table: blocks of one slab mostly come together, and what
//! collides is told early.

use crate::heap::{Heap, Inner};
use crate::slab::Slab;

const PLACES: usize = 16;

pub(crate) struct Flush<'a> {
    heap: &'a Heap,
    places: [Option<(&'static Slab, u32)>; PLACES],
}

impl<'a> Flush<'a> {
    pub(crate) fn new(heap: &'a Heap) -> Self {
        Self { heap, places: [None; PLACES] }
    }

    /// One more block of a slab; its mark says so already.
    #[inline]
    pub(crate) fn add(&mut self, slab: &'static Slab, inner: &mut Inner) {
        let place = &mut self.places[slab.unit() % PLACES];
        match place {
            Some((other, blocks)) if core::ptr::eq(*other, slab) => *blocks += 1,
            _ => {
                if let Some((other, blocks)) = place.replace((slab, 1)) {
                    tell(self.heap, other, blocks, inner);
                }
            }
        }
    }

    /// Tells every slab that is left.
    pub(crate) fn finish(self, inner: &mut Inner) {
        for (slab, blocks) in self.places.into_iter().flatten() {
            tell(self.heap, slab, blocks, inner);
        }
    }
}

fn tell(heap: &Heap, slab: &'static Slab, blocks: u32, inner: &mut Inner) {
    let owner = slab.owner();
    if core::ptr::eq(owner, heap) {
        inner.take_back(slab, blocks);
    } else if slab.announced.announce(blocks) {
        // SAFETY: heaps live in the closet and are never unmapped.
        unsafe { &*owner }.pending.push(slab);
    }
}
