//! Long random programs, judged by the model after every step.

mod model;

use extents::{Room, Unit};
use model::{Judge, Step};
use proptest::prelude::*;

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1u16..20).prop_map(|len| Step::Take { len }),
        2 => (0u16..400).prop_map(|len| Step::Take { len }),
        4 => (0u16..40, any::<u8>()).prop_map(|(len, shift)| Step::TakeAligned { len, shift }),
        1 => (any::<u16>(), 0u16..40).prop_map(|(which, len)| Step::TakeAt { which, len }),
        9 => any::<u16>().prop_map(|which| Step::GiveBack { which }),
        1 => any::<u16>().prop_map(|which| Step::GiveBackAgain { which }),
        3 => (any::<u16>(), 0u16..30).prop_map(|(which, len)| Step::Resize { which, len }),
        2 => (any::<u16>(), 0u16..20).prop_map(|(which, len)| Step::Split { which, len }),
        1 => (0u8..3, 0u16..300).prop_map(|(gap, len)| Step::AddRegion { gap, len }),
        1 => any::<u8>().prop_map(|which| Step::RemoveRegion { which }),
    ]
}

fn run<U: Unit, R: Room<U>>(first_region: u16, boundaries_max: usize, steps: &[Step]) {
    let mut judge = Judge::<U, R>::new(boundaries_max);
    judge.step(Step::AddRegion { gap: 0, len: first_region });
    for &step in steps {
        judge.step(step);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn units_of_32_bits_without_alignment(steps in prop::collection::vec(step(), 1..400)) {
        run::<u32, [u32; 0]>(512, 10_000, &steps);
    }

    #[test]
    fn units_of_32_bits_with_alignments_up_to_64(steps in prop::collection::vec(step(), 1..400)) {
        run::<u32, [u32; 6]>(1000, 10_000, &steps);
    }

    #[test]
    fn units_of_64_bits(steps in prop::collection::vec(step(), 1..400)) {
        run::<u64, [u64; 4]>(1000, 10_000, &steps);
    }

    #[test]
    fn units_of_64_bits_without_alignment(steps in prop::collection::vec(step(), 1..400)) {
        run::<u64, [u64; 0]>(1000, 10_000, &steps);
    }

    #[test]
    fn books_that_run_full(steps in prop::collection::vec(step(), 1..400)) {
        run::<u32, [u32; 3]>(700, 40, &steps);
        run::<u32, [u32; 0]>(700, 40, &steps);
    }
}

/// Extents of about the same length by the hundred, `shortest` or little more, so
/// that a bin's tree is many nodes deep and wide.
fn deep<R: Room<u32>>(seed: u64, shortest: u16, count: u16) {
    let mut judge = Judge::<u32, R>::new(10_000);
    judge.step(Step::AddRegion { gap: 1, len: (shortest + 2) * count });
    let mut random = seed;
    let mut next = |bound: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (random >> 33) % bound
    };
    for _ in 0..count {
        judge.step(Step::Take { len: shortest + next(2) as u16 });
    }
    for round in 0..3 {
        for _ in 0..count * 7 / 10 {
            judge.step(Step::GiveBack { which: next(1 << 16) as u16 });
        }
        for _ in 0..count * 7 / 10 {
            match (round, next(4)) {
                (1, 0) => judge.step(Step::TakeAligned { len: shortest, shift: next(4) as u8 }),
                _ => judge.step(Step::Take { len: shortest + next(3) as u16 }),
            }
        }
    }
}

#[test]
fn deep_heaps() {
    deep::<[u32; 0]>(1, 1, 1000);
    deep::<[u32; 0]>(5, 60, 200);
}

#[test]
fn deep_trees_with_alignment() {
    deep::<[u32; 5]>(2, 1, 1000);
}

#[test]
fn deep_trees_of_long_extents() {
    deep::<[u32; 0]>(3, 64, 200);
    deep::<[u32; 5]>(4, 200, 100);
}

fn clear<R: Room<u32>>() {
    let mut judge = Judge::<u32, R>::new(1000);
    for _ in 0..3 {
        judge.step(Step::AddRegion { gap: 0, len: 100 });
        for len in 1..9 {
            judge.step(Step::Take { len });
        }
        judge.step(Step::GiveBack { which: 3 });
        judge.step(Step::Clear);
    }
}

#[test]
fn after_clearing_everything_begins_anew() {
    clear::<[u32; 0]>();
    clear::<[u32; 2]>();
}
