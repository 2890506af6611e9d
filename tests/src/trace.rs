//! strace: which calls a program makes, and what becomes of it when the nth of
//! them fails.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::process;
use crate::toolchain;

/// More calls than any scenario makes; reaching it means the end is never found.
const POSITIONS_MAX: usize = 1000;

/// Why strace cannot be used, if it cannot: many containers forbid ptrace.
pub fn missing() -> Option<String> {
    static ANSWER: OnceLock<Option<String>> = OnceLock::new();
    ANSWER
        .get_or_init(|| {
            toolchain::missing("strace").or_else(|| {
                let mut probe = Command::new("strace");
                probe.args(["-f", "-o", "/dev/null", "-e", "inject=mmap:error=ENOMEM:when=9999"]);
                match process::run(probe.arg("true")) {
                    Ok(done) if done.status.success() => None,
                    _ => Some("strace may not trace here".into()),
                }
            })
        })
        .clone()
}

/// The command that runs `program` and writes its calls of `set` to `log`.
pub fn record(program: &Path, set: &str, log: &Path) -> Command {
    let mut command = Command::new("strace");
    command.arg("-f").arg("-o").arg(log).args(["-e", &format!("trace={set}")]);
    command.args(["-e", "signal=none", "--"]).arg(program);
    command
}

/// The calls in a log of strace, without process numbers and results.
///
/// # Errors
///
/// When the log cannot be read.
pub fn calls(log: &Path) -> Result<Vec<String>, String> {
    let text = fs::read_to_string(log).map_err(|why| format!("{}: {why}", log.display()))?;
    Ok(text.lines().filter_map(call).collect())
}

/// `1234 mmap(NULL, 4096, …) = 0x7f…` without what stands around the call.
fn call(line: &str) -> Option<String> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
    if line.starts_with("+++") || line.starts_with("---") {
        return None;
    }
    let (call, _result) = line.rsplit_once(" = ")?;
    Some(call.trim_end().to_string())
}

/// Runs `program` with the first call failing, then the second, and so on until
/// a run ends in which nothing was left to fail. Every run must exit with 0.
///
/// # Errors
///
/// Which position went wrong, and how.
pub fn inject_each(
    program: &Path,
    inject: &str,
    prepare: impl Fn(&mut Command),
) -> Result<(), String> {
    let log = program.with_extension("strace");
    let call = inject.split(':').next().unwrap_or(inject);
    for n in 1..=POSITIONS_MAX {
        let what = inject.replace("{n}", &n.to_string());
        let mut command = Command::new("strace");
        command.arg("-f").arg("-o").arg(&log).args(["-e", &format!("trace={call}")]);
        command.args(["-e", &format!("inject={what}"), "--"]).arg(program);
        prepare(&mut command);
        let done = process::run(&mut command)?;
        let log = fs::read_to_string(&log).map_err(|why| format!("{}: {why}", log.display()))?;
        if done.status.code() != Some(0) || done.status.signal().is_some() {
            return Err(format!(
                "with {what}: {}\n{}{}{log}",
                done.end(),
                done.stdout,
                done.stderr
            ));
        }
        if !log.contains("(INJECTED)") {
            return if n > 1 { Ok(()) } else { Err(format!("no {call} to inject a fault into")) };
        }
    }
    Err(format!("still calling {call} after {POSITIONS_MAX} faults"))
}

#[cfg(test)]
mod tests {
    use super::call;

    #[test]
    fn a_logged_call_is_freed_of_its_process_and_result() {
        assert_eq!(call("12 munmap(0x1000, 4096) = 0"), Some("munmap(0x1000, 4096)".into()));
        assert_eq!(call("7  mmap(NULL, 4096)   = -1 ENOMEM (x)"), Some("mmap(NULL, 4096)".into()));
        assert_eq!(call("12 +++ exited with 0 +++"), None);
    }
}
