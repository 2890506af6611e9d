//! The allocators compared, behind one face.

use std::collections::VecDeque;
use std::ops::Range;

use allotment_benches::books::VecBooks;
use extents::{Boundary, Extents, Handle, Node, Room};

/// An allocator of unit ranges.
pub(crate) trait Subject {
    type Block;
    /// An allocator of a range, for up to so many blocks.
    fn new(range: u64, blocks_max: usize) -> Self;
    fn take(&mut self, len: u64) -> Option<Self::Block>;
    fn give_back(&mut self, block: Self::Block);
    /// Bytes that the records in use take up, if that can be told.
    fn bytes(&self) -> Option<usize>;
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

    #[inline]
    fn take(&mut self, len: u64) -> Option<Handle> {
        Some(self.0.take(len).ok()?.handle)
    }

    #[inline]
    fn give_back(&mut self, handle: Handle) {
        self.0.give_back(handle).expect("taken before");
    }

    fn bytes(&self) -> Option<usize> {
        let boundaries = self.0.boundaries() as usize * size_of::<Boundary<u32>>();
        Some(boundaries + self.0.nodes_in_use() as usize * size_of::<Node<u32, R>>())
    }
}

/// The crate `offset-allocator`, the Rust port of `OffsetAllocator`.
pub(crate) struct Crate {
    allocator: offset_allocator::Allocator<u32>,
    live: usize,
}

/// Its node (28 bytes), and the place in the list of nodes that are free.
const NODE_BYTES: usize = 32;

impl Subject for Crate {
    type Block = offset_allocator::Allocation<u32>;

    fn new(range: u64, blocks_max: usize) -> Self {
        let range = u32::try_from(range).expect("the range fits in 32 bits");
        let blocks_max = u32::try_from(blocks_max).expect("few enough blocks");
        let allocator = offset_allocator::Allocator::with_max_allocs(range, blocks_max);
        Self { allocator, live: 0 }
    }

    #[inline]
    fn take(&mut self, len: u64) -> Option<Self::Block> {
        let block = self.allocator.allocate(len as u32)?;
        self.live += 1;
        Some(block)
    }

    #[inline]
    fn give_back(&mut self, block: Self::Block) {
        self.allocator.free(block);
        self.live -= 1;
    }

    fn bytes(&self) -> Option<usize> {
        let report = self.allocator.storage_report_full();
        let free: u32 = report.free_regions.iter().map(|region| region.count).sum();
        Some((self.live + free as usize) * NODE_BYTES)
    }
}

/// The crate `range-alloc`: best fit by a linear search.
pub(crate) struct RangeAlloc(range_alloc::RangeAllocator<u64>);

impl Subject for RangeAlloc {
    type Block = Range<u64>;

    fn new(range: u64, _blocks_max: usize) -> Self {
        Self(range_alloc::RangeAllocator::new(0..range))
    }

    #[inline]
    fn take(&mut self, len: u64) -> Option<Range<u64>> {
        self.0.allocate_range(len).ok()
    }

    #[inline]
    fn give_back(&mut self, block: Range<u64>) {
        self.0.free_range(block);
    }

    fn bytes(&self) -> Option<usize> {
        None
    }
}

/// The floor: no allocator at all, only the memory that one cannot help touching.
/// Giving back reads the block's record and its two neighbours' and writes the
/// first; taking writes the record of a block given back some time ago.
///
/// `IN_TURN`, each replacement waits for what the last one read. An allocator is
/// between the two: it waits wherever a branch on what it read was guessed wrong.
pub(crate) struct Touch<const IN_TURN: bool> {
    records: Vec<[u32; 4]>,
    free: VecDeque<u32>,
    /// What was read.
    sum: u32,
    /// Zero, which the compiler doesn't know.
    zero: u32,
}

/// One record in so many is free, as with the others at a million blocks.
const FREE: usize = 25;

impl<const IN_TURN: bool> Subject for Touch<IN_TURN> {
    type Block = u32;

    fn new(_range: u64, blocks_max: usize) -> Self {
        let count = (blocks_max / 2 + blocks_max / (2 * FREE)) as u32;
        // A step that is coprime to nearly every count leads all over the records, as
        // a range's neighbours do when it has been in use for long.
        let far = |at: u32| (u64::from(at) * 2_654_435_761 % u64::from(count)) as u32;
        let records = (0..count).map(|at| [at, far(at), far(at + 1), 0]).collect();
        let zero = std::hint::black_box(0);
        Self { records, free: (0..count).collect(), sum: 0, zero }
    }

    #[inline]
    fn take(&mut self, len: u64) -> Option<u32> {
        let at = self.free.pop_front()?;
        self.records[at as usize][3] = len as u32;
        Some(at)
    }

    #[inline]
    fn give_back(&mut self, at: u32) {
        let wait = if IN_TURN { self.sum & self.zero } else { 0 };
        let [_, prev, next, _] = self.records[(at | wait) as usize];
        let (lower, upper) = (self.records[prev as usize][3], self.records[next as usize][3]);
        self.sum = self.sum.wrapping_add(lower ^ upper);
        self.records[at as usize][3] = 0;
        self.free.push_back(at);
    }

    fn bytes(&self) -> Option<usize> {
        None
    }
}
