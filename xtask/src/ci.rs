//! What has to hold before a change goes in.

use std::process::Command;

use crate::bench::field;
use crate::check::{cargo, flags, is_there, one, skipped};
use crate::tally::Tally;
use crate::{aarch64, fuzz, test};

/// Format, lints, docs and instruction counts are one check each; then fuzzing; then every test.
pub(crate) fn run() -> Tally {
    let mut tally = tool("format", "fmt", &mut cargo(&["fmt", "--all", "--check"]));
    // The features apart: with them, what the tests need would reach the faces.
    for which in [["--workspace"].as_slice(), &["-p", "allotment", "--all-features"]] {
        let mut lints = cargo(&["clippy", "--all-targets"]);
        lints.args(which).args(["--", "-D", "warnings"]);
        tally += tool("lints", "clippy", &mut lints);
        let mut docs = cargo(&["doc", "--no-deps"]);
        docs.args(which).env("RUSTDOCFLAGS", flags("RUSTDOCFLAGS", "-D warnings"));
        tally += one("docs", &mut docs);
    }
    tally += instructions();
    tally += aarch64::run();
    tally += fuzz::run(&fuzz::Options::default());
    tally += test::run();
    tally
}

/// Counts don't depend on the load of a machine, so here a slower path is a failure.
fn instructions() -> Tally {
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--version");
    if is_there(valgrind) {
        one("instructions per operation", &mut field(&["instructions", "--check"]))
    } else {
        skipped("instructions per operation", "valgrind is not installed")
    }
}

/// A check by a component of the toolchain that may not be installed.
fn tool(name: &str, component: &str, command: &mut Command) -> Tally {
    if is_there(cargo(&[component, "--version"])) {
        one(name, command)
    } else {
        skipped(name, &format!("cargo {component} is not installed"))
    }
}
