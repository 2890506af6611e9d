//! Large blocks that move: their pages go along, by the page tables.
//!
//! ```text
//!              ┌──────── pages ────────┐
//!   run of the block                   ▼
//!   [########]  …………………………………………  [########......]
//!    clean again                        the block, with room to grow
//! ```
//!
//! Copying costs a page fault and two passes over memory for every page; moving
//! costs the same few thousand instructions however dense the pages are. But the
//! kernel cannot join pages that came from elsewhere with their new neighbours: each
//! such run has a mapping of its own, of which a process has 65,530. So there is a
//! limit to them, and a run that ends gets a new mapping, which joins.
//!
//! Where the new run has pages already, moving would drop them, to be faulted in again
//! when somebody needs them: up to a few MiB it is cheaper to copy.
//!
//! Between a move and the refilling of the old place, another thread's mapping may
//! get in there. It is not touched: the run is lost to this heap, which is only a
//! loss of addresses.

use core::sync::atomic::AtomicU32;

use os::Errno;
use os::reserved::{self, Relocation};

use crate::ground;
use crate::land::{GROUND, UNIT_BYTES};
use crate::slab::Slab;
use crate::state;
use crate::sync::Relaxed;
use crate::tally;

/// Blocks up to this are copied to runs that have pages.
const COPIED_BYTES_MAX: usize = 4 << 20;
/// Runs with pages from elsewhere, at most.
const MOVED_MAX: u32 = 100;
/// After so many refusals the kernel is not asked again.
const REFUSALS_MAX: u32 = 8;

/// How the kernel sees a run: `Slab::mapping`.
mod mapping {
    /// As any other land.
    pub(super) const LAND: u8 = 0;
    /// All of it in one mapping of its own.
    pub(super) const OWN: u8 = 1;
    /// In more than one: it grew in place since it was moved, or lies where others
    /// were moved.
    pub(super) const MIXED: u8 = 2;
}

/// Live runs that are not as any other land.
static MOVED: AtomicU32 = AtomicU32::new(0);
/// Runs moved so far, modulo 2^32.
static MOVES: AtomicU32 = AtomicU32::new(0);
static REFUSALS: AtomicU32 = AtomicU32::new(0);

/// In what state a run goes back to the ground.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ending {
    /// It may hold anything.
    Dirty,
    /// It reads as zero, and costs no memory.
    Clean,
    /// It does not go back: its addresses may be somebody else's.
    Lost,
}

/// The place and the length in bytes of a run of so many units.
fn span(slab: &Slab, units: usize) -> (usize, usize) {
    (GROUND.unit(slab.unit()), units * UNIT_BYTES)
}

fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT_BYTES)
}

/// Moves a live large block to a longer run; none if it was not moved, or is better
/// copied.
pub(crate) fn grow(slab: &'static Slab, bytes: usize) -> Option<&'static Slab> {
    // Relaxed, all of these: the block is the caller's, and the counts are hints.
    let had = slab.bytes.load(Relaxed);
    let in_one = slab.mapping.load(Relaxed) != mapping::MIXED;
    let few = MOVED.load(Relaxed) < MOVED_MAX && REFUSALS.load(Relaxed) < REFUSALS_MAX;
    if slab.state() != state::LARGE || bytes <= had || !in_one || !few {
        return None;
    }
    // The old and the new are one block: both at once would be a peak that never was.
    // So the old one is not live from here on, until it is known which of them ends.
    let live = had.cast_signed();
    tally::publish(-live);
    let Some((new, dirt)) = ground::begin_growing(bytes) else {
        tally::publish(live);
        return None;
    };
    if !dirt.is_none() && had <= COPIED_BYTES_MAX {
        copy(slab, new, had);
        if slab.change_state(state::LARGE, state::LARGE_FREED) {
            ground::end_run(slab);
            tally::publish(live); // taken off twice
        }
        return Some(new);
    }
    let ((from, had), (to, bytes)) = (span(slab, units(had)), span(new, units(bytes)));
    // SAFETY: both runs are the caller's alone, and of the new one nothing is needed.
    match unsafe { reserved::relocate(from, had, to, bytes) } {
        Relocation::Moved { whole } => {
            MOVES.fetch_add(1, Relaxed); // a count
            forget(slab);
            note(new, mapping::OWN);
            // False if another thread has freed the block: its misuse, found later.
            if slab.change_state(state::LARGE, state::LARGE_FREED) && whole {
                ground::end_run_as(slab, Ending::Clean);
                tally::publish(live); // taken off twice
            }
            Some(new)
        }
        Relocation::Refused { why, whole } => {
            if why == Errno::FAULT {
                note(slab, mapping::MIXED);
            } else {
                REFUSALS.fetch_add(1, Relaxed); // a count
            }
            new.set_state(state::LARGE_FREED);
            if whole {
                ground::end_run_as(new, Ending::Clean);
            }
            tally::publish(live);
            None
        }
    }
}

/// Copies the contents of a live block to a new one, which is longer.
fn copy(old: &Slab, new: &Slab, bytes: usize) {
    let from = core::ptr::with_exposed_provenance::<u8>(GROUND.unit(old.unit()));
    let to = core::ptr::with_exposed_provenance_mut::<u8>(GROUND.unit(new.unit()));
    // SAFETY: both runs are the caller's alone, different, and at least this long.
    unsafe { to.copy_from_nonoverlapping(from, bytes) };
}

/// The run is not as any other land.
fn note(slab: &Slab, mapping: u8) {
    // Relaxed: the run is the caller's.
    if slab.mapping.swap(mapping, Relaxed) == mapping::LAND {
        MOVED.fetch_add(1, Relaxed); // a count
    }
}

/// The run is as any other land again, or nobody's.
fn forget(slab: &Slab) {
    // Relaxed: the run is the caller's.
    if slab.mapping.swap(mapping::LAND, Relaxed) != mapping::LAND {
        MOVED.fetch_sub(1, Relaxed); // a count
    }
}

/// A run ends: gives it a mapping that joins with its neighbours, if it has another.
pub(crate) fn end(slab: &Slab) -> Ending {
    // Relaxed, both: the run is the caller's.
    if slab.mapping.load(Relaxed) == mapping::LAND {
        return Ending::Dirty;
    }
    let (at, bytes) = span(slab, units(slab.bytes.load(Relaxed)));
    forget(slab);
    renew(at, bytes)
}

/// A live run was made longer or shorter where it is, under the lock of the ground.
/// False if what was cut off must not be used.
pub(crate) fn resized(slab: &Slab, had: usize, units: usize) -> bool {
    // Relaxed, both: the run is the caller's.
    if slab.mapping.load(Relaxed) == mapping::LAND {
        return true;
    }
    if units > had {
        slab.mapping.store(mapping::MIXED, Relaxed);
    }
    let (at, bytes) = span(slab, units);
    units >= had || renew(at + bytes, (had - units) * UNIT_BYTES) != Ending::Lost
}

/// Runs moved so far.
pub(crate) fn moves() -> u32 {
    MOVES.load(Relaxed) // a count, for decisions of cost
}

/// Drops the contents of a free range, and the seams in it. False if it may hold
/// anything still.
pub(crate) fn mend(at: usize, bytes: usize) -> bool {
    renew(at, bytes) == Ending::Clean
}

fn renew(at: usize, bytes: usize) -> Ending {
    // SAFETY: whole units that were in use and are not any more.
    if unsafe { reserved::renew(at, bytes) }.is_ok() {
        return Ending::Clean;
    }
    // Committing again changes nothing, and tells whether all of it is there.
    // SAFETY: a part of the reservation.
    match unsafe { reserved::commit(at, bytes) } {
        Ok(()) => Ending::Dirty,
        Err(_) => Ending::Lost,
    }
}
