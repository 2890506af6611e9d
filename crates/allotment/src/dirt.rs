//! A bit for each unit, and what the bits of a run say: which of its units may hold
//! something other than zeros.

use crate::land::Zone;

/// A bit per unit, in a zone.
pub(crate) struct Bits(Zone);

impl Bits {
    pub(crate) const fn new(zone: Zone) -> Self {
        Self(zone)
    }

    pub(crate) const fn zone(&self) -> Zone {
        self.0
    }

    /// Makes the bits up to `units` usable.
    pub(crate) fn commit(&mut self, units: usize) -> bool {
        self.0.commit(units.div_ceil(64) * 8, 0)
    }

    pub(crate) fn words(&mut self) -> &mut [u64] {
        let at = core::ptr::with_exposed_provenance_mut(self.0.start);
        // SAFETY: the zone is committed for this length, holds numbers, and only
        // this refers to it.
        unsafe { core::slice::from_raw_parts_mut(at, self.0.ready_bytes() / 8) }
    }

    /// Visits the words that a run touches, with the run's bits in them.
    pub(crate) fn each(&mut self, unit: usize, units: usize, mut f: impl FnMut(&mut u64, u64)) {
        let end = unit + units;
        let mut at = unit;
        while at < end {
            let next = ((at | 63) + 1).min(end);
            let mask = u64::MAX >> (64 - (next - at)) << (at % 64);
            f(&mut self.words()[at / 64], mask);
            at = next;
        }
    }

    /// Sets a run's bits.
    pub(crate) fn set(&mut self, unit: usize, units: usize) {
        self.each(unit, units, |word, run| *word |= run);
    }

    /// Whether any of a run's bits is set.
    pub(crate) fn has_any(&mut self, unit: usize, units: usize) -> bool {
        let mut any = false;
        self.each(unit, units, |word, run| any |= *word & run != 0);
        any
    }

    /// How often, from the first unit up, the next bit is another.
    pub(crate) fn seams(&mut self) -> usize {
        let mut below = 0;
        let seam = |word: &mut u64| {
            let seams = (*word ^ (*word << 1 | below)).count_ones();
            below = *word >> 63;
            seams as usize
        };
        self.words().iter_mut().map(seam).sum()
    }

    /// Clears a run's bits; returns how many were set.
    pub(crate) fn clear(&mut self, unit: usize, units: usize) -> usize {
        let mut set = 0;
        self.each(unit, units, |word, run| {
            set += (*word & run).count_ones() as usize;
            *word &= !run;
        });
        set
    }

    /// Which of a run's bits are set.
    pub(crate) fn dirt(&mut self, unit: usize, units: usize) -> Dirt {
        let (mut dirt, mut base) = (Dirt::none(), 0);
        self.each(unit, units, |word, run| {
            let below = run.trailing_zeros();
            let mut bits = (*word & run) >> below;
            while bits != 0 {
                let first = bits.trailing_zeros() as usize;
                let len = (bits >> first).trailing_ones() as usize;
                dirt.add(base + first, len);
                bits &= !(u64::MAX >> (64 - len) << first);
            }
            base += run.count_ones() as usize;
        });
        dirt
    }
}

/// Which units of a new run may hold something other than zeros; more than do, where
/// they lie in many places.
pub(crate) struct Dirt {
    /// First unit and number of units of each range, from the run's start.
    ranges: [(usize, usize); DIRT_RANGES_MAX],
    count: usize,
}

const DIRT_RANGES_MAX: usize = 8;

impl Dirt {
    const fn none() -> Self {
        Self { ranges: [(0, 0); DIRT_RANGES_MAX], count: 0 }
    }

    /// Units that lie above all before them.
    fn add(&mut self, unit: usize, units: usize) {
        if let Some((first, len)) = self.ranges[..self.count].last_mut()
            && (self.count == DIRT_RANGES_MAX || *first + *len == unit)
        {
            *len = unit + units - *first;
        } else {
            self.ranges[self.count] = (unit, units);
            self.count += 1;
        }
    }

    /// Whether the run reads as zero, and costs no memory so far.
    pub(crate) fn is_none(&self) -> bool {
        self.count == 0
    }

    /// Whether some of so many units may hold something.
    pub(crate) fn is_in(&self, unit: usize, units: usize) -> bool {
        self.ranges().iter().any(|&(first, len)| first < unit + units && unit < first + len)
    }

    /// First unit and number of units of each range.
    pub(crate) fn ranges(&self) -> &[(usize, usize)] {
        &self.ranges[..self.count]
    }
}
