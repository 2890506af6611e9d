//! For tests of the one heap that a process has, which no other test may use meanwhile.

use std::process::Command;
use std::string::String;

const ALONE: &str = "TEST_ALONE";

/// Runs a test, which is the calling thread's, in a process of its own.
pub(crate) fn alone(test: impl FnOnce()) {
    if std::env::var_os(ALONE).is_some() {
        return test();
    }
    let name = std::thread::current().name().map(String::from).expect("a test's name");
    let mut again = Command::new(std::env::current_exe().expect("this program"));
    let done = again.args(["--exact", &name]).env(ALONE, "1").output().expect("it runs");
    let told = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && told.contains("1 passed"), "{told}");
}
