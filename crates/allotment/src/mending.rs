//! Mending: free runs get new mappings, which join with their neighbours'.
//!
//! Two things split the land for the kernel: blocks that moved ([`moving`]), and the leave
//! to have huge pages ([`huge`](crate::huge)). What moved and has ended was renewed then,
//! but the kernel may not have joined it with everything around; so all free runs are
//! mended after many moves. Units with that leave, *advised* ones, keep it while they are in
//! use or dirty. When some of them went back to the system, what is free and clean of such
//! units is mended, or the kernel would fill it in steps of 2 MiB for whoever comes next.
//!
//! Between advised units in use, a run without the leave makes two seams more. So that
//! is done only where a whole huge page would fit, and as long as there are few seams.

use crate::dirt::Bits;
use crate::huge::{HUGE_UNITS, SEAMS_MAX};
use crate::land::{GROUND, UNIT_BYTES};
use crate::moving::{self, Ending};
use crate::runs::Runs;

/// Of free runs, at most so many are mended at a time.
const MENDED_MAX: u32 = 1000;

/// Where mending is.
pub(crate) struct Mending {
    /// The unit where it goes on; none when it is over.
    at: Option<usize>,
    /// Whether all free runs are to be mended, and not only those that are advised.
    all: bool,
    /// Moves of large blocks that had happened when it began with all of them last.
    moves: u32,
    /// Whether advised units may be clean.
    wanted: bool,
}

impl Mending {
    pub(crate) const fn over() -> Self {
        Self { at: None, all: false, moves: 0, wanted: false }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.at.is_none()
    }

    /// Moves of large blocks since it began with all free runs last.
    pub(crate) fn moves_since(&self) -> u32 {
        moving::moves().wrapping_sub(self.moves)
    }

    /// Begins, with all free runs.
    pub(crate) fn begin(&mut self) {
        (self.at, self.all, self.moves) = (Some(0), true, moving::moves());
    }

    /// Advised units may be clean now.
    pub(crate) fn want(&mut self) {
        self.wanted = true;
    }

    /// Begins, with free runs of advised units, if any have become clean.
    pub(crate) fn begin_if_wanted(&mut self) {
        if core::mem::take(&mut self.wanted) {
            (self.at, self.all) = (Some(0), false);
        }
    }

    /// The next stretch to mend of a free run, from a unit up to `end`: all of it, or what
    /// is clean.
    fn stretch(&self, from: usize, end: usize, dirty: &mut Bits) -> (usize, usize) {
        if self.all {
            return (from, end);
        }
        let clean = dirty.find(from, end, false);
        (clean, dirty.find(clean, end, true))
    }
}

/// How a stretch of free units is worth mending.
#[derive(PartialEq, Eq)]
enum Worth {
    Nothing,
    /// It makes no new seams.
    Free,
    /// It makes two.
    Seams,
}

impl Worth {
    fn of(all: bool, unit: usize, units: usize, advised: &mut Bits) -> Self {
        if !advised.has_any(unit, units) {
            return if all { Self::Free } else { Self::Nothing };
        }
        let fits = unit.next_multiple_of(HUGE_UNITS) + HUGE_UNITS <= unit + units;
        let splits = unit > 0 && advised.is_set(unit - 1) && advised.is_set(unit + units);
        match (splits, fits) {
            (false, _) => Self::Free,
            (true, true) => Self::Seams,
            (true, false) => Self::Nothing,
        }
    }
}

/// What the kernel may have given to somebody else.
struct Lost {
    /// The record and the start of the free run.
    run: (u32, usize),
    /// The part of it.
    unit: usize,
    units: usize,
}

impl Runs {
    /// Gives some free runs one mapping each, with its neighbours', and drops what they
    /// hold; goes on where the last step ended.
    pub(crate) fn mend(&mut self) {
        // What is lost must be taken, then: part of a free run, maybe in its middle.
        if self.extents.provide(self.extents.boundaries() as usize + 2).is_err() {
            (self.mending.at, self.mending.wanted) = (None, true);
            return;
        }
        if let Some(Lost { run: (index, start), unit, units }) = self.mend_until_lost() {
            // There are records, and the run is free: nothing of this is refused.
            let taken = self.extents.take_at(index, start as u64, (unit + units - start) as u64);
            if let Ok(taken) = taken
                && unit > start
                && self.extents.split(taken.handle, (unit - start) as u64).is_ok()
            {
                let _ = self.extents.give_back(taken.handle);
            }
        }
    }

    fn mend_until_lost(&mut self) -> Option<Lost> {
        let mut seams = self.advised.seams(self.usable);
        let Self { extents, dirty, advised, usable, held, mending, .. } = self;
        let first = mending.at.take().unwrap_or(0);
        let mut left = MENDED_MAX;
        for free in extents.walk().filter(|extent| extent.taken.is_none()) {
            let start = free.start as usize;
            let end = (start + free.len as usize).min(*usable);
            let mut at = start.max(first);
            while at < end {
                let (unit, to) = mending.stretch(at, end, dirty);
                let units = to - unit;
                at = to;
                let worth = Worth::of(mending.all, unit, units, advised);
                if units == 0
                    || worth == Worth::Nothing
                    || worth == Worth::Seams && seams >= SEAMS_MAX
                {
                    continue;
                }
                if left == 0 {
                    mending.at = Some(unit);
                    return None;
                }
                left -= 1;
                let ending = moving::renew(GROUND.unit(unit), units * UNIT_BYTES);
                if ending == Ending::Dirty {
                    // It would refuse the others as well.
                    mending.wanted = true;
                    return None;
                }
                *held -= dirty.clear(unit, units);
                advised.clear(unit, units);
                seams += if worth == Worth::Seams { 2 } else { 0 };
                if ending == Ending::Lost {
                    mending.at = Some(to);
                    return Some(Lost { run: (free.index, start), unit, units });
                }
            }
        }
        None
    }
}
