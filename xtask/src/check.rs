//! One check: a command, run in the sight of whoever waits for it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::{env, thread};

use crate::tally::Tally;
use crate::{root, target};

/// A cargo command at the root of the repository.
pub(crate) fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(words);
    command
}

/// The value of `name` with `more` added at its end, for flags that may be set
/// already.
pub(crate) fn flags(name: &str, more: &str) -> String {
    env::var(name).map_or_else(|_| more.into(), |set| format!("{set} {more}"))
}

/// Whether a command can be started and succeeds, for questions like
/// `cargo fmt --version`.
pub(crate) fn is_there(mut command: Command) -> bool {
    let answer = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    answer.is_ok_and(|status| status.success())
}

/// Counts `command` as one check.
pub(crate) fn one(name: &str, command: &mut Command) -> Tally {
    announce(name);
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Tally::PASSED,
        Ok(status) => failed(name, &status.to_string()),
        Err(why) => failed(name, &why.to_string()),
    }
}

/// Counts the tests that `command` runs. A command that fails without a failed
/// test (it does not build, or a test took it down) is one failure itself.
pub(crate) fn tests(name: &str, command: &mut Command) -> Tally {
    announce(name);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(why) => return failed(name, &why.to_string()),
    };
    let counter = child.stdout.take().map(|pipe| thread::spawn(move || count(pipe)));
    let status = child.wait();
    let mut tally = counter.and_then(|counter| counter.join().ok()).unwrap_or_default();
    match status {
        Ok(status) if status.success() => {}
        Ok(_) if tally.failed > 0 => {}
        Ok(status) => tally += failed(name, &status.to_string()),
        Err(why) => tally += failed(name, &why.to_string()),
    }
    println!("{name}: {tally}");
    tally
}

/// Passes the lines of a test run on and sums up what they count.
fn count(pipe: impl std::io::Read) -> Tally {
    let mut tally = Tally::default();
    for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(counts) = Tally::in_line(&line) {
            tally += counts;
        }
    }
    tally
}

/// Counts a check that this machine cannot run.
pub(crate) fn skipped(name: &str, why: &str) -> Tally {
    announce(name);
    println!("skipped: {why}");
    Tally::SKIPPED
}

fn failed(name: &str, why: &str) -> Tally {
    println!("failed: {name}: {why}");
    Tally::FAILED
}

fn announce(name: &str) {
    println!("\n=== {name}");
}

/// A directory below the target directory, for builds whose flags would otherwise
/// throw away what is built already.
pub(crate) fn own_target(name: &str) -> std::path::PathBuf {
    target().join(name)
}
