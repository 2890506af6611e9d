//! Mending: free runs get new mappings, which join with their neighbours'.
//!
//! Two things split the land for the kernel: blocks that moved ([`moving`]), and the leave
//! to have huge pages ([`huge`](crate::huge)). What moved and has ended was renewed then,
//! but the kernel may not have joined it with everything around; so all free runs are
//! mended after many moves. Units with that leave, *advised* ones, keep it while they are in
//! use or dirty. When some of them went back to the system, free runs of such units are
//! mended, or the kernel would fill them in steps of 2 MiB for whoever comes next.
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
    /// Moves of large blocks that had happened when it began last.
    moves: u32,
    /// Whether there are advised units that are clean.
    wanted: bool,
}

/// What mending does about a free run.
enum Case {
    Mend,
    /// It holds memory that may be used again.
    Later,
    Leave,
}

impl Mending {
    pub(crate) const fn over() -> Self {
        Self { at: None, all: false, moves: 0, wanted: false }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.at.is_none()
    }

    /// Moves of large blocks since it began last.
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

    /// What to do about a free run, if there are so many seams.
    fn case(&self, run: (usize, usize), seams: usize, bits: (&mut Bits, &mut Bits)) -> Case {
        let ((unit, units), (dirty, advised)) = (run, bits);
        if !advised.has_any(unit, units) {
            return if self.all { Case::Mend } else { Case::Leave };
        }
        if !self.all && dirty.has_any(unit, units) {
            return Case::Later;
        }
        let fits = unit.next_multiple_of(HUGE_UNITS) + HUGE_UNITS <= unit + units;
        let splits = unit > 0 && advised.is_set(unit - 1) && advised.is_set(unit + units);
        if splits && (!fits || seams >= SEAMS_MAX) { Case::Leave } else { Case::Mend }
    }
}

impl Runs {
    /// Gives some free runs one mapping each, with its neighbours', and drops what they
    /// hold; goes on where the last step ended.
    pub(crate) fn mend(&mut self) {
        let seams = self.advised.seams(self.usable);
        let Self { extents, dirty, advised, usable, held, mending, .. } = self;
        let first = mending.at.take().unwrap_or(0);
        let (mut left, mut added) = (MENDED_MAX, 0);
        // A run that is lost must be taken, then: part of it, maybe.
        if extents.provide(extents.boundaries() as usize + 1).is_err() {
            mending.wanted = true;
            return;
        }
        let mut lost = None;
        for free in extents.walk().filter(|extent| extent.taken.is_none()) {
            let (unit, end) = (free.start as usize, (free.start + free.len) as usize);
            let units = end.min(*usable).saturating_sub(unit);
            if units == 0 || unit < first {
                continue;
            }
            match mending.case((unit, units), seams + added, (&mut *dirty, &mut *advised)) {
                Case::Mend => {}
                Case::Later => {
                    mending.wanted = true;
                    continue;
                }
                Case::Leave => continue,
            }
            if left == 0 {
                mending.at = Some(unit);
                return;
            }
            left -= 1;
            match moving::renew(GROUND.unit(unit), units * UNIT_BYTES) {
                Ending::Clean => {}
                Ending::Dirty => {
                    mending.wanted |= advised.has_any(unit, units);
                    continue;
                }
                Ending::Lost => {
                    mending.at = Some(unit + units);
                    lost = Some((free, units));
                }
            }
            *held -= dirty.clear(unit, units);
            advised.clear(unit, units);
            added += 2;
            if lost.is_some() {
                break;
            }
        }
        if let Some((run, units)) = lost {
            // There is a record, and the run is free: it is not refused.
            let _ = extents.take_at(run.index, run.start, units as u64);
        }
    }
}
