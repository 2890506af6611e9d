//! The observer's end: starts the process, asks it to do something, and waits
//! until it has done so and stands still.

use std::fmt::Display;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use crate::failure::Failure;

/// An observed process that waits for its next request.
pub(crate) struct Subject {
    process: Child,
    /// None only when the process is gone or about to be.
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    /// What to do when the process is gone.
    advice: &'static str,
}

impl Subject {
    /// Starts this program anew with `arguments`.
    pub(crate) fn start(arguments: &[&str], advice: &'static str) -> Result<Self, Failure> {
        // /proc/self/exe is this program even if its file was replaced meanwhile.
        // A preloaded library could map memory of its own between the steps.
        let mut program = Command::new("/proc/self/exe");
        program.arg0("allotment").args(arguments).env_remove("LD_PRELOAD");
        Self::run(program, advice)
    }

    /// Starts `program`, which speaks the protocol.
    pub(crate) fn run(mut program: Command, advice: &'static str) -> Result<Self, Failure> {
        let mut process = program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| cannot_start(&e))?;
        // Should RAM run out, the kernel picks the subject and nobody else.
        let _ = fs::write(format!("/proc/{}/oom_score_adj", process.id()), "1000");
        let requests = process.stdin.take();
        let answers = process.stdout.take().ok_or_else(|| cannot_start(&"no pipe to it"))?;
        Ok(Self { process, requests, answers: BufReader::new(answers), advice })
    }

    /// Its process number.
    pub(crate) fn pid(&self) -> i32 {
        self.process.id().cast_signed()
    }

    /// Makes a request, and returns the (first) line of the answer.
    pub(crate) fn ask(&mut self, request: &str) -> Result<String, Failure> {
        // One write for the whole line: the subject wakes once.
        let line = format!("{request}\n");
        let asked = match &mut self.requests {
            Some(pipe) => pipe.write_all(line.as_bytes()),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        match asked {
            Ok(()) => self.next_line(request),
            Err(_) => Err(self.lost(request)),
        }
    }

    /// The next line of the answer to `request`.
    pub(crate) fn next_line(&mut self, request: &str) -> Result<String, Failure> {
        let mut answer = String::new();
        match self.answers.read_line(&mut answer) {
            Ok(used) if used > 0 => Ok(answer.trim_end().to_owned()),
            _ => Err(self.lost(request)),
        }
    }

    /// The bytes that follow the line of the answer to `request`.
    pub(crate) fn next_bytes(&mut self, request: &str, bytes: &mut [u8]) -> Result<(), Failure> {
        self.answers.read_exact(bytes).map_err(|_| self.lost(request))
    }

    /// The subject went away in the middle of `request`.
    fn lost(&mut self, request: &str) -> Failure {
        drop(self.requests.take());
        let end = self.process.wait().map_or_else(|e| e.to_string(), describe);
        Failure::refused(
            format!("the observed process is gone at \"{request}\" ({end})"),
            self.advice,
        )
    }
}

impl Drop for Subject {
    /// Closing its stdin ends the subject; it leaves no zombie.
    fn drop(&mut self) {
        drop(self.requests.take());
        let _ = self.process.wait();
    }
}

/// The subject said what nobody asked for.
pub(crate) fn unexpected(what: &dyn Display) -> Failure {
    Failure::refused(
        format!("the observed process could not do its part ({what})"),
        "run it again; if that persists, please report it as a defect",
    )
}

fn cannot_start(error: &dyn Display) -> Failure {
    Failure::refused(
        format!("the process to observe cannot be started ({error})"),
        "check that /proc is mounted and that the limit of processes (ulimit -u) is not reached",
    )
}

fn describe(status: ExitStatus) -> String {
    match status.signal() {
        Some(9) => "killed by signal 9, perhaps because memory ran out".into(),
        Some(signal) => format!("killed by signal {signal}"),
        None => status.to_string(),
    }
}
