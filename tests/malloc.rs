//! Builds `liballotment`, then runs every C program against it in every way of
//! meeting it, looks into the files themselves, and runs real programs on it.
//!
//! ```text
//! cargo test -p allotment-tests --test malloc                       everything
//! cargo test -p allotment-tests --test malloc -- malloc/misuse      a part of it
//! cargo test -p allotment-tests --test malloc -- real               real programs
//! ALLOTMENT_LIBRARIES=dir cargo test …                              another build
//! ```

use std::path::Path;
use std::process::ExitCode;

use allotment_tests::general::stage::Stage;
use allotment_tests::general::{headers, program, real, symbols};
use libtest_mimic::Arguments;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One line per program; whoever runs this wants to see the situations.
    arguments.quiet = false;
    let stage = match Stage::set(Path::new(env!("CARGO_TARGET_TMPDIR"))) {
        Ok(stage) => stage,
        Err(why) => return give_up(&why),
    };
    let mut trials = match program::trials(&stage) {
        Ok(trials) => trials,
        Err(why) => return give_up(&why),
    };
    trials.extend(headers::trials(&stage));
    trials.extend(symbols::trials(&stage));
    trials.extend(real::trials(&stage));
    let conclusion = libtest_mimic::run(&arguments, trials);
    stage.strike();
    conclusion.exit_code()
}

fn give_up(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}
