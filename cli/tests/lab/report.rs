//! The report as a newcomer meets it.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::common::{ALLOTMENT, allotment, stderr, stdout, succeeds};
use crate::support::run;

#[test]
fn without_a_command_the_lab_is_run_and_nothing_is_unexpected() {
    let text = succeeds(&[]);
    for wanted in [
        "Part A",
        "Part B",
        "a = alloc(1024)",
        "Split the hole of 4096 into 1024 + 3072.",
        "Merged on both sides: 512 + 256 + 768 = 1536.",
        "fragmentation",
        "nothing was freed",
        "VSZ and RSS are what they were before the first call.",
        "no RAM",
        "in RAM",
    ] {
        assert!(text.contains(wanted), "{wanted:?} in\n{text}");
    }
    assert!(!text.contains("Unexpected"), "{text}");
    assert!(text.lines().count() <= 160, "three screens: {}", text.lines().count());
    let widest = text.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{widest:?}");
    assert!(text.lines().all(|line| line == line.trim_end()), "nothing invisible");
}

#[test]
fn the_help_names_both_commands_with_examples() {
    let text = succeeds(&["--help"]);
    for wanted in ["lab ", "observe ", "allotment lab --part b --step", "Exit codes"] {
        assert!(text.contains(wanted), "{wanted:?} in\n{text}");
    }
    assert!(!text.contains("-subject"), "{text}");
    let text = succeeds(&["lab", "--help"]);
    assert!(text.contains("p[512] = alloc 8") && text.contains(r"'init\na = alloc 64\n"), "{text}");
}

#[test]
fn no_colours_in_a_pipe_unless_they_are_asked_for() {
    let colours = |name: &str| {
        let mut command = Command::new(ALLOTMENT);
        command.args(["lab", "--part", "a"]).env_remove("NO_COLOR").env(name, "1");
        stdout(&command.output().unwrap()).contains('\x1b')
    };
    assert!(!colours("NO_COLOR") && !colours("UNRELATED"));
    assert!(colours("CLICOLOR_FORCE"));
}

#[test]
fn drawings_are_ascii_where_utf_8_is_not_understood() {
    let drawn = |locale: &str, arguments: &[&str]| {
        let mut command = Command::new(ALLOTMENT);
        let output = command.args(arguments).env("LC_ALL", locale).output().unwrap();
        stdout(&output).to_owned()
    };
    assert!(drawn("C.UTF-8", &["lab"]).contains("├─── a 1024 ───┤"));
    for text in [drawn("C", &["lab"]), drawn("C.UTF-8", &["lab", "--ascii"])] {
        assert!(text.is_ascii(), "{text}");
        assert!(text.contains("[--- a 1024 ---]......"), "{text}");
    }
}

#[test]
fn the_width_is_the_pages() {
    for width in [16, 64, 100, 512] {
        let width_text = width.to_string();
        let arguments = ["lab", "--script", "-", "--width", &width_text];
        let output = run(&arguments, "init\na = alloc 4096\n");
        let drawn = stdout(&output).lines().filter(|line| line.contains(['├', '·']));
        let widths: Vec<usize> = drawn.map(|line| line.trim().chars().count()).collect();
        assert!(widths.iter().filter(|&&seen| seen == width).count() >= 2, "{widths:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [vec!["lab"], vec!["lab", "--json"]] {
        let mut command = Command::new(ALLOTMENT);
        let child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn in_a_terminal_each_step_waits_for_enter() {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let slave = || File::options().read(true).write(true).open(&name).unwrap();
    let mut command = Command::new(ALLOTMENT);
    command.args(["lab", "--part", "b", "--step"]).env("TERM", "xterm").env_remove("NO_COLOR");
    let child = command.stdin(slave()).stdout(slave()).stderr(slave()).spawn();
    drop(command); // and with it our ends of the terminal
    let mut terminal = File::from(master);
    let (mut text, mut prompts, mut buffer) = (String::new(), 0, [0; 4096]);
    // Reading fails once the last process has closed the terminal.
    while let Ok(used) = terminal.read(&mut buffer)
        && used > 0
    {
        text.push_str(&String::from_utf8_lossy(&buffer[..used]));
        while text.matches("Enter: the next step").count() > prompts {
            prompts += 1;
            assert!(!text.contains("cleanup()") || prompts == 16, "nothing runs ahead");
            terminal.write_all(b"\n").unwrap();
        }
    }
    assert!(child.unwrap().wait().unwrap().success());
    assert_eq!(prompts, 16, "{text}");
    assert!(text.contains("\x1b[1m"), "a terminal has colours");
}

#[test]
fn the_process_that_holds_the_heap_answers_and_ends_with_its_stdin() {
    for (request, answer) in [
        ("walk", "end"),
        ("init", "done"),
        ("cleanup", "failed"),
        ("alloc 8", "null"),
        (
            "dealloc 0x0",
            "allotment: dealloc(0x0): not initialised: call init_alloc first; nothing was freed",
        ),
        ("dance", "misunderstood"),
        ("alloc much", "misunderstood"),
        ("fill 0x1000 8 1", "misunderstood"),
        ("dump 0x1000", "misunderstood"),
    ] {
        let output = run(&["lab-subject", "b"], &format!("{request}\n"));
        assert!(output.status.success());
        assert_eq!(stdout(&output), format!("{answer}\n"), "{request}");
    }
    assert!(!allotment(&["lab-subject"]).status.success());
}
