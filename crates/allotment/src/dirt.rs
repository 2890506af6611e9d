//! A bit for each unit, and what the bits of a run say: which of its units may hold
//! something other than zeros.

use crate::zone::Movable;

/// A bit per unit, in a zone.
pub(crate) struct Bits(Movable);

impl Bits {
    pub(crate) const fn new(zone: Movable) -> Self {
        Self(zone)
    }

    pub(crate) const fn zone(&self) -> &Movable {
        &self.0
    }

    /// Makes the bits up to `units` usable.
    pub(crate) fn commit(&mut self, units: usize) -> bool {
        self.0.commit(units.div_ceil(64) * 8, 0)
    }

    pub(crate) fn words(&mut self) -> &mut [u64] {
        let zone = self.0.zone();
        let at = core::ptr::with_exposed_provenance_mut(zone.from());
        // SAFETY: the zone is committed for this length, holds numbers, and only
        // this refers to it.
        unsafe { core::slice::from_raw_parts_mut(at, zone.ready_bytes() / 8) }
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

    pub(crate) fn is_set(&mut self, unit: usize) -> bool {
        self.words().get(unit / 64).is_some_and(|word| word >> (unit % 64) & 1 != 0)
    }

    /// The first unit from one up to another whose bit is as asked for; the other, if there
    /// is none.
    pub(crate) fn find(&mut self, from: usize, to: usize, set: bool) -> usize {
        let mut found = to;
        let mut at = from;
        self.each(from, to - from, |word, run| {
            let hits = if set { *word & run } else { !*word & run };
            if found == to && hits != 0 {
                found = at / 64 * 64 + hits.trailing_zeros() as usize;
            }
            at += run.count_ones() as usize;
        });
        found
    }

    /// Whether a run's bits are all the same.
    pub(crate) fn are_equal(&mut self, unit: usize, units: usize) -> bool {
        let (mut any, mut all) = (false, true);
        self.each(unit, units, |word, run| {
            any |= *word & run != 0;
            all &= *word & run == run;
        });
        any == all
    }

    /// How often, from the first unit up, the next bit is another, if those of so many
    /// units may be set.
    pub(crate) fn seams(&mut self, units: usize) -> usize {
        let words = self.words();
        seams(&words[..words.len().min(units.div_ceil(64))])
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

/// How often, from the lowest up, the next bit is another; above all others are zeros.
fn seams(words: &[u64]) -> usize {
    let mut below = 0;
    let seams_in = |word: &u64| {
        let others = word ^ (word << 1 | below);
        below = word >> 63;
        others.count_ones() as usize
    };
    let within = words.iter().map(seams_in).sum::<usize>();
    within + below as usize
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seam_is_where_the_next_bit_is_another_within_words_and_between() {
        assert_eq!(seams(&[]), 0);
        assert_eq!(seams(&[0, 0]), 0);
        assert_eq!(seams(&[0b0110]), 2);
        assert_eq!(seams(&[0b1011]), 4, "the first unit has nothing below it");
        assert_eq!(seams(&[u64::MAX]), 2);
        assert_eq!(seams(&[u64::MAX, u64::MAX, 1]), 2, "one run through three words");
        assert_eq!(seams(&[1 << 63, 0]), 2);
        assert_eq!(seams(&[1 << 63, 1]), 2);
        assert_eq!(seams(&[1 << 63, 2]), 4);
    }

    #[test]
    fn dirt_is_in_what_a_range_of_it_touches() {
        let mut dirt = Dirt::none();
        dirt.add(10, 5);
        dirt.add(40, 1);
        assert!(dirt.is_in(0, 11) && dirt.is_in(14, 1) && dirt.is_in(12, 100) && dirt.is_in(40, 1));
        assert!(!dirt.is_in(0, 10) && !dirt.is_in(15, 25) && !dirt.is_in(41, 9));
    }
}
