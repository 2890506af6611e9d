//! The allocators compared, behind one face.

use std::ops::Range;

use allotment_benches::books::VecBooks;
use extents::{Extents, Handle, Room};

/// An allocator of unit ranges.
pub(crate) trait Subject {
    type Block;
    fn new(range: u64, blocks_max: usize) -> Self;
    fn take(&mut self, len: u64) -> Option<Self::Block>;
    fn give_back(&mut self, block: Self::Block);
}

/// Ours, as the lab's heaps and the page runs use it.
pub(crate) type Ours = OursWith<[u32; 0]>;
/// Ours, ready for alignments up to 256 units.
pub(crate) type OursAligned = OursWith<[u32; 8]>;

pub(crate) struct OursWith<R: Room<u32>>(Extents<VecBooks<u32, R>>);

impl<R: Room<u32>> Subject for OursWith<R> {
    type Block = Handle;

    fn new(range: u64, _blocks_max: usize) -> Self {
        let mut extents = Extents::new(VecBooks::default());
        extents.add_region(0, range).expect("the range fits in 32 bits");
        Self(extents)
    }

    fn take(&mut self, len: u64) -> Option<Handle> {
        Some(self.0.take(len).ok()?.handle)
    }

    fn give_back(&mut self, handle: Handle) {
        self.0.give_back(handle).expect("taken before");
    }
}

/// The crate `offset-allocator`, the Rust port of `OffsetAllocator`.
pub(crate) struct Crate(offset_allocator::Allocator<u32>);

impl Subject for Crate {
    type Block = offset_allocator::Allocation<u32>;

    fn new(range: u64, blocks_max: usize) -> Self {
        let range = u32::try_from(range).expect("the range fits in 32 bits");
        let blocks_max = u32::try_from(blocks_max).expect("few enough blocks");
        Self(offset_allocator::Allocator::with_max_allocs(range, blocks_max))
    }

    fn take(&mut self, len: u64) -> Option<Self::Block> {
        self.0.allocate(len as u32)
    }

    fn give_back(&mut self, block: Self::Block) {
        self.0.free(block);
    }
}

/// The crate `range-alloc`: best fit by a linear search.
pub(crate) struct RangeAlloc(range_alloc::RangeAllocator<u64>);

impl Subject for RangeAlloc {
    type Block = Range<u64>;

    fn new(range: u64, _blocks_max: usize) -> Self {
        Self(range_alloc::RangeAllocator::new(0..range))
    }

    fn take(&mut self, len: u64) -> Option<Range<u64>> {
        self.0.allocate_range(len).ok()
    }

    fn give_back(&mut self, block: Range<u64>) {
        self.0.free_range(block);
    }
}
