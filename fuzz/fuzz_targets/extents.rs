//! `extents` driven by a program of bytes, judged after every step by the plain
//! model that judges its random tests.
//!
//! The first byte chooses the unit, the alignments and the room for records; each
//! step is then an operation and the numbers it needs. What is left of the bytes
//! when they end is nothing: every input is a program.

#![no_main]

use extents::{Room, Unit};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use model::{Judge, Step};

#[path = "../../crates/extents/tests/model/mod.rs"]
mod model;

/// Longer programs find nothing new, and the model looks at everything each time.
const STEPS_MAX: usize = 300;

/// Regions a program may add; the model keeps a cell for each of their units.
const REGIONS_MAX: usize = 20;

fn step(bytes: &mut Unstructured<'_>) -> Result<Step> {
    Ok(match bytes.int_in_range(0u8..=17)? {
        0..=3 => Step::Take { len: bytes.int_in_range(0..=20)? },
        4 => Step::Take { len: bytes.int_in_range(0..=1000)? },
        5..=6 => Step::TakeAligned { len: bytes.int_in_range(0..=40)?, shift: bytes.arbitrary()? },
        7..=10 => Step::GiveBack { which: bytes.arbitrary()? },
        11 => Step::GiveBackAgain { which: bytes.arbitrary()? },
        12 => Step::Resize { which: bytes.arbitrary()?, len: bytes.int_in_range(0..=60)? },
        13 => {
            Step::AddRegion { gap: bytes.int_in_range(0..=2)?, len: bytes.int_in_range(0..=500)? }
        }
        14 => Step::RemoveRegion { which: bytes.arbitrary()? },
        15 => Step::Split { which: bytes.arbitrary()?, len: bytes.int_in_range(0..=20)? },
        16 => Step::TakeAt { which: bytes.arbitrary()?, len: bytes.int_in_range(0..=60)? },
        _ => Step::Clear,
    })
}

fn run<U: Unit, R: Room<U>>(boundaries_max: usize, bytes: &mut Unstructured<'_>) -> Result<()> {
    let mut judge = Judge::<U, R>::new(boundaries_max);
    judge.step(Step::AddRegion { gap: 0, len: 512 });
    let mut regions = 1;
    for _ in 0..STEPS_MAX {
        if bytes.is_empty() {
            break;
        }
        let step = step(bytes)?;
        if let Step::AddRegion { .. } = step {
            regions += 1;
            if regions > REGIONS_MAX {
                continue;
            }
        }
        judge.step(step);
    }
    Ok(())
}

fn program(bytes: &mut Unstructured<'_>) -> Result<()> {
    match bytes.int_in_range(0u8..=4)? {
        0 => run::<u32, [u32; 0]>(10_000, bytes),
        1 => run::<u32, [u32; 6]>(10_000, bytes),
        2 => run::<u64, [u64; 4]>(10_000, bytes),
        3 => run::<u32, [u32; 1]>(10_000, bytes),
        _ => run::<u32, [u32; 3]>(40, bytes),
    }
}

fuzz_target!(|bytes: &[u8]| {
    // Bytes that end in the middle of a step end the program there.
    let _ = program(&mut Unstructured::new(bytes));
});
