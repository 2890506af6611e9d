//! The `allotment` command.
//!
//! ```text
//!   arguments ──▶ lab     ──▶ sample ──▶ export     a heap, call by call
//!             ├─▶ observe ──▶ sample ──▶ export     a fresh process, step by step
//!             ├─▶ follow  ──▶ sample ──▶ export     any process, live
//!             └─▶ run                               any program on the general heap
//! ```
//!
//! Every number of the first three comes from `/proc` by way of [`sample`]; [`lab`], [`observe`] and
//! [`follow`] decide when to look; [`export`] writes what was seen for machines
//! and for paper. The first two look at a process of their own, which they lead
//! over a [`wire`]. [`run`] starts a program with the library preloaded, and stands
//! aside. What is absent: this program exports no `malloc`, and no heap of the
//! workspace serves its own allocations.

mod arguments;
mod export;
mod failure;
mod follow;
mod lab;
mod observe;
mod options;
mod run;
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
    match execute(command) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

fn execute(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Run(options) => return run::run(&options),
        Command::Options => options::run()?,
        Command::Lab(options) => lab::run(&options)?,
        Command::Observe(options) => match options.pid {
            Some(pid) => follow::run(pid, &options)?,
            None => observe::run(&options)?,
        },
        Command::ObserveSubject => observe::subject::run(),
        Command::LabSubject { part } => lab::subject::run(part),
    }
    Ok(ExitCode::SUCCESS)
}
