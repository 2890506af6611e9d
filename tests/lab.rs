//! Builds the libraries of the lab, then runs every C program against them in
//! every way of linking, and looks into the files themselves.
//!
//! ```text
//! cargo test -p allotment-tests --test lab                    everything
//! cargo test -p allotment-tests --test lab -- lab-page/merge  a part of it
//! ALLOTMENT_LIBRARIES=dir cargo test …                        someone else's libraries
//! ```

use std::process::ExitCode;

use allotment_tests::libraries::{LAB, Library};
use allotment_tests::stage::Stage;
use allotment_tests::{faces, harness, headers, program, symbols};
use libtest_mimic::Trial;

fn main() -> ExitCode {
    harness::run(env!("CARGO_TARGET_TMPDIR"), LAB, gather)
}

fn gather(stage: &Stage) -> Result<Vec<Trial>, String> {
    let mut trials = Vec::new();
    for library in Library::ALL {
        trials.extend(program::trials(stage, library)?);
    }
    trials.extend(headers::trials(stage));
    trials.extend(faces::trials(stage));
    trials.extend(symbols::trials(stage));
    Ok(trials)
}
