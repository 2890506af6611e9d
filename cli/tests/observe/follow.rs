//! Following a process with `--pid`.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::support::{
    ALLOTMENT, Subject, allotment, assert_both_series, assert_refused, experiment, number,
    read_chart, scratch, stderr, stdout, succeeds,
};

/// A process that waits until its stdin is closed, or until it is killed.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Self {
        Self(Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap())
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn following_prints_one_line_a_sample_under_a_header() {
    let sleeper = Sleeper::start();
    let text = succeeds(&["observe", "--pid", &sleeper.pid(), "--count", "3", "--interval", "10"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    let names: Vec<&str> = lines[0].split_whitespace().collect();
    assert_eq!(names[..3], ["seconds", "vsz_KiB", "rss_KiB"]);
    for line in &lines[1..] {
        let figures: Vec<f64> = line.split_whitespace().map(|t| t.parse().unwrap()).collect();
        assert_eq!(figures.len(), names.len());
        assert!(figures[1] > figures[2] && figures[2] > 0.0, "VSZ > RSS > 0: {line}");
    }
}

#[test]
fn following_as_json_is_one_object_a_line_with_the_documented_fields() {
    let sleeper = Sleeper::start();
    let arguments = ["observe", "--json", "--count", "3", "--interval", "10", "--pid"];
    let text = succeeds(&[&arguments[..], &[&sleeper.pid()]].concat());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    for line in &lines {
        for field in [
            "/pid",
            "/elapsed_ms",
            "/threads",
            "/statm/vsz_bytes",
            "/statm/rss_bytes",
            "/smaps_rollup/rss_bytes",
            "/smaps_rollup/private_bytes",
            "/smaps_rollup/shared_bytes",
            "/faults/minor",
            "/faults/major",
        ] {
            number(line, field);
        }
        assert_eq!(line["pid"].to_string(), sleeper.pid());
        assert!(line["state"].is_string());
    }
}

#[test]
fn following_sees_a_mapping_come_and_go() {
    let mut subject = Subject::start();
    subject.ask("map 1048576");
    subject.ask("touch 0 1");
    subject.ask("unmap");
    let pid = subject.child.id().to_string();
    let look = || {
        let text = succeeds(&["observe", "--json", "--pid", &pid, "--count", "1"]);
        let line: Value = serde_json::from_str(&text).unwrap();
        (number(&line, "/statm/vsz_bytes"), number(&line, "/smaps_rollup/rss_bytes"))
    };
    let before = look();
    subject.ask("map 1048576");
    assert_eq!(look(), (before.0 + 1_048_576, before.1));
    subject.ask("touch 0 16");
    let page_bytes = number(&experiment(1), "/page_bytes");
    assert_eq!(look(), (before.0 + 1_048_576, before.1 + 16 * page_bytes));
    subject.ask("unmap");
    assert_eq!(look(), before);
    drop(subject.requests);
    subject.child.wait().unwrap();
}

#[test]
fn following_draws_a_chart_when_it_ends() {
    let sleeper = Sleeper::start();
    let path = scratch("course.svg");
    let count = ["--count", "3", "--interval", "10"];
    let target = ["observe", "--pid", &sleeper.pid(), "--svg", path.to_str().unwrap()];
    succeeds(&[&target[..], &count].concat());
    assert_both_series(&read_chart(&path), &["VSZ (MiB)", "RSS (MiB)", "seconds"]);
}

#[test]
fn a_process_that_does_not_exist_is_refused() {
    // Beyond the largest number Linux gives to a process (2^22).
    let output = allotment(&["observe", "--pid", "2000000000"]);
    assert_refused(&output, 1, &["there is no process 2000000000", "; see ps"]);
    assert_refused(&allotment(&["observe", "--pid", "0"]), 2, &["--pid"]);
}

/// Follows a process, and ends it after the first sample has arrived.
fn follow_to_the_end(json: bool) -> (String, Output) {
    let mut sleeper = Sleeper::start();
    let mut command = Command::new(ALLOTMENT);
    // The count only keeps a follower that misses the end from following for ever.
    let bounded = ["--interval", "10", "--count", "3000"];
    command.args(["observe", "--pid", &sleeper.pid()]).args(bounded);
    if json {
        command.arg("--json");
    }
    let mut follower = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(follower.stdout.take().unwrap());
    let mut text = String::new();
    for _ in 0..2 {
        out.read_line(&mut text).unwrap();
    }
    drop(sleeper.0.stdin.take());
    // Not waited for here: until its parent does, it is a zombie, which has ended, too.
    out.read_to_string(&mut text).unwrap();
    (text, follower.wait_with_output().unwrap())
}

#[test]
fn the_end_of_the_process_is_said_and_is_no_error() {
    for json in [false, true] {
        let (text, output) = follow_to_the_end(json);
        assert!(output.status.success());
        let said = stderr(&output);
        assert!(said.contains("(cat) has ended"), "{said}");
        assert!(text.lines().count() >= 2);
        if json {
            assert!(text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));
        }
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_following_quietly() {
    let sleeper = Sleeper::start();
    let mut follower = Command::new(ALLOTMENT)
        .args(["observe", "--interval", "10", "--pid", &sleeper.pid()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(follower.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    drop(out);
    let output = follower.wait_with_output().unwrap();
    assert!(first.contains("vsz_KiB"));
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
}

#[test]
fn an_interrupt_ends_the_following_and_still_draws_the_chart() {
    let sleeper = Sleeper::start();
    let path = scratch("interrupted.svg");
    let mut follower = Command::new(ALLOTMENT)
        .args(["observe", "--interval", "10", "--pid", &sleeper.pid()])
        .args(["--svg", path.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(follower.stdout.take().unwrap());
    for _ in 0..2 {
        out.read_line(&mut String::new()).unwrap();
    }
    let interrupt = format!("kill -INT {}", follower.id());
    assert!(Command::new("sh").args(["-c", &interrupt]).status().unwrap().success());
    out.read_to_string(&mut String::new()).unwrap();
    assert!(follower.wait().unwrap().success());
    assert_both_series(&read_chart(&path), &[]);
}

#[test]
fn another_users_process_is_followed_by_statm_and_that_is_said() {
    use std::os::unix::process::CommandExt;

    // Where the user "nobody" can reach it, too.
    let copy = std::env::temp_dir().join(format!("allotment-{}", std::process::id()));
    // Copied by a process of its own: a file that is open for writing here would be
    // inherited by the children of other tests, and could not be executed meanwhile.
    let install = ["-m", "755", ALLOTMENT, copy.to_str().unwrap()];
    assert!(Command::new("install").args(install).status().unwrap().success());
    let mut command = Command::new(&copy);
    command.args(["observe", "--pid", "1", "--count", "2", "--interval", "10", "--json"]);
    let is_root = fs::read_to_string("/proc/self/status").unwrap().contains("\nUid:\t0\t");
    if is_root {
        command.uid(65534).gid(65534);
    }
    let output = command.current_dir("/").output().unwrap();
    fs::remove_file(&copy).unwrap();
    let text = stderr(&output);
    if text.contains("there is no process 1") {
        return; // /proc is mounted with hidepid: nothing of root's is to be seen.
    }
    assert!(output.status.success(), "{text}");
    assert_eq!(text.matches("smaps_rollup not permitted").count(), 1, "said once: {text}");
    for line in stdout(&output).lines() {
        let sample: Value = serde_json::from_str(line).unwrap();
        assert!(sample["smaps_rollup"].is_null());
        assert!(number(&sample, "/statm/rss_bytes") > 0);
    }
}
