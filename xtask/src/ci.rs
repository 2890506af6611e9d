//! What has to hold before a change goes in.

use std::process::Command;

use crate::check::{cargo, flags, is_there, one, skipped};
use crate::tally::Tally;
use crate::{fuzz, test};

/// Format, lints and docs are one check each; then fuzzing; then every test.
pub(crate) fn run() -> Tally {
    let mut tally = tool("format", "fmt", &mut cargo(&["fmt", "--all", "--check"]));
    let lints = &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    tally += tool("lints", "clippy", &mut cargo(lints));
    let mut docs = cargo(&["doc", "--workspace", "--no-deps"]);
    docs.env("RUSTDOCFLAGS", flags("RUSTDOCFLAGS", "-D warnings"));
    tally += one("docs", &mut docs);
    tally += fuzz::run(&fuzz::Options::default());
    tally += test::run();
    tally
}

/// A check by a component of the toolchain that may not be installed.
fn tool(name: &str, component: &str, command: &mut Command) -> Tally {
    if is_there(cargo(&[component, "--version"])) {
        one(name, command)
    } else {
        skipped(name, &format!("cargo {component} is not installed"))
    }
}
