//! The `allotment` command.
//!
//! ```text
//!   arguments ──▶ lab     ──▶ sample ──▶ export     a heap, call by call
//!             ├─▶ observe ──▶ sample ──▶ export     a fresh process, step by step
//!             └─▶ follow  ──▶ sample ──▶ export     any process, live
//! ```
//!
//! Every number comes from `/proc` by way of [`sample`]; [`lab`], [`observe`] and
//! [`follow`] decide when to look; [`export`] writes what was seen for machines
//! and for paper. The first two look at a process of their own, which they lead
//! over a [`wire`]. What is absent: this program exports no `malloc`, and no heap
//! of the workspace serves its own allocations.

mod arguments;
mod export;
mod failure;
mod follow;
mod lab;
mod observe;
mod sample;
mod style;
mod wire;

use std::process::ExitCode;

use arguments::Command;
use failure::Failure;

fn main() -> ExitCode {
    let command = match arguments::read() {
        Ok(command) => command,
        Err(done) => return done,
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Lab(options) => lab::run(&options),
        Command::Observe(options) => match options.pid {
            Some(pid) => follow::run(pid, &options),
            None => observe::run(&options),
        },
        Command::ObserveSubject => {
            observe::subject::run();
            Ok(())
        }
        Command::LabSubject { part } => {
            lab::subject::run(part);
            Ok(())
        }
    }
}
