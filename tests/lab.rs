//! Builds the libraries of the lab, then runs every C program against them in
//! every way of linking, and looks into the files themselves.
//!
//! ```text
//! cargo test -p allotment-tests --test lab                    everything
//! cargo test -p allotment-tests --test lab -- lab-page/merge  a part of it
//! ALLOTMENT_LIBRARIES=dir cargo test …                        someone else's libraries
//! ```

use std::path::Path;
use std::process::ExitCode;

use allotment_tests::libraries::{Library, Stage};
use allotment_tests::{faces, headers, program, symbols};
use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One line per program; whoever runs this wants to see the situations.
    arguments.quiet = false;
    let stage = match Stage::set(Path::new(env!("CARGO_TARGET_TMPDIR"))) {
        Ok(stage) => stage,
        Err(why) => return give_up(&why),
    };
    let mut trials = Vec::new();
    for library in Library::ALL {
        match program::trials(&stage, library) {
            Ok(more) => trials.extend(more),
            Err(why) => return give_up(&why),
        }
    }
    trials.extend(headers::trials(&stage));
    trials.extend(faces::trials(&stage));
    trials.extend(symbols::trials(&stage));
    let conclusion = libtest_mimic::run(&arguments, trials);
    stage.strike();
    conclusion.exit_code()
}

fn give_up(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}
