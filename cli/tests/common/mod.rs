//! Running the command, and reading what it leaves: for all integration tests.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

pub(crate) const ALLOTMENT: &str = env!("CARGO_BIN_EXE_allotment");

pub(crate) fn allotment(arguments: &[&str]) -> Output {
    Command::new(ALLOTMENT).args(arguments).stdin(Stdio::null()).output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A run that must succeed, and say nothing on stderr.
pub(crate) fn succeeds(arguments: &[&str]) -> String {
    let output = allotment(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    assert_eq!(stderr(&output), "");
    stdout(&output).to_owned()
}

/// One line on stderr: `allotment: what happened; what to do next`.
pub(crate) fn assert_refused(output: &Output, exit_code: i32, words: &[&str]) {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(exit_code), "{text}");
    assert_eq!(stdout(output), "");
    assert!(text.starts_with("allotment: "), "{text}");
    for word in words {
        assert!(text.contains(word), "{word:?} in {text}");
    }
}

pub(crate) fn number(value: &Value, path: &str) -> u64 {
    let found = value.pointer(path).unwrap_or_else(|| panic!("{path} in {value}"));
    found.as_u64().unwrap_or_else(|| panic!("{path} is {found}"))
}
