//! The test suites of published crates, with our global allocator and without: the
//! same tests have to pass. And the example of this workspace.
//!
//! ```text
//!   cargo vendor ──▶ place/in/vendor/NAME-VERSION      as published; nothing is kept
//!                          │ + a workspace of its own
//!                          │ + #[global_allocator], in the crate's unit tests and in
//!                          │   each of its test programs; and a test that it serves
//!                          ▼
//!                    cargo test
//! ```

use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use libtest_mimic::Trial;

use super::limit;
use super::place::Place;
use super::sources::vendor;
use crate::process;
use crate::stage::{self, Stage};

/// A crate, its version, and how many tests it has at least.
const CRATES: [(&str, &str, usize); 2] =
    [("hashbrown", "0.15.5", 100), ("serde_json", "1.0.145", 100)];

/// What makes a crate's tests run on our allocator, and a test that they do.
const ON_IT: &str = r"
#[cfg(test)]
mod on_allotment {
    extern crate std;

    #[global_allocator]
    static ALLOTMENT: ::allotment::Allotment = ::allotment::Allotment::new();

    #[test]
    fn allotment_serves() {
        let large: std::vec::Vec<u8> = std::vec![1; 1 << 20];
        assert!(::allotment::statistics::gather().large_blocks > 0);
        assert_eq!(large.iter().map(|byte| usize::from(*byte)).sum::<usize>(), 1 << 20);
    }
}
";
const SERVES: &str = "on_allotment::allotment_serves ... ok";

/// The trials.
pub(super) fn trials(stage: &Stage) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, version, tests_min) in CRATES {
        let here = stage.clone();
        trials.push(Trial::test(format!("real/tests_of_{name}"), move || {
            Ok(judge(&here, name, version, tests_min)?)
        }));
    }
    let here = stage.clone();
    trials.push(Trial::test("real/rust_example", move || Ok(example(&here)?)));
    trials
}

fn judge(stage: &Stage, name: &str, version: &str, tests_min: usize) -> Result<(), String> {
    let io = |why: io::Error| format!("{name}: {why}");
    let place = Place::new(stage, name).map_err(io)?;
    place.clear().map_err(io)?;
    let source = vendor(stage, &place.inside(), name, version)?;
    append(&source.join("Cargo.toml"), "\n[workspace]\n").map_err(io)?;
    let mut without = outcomes(stage, &source)?;
    put_on_allotment(&source, stage).map_err(io)?;
    let mut with = outcomes(stage, &source)?;
    let programs = with.iter().filter(|line| line.ends_with(SERVES)).count();
    with.retain(|line| !line.ends_with(SERVES));
    without.sort();
    with.sort();
    if programs == 0 || without.len() < tests_min {
        return Err(format!("{programs} programs on it, {} tests: not all ran", without.len()));
    }
    match without.iter().find(|line| !with.contains(line)) {
        Some(line) => Err(format!("only without: {line}")),
        None if with.len() != without.len() => Err(format!("{} more with it", with.len())),
        None => Ok(()),
    }
}

fn put_on_allotment(source: &Path, stage: &Stage) -> io::Result<()> {
    let mut manifest = String::from("\n[dev-dependencies.allotment]\n");
    let path = stage.repository.join("crates/allotment");
    // Writing to a string never fails.
    let _ = writeln!(manifest, "path = \"{}\"", path.display());
    append(&source.join("Cargo.toml"), &manifest)?;
    append(&source.join("src/lib.rs"), ON_IT)?;
    for entry in fs::read_dir(source.join("tests"))? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "rs") {
            append(&file, ON_IT)?;
        }
    }
    Ok(())
}

fn append(file: &Path, more: &str) -> io::Result<()> {
    let mut text = fs::read_to_string(file)?;
    text += more;
    fs::write(file, text)
}

/// The lines that say what became of each test.
fn outcomes(stage: &Stage, source: &Path) -> Result<Vec<String>, String> {
    let mut cargo = stage::cargo();
    stage.on(cargo.args(["test", "--tests", "--no-fail-fast"])).current_dir(source);
    // What they depend on is kept from one time to the next.
    cargo.env("CARGO_TARGET_DIR", stage.target.join("real-crates"));
    cargo.env_remove("RUSTFLAGS");
    let done = process::run_within(&mut cargo, limit())?;
    if !done.stdout.contains("test result: ") {
        return Err(format!("cargo test: {}\n{}", done.end(), done.stderr));
    }
    let is_outcome = |line: &&str| line.starts_with("test ") && line.contains(" ... ");
    Ok(done.stdout.lines().filter(is_outcome).map(String::from).collect())
}

/// The example counts right, and the heap it shows is the one it ran on.
fn example(stage: &Stage) -> Result<(), String> {
    let mut cargo = stage::cargo();
    cargo.args(["run", "--quiet", "-p", "allotment", "--example", "threads", "--target-dir"]);
    stage.on(cargo.arg(&stage.target)).current_dir(&stage.repository);
    let done = process::run_within(&mut cargo, limit())?;
    let live: Vec<usize> = done
        .stdout
        .lines()
        .filter_map(|line| {
            line.trim().strip_prefix("live")?.split_whitespace().next()?.parse().ok()
        })
        .collect();
    // A line for each of 200,000 times 8 words, and 128 roots of numbers below 2^14.
    let counted = done.stdout.starts_with("1600000 words, 128 of them different\n");
    // The words are gone with the counts.
    let shown = matches!(live[..], [with, without] if with >= without + 128);
    if done.status.success() && counted && shown {
        Ok(())
    } else {
        Err(format!("{}\n{}{}", done.end(), done.stdout, done.stderr))
    }
}
