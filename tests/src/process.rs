//! Runs a command to its end, or to the time limit: a program that hangs has
//! failed, and so have the children it left behind.

use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than any program here needs on a slow and busy machine.
pub const TIME_LIMIT: Duration = Duration::from_mins(2);

/// What a finished process left.
pub struct Finished {
    /// Exit code or signal.
    pub status: ExitStatus,
    /// All of its standard output.
    pub stdout: String,
    /// All of its standard error.
    pub stderr: String,
}

impl Finished {
    /// The end in words, for a failure's message.
    pub fn end(&self) -> String {
        match (self.status.code(), self.status.signal()) {
            (Some(code), _) => format!("exit code {code}"),
            (_, Some(signal)) => format!("signal {signal}"),
            _ => "an unknown end".into(),
        }
    }
}

/// Runs `command` without input.
///
/// # Errors
///
/// A sentence when it cannot be started or does not end in time.
pub fn run(command: &mut Command) -> Result<Finished, String> {
    run_within(command, TIME_LIMIT)
}

/// The same, with another limit.
///
/// # Errors
///
/// As for [`run`].
pub fn run_within(command: &mut Command, limit: Duration) -> Result<Finished, String> {
    // A group of its own, so that a limit reached ends the grandchildren too.
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|why| format!("cannot start {}: {why}", command.get_program().display()))?;
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let status = wait(&mut child, limit);
    let (stdout, stderr) = (joined(stdout), joined(stderr));
    match status {
        Some(status) => Ok(Finished { status, stdout, stderr }),
        None => Err(format!(
            "not done after {} s\n--- stdout\n{stdout}--- stderr\n{stderr}",
            limit.as_secs()
        )),
    }
}

/// Reads a pipe on a thread of its own, so that none of the two can fill up.
fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A pipe that breaks ends what can be known; the status tells the rest.
            let _ = pipe.read_to_end(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn joined(reader: thread::JoinHandle<String>) -> String {
    reader.join().unwrap_or_default()
}

/// The child's status, or none when it had to be ended at the limit.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if started.elapsed() > limit {
            let group = format!("-{}", child.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

#[cfg(test)]
mod tests {
    use super::{run, run_within};
    use std::process::Command;
    use std::time::Duration;

    #[test]
    fn both_streams_and_the_code_are_kept() {
        let done = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert_eq!((done.stdout.as_str(), done.stderr.as_str()), ("out\n", "err\n"));
        assert_eq!(done.end(), "exit code 3");
    }

    #[test]
    fn what_hangs_is_ended_with_its_children() {
        let mut hang = Command::new("sh");
        hang.args(["-c", "sleep 1000 & echo begun; wait"]);
        let why = run_within(&mut hang, Duration::from_millis(300)).err().unwrap();
        assert!(why.starts_with("not done") && why.contains("begun"), "{why}");
    }
}
