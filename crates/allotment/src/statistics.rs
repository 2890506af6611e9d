//! Statistics: how much of what there is, counted when somebody asks.
//!
//! ```
//! use allotment::raw::{self, Caller};
//! use allotment::statistics::gather;
//!
//! let before = gather();
//! let block = raw::allocate(10 << 20);
//! let held = gather();
//! assert_eq!(held.live_blocks(), before.live_blocks() + 1);
//! assert_eq!(held.live_bytes(), before.live_bytes() + (10 << 20));
//! assert_eq!(held.large_blocks, before.large_blocks + 1);
//! # // SAFETY: nothing uses the block any more.
//! # unsafe { raw::free(block, Caller::Free) };
//! ```
//!
//! Nothing is counted on the way of an allocation or a free. The marks and records
//! say all there is to know, so the answer is found by walking those of runs in use:
//!
//! ```text
//!   land    ├ slab ─────────────┤├ large ──────────┤├ free run ──────┤
//!            live cached free     live               dirty or clean
//! ```
//!
//! The walk holds the ground's lock, so that units do not change their use; blocks
//! come and go meanwhile, and are counted as they are met.
//!
//! | figure | where it is from |
//! |---|---|
//! | live, cached, free, large, dirty | the walk; exact while no other thread allocates |
//! | mapped, committed, metadata | the books; exact |
//! | resident | the kernel, page by page, but for long gaps in the land |
//! | peak live | sampled on slow paths: see `tally` |
//! | calls | counted beyond the threads' caches; all of them with `ALLOTMENT_COUNT` |
//! | purged | counted at each purge |

use core::ops::Range;

use os::{environment, reserved};

use crate::class::{CLASS, SMALL_CLASSES};
use crate::ground::{self, Ground, Parts};
use crate::heap::Heap;
use crate::land::{GROUND, UNIT_BYTES};
use crate::marks::LIVE;
use crate::runs::Run;
use crate::slab::Slab;
use crate::state;
use crate::sync::Relaxed;
use crate::{json, options, tally};

/// Number of block sizes that slabs are cut into.
pub const SIZES: usize = SMALL_CLASSES;

/// The slabs of one block size.
#[non_exhaustive]
#[derive(Clone, Copy, Default, Debug)]
pub struct Size {
    /// Bytes in a block.
    pub block_bytes: usize,
    /// Slabs, of 64 KiB each.
    pub slabs: usize,
    /// Blocks in the hands of the program.
    pub live: usize,
    /// Blocks freed, and kept by a thread for its next allocations.
    pub cached: usize,
    /// Blocks free in their slab.
    pub free: usize,
}

/// What there is. Everything is in bytes, but for the counts. More figures
/// may come.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Statistics {
    /// By block size, the smallest first.
    pub sizes: [Size; SIZES],
    /// Live blocks above the largest block size.
    pub large_blocks: usize,
    /// What their owners may use.
    pub large_bytes: usize,
    /// Large blocks freed, and kept by a thread for its next allocations.
    pub large_cached: usize,
    /// The bytes of these.
    pub large_cached_bytes: usize,
    /// The address space that large blocks take, live or kept.
    pub large_run_bytes: usize,
    /// Memory made usable for blocks so far, whether or not it is in use.
    pub land_bytes: usize,
    /// The most bytes that were live at a time, as far as was seen. Each thread's
    /// part is looked at when it has risen by a 64th and 8 KiB, or fallen by a 32nd
    /// and 32 KiB, so that the sum may be wrong by as much; and by what has moved
    /// between the threads' caches and the program meanwhile.
    pub peak_live_bytes: usize,
    /// Address space of the heap, nearly all of it without memory behind it.
    pub mapped_bytes: usize,
    /// Of land and metadata, what is in RAM; none if the kernel does not say, or was not
    /// asked.
    pub resident_bytes: Option<usize>,
    /// Bytes given back to the system, ever.
    pub purged_bytes: usize,
    /// Free memory that would go back to the system by trimming.
    pub dirty_bytes: usize,
    /// Memory made usable for metadata.
    pub metadata_bytes: usize,
    /// Thread heaps, with or without a thread.
    pub heaps: usize,
    /// Thread heaps that a thread has.
    pub threads: usize,
    /// Whether `allocations` and `frees` are all calls since the start of the
    /// program. If not, they are those that the threads' caches did not serve.
    pub calls_counted: bool,
    /// Calls that allocated; a `realloc` that moves its block is one.
    pub allocations: u64,
    /// Calls that freed; a `realloc` that moves its block is one.
    pub frees: u64,
    /// Blocks that moved from slabs to threads' caches.
    pub claimed_blocks: u64,
    /// Blocks that moved back.
    pub put_back_blocks: u64,
}

impl Statistics {
    fn none() -> Self {
        let size =
            |class: usize| Size { block_bytes: CLASS[class].size as usize, ..Size::default() };
        Self {
            sizes: core::array::from_fn(size),
            large_blocks: 0,
            large_bytes: 0,
            large_cached: 0,
            large_cached_bytes: 0,
            large_run_bytes: 0,
            land_bytes: 0,
            dirty_bytes: 0,
            metadata_bytes: 0,
            peak_live_bytes: 0,
            mapped_bytes: GROUND.reserved_bytes(),
            resident_bytes: None,
            purged_bytes: reserved::purged_bytes(),
            heaps: 0,
            threads: 0,
            calls_counted: options::counts(),
            allocations: 0,
            frees: 0,
            claimed_blocks: 0,
            put_back_blocks: 0,
        }
    }

    /// Live blocks of all sizes.
    pub fn live_blocks(&self) -> usize {
        self.sizes.iter().map(|size| size.live).sum::<usize>() + self.large_blocks
    }

    /// Bytes in the hands of the program, blocks rounded up to their usable size.
    pub fn live_bytes(&self) -> usize {
        self.sizes.iter().map(|size| size.live * size.block_bytes).sum::<usize>() + self.large_bytes
    }

    /// Blocks in the caches of threads.
    pub fn cached_blocks(&self) -> usize {
        self.sizes.iter().map(|size| size.cached).sum::<usize>() + self.large_cached
    }

    /// Bytes in the caches of threads.
    pub fn cached_bytes(&self) -> usize {
        let small = self.sizes.iter().map(|size| size.cached * size.block_bytes);
        small.sum::<usize>() + self.large_cached_bytes
    }

    /// The address space that live large blocks take.
    pub fn large_live_run_bytes(&self) -> usize {
        self.large_run_bytes - self.large_cached_bytes
    }

    /// Blocks free in their slabs.
    pub fn free_blocks(&self) -> usize {
        self.sizes.iter().map(|size| size.free).sum()
    }

    /// Bytes of slabs in no block that is live or cached.
    pub fn slabs_free_bytes(&self) -> usize {
        let taken = self.sizes.iter().map(|size| (size.live + size.cached) * size.block_bytes);
        self.slabs_bytes() - taken.sum::<usize>()
    }

    /// Bytes of slabs.
    pub fn slabs_bytes(&self) -> usize {
        self.sizes.iter().map(|size| size.slabs).sum::<usize>() * UNIT_BYTES
    }

    /// Usable land that no block and no slab takes.
    pub fn free_run_bytes(&self) -> usize {
        self.land_bytes.saturating_sub(self.slabs_bytes() + self.large_run_bytes)
    }

    /// Land in use by slabs and large blocks, and free land that may hold old
    /// contents: all that the system has given and not got back, in whole units.
    pub fn committed_bytes(&self) -> usize {
        self.slabs_bytes() + self.large_run_bytes + self.dirty_bytes
    }

    /// Of 1000 committed bytes, how many belong to no live block.
    pub fn fragmentation_permille(&self) -> usize {
        let (live, committed) = (self.live_bytes() as u128, self.committed_bytes() as u128);
        let lost = committed.saturating_sub(live) * 1000;
        lost.checked_div(committed).unwrap_or(0) as usize
    }

    /// The same as JSON, in at most `buffer.len()` bytes; returns how many the whole
    /// text has.
    pub fn write_json(&self, buffer: &mut [u8]) -> usize {
        let mut used = 0;
        json::write(self, &mut |text| {
            let room = buffer.get_mut(used..).unwrap_or_default();
            let fits = text.len().min(room.len());
            room[..fits].copy_from_slice(&text[..fits]);
            used += text.len();
        });
        used
    }

    fn count_heap(&mut self, heap: &Heap) {
        let (allocations, frees) = heap.calls.counted();
        self.heaps += 1;
        self.allocations += allocations;
        self.frees += frees;
        let inner = heap.inner.lock();
        self.claimed_blocks += inner.tally.claimed;
        self.put_back_blocks += inner.tally.put_back;
    }

    fn count(&mut self, slab: &'static Slab) {
        match slab.state() {
            state::SLAB if slab.class() < SIZES => self.count_slab(slab),
            state::SLAB => self.count_run(slab),
            state::LARGE => {
                let bytes = slab.bytes.load(Relaxed); // under the ground's lock
                self.large_blocks += 1;
                self.large_bytes += bytes;
                self.large_run_bytes += bytes.next_multiple_of(UNIT_BYTES);
            }
            _ => {}
        }
    }

    fn count_run(&mut self, slab: &'static Slab) {
        let bytes = slab.description().size as usize;
        self.large_run_bytes += bytes;
        // Relaxed, here and below: a count of what is moving needs no order.
        if slab.marks()[0].load(Relaxed) == LIVE {
            self.large_blocks += 1;
            self.large_bytes += bytes;
        } else {
            self.large_cached += 1;
            self.large_cached_bytes += bytes;
        }
    }

    fn count_slab(&mut self, slab: &'static Slab) {
        let size = &mut self.sizes[slab.class()];
        size.slabs += 1;
        for (index, mark) in slab.marks().iter().enumerate() {
            if mark.load(Relaxed) == LIVE {
                size.live += 1;
            } else if slab.is_free(index) {
                size.free += 1;
            } else {
                size.cached += 1;
            }
        }
    }

    fn count_ground(&mut self, ground: &mut Ground, pieces: &mut Pieces) {
        self.land_bytes = ground.runs.land_bytes();
        self.dirty_bytes = ground.runs.dirty_bytes();
        let parts = ground.parts();
        *pieces = Pieces::of((parts.land.start, parts.land.len()));
        let open = parts.metadata().map(Range::len).sum::<usize>();
        self.metadata_bytes = open + ground.closed_bytes();
        ground.runs.each(|run| match run {
            Run::InUse(slab) => self.count(slab),
            Run::Dirty => {}
            Run::Clean(gap) => pieces.leave_out(gap),
        });
    }
}

/// Counts what there is now, and asks the kernel how much of it is in RAM.
pub fn gather() -> Statistics {
    let (mut found, parts, pieces) = count();
    let page = environment::page_bytes();
    let resident = |(start, bytes)| reserved::resident_bytes(start, bytes, page);
    let metadata = parts.metadata().map(|part| (part.start, part.len()));
    found.resident_bytes = metadata.chain(pieces.all()).map(resident).sum();
    found
}

/// The same without a call to the system: what is in RAM is not known.
pub fn gather_from_books() -> Statistics {
    count().0
}

fn count() -> (Statistics, Parts, Pieces) {
    let mut found = Statistics::none();
    ground::all_heaps().for_each(|heap| found.count_heap(heap));
    let (mut parts, mut pieces) = (Parts::default(), Pieces::of((0, 0)));
    ground::survey(|ground| {
        found.count_ground(ground, &mut pieces);
        parts = ground.parts();
        found.threads = found.heaps.saturating_sub(ground::idle_heaps() as usize);
    });
    found.peak_live_bytes = tally::peak_bytes(found.live_bytes());
    (found, parts, pieces)
}

/// The land, without long gaps of which it is known that they are not in RAM: the kernel
/// is asked for each page.
struct Pieces {
    /// Start and bytes of each.
    pieces: [(usize, usize); PIECES_MAX],
    /// The last one.
    last: usize,
}

const PIECES_MAX: usize = 16;
/// A shorter gap is asked about.
const GAP_BYTES_MIN: usize = 256 << 20;

impl Pieces {
    fn of(land: (usize, usize)) -> Self {
        let mut pieces = [(0, 0); PIECES_MAX];
        pieces[0] = land;
        Self { pieces, last: 0 }
    }

    /// Cuts a gap out of the last piece; gaps come in the order of their addresses.
    fn leave_out(&mut self, gap: Range<usize>) {
        let (start, bytes) = self.pieces[self.last];
        let end = start + bytes;
        let is_within = start <= gap.start && gap.end <= end;
        if is_within && gap.len() >= GAP_BYTES_MIN && self.last + 1 < PIECES_MAX {
            self.pieces[self.last] = (start, gap.start - start);
            self.last += 1;
            self.pieces[self.last] = (gap.end, end - gap.end);
        }
    }

    fn all(self) -> impl Iterator<Item = (usize, usize)> {
        self.pieces.into_iter().take(self.last + 1)
    }
}
