//! One C program, linked one way, run and judged.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use libtest_mimic::{Completion, Failed, Trial};

use crate::directives::{Directives, End};
use crate::libraries::Library;
use crate::process::{self, Finished};
use crate::stage::Stage;
use crate::toolchain::{self, Link};
use crate::trace;

/// A program that exits so could not bring its situation about.
const SKIPPED: i32 = 77;

/// Variables of the environment that would change what a program sees.
const SCRUBBED: [&str; 3] = ["ALLOTMENT_QUIET", "LD_PRELOAD", "LD_LIBRARY_PATH"];

/// A trial for every program of `library` and every way of linking it.
///
/// # Errors
///
/// When a file cannot be read, or its opening comment not be understood.
pub fn trials(stage: &Stage, library: Library) -> Result<Vec<Trial>, String> {
    let folder = stage.root.join("tests").join(library.folder());
    let files = sources(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let mut trials = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).map_err(|why| format!("{name}: {why}"))?;
        let directives =
            Directives::parse(&text).map_err(|why| format!("{}: {why}", file.display()))?;
        let source = PathBuf::from("tests").join(library.folder()).join(format!("{name}.c"));
        for &link in &directives.links {
            let title = format!("{}/{name} [{}]", library.folder(), link.label(library));
            let (stage, source, directives) = (stage.clone(), source.clone(), directives.clone());
            trials.push(Trial::ignorable_test(title, move || {
                judge(&stage, &source, library, link, &directives)
            }));
        }
    }
    Ok(trials)
}

fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "c"));
    files.sort();
    Ok(files)
}

fn judge(
    stage: &Stage,
    source: &Path,
    library: Library,
    link: Link,
    directives: &Directives,
) -> Result<Completion, Failed> {
    let needs_strace = directives.inject.is_some() || directives.trace.is_some();
    let missing = link.missing().or_else(|| needs_strace.then(trace::missing).flatten());
    if let Some(reason) = missing {
        return Ok(Completion::ignored_with(reason));
    }
    let program = toolchain::compile(stage, source, library, link, &directives.flags)?;
    if let Some(inject) = &directives.inject {
        let runs = trace::inject_each(&program, inject, |command| {
            environment(command, stage, directives);
        });
        return runs.map_err(Failed::from).map(|()| Completion::Completed);
    }
    let (done, calls) = if let Some((set, _)) = &directives.trace {
        let log = program.with_extension("strace");
        let mut command = trace::record(&program, set, &log);
        environment(&mut command, stage, directives);
        let done = process::run(&mut command)?;
        (done, trace::calls(&log)?)
    } else {
        let mut command = Command::new(&program);
        environment(&mut command, stage, directives);
        (process::run(&mut command)?, Vec::new())
    };
    if done.status.code() == Some(SKIPPED) {
        return Ok(Completion::ignored_with(done.stdout.trim()));
    }
    verdict(directives, &done, &calls)
        .map(|()| Completion::Completed)
        .map_err(|why| report(directives, &done, &why).into())
}

fn environment(command: &mut Command, stage: &Stage, directives: &Directives) {
    command.current_dir(&stage.root);
    for name in SCRUBBED {
        command.env_remove(name);
    }
    for (name, value) in &directives.env {
        command.env(name, value);
    }
}

/// Nothing, or the first way in which `done` is not what was expected.
fn verdict(directives: &Directives, done: &Finished, calls: &[String]) -> Result<(), String> {
    let ended = match directives.end {
        End::Exit(code) => done.status.code() == Some(code),
        End::Signal(signal) => done.status.signal() == Some(signal),
    };
    if !ended {
        return Err(format!("expected {:?}, found {}", directives.end, done.end()));
    }
    let said: Vec<&str> = done.stderr.lines().collect();
    same("line on stderr", &fill_in(&directives.stderr, &done.stdout), &said)?;
    if let Some((_, expected)) = &directives.trace {
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        same("system call", &fill_in(expected, &done.stdout), &calls)?;
    }
    Ok(())
}

/// Puts what the program printed as `x=value` in the place of `{x}`.
fn fill_in(lines: &[String], stdout: &str) -> Vec<String> {
    let fill = |line: &String| {
        stdout
            .lines()
            .filter_map(|said| said.split_once('='))
            .fold(line.clone(), |line, (name, value)| line.replace(&format!("{{{name}}}"), value))
    };
    lines.iter().map(fill).collect()
}

fn same(what: &str, expected: &[String], found: &[&str]) -> Result<(), String> {
    for n in 0..expected.len().max(found.len()) {
        let (expected, found) = (expected.get(n).map(String::as_str), found.get(n).copied());
        if expected != found {
            let none = "(none)";
            return Err(format!(
                "{what} {}\n  expected: {}\n  found:    {}",
                n + 1,
                expected.unwrap_or(none),
                found.unwrap_or(none)
            ));
        }
    }
    Ok(())
}

fn report(directives: &Directives, done: &Finished, why: &str) -> String {
    format!(
        "{}\n{why}\n--- {}\n--- stdout\n{}--- stderr\n{}",
        directives.situation,
        done.end(),
        done.stdout,
        done.stderr
    )
}

#[cfg(test)]
mod tests {
    use super::{fill_in, same};

    #[test]
    fn what_the_program_printed_fills_the_braces() {
        let lines = ["at {p}, not {q}".to_string()];
        assert_eq!(fill_in(&lines, "p=0x10\nnoise\n"), ["at 0x10, not {q}"]);
    }

    #[test]
    fn a_line_too_many_or_too_few_is_named() {
        let expected = ["a".to_string()];
        assert!(same("line", &expected, &["a"]).is_ok());
        assert!(same("line", &expected, &[]).unwrap_err().contains("line 1"));
        assert!(same("line", &expected, &["a", "b"]).unwrap_err().contains("line 2"));
    }
}
