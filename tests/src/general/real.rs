//! Real programs, with and without the library: they have to do the same.
//!
//! ```text
//!   # What runs.                      the comment that opens the script
//!   # needs: tool                     skipped, visibly, where there is none
//!   …                                 prints all that is to be compared
//! ```
//!
//! A script runs twice in an empty directory, the second time with the library
//! preloaded into the shell and all that it starts. Both outputs, to the byte, and
//! the exit code have to be the same. Files it makes, it prints the sums of.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use libtest_mimic::{Completion, Failed, Trial};

use crate::general::stage::Stage;
use crate::process::{self, Finished};
use crate::toolchain;

/// A script that exits so cannot run on this machine.
const SKIPPED: i32 = 77;

/// The trials; one that fails, if the scripts cannot be read.
pub fn trials(stage: &Stage) -> Vec<Trial> {
    let here = stage.clone();
    let mut trials = vec![Trial::test("real/preload_reaches_what_a_shell_starts", move || {
        Ok(reaches_children(&here)?)
    })];
    match scripts(&stage.root.join("tests/real-programs")) {
        Ok(scripts) => trials.extend(scripts.into_iter().map(|name| {
            let here = stage.clone();
            let title = format!("real/{}", name.trim_end_matches(".sh"));
            Trial::ignorable_test(title, move || judge(&here, &name))
        })),
        Err(why) => trials.push(Trial::test("real/scripts", move || Err(why.into()))),
    }
    trials
}

fn scripts(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    names.retain(|name| Path::new(name).extension().is_some_and(|extension| extension == "sh"));
    names.sort();
    Ok(names)
}

fn judge(stage: &Stage, name: &str) -> Result<Completion, Failed> {
    let script = stage.root.join("tests/real-programs").join(name);
    let text = fs::read_to_string(&script)?;
    let needs = text.lines().find_map(|line| line.strip_prefix("# needs: ")).unwrap_or("sh");
    if let Some(reason) = needs.split_whitespace().find_map(toolchain::missing) {
        return Ok(Completion::ignored_with(reason));
    }
    let without = run(stage, &script, name, false)?;
    if without.status.code() == Some(SKIPPED) {
        return Ok(Completion::ignored_with(without.stdout.trim()));
    }
    let with = run(stage, &script, name, true)?;
    for (what, expected, found) in
        [("stdout", &without.stdout, &with.stdout), ("stderr", &without.stderr, &with.stderr)]
    {
        if expected != found {
            return Err(differ(what, expected, found).into());
        }
    }
    if without.status == with.status && !without.stdout.is_empty() {
        Ok(Completion::Completed)
    } else {
        Err(format!("{} without, {} with it", without.end(), with.end()).into())
    }
}

fn run(stage: &Stage, script: &Path, name: &str, preload: bool) -> Result<Finished, String> {
    // The same path both times: programs print it, and compilers note it.
    let place = stage.out().join(name);
    let fresh = || -> io::Result<()> {
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        fs::create_dir_all(&place)
    };
    fresh().map_err(|why| format!("{}: {why}", place.display()))?;
    let mut command = Command::new("sh");
    stage.on(command.arg(script)).current_dir(&place);
    if preload {
        command.env("LD_PRELOAD", stage.shared());
    }
    process::run(&mut command)
}

/// The first line that differs.
fn differ(what: &str, expected: &str, found: &str) -> String {
    let none = "(none)";
    let (mut left, mut right) = (expected.lines(), found.lines());
    for n in 1.. {
        match (left.next(), right.next()) {
            (a, b) if a == b && a.is_some() => {}
            (a, b) => {
                return format!(
                    "{what}, line {n}\n  without: {}\n  with:    {}",
                    a.unwrap_or(none),
                    b.unwrap_or(none)
                );
            }
        }
    }
    String::new()
}

fn reaches_children(stage: &Stage) -> Result<(), String> {
    let mut command = Command::new("sh");
    stage.on(command.args(["-c", "cat /proc/self/maps; true"]));
    let maps = toolchain::must_succeed(command.env("LD_PRELOAD", stage.shared()))?.stdout;
    if maps.contains("liballotment") { Ok(()) } else { Err("not among the mappings".into()) }
}
