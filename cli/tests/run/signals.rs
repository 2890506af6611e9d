//! Signals and job control: as if nobody stood between the sender and the program.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{ALLOTMENT, clean, library, run, stdout};

/// Sends a signal as `kill` does.
fn send(signal: &str, pid: u32) {
    let sent = Command::new("kill").args([format!("-{signal}"), pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

fn line(from: &mut impl BufRead) -> String {
    let mut line = String::new();
    from.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

/// A line of this process's status that holds a set of signals.
fn set(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let set = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    u64::from_str_radix(set.trim(), 16).unwrap()
}

/// A shell that says `ready`, and a line for each USR1; for TERM, too, and ends. What it
/// waits for may be gone by then: a key may come before it has learnt to ignore it.
const LISTENER: &str = "trap 'echo usr1' USR1; trap 'kill $! 2>/dev/null; echo term; exit 3' TERM; \
                        sleep 100000 & echo ready; while :; do wait $!; done";

/// A run in a process group of its own, which does not outlive its test.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    /// Runs `script`, and waits for its first line.
    fn start(script: &str) -> Self {
        let mut child = run()
            .args(["-q", "--", "sh", "-c", script])
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, out };
        assert_eq!(running.line(), "ready");
        running
    }

    fn send(&self, signal: &str) {
        send(signal, self.child.id());
    }

    fn line(&mut self) -> String {
        line(&mut self.out)
    }

    fn exit_code(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Only after a failed assertion is anybody left; a child that was waited for
        // answers from memory.
        if let Ok(None) = self.child.try_wait() {
            let group = rustix::process::Pid::from_child(&self.child);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[test]
fn what_is_sent_to_us_is_passed_on() {
    let ignored = set("SigIgn:");
    for (name, number) in
        [("INT", 2), ("TERM", 15), ("HUP", 1), ("QUIT", 3), ("USR1", 10), ("USR2", 12)]
    {
        if ignored & (1 << (number - 1)) != 0 {
            continue; // A shell cannot catch what it was started with ignoring.
        }
        let script = format!(
            "trap 'kill $!; echo {name}; exit {number}' {name}; sleep 100000 & echo ready; wait $!"
        );
        let mut program = Running::start(&script);
        program.send(name);
        assert_eq!(program.line(), name);
        assert_eq!(program.exit_code(), Some(number));
    }
}

#[test]
fn it_is_passed_on_once() {
    let mut program = Running::start(LISTENER);
    program.send("USR1");
    assert_eq!(program.line(), "usr1");
    program.send("TERM");
    assert_eq!(program.line(), "term");
    assert_eq!(program.exit_code(), Some(3));
}

#[test]
fn what_the_program_sends_to_us_does_not_come_back() {
    // The program's parent is us; that it means somebody else is for it to know.
    let script = LISTENER.replace("while", "kill -USR1 $PPID; echo sent; while");
    let mut program = Running::start(&script);
    assert_eq!(program.line(), "sent");
    // Passed on in the order of their numbers: a USR1 that came back would be heard
    // before this.
    program.send("TERM");
    assert_eq!(program.line(), "term");
    assert_eq!(program.exit_code(), Some(3));
}

#[test]
fn the_program_starts_with_the_signals_as_we_found_them() {
    let status = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"];
    // A parent that ignores SIGCHLD would have the kernel bury its children unseen.
    let unusual = ["--block-signal=HUP,WINCH", "--ignore-signal=CHLD,USR1"];
    let is_gnu = clean("env").args(unusual).arg("true").output().unwrap().status.success();
    for options in [&unusual[..if is_gnu { 2 } else { 0 }], &[]] {
        let direct = clean("env").args(options).args(status).output().unwrap();
        let through = clean("env")
            .args(options)
            .args([ALLOTMENT, "run", "-q"])
            .args(status)
            .env("ALLOTMENT_LIBRARY", library())
            .output()
            .unwrap();
        assert!(through.status.success());
        assert_eq!(stdout(&through), stdout(&direct));
    }
}

/// A shell with a terminal of its own, which becomes its keyboard and screen.
fn in_a_terminal(shell: &[&str], script: &str) -> (Child, File, BufReader<File>) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = || File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
    let child = clean("setsid")
        .arg("--ctty")
        .args(shell)
        .args([script, ALLOTMENT])
        .env("ALLOTMENT_LIBRARY", library())
        .stdin(theirs())
        .stdout(theirs())
        .stderr(theirs())
        .spawn()
        .unwrap();
    let keyboard = File::from(ours);
    let screen = BufReader::new(keyboard.try_clone().unwrap());
    (child, keyboard, screen)
}

/// Reads until a line that ends with `last`: a terminal echoes keys before it, and a
/// shell announces its jobs.
fn until(screen: &mut impl BufRead, last: &str) {
    while !line(screen).ends_with(last) {}
}

#[test]
fn a_program_that_is_stopped_stops_the_job_and_goes_on_with_it() {
    let script = "\"$0\" run -q -- sh -c 'echo ready; cat; exit 4'; \
                  echo stopped; fg; echo code $?";
    let (mut child, mut keyboard, mut screen) = in_a_terminal(&["sh", "-mc"], script);
    until(&mut screen, "ready");
    keyboard.write_all(b"\x1a").unwrap(); // Ctrl-Z
    until(&mut screen, "stopped");
    keyboard.write_all(b"more\n\x04").unwrap();
    until(&mut screen, "more");
    until(&mut screen, "code 4");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_program_that_stops_itself_stops_the_job_and_goes_on_with_it() {
    let script = "\"$0\" run -q -- sh -c 'kill -TSTP $$; echo on'; echo stopped; fg; echo code $?";
    let (mut child, _keyboard, mut screen) = in_a_terminal(&["sh", "-mc"], script);
    until(&mut screen, "stopped");
    until(&mut screen, "on");
    until(&mut screen, "code 0");
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_keyboards_interrupt_reaches_the_program_once() {
    if set("SigIgn:") & (1 << 1) != 0 {
        return; // A shell cannot catch what it was started with ignoring.
    }
    let listener = LISTENER.replace("USR1", "INT").replace("usr1", "int");
    // Said by the shell: the number to send TERM to.
    let script = format!("echo $$; exec \"$0\" run -q -- sh -c '{}'", listener.replace('\'', "\""));
    let script = script.replace("kill $!", "kill \\$!");
    let (mut child, mut keyboard, mut screen) = in_a_terminal(&["sh", "-c"], &script);
    let pid = line(&mut screen).parse().unwrap();
    until(&mut screen, "ready");
    keyboard.write_all(b"\x03").unwrap(); // Ctrl-C, echoed as ^C
    until(&mut screen, "int");
    // INT has a lower number: a second one would be passed on, and heard, before.
    send("TERM", pid);
    assert_eq!(line(&mut screen), "term");
    assert_eq!(child.wait().unwrap().code(), Some(3));
    // The terminal is the program's until its last process ends.
    drop(keyboard);
    let _ = screen.read_to_end(&mut Vec::new());
}
