//! The `allotment` command.
//!
//! ```text
//!   arguments ──▶ observe ──▶ sample ──▶ export     a fresh process, step by step
//!             └─▶ follow  ──▶ sample ──▶ export     any process, live
//! ```
//!
//! Every number comes from `/proc` by way of [`sample`]; [`observe`] and
//! [`follow`] decide when to look; [`export`] writes what was seen for machines
//! and for paper. What is absent: this program exports no `malloc`, and nothing
//! here allocates on behalf of a heap of the workspace.

mod arguments;
mod export;
mod failure;
mod follow;
mod observe;
mod sample;
mod style;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = match arguments::read() {
        Ok(arguments) => arguments,
        Err(done) => return done,
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    match arguments.command {
        None => arguments::print_help(),
        Some(Command::Observe(options)) => match options.pid {
            Some(pid) => follow::run(pid, &options),
            None => observe::run(&options),
        },
        Some(Command::ObserveSubject) => {
            observe::subject::run();
            Ok(())
        }
    }
}
