//! Gathers blocks that go back to their slabs, so that each slab is told once.
//!
//! A small direct-mapped table: blocks of one slab mostly come together, and what
//! collides is told early.

use crate::heap::{Entry, Heap, Inner};
use crate::land::GROUND;
use crate::slab::{self, Slab};

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

/// Puts one block back for a thread that has no heap.
pub(crate) fn put_back_alone(entry: &Entry) {
    let slab = slab::at_offset(GROUND.offset(entry.block));
    slab.put_back(entry.mark());
    announce(slab, 1);
}

fn tell(heap: &Heap, slab: &'static Slab, blocks: u32, inner: &mut Inner) {
    if core::ptr::eq(slab.owner(), heap) {
        inner.take_back(slab, blocks);
    } else {
        announce(slab, blocks);
    }
}

/// Tells the heap that owns the slab.
fn announce(slab: &'static Slab, blocks: u32) {
    if slab.announced.announce(blocks) {
        // SAFETY: heaps live in the closet and are never unmapped.
        unsafe { &*slab.owner() }.pending.push(slab);
    }
}
