//! What every set of trials has in common: the libraries are built, the trials are
//! gathered and run, and the stage is struck.

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use crate::stage::{Libraries, Stage};

/// Runs the trials that `gather` finds, on a stage in `scratch`.
pub fn run(
    scratch: &str,
    libraries: Libraries,
    gather: fn(&Stage) -> Result<Vec<Trial>, String>,
) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One line per program; whoever runs this wants to see the situations.
    arguments.quiet = false;
    let stage = match Stage::set(Path::new(scratch), libraries) {
        Ok(stage) => stage,
        Err(why) => return give_up(&why),
    };
    let trials = match gather(&stage) {
        Ok(trials) => trials,
        Err(why) => return give_up(&why),
    };
    let conclusion = libtest_mimic::run(&arguments, trials);
    stage.strike();
    conclusion.exit_code()
}

fn give_up(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}
