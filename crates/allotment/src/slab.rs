//! The record of a unit: what is there, and for a slab who owns it and which
//! blocks are free.
//!
//! ```text
//!  line 0  what a free reads             written when the unit changes its use
//!  line 1  what other threads write      frees announced, link of the pending list
//!  line 2  one flag per group            "a block of these 64 has become free"
//!  line 3  what only the owner touches   free count, links
//! ```
//!
//! What the blocks are, their mark bytes say: see [`marks`].

use core::ptr::null_mut;
use core::sync::atomic::AtomicUsize;

use crate::class::{CLASS, Class};
use crate::heap::Heap;
use crate::holes::Holes;
use crate::land::{GROUND, RECORD_BYTES};
use crate::marks::{self, GROUP};
use crate::remote::{Announced, Pend};
use crate::sync::{AtomicPtr, AtomicU8, AtomicU32, Relaxed};

/// What a unit is used for; 0 is none of these: nothing so far, or the inside of a
/// run.
pub(crate) mod state {
    /// A slab.
    pub(crate) const SLAB: u8 = 1;
    /// The first unit of a live large block.
    pub(crate) const LARGE: u8 = 2;
    /// The first unit of a large block that was freed; something else may lie there
    /// by now.
    pub(crate) const LARGE_FREED: u8 = 3;
    /// A slab that ended when its last block was freed; something else may lie there
    /// by now.
    pub(crate) const SLAB_ENDED: u8 = 4;
}

/// A unit's record. Zero bytes are the record of a unit that is not in use.
#[repr(C, align(64))]
pub(crate) struct Slab {
    /// The class's reciprocal; 0 unless the unit is a slab, which no offset passes.
    reciprocal: AtomicU32,
    class: AtomicU8,
    state: AtomicU8,
    /// For the first unit of a run: the run's record among the extents.
    pub(crate) run: AtomicU32,
    /// The first mark byte.
    marks: AtomicPtr<AtomicU8>,
    /// Whose slab it is; never changes while the unit is a slab.
    owner: AtomicPtr<Heap>,
    /// For a large block: bytes that its owner may use.
    pub(crate) bytes: AtomicUsize,
    unused: [u64; 3],

    /// Blocks put back by others.
    pub(crate) announced: Announced,
    pending_next: AtomicPtr<Slab>,
    unused_remote: [u64; 6],

    /// Set after a mark of the group became `FREE`; cleared before the group is
    /// searched. A group without a flag has no `FREE` mark that is accounted for.
    flags: [AtomicU8; 64],

    /// Blocks accounted as free: what the owner took back and what it collected.
    pub(crate) free: AtomicU32,
    pub(crate) holes: Holes,
    /// Neighbours in the owner's list of slabs with free blocks.
    pub(crate) prev: AtomicPtr<Slab>,
    pub(crate) next_listed: AtomicPtr<Slab>,
    unused_owner: [u64; 4],
}

const _: () = assert!(size_of::<Slab>() == RECORD_BYTES, "a record is four cache lines");

/// The record for an offset in the land.
#[inline(always)]
pub(crate) fn at_offset(offset: usize) -> &'static Slab {
    let record = core::ptr::with_exposed_provenance(GROUND.record(offset));
    // SAFETY: the caller's offset lies in the land, whose records are committed as
    // far as units were ever in use; a record is never unmapped, its fields are
    // atomics, and zero bytes are valid ones.
    unsafe { &*record }
}

/// The record that a list names.
pub(crate) fn slab_ref(slab: *mut Slab) -> &'static Slab {
    // SAFETY: lists hold the addresses of records, which are never unmapped.
    unsafe { &*slab }
}

impl Slab {
    pub(crate) fn address(&self) -> usize {
        (&raw const *self).expose_provenance()
    }

    pub(crate) fn unit(&self) -> usize {
        GROUND.unit_of_record(self.address())
    }

    #[inline(always)]
    pub(crate) fn reciprocal(&self) -> u32 {
        // Relaxed: the unit cannot change its use while a block of it is live.
        self.reciprocal.load(Relaxed)
    }

    #[inline(always)]
    pub(crate) fn class(&self) -> usize {
        self.class.load(Relaxed) as usize // Relaxed: as for the reciprocal
    }

    pub(crate) fn description(&self) -> &'static Class {
        &CLASS[self.class()]
    }

    pub(crate) fn state(&self) -> u8 {
        self.state.load(Relaxed) // Relaxed: as for the reciprocal
    }

    pub(crate) fn set_state(&self, state: u8) {
        self.state.store(state, Relaxed); // Relaxed: seen through the block's address
    }

    /// A large block begins or ends. False if it has just ended already: of two
    /// threads that free the same block, one is told.
    pub(crate) fn change_state(&self, from: u8, to: u8) -> bool {
        // Relaxed: it is the block that is handed over, by its address.
        self.state.compare_exchange(from, to, Relaxed, Relaxed).is_ok()
    }

    pub(crate) fn owner(&self) -> *mut Heap {
        self.owner.load(Relaxed) // Relaxed: as for the reciprocal
    }

    /// The mark of a block.
    #[inline(always)]
    pub(crate) fn mark(&self, index: usize) -> *const AtomicU8 {
        self.marks.load(Relaxed).wrapping_add(index)
    }

    pub(crate) fn marks(&self) -> &'static [AtomicU8] {
        let blocks = self.description().blocks as usize;
        // SAFETY: a slab has a mark byte per block in the closet, never unmapped.
        unsafe { core::slice::from_raw_parts(self.marks.load(Relaxed), blocks) }
    }

    /// Makes the unit a slab of `class` with all blocks free.
    pub(crate) fn begin(&self, class: usize, owner: &Heap, marks: *mut AtomicU8) {
        let description = &CLASS[class];
        // Relaxed, all of these: other threads learn of the slab by its blocks.
        self.class.store(class as u8, Relaxed);
        self.marks.store(marks, Relaxed);
        self.owner.store((&raw const *owner).cast_mut(), Relaxed);
        self.announced.reset();
        self.free.store(description.blocks, Relaxed);
        self.holes.reset();
        let groups = (description.blocks as usize).div_ceil(GROUP);
        for (group, flag) in self.flags.iter().enumerate() {
            flag.store(u8::from(group < groups), Relaxed);
        }
        self.reciprocal.store(description.reciprocal, Relaxed);
        self.set_state(state::SLAB);
    }

    /// Ends the slab; returns its marks, all `FREE`.
    pub(crate) fn end(&self) -> *mut AtomicU8 {
        self.reciprocal.store(0, Relaxed); // Relaxed: no block is live
        self.set_state(state::SLAB_ENDED);
        self.marks.load(Relaxed)
    }

    /// A block goes back: CACHED → FREE. The count follows, with `account` or
    /// `announced`.
    #[inline]
    pub(crate) fn put_back(&self, mark: &AtomicU8) {
        let index = (&raw const *mark).addr() - self.marks.load(Relaxed).addr(); // as above
        marks::put_back(mark, &self.flags[index / GROUP]);
    }

    /// Counts blocks as free.
    pub(crate) fn account(&self, blocks: u32) {
        self.free.store(self.free.load(Relaxed) + blocks, Relaxed); // owner only
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.free.load(Relaxed) == self.description().blocks
    }

    /// Takes up to `want` free blocks out of one group: FREE → CACHED. Returns the
    /// group's first block and a bit for each block taken, lowest first; no bits
    /// if no group has a flag.
    pub(crate) fn claim_group(&self, want: u32) -> (usize, u64) {
        let free = self.free.load(Relaxed); // owner only
        // Never more than is accounted for: a block put back and not announced yet
        // can be claimed, and then stands for one that was.
        let want = want.min(free);
        let flagged = self.groups().filter(|(_, flag, _)| marks::flagged(flag));
        let found = flagged.chain(self.groups()).find_map(|(marks, flag, first)| {
            let taken = marks::claim(marks, flag, want);
            (taken != 0).then_some((first, taken))
        });
        let (first, taken) = found.unwrap_or((0, 0));
        self.free.store(free - taken.count_ones(), Relaxed); // owner only
        (first, taken)
    }

    /// Gives pages on which nothing is in use back to the system, by and by.
    pub(crate) fn purge_holes(&self) {
        let (base, size) = (GROUND.unit(self.unit()), self.description().size as usize);
        self.holes.look(base, size, self.free.load(Relaxed), self.marks()); // owner only
    }

    /// The groups: marks, flag, and the first block's index.
    fn groups(&self) -> impl Iterator<Item = (&'static [AtomicU8], &AtomicU8, usize)> {
        self.marks()
            .chunks(GROUP)
            .zip(&self.flags)
            .enumerate()
            .map(|(group, (marks, flag))| (marks, flag, group * GROUP))
    }

    pub(crate) fn clear_links(&self) {
        self.prev.store(null_mut(), Relaxed); // owner only
        self.next_listed.store(null_mut(), Relaxed); // owner only
    }
}

impl Pend for Slab {
    fn next(&self) -> &AtomicPtr<Slab> {
        &self.pending_next
    }
}
