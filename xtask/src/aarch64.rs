//! The other architecture: what exists for it compiles, without a lint.

use std::path::Path;
use std::process::Command;

use crate::check::{cargo, one, skipped};
use crate::tally::Tally;

const TARGET: &str = "aarch64-unknown-linux-gnu";

/// Lints the three libraries for it, if its core library is there.
pub(crate) fn run() -> Tally {
    if !is_installed() {
        return skipped(TARGET, &format!("rustup target add {TARGET}"));
    }
    let faces = ["allotment-malloc", "allotment-lab-elastic", "allotment-lab-page"];
    let mut lints = cargo(&["clippy", "--target", TARGET]);
    lints.args(faces.iter().flat_map(|face| ["-p", face])).args(["--", "-D", "warnings"]);
    one(TARGET, &mut lints)
}

fn is_installed() -> bool {
    let mut rustc = Command::new("rustc");
    let asked = rustc.args(["--print", "target-libdir", "--target", TARGET]).output();
    asked.is_ok_and(|said| Path::new(String::from_utf8_lossy(&said.stdout).trim()).is_dir())
}
