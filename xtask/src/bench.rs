//! The general heap beside its peers. That is a program of its own, built only when it
//! is asked for.

use std::process::{Command, ExitCode};

use crate::check::cargo;

/// Hands a task and its options on to the benchmark.
pub(crate) fn run(words: &[&str]) -> ExitCode {
    match field(words).status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The benchmark's program, built first.
pub(crate) fn field(words: &[&str]) -> Command {
    let mut command = cargo(&["run", "--quiet", "--package", "allotment-field", "--"]);
    command.args(words);
    command
}
