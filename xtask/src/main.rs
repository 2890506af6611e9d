//! Work on this repository: `cargo xtask help`.
//!
//! The same commands run here and in CI. Each command is a list of checks; every
//! check runs, whatever became of the one before it, and what is not installed is
//! skipped where one can see it. The last line counts.
//!
//! No dependencies: this has to build first, on a machine that has nothing yet.

mod aarch64;
mod bench;
mod check;
mod ci;
mod fuzz;
mod tally;
mod test;
mod tidy;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask test              every proof of correctness: Rust, C, the lock's model
cargo xtask test --long       real programs with more to do than there is time for in each run
cargo xtask ci                format, lints, docs, instruction counts, half a minute of each
                              fuzz target, then test
cargo xtask tidy              the rules of this house that no other tool knows
cargo xtask aarch64           what exists for the other architecture compiles, if its target is there
cargo xtask fuzz [--seconds N] [--target NAME]
                              each fuzz target for N seconds (30)
cargo xtask bench [--quick] [OPTION...]
                              time and memory beside other allocators; bench --help
cargo xtask instructions [--check] [OPTION...]
                              instructions per operation; instructions --help

The last line counts: N passed, N failed, N skipped.";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let tally = match words.as_slice() {
        ["test"] => test::run(),
        ["test", "--long"] => test::long(),
        ["ci"] => ci::run(),
        ["tidy"] => tidy::run(),
        ["aarch64"] => aarch64::run(),
        ["fuzz", options @ ..] => match fuzz::Options::parse(options) {
            Ok(options) => fuzz::run(&options),
            Err(why) => return misused(&why),
        },
        ["bench" | "instructions", ..] => return bench::run(&words),
        ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        [] => return misused("no command"),
        [word, ..] => return misused(&format!("no command {word}")),
    };
    println!("{tally}");
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn misused(why: &str) -> ExitCode {
    eprintln!("error: {why}\n\n{HELP}");
    ExitCode::from(2)
}

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where cargo builds.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}
