//! Real programs, with and without the library: they have to do the same.
//!
//! ```text
//!   scripts   shell scripts, run twice: the outputs have to be the same
//!   loader    what the dynamic loader noted: which programs the library was in
//!   crates    test suites of published crates, with our global allocator and without
//!   sources   of published crates, to compile and to test
//!   place     a directory for each, where every user of the system can read
//! ```
//!
//! `LONG_TESTS=1` gives each of them more to do.

use std::env;
use std::time::Duration;

use libtest_mimic::Trial;

use crate::stage::Stage;

mod crates;
mod loader;
mod place;
mod scripts;
mod sources;

/// The trials.
///
/// # Errors
///
/// When the scripts cannot be read.
pub fn trials(stage: &Stage) -> Result<Vec<Trial>, String> {
    let mut trials = scripts::trials(stage)?;
    trials.extend(crates::trials(stage));
    Ok(trials)
}

/// Whether there is time for all there is to do.
fn long() -> bool {
    env::var_os("LONG_TESTS").is_some_and(|value| !value.is_empty())
}

/// Who takes longer has hung, even on a slow and busy machine.
fn limit() -> Duration {
    Duration::from_secs(60 * if long() { 120 } else { 20 })
}
