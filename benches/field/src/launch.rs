//! One run of one program, through the launcher that `workloads/launch.c` is.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// A run that lasts longer is killed and counts as a crash.
const SECONDS_MAX: u32 = 40;

/// What is run, whatever the allocator.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    /// The file, and its arguments.
    pub(crate) words: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, OsString)>,
    /// What it reads from, if not nothing.
    pub(crate) input: Option<PathBuf>,
    /// Where it runs, if that matters.
    pub(crate) folder: Option<PathBuf>,
}

/// What one run took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sample {
    pub(crate) wall_seconds: f64,
    pub(crate) user_seconds: f64,
    pub(crate) system_seconds: f64,
    pub(crate) rss_peak_kib: f64,
    pub(crate) faults: f64,
    /// What the program said about its own live bytes, at their peak.
    pub(crate) live_bytes: Option<f64>,
    /// What it says one operation took, where it times that itself.
    #[serde(default)]
    pub(crate) nanoseconds_each: Option<f64>,
}

/// A run that ended well, or how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    Done(Sample),
    Failed(String),
}

/// Starts programs.
#[derive(Debug)]
pub(crate) struct Launcher {
    /// The program that is built of `workloads/launch.c`.
    pub(crate) program: PathBuf,
    /// Where it leaves what a run printed.
    pub(crate) folder: PathBuf,
    /// Held as long as this is: two runs at once would disturb each other's figures, and
    /// each other's files.
    pub(crate) _lock: fs::File,
}

impl Launcher {
    /// Runs `program` with `library` preloaded. An error is one of this benchmark's
    /// own making; a crash of the program is an outcome.
    pub(crate) fn run(&self, program: &Program, library: Option<&Path>) -> Result<Outcome> {
        let status = self.command(program, library).status().context("the launcher")?;
        if !status.success() {
            bail!("the launcher ended with {status}");
        }
        self.outcome()
    }

    /// The launcher's own command, for whoever has to do something meanwhile.
    pub(crate) fn command(&self, program: &Program, library: Option<&Path>) -> Command {
        let mut command = Command::new(&self.program);
        let nothing = PathBuf::from("/dev/null");
        command.arg(self.file("record")).arg(program.input.as_ref().unwrap_or(&nothing));
        command.args([self.file("output"), self.file("errors")]).arg(SECONDS_MAX.to_string());
        command.arg(library.unwrap_or(Path::new("-"))).args(&program.words);
        command.env_remove("LD_PRELOAD").envs(program.environment.iter().cloned());
        if let Some(folder) = &program.folder {
            command.current_dir(folder);
        }
        command.stdin(Stdio::null());
        command
    }

    /// What the last run printed.
    pub(crate) fn output(&self) -> String {
        let bytes = fs::read(self.file("output")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// How the last run went.
    pub(crate) fn outcome(&self) -> Result<Outcome> {
        let record = fs::read_to_string(self.file("record")).context("the launcher's record")?;
        let figures: Vec<f64> = record.split_whitespace().flat_map(str::parse).collect();
        let &[status, wall, user, system, rss, faults] = figures.as_slice() else {
            bail!("the launcher's record is {record:?}");
        };
        if status != 0.0 {
            return Ok(Outcome::Failed(ending(status as i32)));
        }
        let output = self.output();
        let told = |what: &str| {
            let figure = output.lines().find_map(|line| line.strip_prefix(what));
            figure.and_then(|figure| figure.trim().parse().ok())
        };
        Ok(Outcome::Done(Sample {
            wall_seconds: wall / 1e9,
            user_seconds: user / 1e6,
            system_seconds: system / 1e6,
            rss_peak_kib: rss,
            faults,
            live_bytes: told("live_bytes "),
            nanoseconds_each: told("nanoseconds_each "),
        }))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// A wait status in a few words.
fn ending(status: i32) -> String {
    match (status & 0x7f, status >> 8 & 0xff) {
        (0, 125) => "not started".into(),
        (0, code) => format!("exit {code}"),
        (14, _) => "too slow".into(),
        (6, _) => "aborted".into(),
        (9, _) => "killed".into(),
        (11, _) => "segfault".into(),
        (signal, _) => format!("signal {signal}"),
    }
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn a_wait_status_reads_as_words() {
        assert_eq!(ending(2 << 8), "exit 2");
        assert_eq!(ending(11), "segfault");
        assert_eq!(ending(14), "too slow");
    }
}
