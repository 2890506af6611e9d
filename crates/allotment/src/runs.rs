//! Runs of units: which parts of the land are in use, and which hold memory that
//! could go back to the system.
//!
//! ```text
//!              take                    give_back              tick, tick
//!   free, clean ───▶ in use ──────────▶ free, dirty ────────▶ free, clean
//!   (reads as zero)     ▲                   │      madvise
//!                       └───── take ────────┘
//! ```
//!
//! One [`Extents`] keeps the books of all units; its records live in zones of the
//! reservation. A unit is *dirty* when it was in use since it was last purged. A
//! tick every half second or so purges what was free and dirty at the tick before
//! and still is: memory that is used again soon is never given up.

use extents::{Arrays, Books, Boundary, Extents, Handle, Node, Taken};
use os::reserved;

use crate::clock::{self, Clock};
use crate::land::{GROUND, RECORD_BYTES, UNIT_BYTES, Zone, Zones};
use crate::moving;
use crate::slab::{self, Slab};
use crate::sync::{AtomicU32, Relaxed};

/// Alignments up to `1 << 10` units (64 MiB) are found in any free run that holds
/// them; for larger ones it must be longer by the alignment.
pub(crate) type Alignments = [u32; SHIFT_MAX as usize];
pub(crate) const SHIFT_MAX: u32 = 10;

/// Records of boundaries and nodes in two zones.
struct ZoneBooks {
    boundaries: Zone,
    nodes: Zone,
}

/// The books are committed in steps of this.
const BOOKS_STEP_BYTES: usize = 64 << 10;
/// The land is committed in steps of an eighth of what is in use, within these.
const LAND_STEP_BYTES_MIN: usize = 1 << 20;
const LAND_STEP_BYTES_MAX: usize = 64 << 20;

/// The land has grown by a good part of itself when it holds so many units more, or an
/// eighth.
const GROWTH_UNITS_MIN: usize = 16;
const GROWTH_PARTS: usize = 8;

/// How often it has, modulo 2^32.
static GROWTH: AtomicU32 = AtomicU32::new(0);

/// How often the land has grown by a good part of itself.
pub(crate) fn growth() -> u32 {
    GROWTH.load(Relaxed) // Relaxed: a hint
}

/// What there is of a run to tell.
pub(crate) enum Run {
    /// Its first record.
    InUse(&'static Slab),
    /// Free, and some of it may cost memory.
    Dirty,
    /// Free, at these addresses, and costs none.
    Clean(core::ops::Range<usize>),
}

/// After so many moves of large blocks the seams that they leave in the free runs
/// are worth mending.
const MOVES_TO_MEND: u32 = 500;

impl ZoneBooks {
    fn len<T>(zone: &Zone) -> usize {
        zone.ready_bytes() / size_of::<T>()
    }
}

impl Books for ZoneBooks {
    type Unit = u32;
    type Room = Alignments;

    fn boundaries(&self) -> &[Boundary<u32>] {
        let at = core::ptr::with_exposed_provenance(self.boundaries.start);
        let len = Self::len::<Boundary<u32>>(&self.boundaries);
        // SAFETY: the zone is committed for this length, zero bytes are valid
        // boundaries, and only these books refer to it.
        unsafe { core::slice::from_raw_parts(at, len) }
    }

    fn nodes(&self) -> &[Node<u32, Alignments>] {
        let at = core::ptr::with_exposed_provenance(self.nodes.start);
        let len = Self::len::<Node<u32, Alignments>>(&self.nodes);
        // SAFETY: as for the boundaries.
        unsafe { core::slice::from_raw_parts(at, len) }
    }

    fn arrays_mut(&mut self) -> Arrays<'_, u32, Alignments> {
        let at = core::ptr::with_exposed_provenance_mut(self.boundaries.start);
        let len = Self::len::<Boundary<u32>>(&self.boundaries);
        // SAFETY: as for `boundaries`, and `self` is borrowed exclusively.
        let boundaries = unsafe { core::slice::from_raw_parts_mut(at, len) };
        let at = core::ptr::with_exposed_provenance_mut(self.nodes.start);
        let len = Self::len::<Node<u32, Alignments>>(&self.nodes);
        // SAFETY: another zone, so another slice.
        let nodes = unsafe { core::slice::from_raw_parts_mut(at, len) };
        (boundaries, nodes)
    }

    fn grow(&mut self, boundaries: usize, nodes: usize) -> bool {
        self.boundaries.commit(boundaries * size_of::<Boundary<u32>>(), BOOKS_STEP_BYTES)
            && self.nodes.commit(nodes * size_of::<Node<u32, Alignments>>(), BOOKS_STEP_BYTES)
    }
}

/// A bit per unit, in a zone.
struct Bits(Zone);

impl Bits {
    /// Makes the bits up to `units` usable.
    fn commit(&mut self, units: usize) -> bool {
        self.0.commit(units.div_ceil(64) * 8, 0)
    }

    fn words(&mut self) -> &mut [u64] {
        let at = core::ptr::with_exposed_provenance_mut(self.0.start);
        // SAFETY: the zone is committed for this length, holds numbers, and only
        // this refers to it.
        unsafe { core::slice::from_raw_parts_mut(at, self.0.ready_bytes() / 8) }
    }

    /// Visits the words that a run touches, with the run's bits in them.
    fn each(&mut self, unit: usize, units: usize, mut f: impl FnMut(&mut u64, u64)) {
        let end = unit + units;
        let mut at = unit;
        while at < end {
            let next = ((at | 63) + 1).min(end);
            let mask = u64::MAX >> (64 - (next - at)) << (at % 64);
            f(&mut self.words()[at / 64], mask);
            at = next;
        }
    }

    /// Clears a run's bits; returns how many were set.
    fn clear(&mut self, unit: usize, units: usize) -> usize {
        let mut set = 0;
        self.each(unit, units, |word, run| {
            set += (*word & run).count_ones() as usize;
            *word &= !run;
        });
        set
    }
}

pub(crate) struct Runs {
    extents: Extents<ZoneBooks>,
    land: Zone,
    records: Zone,
    /// So many units are committed, with their records and bits.
    usable: usize,
    /// Units that may hold something other than zeros.
    dirty: Bits,
    /// Units that were dirty at the last tick and have not been in use since.
    stale: Bits,
    /// Units that may cost memory: in use, or dirty.
    held: usize,
    /// At so many the land has grown by a good part of itself: since the last time it
    /// had, or since a tick. So a program whose needs go up and down pays for a few
    /// looks on the first way up.
    held_next: usize,
    clock: Clock,
    /// Moves of large blocks that had happened when the free runs were mended last.
    mended: u32,
}

impl Runs {
    pub(crate) fn new(zones: &Zones) -> Option<Self> {
        let units = zones.land.units();
        let mut extents =
            Extents::new(ZoneBooks { boundaries: zones.boundaries, nodes: zones.nodes });
        extents.add_region(0, units as u64).ok()?;
        Some(Self {
            extents,
            land: zones.land,
            records: zones.records,
            usable: 0,
            dirty: Bits(zones.dirty),
            stale: Bits(zones.stale),
            held: 0,
            held_next: GROWTH_UNITS_MIN,
            clock: Clock::new(),
            mended: 0,
        })
    }

    /// Takes a run of units aligned to `1 << shift` units; its first record, and
    /// whether all of it is known to be zero.
    pub(crate) fn take(&mut self, units: usize, shift: u32) -> Option<(&'static Slab, bool)> {
        self.tick();
        let taken = if GROUND.is_aligned(shift) && shift <= SHIFT_MAX {
            self.extents.take_aligned(units as u64, shift).ok()?
        } else {
            self.take_far_aligned(units, shift)?
        };
        let unit = taken.start as usize;
        if !self.commit(unit + units) {
            // Given back, it merges with what it was taken from.
            let _ = self.extents.give_back(taken.handle);
            return None;
        }
        self.stale.each(unit, units, |word, run| *word &= !run);
        let dirty = self.dirty.clear(unit, units);
        self.grow(units - dirty);
        let slab = slab::at_offset(unit * UNIT_BYTES);
        // Relaxed, here and below: read and written under the lock of the ground.
        slab.run.store(taken.handle.index, Relaxed);
        Some((slab, dirty == 0))
    }

    /// Takes a run aligned to more than the index knows of, or than the land itself
    /// is: cut out of a longer one.
    #[cold]
    fn take_far_aligned(&mut self, units: usize, shift: u32) -> Option<Taken> {
        let step = UNIT_BYTES.checked_mul(1 << shift)?;
        let longer = units.checked_add(step / UNIT_BYTES - 1)?;
        let whole = self.extents.take(longer as u64).ok()?;
        let first = GROUND.unit(whole.start as usize);
        let below = first.next_multiple_of(step) - first;
        let mut kept = Ok(whole);
        if below > 0 {
            kept = self.extents.split(whole.handle, (below / UNIT_BYTES) as u64);
            // All of it, if there was no record for a second one.
            let _ = self.extents.give_back(whole.handle);
        }
        let kept = kept.ok()?;
        if self.extents.resize(kept.handle, units as u64).is_err() {
            let _ = self.extents.give_back(kept.handle); // as above
            return None;
        }
        Some(kept)
    }

    /// So many units are about to be touched that cost no memory so far. When the land
    /// holds more than it did for some time, what is free and dirty goes back, as it is
    /// not what the program asks for, and the heaps are told to do likewise.
    fn grow(&mut self, units: usize) {
        self.held += units;
        if self.held >= self.held_next {
            self.held_next = Self::grown(self.held);
            self.purge_stale();
            // Relaxed: a hint to those who come by.
            GROWTH.fetch_add(1, Relaxed);
        }
    }

    /// What has grown by a good part of itself.
    fn grown(held: usize) -> usize {
        held + (held / GROWTH_PARTS).max(GROWTH_UNITS_MIN)
    }

    /// Gives a run back, by its first record; whether all of it reads as zero.
    pub(crate) fn give_back(&mut self, slab: &Slab, clean: bool) {
        if let Some((handle, unit, units)) = self.run(slab) {
            if clean {
                self.held -= units;
            } else {
                self.dirty.each(unit, units, |word, run| *word |= run);
            }
            // The handle is of a run in use, found just now.
            let _ = self.extents.give_back(handle);
        }
        self.tick();
    }

    /// Makes a run longer or shorter where it is.
    pub(crate) fn resize(&mut self, slab: &Slab, units: usize) -> bool {
        let Some((handle, unit, had)) = self.run(slab) else { return false };
        if self.extents.resize(handle, units as u64).is_err() {
            return false;
        }
        if units < had {
            self.dirty.each(unit + units, had - units, |word, run| *word |= run);
        } else if units > had {
            if !self.commit(unit + units) {
                // Shrinking into what was free a moment ago needs no new record.
                let _ = self.extents.resize(handle, had as u64);
                return false;
            }
            self.stale.each(unit + had, units - had, |word, run| *word &= !run);
            let dirty = self.dirty.clear(unit + had, units - had);
            self.grow(units - had - dirty);
        }
        true
    }

    fn run(&self, slab: &Slab) -> Option<(Handle, usize, usize)> {
        let unit = slab.unit();
        let index = slab.run.load(Relaxed);
        let handle = self.extents.taken_at(index, unit as u64)?;
        let (_, units) = self.extents.span(handle).ok()?;
        Some((handle, unit, units as usize))
    }

    /// Makes the land up to a unit usable, with its records and bits.
    fn commit(&mut self, units: usize) -> bool {
        if units <= self.usable {
            return true;
        }
        let step = self.land.ready_bytes() / 8;
        let step = step.clamp(LAND_STEP_BYTES_MIN, LAND_STEP_BYTES_MAX);
        let recorded = self.records.commit(units * RECORD_BYTES, 0);
        GROUND.set_bytes(self.records.ready_bytes() / RECORD_BYTES * UNIT_BYTES);
        let done = recorded
            && self.dirty.commit(units)
            && self.stale.commit(units)
            && self.land.commit(units * UNIT_BYTES, step);
        if done {
            self.usable = units;
        }
        done
    }

    /// Purges what is due: about every half second.
    pub(crate) fn tick(&mut self) {
        if self.clock.has_ticked() {
            if moving::moves().wrapping_sub(self.mended) >= MOVES_TO_MEND {
                self.mend();
            }
            self.purge_stale();
            if clock::is_immediate() {
                self.purge_stale();
            }
            self.held_next = self.held_next.min(Self::grown(self.held));
        }
    }

    /// Purges what has been free since the last tick, and notes what is free now.
    fn purge_stale(&mut self) {
        let mut run = (0, 0);
        let words = self.usable.div_ceil(64); // what lies beyond was never in use
        for at in 0..words {
            let mut gone = self.dirty.words()[at] & self.stale.words()[at];
            while gone != 0 {
                let first = gone.trailing_zeros() as usize;
                let len = (gone >> first).trailing_ones() as usize;
                gone &= !(u64::MAX >> (64 - len) << first);
                let unit = at * 64 + first;
                if unit == run.0 + run.1 {
                    run.1 += len;
                } else {
                    self.purge(run);
                    run = (unit, len);
                }
            }
        }
        self.purge(run);
        for at in 0..words {
            let dirty = self.dirty.words()[at];
            if self.stale.words()[at] != dirty {
                self.stale.words()[at] = dirty; // a page never written costs no memory
            }
        }
    }

    /// Dirty → clean, unless the kernel refuses, as it does for locked memory.
    fn purge(&mut self, (unit, units): (usize, usize)) {
        if units == 0 {
            return;
        }
        let (at, bytes) = (GROUND.unit(unit), units * UNIT_BYTES);
        // SAFETY: dirty units are committed and not in use; their contents are
        // nobody's.
        if unsafe { reserved::purge(at, bytes) }.is_ok() {
            self.held -= self.dirty.clear(unit, units);
        }
    }

    /// Gives every free run one mapping, with its neighbours', and drops what it holds.
    fn mend(&mut self) {
        self.mended = moving::moves();
        let Self { extents, dirty, usable, held, .. } = self;
        for free in extents.walk().filter(|extent| extent.taken.is_none()) {
            let (unit, end) = (free.start as usize, (free.start + free.len) as usize);
            let units = end.min(*usable).saturating_sub(unit);
            if units > 0 && moving::mend(GROUND.unit(unit), units * UNIT_BYTES) {
                *held -= dirty.clear(unit, units);
            }
        }
    }

    /// Purges everything that is free; whether any memory went back to the system.
    pub(crate) fn trim(&mut self) -> bool {
        let dirty = self.dirty_bytes();
        if moving::moves() > 0 {
            self.mend();
        }
        self.purge_stale();
        self.purge_stale();
        self.dirty_bytes() < dirty
    }

    /// Bytes of free units that may hold something other than zeros.
    pub(crate) fn dirty_bytes(&mut self) -> usize {
        let units = self.dirty.words().iter().map(|word| word.count_ones() as usize);
        units.sum::<usize>() * UNIT_BYTES
    }

    /// Visits all runs, in the order of their addresses.
    pub(crate) fn each(&mut self, mut f: impl FnMut(Run)) {
        let Self { extents, dirty, usable, .. } = self;
        for extent in extents.walk() {
            let unit = extent.start as usize;
            // What lies beyond was never in use.
            let units = (unit + extent.len as usize).min(*usable).saturating_sub(unit);
            let mut some = 0;
            dirty.each(unit, units, |word, run| some |= *word & run);
            f(match extent.taken {
                Some(_) => Run::InUse(slab::at_offset(unit * UNIT_BYTES)),
                None if some == 0 => Run::Clean(GROUND.unit(unit)..GROUND.unit(unit + units)),
                None => Run::Dirty,
            });
        }
    }

    /// Bytes of the land that are usable.
    pub(crate) fn land_bytes(&self) -> usize {
        self.land.ready_bytes()
    }

    /// All zones there are, the closet first and the land last.
    pub(crate) fn zones(&self, closet: Zone) -> [Zone; 7] {
        let ZoneBooks { boundaries, nodes } = *self.extents.books();
        [closet, boundaries, nodes, self.dirty.0, self.stale.0, self.records, self.land]
    }
}
