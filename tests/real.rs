//! Builds `liballotment`, then runs real programs without and with it, and the test
//! suites of well-known crates on it.
//!
//! ```text
//! cargo test -p allotment-tests --test real                  everything
//! cargo test -p allotment-tests --test real -- postgres      a part of it
//! LONG_TESTS=1 cargo test …                                  with more to do
//! ```

use std::process::ExitCode;

use allotment_tests::general::GENERAL;
use allotment_tests::{harness, real};

fn main() -> ExitCode {
    harness::run(env!("CARGO_TARGET_TMPDIR"), GENERAL, real::trials)
}
