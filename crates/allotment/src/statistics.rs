//! Statistics: how much of what there is, counted when somebody asks.
//!
//! Nothing is counted on the way of an allocation or a free. The marks and records
//! say all there is to know, so the answer is found by walking them:
//!
//! ```text
//!   land    ├ slab ─────────────┤├ large ──────────┤├ free run ──────┤
//!            live cached free     live               dirty or clean
//! ```
//!
//! The walk holds the ground's lock, so that units do not change their use; blocks
//! come and go meanwhile, and are counted as they are met.

use crate::class::{CLASS, CLASSES};
use crate::ground::{self, Ground};
use crate::land::{GROUND, UNIT_BYTES};
use crate::marks::{CACHED, LIVE};
use crate::slab::{self, Slab, state};
use crate::sync::Relaxed;

/// Number of block sizes that slabs are cut into.
pub const SIZES: usize = CLASSES;

/// The slabs of one block size.
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

/// What there is. Everything is in bytes, but for the counts.
#[derive(Clone, Copy, Debug)]
pub struct Statistics {
    /// By block size, the smallest first.
    pub sizes: [Size; SIZES],
    /// Live blocks above the largest block size.
    pub large_blocks: usize,
    /// What their owners may use.
    pub large_bytes: usize,
    /// The address space they take.
    pub large_run_bytes: usize,
    /// Memory made usable for blocks so far, whether or not it is in use.
    pub land_bytes: usize,
    /// Free memory that would go back to the system by trimming.
    pub dirty_bytes: usize,
    /// Memory made usable for metadata.
    pub metadata_bytes: usize,
    /// Thread heaps, with or without a thread.
    pub heaps: usize,
}

impl Statistics {
    fn none() -> Self {
        let size =
            |class: usize| Size { block_bytes: CLASS[class].size as usize, ..Size::default() };
        Self {
            sizes: core::array::from_fn(size),
            large_blocks: 0,
            large_bytes: 0,
            large_run_bytes: 0,
            land_bytes: 0,
            dirty_bytes: 0,
            metadata_bytes: 0,
            heaps: 0,
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
        self.sizes.iter().map(|size| size.cached).sum()
    }

    /// Bytes in the caches of threads.
    pub fn cached_bytes(&self) -> usize {
        self.sizes.iter().map(|size| size.cached * size.block_bytes).sum()
    }

    /// Blocks free in their slabs.
    pub fn free_blocks(&self) -> usize {
        self.sizes.iter().map(|size| size.free).sum()
    }

    /// Bytes of slabs.
    pub fn slabs_bytes(&self) -> usize {
        self.sizes.iter().map(|size| size.slabs).sum::<usize>() * UNIT_BYTES
    }

    /// Usable land that no block and no slab takes.
    pub fn free_run_bytes(&self) -> usize {
        self.land_bytes.saturating_sub(self.slabs_bytes() + self.large_run_bytes)
    }

    fn count(&mut self, slab: &'static Slab) {
        match slab.state() {
            state::SLAB => self.count_slab(slab),
            state::LARGE => {
                let bytes = slab.bytes.load(Relaxed); // under the ground's lock
                self.large_blocks += 1;
                self.large_bytes += bytes;
                self.large_run_bytes += bytes.next_multiple_of(UNIT_BYTES);
            }
            _ => {}
        }
    }

    fn count_slab(&mut self, slab: &'static Slab) {
        let size = &mut self.sizes[slab.class()];
        size.slabs += 1;
        for mark in slab.marks() {
            match mark.load(Relaxed) {
                // Relaxed: a count of what is moving needs no order.
                LIVE => size.live += 1,
                CACHED => size.cached += 1,
                _ => size.free += 1,
            }
        }
    }

    fn count_ground(&mut self, ground: &mut Ground) {
        self.land_bytes = ground.runs.land_bytes();
        self.dirty_bytes = ground.runs.dirty_bytes();
        self.metadata_bytes = ground.runs.records_bytes() + ground.closet_bytes();
        for unit in 0..self.land_bytes.min(GROUND.bytes()) / UNIT_BYTES {
            self.count(slab::at_offset(unit * UNIT_BYTES));
        }
    }
}

/// Counts what there is now.
pub fn gather() -> Statistics {
    let mut found = Statistics::none();
    ground::survey(|ground| found.count_ground(ground));
    found.heaps = ground::all_heaps().count();
    found
}
