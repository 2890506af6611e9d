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
//! sweep every half second or so, or when the land grows, purges what was free and
//! dirty at the sweep before and still is: memory that is used again soon is never given
//! up. It goes in steps, between which others may have the lock.

use core::ops::Range;

use extents::{Arrays, Books, Boundary, Extents, Handle, Node, Taken};
use os::reserved;

use crate::clock::{self, Clock};
use crate::dirt::{Bits, Dirt};
use crate::huge::Huge;
use crate::land::{BRIEF_BYTES, GROUND, Places, RECORD_BYTES, UNIT_BYTES, Zones};
use crate::mending::Mending;
use crate::moving::{self, Ending};
use crate::slab::{self, Slab};
use crate::sync::{AtomicU32, Relaxed};
use crate::tending;
use crate::watch::Balance;
use crate::zone::{Movable, Zone};

/// Alignments up to `1 << 10` units (64 MiB) are found in any free run that holds
/// them; for larger ones it must be longer by the alignment.
pub(crate) type Alignments = [u32; SHIFT_MAX as usize];
pub(crate) const SHIFT_MAX: u32 = 10;

/// Records of boundaries and nodes in two zones.
pub(crate) struct ZoneBooks {
    boundaries: Movable,
    nodes: Movable,
}

/// The books are committed in steps of this.
const BOOKS_STEP_BYTES: usize = 64 << 10;
/// The land is committed in steps of an eighth of what is in use, within these.
const LAND_STEP_BYTES_MIN: usize = 1 << 20;
const LAND_STEP_BYTES_MAX: usize = 64 << 20;

/// By how much the land has to grow.
#[derive(Clone, Copy)]
struct Growth {
    /// A part of what it holds,
    part: usize,
    /// but at least so many units.
    units_min: usize,
}

/// By a good part of itself: then it is time for a sweep.
const MUCH: Growth = Growth { part: 8, units_min: 16 };
/// By a little: then heaps give up what they keep.
const LITTLE: Growth = Growth { part: 32, units_min: 32 };

impl Growth {
    /// What has grown so.
    fn of(self, held: usize) -> usize {
        held + (held / self.part).max(self.units_min)
    }
}

/// How often it has grown by a little, modulo 2^32.
static GROWTH: AtomicU32 = AtomicU32::new(0);

/// How often the land has grown by a little.
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
    Clean(Range<usize>),
}

/// After so many moves of large blocks the seams that they leave in the free runs
/// are worth mending.
const MOVES_TO_MEND: u32 = 500;

impl ZoneBooks {
    /// Where a zone's records are now, and how many.
    fn records<T>(zone: &Movable) -> (usize, usize) {
        (zone.zone().from(), zone.zone().ready_bytes() / size_of::<T>())
    }
}

impl Books for ZoneBooks {
    type Unit = u32;
    type Room = Alignments;

    fn boundaries(&self) -> &[Boundary<u32>] {
        let (at, len) = Self::records::<Boundary<u32>>(&self.boundaries);
        let first = core::ptr::with_exposed_provenance(at);
        // SAFETY: the zone is committed for this length, zero bytes are valid
        // boundaries, and only these books refer to it.
        unsafe { core::slice::from_raw_parts(first, len) }
    }

    fn nodes(&self) -> &[Node<u32, Alignments>] {
        let (at, len) = Self::records::<Node<u32, Alignments>>(&self.nodes);
        let first = core::ptr::with_exposed_provenance(at);
        // SAFETY: as for the boundaries.
        unsafe { core::slice::from_raw_parts(first, len) }
    }

    fn arrays_mut(&mut self) -> Arrays<'_, u32, Alignments> {
        let (at, len) = Self::records::<Boundary<u32>>(&self.boundaries);
        let first = core::ptr::with_exposed_provenance_mut(at);
        // SAFETY: as for `boundaries`, and `self` is borrowed exclusively.
        let boundaries = unsafe { core::slice::from_raw_parts_mut(first, len) };
        let (at, len) = Self::records::<Node<u32, Alignments>>(&self.nodes);
        let first = core::ptr::with_exposed_provenance_mut(at);
        // SAFETY: another zone, so another slice.
        let nodes = unsafe { core::slice::from_raw_parts_mut(first, len) };
        (boundaries, nodes)
    }

    fn grow(&mut self, boundaries: usize, nodes: usize) -> bool {
        self.boundaries.commit(boundaries * size_of::<Boundary<u32>>(), BOOKS_STEP_BYTES)
            && self.nodes.commit(nodes * size_of::<Node<u32, Alignments>>(), BOOKS_STEP_BYTES)
    }
}

/// A run, and what of it may not be zero.
pub(crate) type Found = (&'static Slab, Dirt);

pub(crate) struct Runs {
    pub(crate) extents: Extents<ZoneBooks>,
    land: Zone,
    briefs: Zone,
    records: Zone,
    /// So many units are committed, with their briefs, records and bits.
    pub(crate) usable: usize,
    /// Units that may hold something other than zeros.
    pub(crate) dirty: Bits,
    /// Units that were dirty at the last tick and have not been in use since.
    stale: Bits,
    /// Units that the kernel may give huge pages when they are touched.
    pub(crate) advised: Bits,
    /// Units in use.
    used: usize,
    /// Units that may cost memory: in use, or dirty.
    pub(crate) held: usize,
    balance: Balance,
    pub(crate) huge: Huge,
    /// At so many the land has grown by a good part of itself, or by a little: since the
    /// last time it had, or since a tick. So a program whose needs go up and down pays for
    /// a few looks on the first way up.
    held_next: usize,
    held_next_little: usize,
    /// Whether it has, since a sweep began.
    has_grown: bool,
    clock: Clock,
    /// Where the sweep goes on, a word of bits; none when it is over.
    sweep_at: Option<usize>,
    pub(crate) mending: Mending,
}

impl Runs {
    pub(crate) fn new(zones: &Zones) -> Option<Self> {
        let units = zones.land.units();
        let Places { boundaries, nodes, dirty, stale, advised } = zones.books;
        let movable = |(small, roomy)| Movable::new(small, roomy);
        let (boundaries, nodes) = (movable(boundaries), movable(nodes));
        let mut extents = Extents::new(ZoneBooks { boundaries, nodes });
        extents.add_region(0, units as u64).ok()?;
        Some(Self {
            extents,
            land: zones.land,
            briefs: zones.briefs,
            records: zones.records,
            usable: 0,
            dirty: Bits::new(movable(dirty)),
            stale: Bits::new(movable(stale)),
            advised: Bits::new(movable(advised)),
            used: 0,
            held: 0,
            balance: Balance::new(),
            huge: Huge::new(),
            held_next: MUCH.units_min,
            held_next_little: LITTLE.units_min,
            has_grown: false,
            clock: Clock::new(),
            sweep_at: None,
            mending: Mending::over(),
        })
    }

    /// Takes a run of units aligned to `1 << shift` units; its first record, and
    /// what of it may not be zero.
    pub(crate) fn take(&mut self, units: usize, shift: u32) -> Option<Found> {
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
        self.stale.clear(unit, units);
        let dirt = self.dirty.dirt(unit, units);
        let dirty = self.dirty.clear(unit, units);
        self.used += units;
        self.grow(units - dirty);
        Balance::take(self.used * UNIT_BYTES, self.dirty_bytes());
        let slab = slab::at_offset(unit * UNIT_BYTES);
        // Relaxed, here and below: read and written under the lock of the ground.
        slab.run.store(taken.handle.index, Relaxed);
        Some((slab, dirt))
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
    /// holds more than it did for some time, what is free is not what the program asks for:
    /// the heaps are told to give up what they keep, and it is time for a sweep.
    pub(crate) fn grow(&mut self, units: usize) {
        self.held += units;
        if self.held >= self.held_next_little {
            self.held_next_little = LITTLE.of(self.held);
            // Relaxed: a hint to those who come by.
            GROWTH.fetch_add(1, Relaxed);
        }
        if self.held >= self.held_next {
            self.held_next = MUCH.of(self.held);
            self.has_grown = true;
            tending::want();
        }
    }

    /// Gives a run back, by its first record.
    pub(crate) fn give_back(&mut self, slab: &Slab, ending: Ending) {
        if let Some((handle, unit, units)) = self.run(slab) {
            self.end(handle, (unit, units), ending);
        }
    }

    /// What is in use, and was found just now, is not any more.
    fn end(&mut self, handle: Handle, (unit, units): (usize, usize), ending: Ending) {
        if ending == Ending::Dirty {
            self.dirty.set(unit, units);
        } else {
            self.held -= units;
            self.advised.clear(unit, units);
        }
        if ending == Ending::Lost {
            self.used -= units; // but taken: nobody gets it
            return;
        }
        // The handle is of a run in use.
        let _ = self.extents.give_back(handle);
        if clock::is_immediate() && ending == Ending::Dirty {
            self.purge((unit, units));
        }
        self.note_given_back(units);
    }

    /// So many units are not in use any more.
    fn note_given_back(&mut self, units: usize) {
        self.used -= units;
        let bytes = |units| units * UNIT_BYTES;
        let (land, used, dirty) = (self.land_bytes(), bytes(self.used), self.dirty_bytes());
        self.balance.give_back(bytes(units), land, used, dirty);
    }

    /// Makes a run longer or shorter where it is.
    pub(crate) fn resize(&mut self, slab: &Slab, units: usize) -> bool {
        let Some((handle, unit, had)) = self.run(slab) else { return false };
        if units < had && moving::is_moved(slab) {
            return self.cut(handle, unit + units, (units, had - units));
        }
        if self.extents.resize(handle, units as u64).is_err() {
            return false;
        }
        if units < had {
            self.dirty.set(unit + units, had - units);
            self.note_given_back(had - units);
        } else if units > had {
            if !self.commit(unit + units) {
                // Shrinking into what was free a moment ago needs no new record.
                let _ = self.extents.resize(handle, had as u64);
                return false;
            }
            self.stale.clear(unit + had, units - had);
            let dirty = self.dirty.clear(unit + had, units - had);
            self.used += units - had;
            self.grow(units - had - dirty);
            self.advise_more(unit + had, units - had, units);
            moving::grew(slab);
        }
        true
    }

    /// Makes a run that was moved shorter, to so many units: what is cut off, from a unit
    /// on, is renewed first.
    #[cold]
    fn cut(&mut self, handle: Handle, at: usize, (kept, units): (usize, usize)) -> bool {
        let Ok(rest) = self.extents.split(handle, kept as u64) else { return false };
        let ending = moving::renew(GROUND.unit(at), units * UNIT_BYTES);
        self.end(rest.handle, (at, units), ending);
        true
    }

    pub(crate) fn run(&self, slab: &Slab) -> Option<(Handle, usize, usize)> {
        let unit = slab.unit();
        let index = slab.run.load(Relaxed);
        let handle = self.extents.taken_at(index, unit as u64)?;
        let (_, units) = self.extents.span(handle).ok()?;
        Some((handle, unit, units as usize))
    }

    /// Makes the land up to a unit usable, with its briefs, records and bits.
    pub(crate) fn commit(&mut self, units: usize) -> bool {
        if units <= self.usable {
            return true;
        }
        let step = self.land.ready_bytes() / 8;
        let step = step.clamp(LAND_STEP_BYTES_MIN, LAND_STEP_BYTES_MAX);
        let recorded = self.briefs.commit(units * BRIEF_BYTES, 0)
            && self.records.commit(units * RECORD_BYTES, 0);
        let briefs = self.briefs.ready_bytes() / BRIEF_BYTES;
        let records = self.records.ready_bytes() / RECORD_BYTES;
        GROUND.set_bytes(briefs.min(records) * UNIT_BYTES);
        let done = recorded
            && self.dirty.commit(units)
            && self.stale.commit(units)
            && self.advised.commit(units)
            && self.land.commit(units * UNIT_BYTES, step);
        if done {
            self.usable = units;
        }
        done
    }

    /// Begins a sweep if one is due and the last one is over. Whether a tick was the
    /// reason, and not growth.
    pub(crate) fn begin_sweep_if_due(&mut self) -> bool {
        if self.sweep_at.is_some() {
            return false;
        }
        let ticked = self.clock.has_ticked_along();
        if ticked {
            self.held_next = self.held_next.min(MUCH.of(self.held));
            let little = LITTLE.of(self.held);
            self.held_next_little = self.held_next_little.min(little);
            if self.mending.moves_since() >= MOVES_TO_MEND {
                self.mending.begin();
            }
        }
        if ticked || core::mem::take(&mut self.has_grown) {
            self.sweep_at = Some(0);
        }
        ticked
    }

    /// Goes on with the sweep: purges what was free at the last one, and notes what is
    /// free now. Whether there is more to do; a step purges about `bytes_max`.
    pub(crate) fn sweep(&mut self, bytes_max: usize) -> bool {
        if !self.mending.is_over() {
            self.mend();
            return true;
        }
        let Some(first) = self.sweep_at else { return false };
        let words = self.usable.div_ceil(64); // what lies beyond was never in use
        let (mut at, mut run, mut left) = (first, (0, 0), bytes_max / UNIT_BYTES);
        while at < words && left > 0 {
            let mut gone = self.dirty.words()[at] & self.stale.words()[at];
            left = left.saturating_sub(gone.count_ones() as usize);
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
            at += 1;
        }
        self.purge(run);
        for at in first..at {
            let dirty = self.dirty.words()[at];
            if self.stale.words()[at] != dirty {
                self.stale.words()[at] = dirty; // a page never written costs no memory
            }
        }
        self.sweep_at = (at < words).then_some(at);
        if self.sweep_at.is_none() {
            self.mending.begin_if_wanted();
        }
        self.sweep_at.is_some() || !self.mending.is_over()
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
            if self.advised.has_any(unit, units) {
                self.mending.want();
            }
        }
    }

    /// Begins a sweep now, from the start, with mending if there is any.
    pub(crate) fn begin_sweep(&mut self) {
        self.sweep_at = Some(0);
        if moving::moves() > 0 {
            self.mending.begin();
        }
    }

    /// Bytes of free units that may hold something other than zeros.
    pub(crate) fn dirty_bytes(&self) -> usize {
        (self.held - self.used) * UNIT_BYTES
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

    /// What is usable of the zones: in the window and around it, the books that have moved
    /// out of it, and the land.
    pub(crate) fn usable(&self) -> (Range<usize>, [Range<usize>; 5], Range<usize>) {
        let ZoneBooks { boundaries, nodes } = self.extents.books();
        let [dirty, stale, advised] = [&self.dirty, &self.stale, &self.advised].map(Bits::zone);
        let books = [boundaries, nodes, dirty, stale, advised].map(Movable::roomy);
        let window = self.records.usable().start..self.briefs.usable().end;
        (window, books, self.land.usable())
    }
}
