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
//! Between a move and the refilling of the old place, another thread's mapping may get in
//! there; or where a new mapping was refused, if the kernel had made room for it already.
//! It is not touched: what may be somebody else's is lost to this heap, and stays taken
//! for good.

use core::sync::atomic::AtomicU32;

use os::Errno;
use os::reserved::{self, Relocation, Renewal};

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
    /// As any other land, of which some is advised to have huge pages.
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

impl Ending {
    fn of_moved(whole: bool) -> Self {
        if whole { Self::Clean } else { Self::Lost }
    }
}

/// The place and the length in bytes of a run of so many units.
fn span(slab: &Slab, units: usize) -> (usize, usize) {
    (GROUND.unit(slab.unit()), units * UNIT_BYTES)
}

fn units(bytes: usize) -> usize {
    bytes.div_ceil(UNIT_BYTES)
}

/// So much of a block of so many bytes may its owner use.
pub(crate) fn usable_bytes(bytes: usize) -> usize {
    bytes.next_multiple_of(16)
}

/// Moves a live large block to a longer run; none if it was not moved, or is better
/// copied.
pub(crate) fn grow(slab: &'static Slab, bytes: usize) -> Option<&'static Slab> {
    // Relaxed, all of these: the block is the caller's, and the counts are hints.
    let had = slab.bytes.load(Relaxed);
    let is_mixed = slab.mapping.load(Relaxed) == mapping::MIXED;
    let few = MOVED.load(Relaxed) < MOVED_MAX && REFUSALS.load(Relaxed) < REFUSALS_MAX;
    if slab.state() != state::LARGE || bytes <= had || is_mixed || !few || !ground::unite(slab) {
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
        copy(slab, new, usable_bytes(had));
        if slab.change_state(state::LARGE, state::LARGE_FREED) {
            ground::end_run(slab);
            tally::publish(live); // taken off twice
        }
        return Some(new);
    }
    let ((from, had), (to, bytes)) = (span(slab, units(had)), span(new, units(bytes)));
    if !dirt.is_none() {
        // If the move is refused, the new run may be lost: but not its memory.
        // SAFETY: the new run is the caller's alone, and nothing in it is needed.
        let _ = unsafe { reserved::purge(to, bytes) };
    }
    // SAFETY: both runs are the caller's alone, and of the new one nothing is needed.
    match unsafe { reserved::relocate(from, had, to, bytes) } {
        Relocation::Moved { whole } => {
            MOVES.fetch_add(1, Relaxed); // a count
            ground::with_runs(|runs| runs.carry_advice(slab, new));
            forget(slab);
            note(new, mapping::OWN);
            // False if another thread has freed the block: its misuse, found later.
            if slab.change_state(state::LARGE, state::LARGE_FREED) {
                ground::end_run_as(slab, Ending::of_moved(whole));
                tally::publish(live); // taken off twice
            }
            Some(new)
        }
        Relocation::Refused { why, whole } => {
            if why == Errno::FAULT {
                note(slab, mapping::MIXED);
            }
            if why != Errno::FAULT || !whole {
                REFUSALS.fetch_add(1, Relaxed); // a count
            }
            new.set_state(state::LARGE_FREED);
            ground::end_run_as(new, Ending::of_moved(whole));
            tally::publish(live);
            None
        }
    }
}

/// Copies the contents of a live block to a new one, which is longer.
fn copy(old: &Slab, new: &Slab, bytes: usize) {
    let from = core::ptr::with_exposed_provenance::<u8>(GROUND.unit(old.unit()));
    let to = core::ptr::with_exposed_provenance_mut::<u8>(GROUND.unit(new.unit()));
    // `memmove`, as in [`crate::block`].
    // SAFETY: both runs are the caller's alone, different, and at least this long.
    unsafe { to.copy_from(from, bytes) };
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
    if !is_moved(slab) {
        return Ending::Dirty;
    }
    let (at, bytes) = span(slab, units(slab.bytes.load(Relaxed))); // the run is the caller's
    forget(slab);
    renew(at, bytes)
}

/// Whether a live run is not as any other land.
pub(crate) fn is_moved(slab: &Slab) -> bool {
    slab.mapping.load(Relaxed) != mapping::LAND // the run is the caller's
}

/// A live run was made longer where it is.
pub(crate) fn grew(slab: &Slab) {
    if is_moved(slab) {
        slab.mapping.store(mapping::MIXED, Relaxed); // the run is the caller's
    }
}

/// Runs moved so far.
pub(crate) fn moves() -> u32 {
    MOVES.load(Relaxed) // a count, for decisions of cost
}

/// Drops the contents of whole units, which the caller has for itself, and the seams in
/// them.
pub(crate) fn renew(at: usize, bytes: usize) -> Ending {
    // SAFETY: whole units that were in use and are not any more.
    match unsafe { reserved::renew(at, bytes) } {
        Renewal::Renewed => Ending::Clean,
        Renewal::Kept => Ending::Dirty,
        Renewal::Lost => Ending::Lost,
    }
}
