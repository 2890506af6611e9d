//! Memory goes back by and by, in small steps, on slow paths.
//!
//! ```text
//!   a heap's clock ticks ─┐
//!   the land has grown ───┼─▶ wanted ─▶ whoever comes by next, holding no lock:
//!   there is more to do ──┘              free runs: a part of the sweep
//!                                        heaps whose threads have not come by for a
//!                                        while: some of them
//! ```
//!
//! One thread at a time does so, for a small part of the time that has gone by since,
//! and none waits for it: what is left is for the next. Every step takes a lock of its
//! own, so that nobody who needs one waits for longer than a step.

use core::ptr::null_mut;

use crate::clock::Clock;
use crate::ground;
use crate::heap::Heap;
use crate::report;
use crate::roster::Enlist;
use crate::runs::Runs;
use crate::sync::{AtomicPtr, Relaxed};
use crate::turns::Turns;

/// About so much is purged while others wait for the lock of the ground: for a
/// millisecond, where that is slow.
const STEP_BYTES: usize = 4 << 20;
/// So many steps are one call's part, but no more than one for every four milliseconds
/// that have gone by since the last call: purging takes a quarter of the time at most.
const STEPS_MAX: u64 = 16;
const MILLISECONDS_PER_STEP: u64 = 4;
/// So many heaps are one call's part.
const HEAPS_MAX: usize = 64;

static TURNS: Turns = Turns::new();
/// When a thread did so last. For the thread that is busy.
static LAST: Clock = Clock::new();
/// The heap to look at next; null when the round is over. Relaxed: for the thread that is
/// busy.
static NEXT: AtomicPtr<Heap> = AtomicPtr::new(null_mut());

/// Has somebody come by.
pub(crate) fn want() {
    TURNS.want();
}

/// Whether there is something to do.
pub(crate) fn is_wanted() -> bool {
    TURNS.is_wanted()
}

/// Does a part of what there is to do. The caller holds no lock.
#[inline]
pub(crate) fn tend_if_wanted() {
    if TURNS.is_wanted() {
        tend();
    }
}

#[cold]
#[inline(never)]
fn tend() {
    TURNS.take(report::say_what_was_caught, tend_a_part);
}

/// What one turn is; whether that was all.
fn tend_a_part() -> bool {
    if ground::with_runs(Runs::begin_sweep_if_due) == Some(true) {
        let first =
            ground::all_heaps().next().map_or(null_mut(), |heap| (&raw const *heap).cast_mut());
        NEXT.store(first, Relaxed); // this thread's, while it is busy
    }
    let steps = LAST.milliseconds_since() / MILLISECONDS_PER_STEP;
    let sweep_is_over = (0..steps.clamp(1, STEPS_MAX)).any(|_| !sweep_step());
    let round_is_over = tend_heaps();
    sweep_is_over && round_is_over
}

/// A step of the sweep; whether there is more.
fn sweep_step() -> bool {
    ground::with_runs(|runs| runs.sweep(STEP_BYTES)).unwrap_or(false)
}

/// Does for some heaps what their threads have not come by to do; whether those were
/// the last.
fn tend_heaps() -> bool {
    let mut next = NEXT.load(Relaxed); // this thread's, while it is busy
    for _ in 0..HEAPS_MAX {
        // SAFETY: heaps live in the closet, for ever.
        let Some(heap) = (unsafe { next.as_ref() }) else { break };
        if heap.is_quiet() && heap.tend() {
            break; // there is more to do for this one
        }
        next = heap.older().load(Relaxed); // written before the heap was published
    }
    NEXT.store(next, Relaxed); // as above
    next.is_null()
}

/// What a thread for that alone does: tends every heap and sweeps the free runs.
/// Whether there is anything left that may go back.
pub(crate) fn sweep() -> bool {
    report::say_what_was_caught();
    ground::all_heaps().for_each(|heap| while heap.tend() {});
    ground::with_runs(Runs::begin_sweep_if_due);
    while sweep_step() {}
    ground::with_runs(|runs| runs.dirty_bytes() > 0).unwrap_or(false)
}

/// Gives up what the heaps keep, and purges every free run; whether any run went
/// back to the system.
pub(crate) fn trim() -> bool {
    ground::all_heaps().for_each(|heap| while heap.trim() {});
    let dirty_bytes = || ground::with_runs(|runs| runs.dirty_bytes()).unwrap_or(0);
    let before = dirty_bytes();
    // What is free at two sweeps goes back.
    for _ in 0..2 {
        ground::with_runs(Runs::begin_sweep);
        while sweep_step() {}
    }
    dirty_bytes() < before
}

/// In a forked child, where the thread that was busy is not.
pub(crate) fn forked() {
    TURNS.forked();
}
