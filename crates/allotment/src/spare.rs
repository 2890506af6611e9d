//! Runs of a few units that a heap keeps for its next large blocks.
//!
//! A block of 64 KiB or a little more is often freed and allocated in a loop; with
//! the run at hand, that needs neither the lock of the ground nor new pages. What
//! lies here for two ticks goes back to the ground.

use core::ptr::null_mut;

use crate::ground;
use crate::land::UNIT_BYTES;
use crate::slab::{Slab, slab_ref};
use crate::sync::Relaxed;

/// Runs kept, at most.
const RUNS_MAX: usize = 8;
/// Units kept, at most: 1 MiB.
const UNITS_MAX: usize = 16;

/// A heap's spare runs, the one freed last at the end.
pub(crate) struct Spare {
    runs: [*mut Slab; RUNS_MAX],
    count: usize,
    units: usize,
    /// The first so many lay here at the last tick already.
    old: usize,
}

fn units_of(slab: &Slab) -> usize {
    // Relaxed: the run is this heap's, and nobody else's.
    slab.bytes.load(Relaxed).div_ceil(UNIT_BYTES)
}

impl Spare {
    pub(crate) const fn new() -> Self {
        Self { runs: [null_mut(); RUNS_MAX], count: 0, units: 0, old: 0 }
    }

    /// The run of just so many units that was freed last.
    pub(crate) fn take(&mut self, units: usize) -> Option<&'static Slab> {
        let fits = |slab: &&*mut Slab| units_of(slab_ref(**slab)) == units;
        let at = self.runs[..self.count].iter().rposition(|slab| fits(&slab))?;
        Some(self.remove(at))
    }

    /// Keeps a run, unless it is long; older ones make room.
    pub(crate) fn put(&mut self, slab: &'static Slab) {
        let units = units_of(slab);
        if units > UNITS_MAX / 2 {
            return ground::end_run(slab);
        }
        while self.count == RUNS_MAX || self.units + units > UNITS_MAX {
            let oldest = self.remove(0);
            ground::end_run(oldest);
        }
        self.runs[self.count] = (&raw const *slab).cast_mut();
        self.count += 1;
        self.units += units;
    }

    /// Gives back what lay here at the last tick already.
    pub(crate) fn tick(&mut self) {
        for _ in 0..self.old {
            let oldest = self.remove(0);
            ground::end_run(oldest);
        }
        self.old = self.count;
    }

    /// Gives everything back.
    pub(crate) fn clear(&mut self) {
        self.old = self.count;
        self.tick();
    }

    fn remove(&mut self, at: usize) -> &'static Slab {
        let slab = slab_ref(self.runs[at]);
        self.runs.copy_within(at + 1..self.count, at);
        self.count -= 1;
        self.units -= units_of(slab);
        if at < self.old {
            self.old -= 1;
        }
        slab
    }
}
