//! Ranges as wide as their numbers: regions far apart, the later the farther, and
//! lengths from one unit to most of the range. The other random tests judge cell by
//! cell, and so stay within some thousands of units; here the model is two maps.

#[expect(dead_code, reason = "only the books are of use here")]
mod model;

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use extents::{Extents, Handle, Refusal, Room, Unit};
use model::Grown;
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A region that begins `1 << gap_log2` units after the last one, or a bit later.
    AddRegion {
        gap_log2: u32,
        more: u64,
        len_log2: u32,
    },
    /// Lengths are as often short as long: `len` is cut to `len_log2` bits.
    Take {
        len_log2: u32,
        len: u64,
        shift: u32,
    },
    GiveBack {
        which: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (0..60u32, 0..3u64, 0..60u32)
            .prop_map(|(gap_log2, more, len_log2)| Step::AddRegion { gap_log2, more, len_log2 }),
        8 => (0..60u32, any::<u64>(), 0..8u32)
            .prop_map(|(len_log2, len, shift)| Step::Take { len_log2, len, shift }),
        5 => (0..8u32, any::<u64>(), 0..8u32)
            .prop_map(|(len_log2, len, shift)| Step::Take { len_log2, len, shift }),
        9 => any::<usize>().prop_map(|which| Step::GiveBack { which }),
    ]
}

/// The structure under test, and what should be in it.
struct Judge<U: Unit, R: Room<U>> {
    extents: Extents<Grown<U, R>>,
    /// Start and length of each free extent, and the region it is of.
    holes: BTreeMap<u64, (u64, usize)>,
    live: Vec<(Handle, u64, u64, usize)>,
    regions: usize,
    end: u64,
}

impl<U: Unit, R: Room<U>> Judge<U, R> {
    fn new() -> Self {
        let extents = Extents::new(Grown::new(10_000));
        Self { extents, holes: BTreeMap::new(), live: Vec::new(), regions: 0, end: 0 }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::AddRegion { gap_log2, more, len_log2 } => {
                // Far jumps use the range up; let there be room for some of them.
                let gap = more + (1 << (gap_log2 % (U::BITS - 2)));
                self.add_region(gap, 1 << (len_log2 % (U::BITS - 2)));
            }
            Step::Take { len_log2, len, shift } => {
                let bits = len_log2 % (U::BITS - 2);
                self.take(len % (2 << bits), shift % (R::SHIFT_MAX + 1));
            }
            Step::GiveBack { which } => self.give_back(which),
        }
        assert_eq!(self.extents.check(), Ok(()));
        let longest = self.holes.values().map(|&(len, _)| len).max();
        assert_eq!(self.extents.largest_free(), longest.unwrap_or(0));
    }

    fn add_region(&mut self, gap: u64, len: u64) {
        let start = self.end.saturating_add(gap);
        let fits = start.checked_add(len).is_some_and(|end| end <= U::MAX);
        let added = self.extents.add_region(start, len);
        assert_eq!(added.err(), (!fits).then_some(Refusal::Range));
        if fits {
            self.holes.insert(start, (len, self.regions));
            self.regions += 1;
            self.end = start + len;
        }
    }

    /// The shortest hole that holds the request, the lowest of these.
    fn take(&mut self, len: u64, shift: u32) {
        let up = |start: u64| start.checked_next_multiple_of(1 << shift);
        let fitting = self.holes.iter().filter_map(|(&start, &(have, region))| {
            let taken = up(start)?;
            (have.checked_sub(taken - start)? >= len).then_some((have, start, taken, region))
        });
        let best = fitting.min();
        let taken = self.extents.take_aligned(len, shift);
        let (Some((have, start, at, region)), true) = (best, len > 0) else {
            let why = if len == 0 { Refusal::Empty } else { Refusal::NoRoom };
            assert_eq!(taken, Err(why));
            return;
        };
        let taken = taken.expect("a request that fits is never refused");
        assert_eq!(taken.start, at, "the best fit, the lowest among equals");
        self.holes.remove(&start);
        for (from, to) in [(start, at), (at + len, start + have)] {
            if from < to {
                self.holes.insert(from, (to - from, region));
            }
        }
        self.live.push((taken.handle, at, len, region));
    }

    fn give_back(&mut self, which: usize) {
        if self.live.is_empty() {
            return;
        }
        let (handle, mut start, mut len, region) = self.live.swap_remove(which % self.live.len());
        let above = self.holes.get(&(start + len)).filter(|hole| hole.1 == region).copied();
        if let Some((more, _)) = above {
            self.holes.remove(&(start + len));
            len += more;
        }
        let below = self.holes.range((Unbounded, Excluded(start))).next_back();
        if let Some((&low, &(more, _))) = below.filter(|hole| hole.1.1 == region)
            && low + more == start
        {
            (start, len) = (low, len + more);
        }
        self.holes.insert(start, (len, region));
        let hole = self.extents.give_back(handle).expect("taken, and not given back before");
        assert_eq!((hole.start, hole.len), (start, len));
        assert_eq!(self.extents.give_back(handle), Err(Refusal::NotTaken));
    }
}

fn run<U: Unit, R: Room<U>>(steps: &[Step]) {
    let mut judge = Judge::<U, R>::new();
    for &step in steps {
        judge.step(step);
    }
}

/// Short extents are in trees here, which a region at a higher digit makes higher.
fn high<U: Unit>(far: u64) {
    let mut extents = Extents::new(Grown::<U, [U; 1]>::new(100));
    extents.add_region(0, 1).expect("room for a region");
    extents.add_region(2, 2).expect("room for a region");
    let [first, second] = [1, 1].map(|len| extents.take(len).expect("three units are free"));
    assert_eq!((first.start, second.start), (0, 2));
    extents.give_back(first.handle).expect("taken");
    extents.add_region(far, 1).expect("room for a region");
    assert_eq!(extents.check(), Ok(()));
    let hole = extents.give_back(second.handle).expect("taken");
    assert_eq!((hole.start, hole.len), (2, 2));
    assert_eq!(extents.check(), Ok(()));
    let starts = [2, 1, 1].map(|len| extents.take(len).map(|taken| taken.start));
    assert_eq!(starts, [Ok(2), Ok(0), Ok(far)]);
    assert_eq!(extents.take(1), Err(Refusal::NoRoom));
}

#[test]
fn short_extents_are_found_after_a_region_at_the_highest_digit() {
    high::<u32>(1 << 30);
    high::<u64>(1 << 63);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn numbers_of_32_bits(steps in prop::collection::vec(step(), 1..400)) {
        run::<u32, [u32; 0]>(&steps);
        run::<u32, [u32; 1]>(&steps);
        run::<u32, [u32; 7]>(&steps);
    }

    #[test]
    fn numbers_of_64_bits(steps in prop::collection::vec(step(), 1..400)) {
        run::<u64, [u64; 0]>(&steps);
        run::<u64, [u64; 1]>(&steps);
        run::<u64, [u64; 7]>(&steps);
    }
}
