//! Builds `liballotment`, then runs every C program against it in every way of
//! meeting it, and looks into the files themselves.
//!
//! ```text
//! cargo test -p allotment-tests --test malloc                       everything
//! cargo test -p allotment-tests --test malloc -- malloc/misuse      a part of it
//! ALLOTMENT_LIBRARIES=dir cargo test …                              another build
//! ```

use std::process::ExitCode;

use allotment_tests::general::{GENERAL, headers, program, symbols};
use allotment_tests::harness;
use allotment_tests::stage::Stage;
use libtest_mimic::Trial;

fn main() -> ExitCode {
    harness::run(env!("CARGO_TARGET_TMPDIR"), GENERAL, gather)
}

fn gather(stage: &Stage) -> Result<Vec<Trial>, String> {
    let mut trials = program::trials(stage)?;
    trials.extend(headers::trials(stage));
    trials.extend(symbols::trials(stage));
    Ok(trials)
}
