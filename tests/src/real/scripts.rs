//! One script: run twice, the second time on the library, and compared.
//!
//! ```text
//!   # What runs.                      the comment that opens the script
//!   # needs: tool tool                skipped, visibly, where one is missing
//!   # on it: program program          what must have run on the library
//!   # sources: crate version          fetched, and their folder is in SOURCES
//!   …                                 prints all that is to be compared
//! ```
//!
//! A script runs in an empty directory, the second time with the library preloaded
//! into the shell and all that it starts. Both outputs, to the byte, and the exit
//! code have to be the same. Of files it makes, it prints the sums. It finds a free
//! port of the loopback in `PORT`, and something in `LONG` if it may take its time.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

use libtest_mimic::{Completion, Failed, Trial};

use super::place::{self, Place};
use super::sources::vendor;
use super::{limit, loader, long};
use crate::process::{self, Finished};
use crate::stage::Stage;

/// A script that exits so cannot run on this machine.
const SKIPPED: i32 = 77;

/// What a script says about itself.
#[derive(Debug)]
struct Head {
    needs: Vec<String>,
    on_it: Vec<String>,
    sources: Option<(String, String)>,
}

impl Head {
    fn parse(text: &str) -> Result<Self, String> {
        let line = |what: &str| text.lines().find_map(|line| line.strip_prefix(what));
        let words = |what: &str| -> Vec<String> {
            line(what).unwrap_or_default().split_whitespace().map(Into::into).collect()
        };
        let sources = match &words("# sources: ")[..] {
            [] => None,
            [name, version] => Some((name.clone(), version.clone())),
            _ => return Err("sources are a name and a version".into()),
        };
        let head = Self { needs: words("# needs: "), on_it: words("# on it: "), sources };
        if head.on_it.is_empty() {
            return Err("it says of no program that it runs on the library".into());
        }
        Ok(head)
    }
}

/// A trial for each script.
///
/// # Errors
///
/// When one cannot be read.
pub(super) fn trials(stage: &Stage) -> Result<Vec<Trial>, String> {
    let folder = stage.repository.join("tests/real-programs");
    let mut trials = Vec::new();
    for name in names(&folder).map_err(|why| format!("{}: {why}", folder.display()))? {
        let script = folder.join(format!("{name}.sh"));
        let text = fs::read_to_string(&script);
        let head = text.map_err(|why| why.to_string()).and_then(|text| Head::parse(&text));
        let head = head.map_err(|why| format!("{}: {why}", script.display()))?;
        let stage = stage.clone();
        trials.push(Trial::ignorable_test(format!("real/{name}"), move || {
            judge(&stage, &name, &script, &head)
        }));
    }
    Ok(trials)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".sh").map(String::from));
    }
    names.sort();
    Ok(names)
}

fn judge(stage: &Stage, name: &str, script: &Path, head: &Head) -> Result<Completion, Failed> {
    if let Some(tool) = head.needs.iter().find(|tool| place::program(tool).is_none()) {
        return Ok(Completion::ignored_with(format!("{tool} is not installed")));
    }
    let place = Place::new(stage, name)?;
    let mut environment = vec![("PORT", place::port()?.to_string().into())];
    if let Some((name, version)) = &head.sources {
        environment.push(("SOURCES", vendor(stage, &place.sources(), name, version)?.into()));
    }
    let run = |preload| run(stage, &place, script, &environment, preload);
    let without = run(false)?;
    if without.status.code() == Some(SKIPPED) {
        return Ok(Completion::ignored_with(without.stdout.trim()));
    }
    let with = run(true)?;
    compare(&without, &with)?;
    loader::must_have_run(&head.on_it, &place)?;
    Ok(Completion::Completed)
}

fn run(
    stage: &Stage,
    place: &Place,
    script: &Path,
    environment: &[(&str, OsString)],
    preload: bool,
) -> Result<Finished, String> {
    place.clear().map_err(|why| format!("{}: {why}", place.inside().display()))?;
    let path = env::join_paths(place::path()).map_err(|why| why.to_string())?;
    let mut command = Command::new("sh");
    stage.on(command.arg(script)).current_dir(place.inside());
    command.env("PATH", path).envs(environment.iter().map(|(name, value)| (name, value)));
    command.env("LONG", if long() { "1" } else { "" });
    command.env("LD_DEBUG", "files").env("LD_DEBUG_OUTPUT", place.notes().join("of"));
    if preload {
        command.env("LD_PRELOAD", place.library());
    }
    process::run_within(&mut command, limit())
}

fn compare(without: &Finished, with: &Finished) -> Result<(), String> {
    for (what, expected, found) in
        [("stdout", &without.stdout, &with.stdout), ("stderr", &without.stderr, &with.stderr)]
    {
        if expected != found {
            return Err(differ(what, expected, found));
        }
    }
    if without.status != with.status {
        return Err(format!("{} without, {} with it", without.end(), with.end()));
    }
    if without.status.success() && !without.stdout.is_empty() {
        Ok(())
    } else {
        // The same twice, but nothing that shows what programs do.
        Err(format!("{}, both times\n{}{}", with.end(), with.stdout, with.stderr))
    }
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

#[cfg(test)]
mod tests {
    use super::{Head, differ};

    #[test]
    fn a_script_says_what_runs_on_the_library() {
        let head = Head::parse("# A tool.\n# needs: a b\n# on it: a\na\n").unwrap();
        assert_eq!((head.needs.len(), head.on_it.len()), (2, 1));
        assert!(Head::parse("# A tool.\na\n").unwrap_err().contains("no program"));
    }

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert_eq!(
            differ("stdout", "same\none\n", "same\n"),
            "stdout, line 2\n  without: one\n  with:    (none)"
        );
    }
}
