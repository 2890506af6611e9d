//! What the program says and how it ends, passed through; and the summary.

use std::fs;
use std::io::{Read, Write};
use std::process::Stdio;
use std::thread;

use crate::support::{
    ALLOTMENT, assert_refused, executable, figures, folder, library, number, run, says, shell,
    stderr, stdout, succeeds,
};

#[test]
fn the_program_has_the_library_in_it() {
    let maps = says("cat /proc/self/maps");
    assert!(maps.contains(library().to_str().unwrap()), "{maps}");
}

#[test]
fn the_exit_code_is_the_programs() {
    for code in [0, 1, 2, 7, 125, 127, 255] {
        assert_eq!(shell(&format!("exit {code}")).status.code(), Some(code));
    }
}

#[test]
fn a_signal_that_kills_the_program_is_128_and_its_number() {
    for (name, code) in [("KILL", 137), ("TERM", 143), ("USR1", 138), ("SEGV", 139)] {
        let output = shell(&format!("ulimit -c 0; kill -{name} $$"));
        assert_eq!(output.status.code(), Some(code), "{name}");
    }
}

#[test]
fn bytes_pass_through_as_they_are() {
    let bytes: Vec<u8> = (0..1 << 20).map(|n: u32| (n ^ (n >> 8)) as u8).collect();
    let mut child = run()
        .args(["-q", "cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let sent = bytes.clone();
    let writer = thread::spawn(move || input.write_all(&sent).unwrap());
    let mut received = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
    assert!(received == bytes, "{} bytes of {}", received.len(), bytes.len());
}

#[test]
fn arguments_and_the_name_arrive_as_they_are() {
    let output = run()
        .args(["-q", "--", "sh", "-c", "printf '<%s>' \"$0\" \"$@\"", "name", "a b", "", "--json"])
        .output()
        .unwrap();
    assert_eq!(stdout(&output), "<name><a b><><--json>");
    // Without --, options end where the program begins.
    let output = run().args(["-q", "echo", "-q", "--quiet"]).output().unwrap();
    assert_eq!(stdout(&output), "-q --quiet\n");
    assert_eq!(says("cat /proc/$$/cmdline | tr '\\0' ' '").split(' ').next(), Some("sh"));
}

#[test]
fn a_missing_program_is_127_and_one_that_cannot_be_run_is_126() {
    let here = folder("missing");
    let file = here.join("file");
    fs::write(&file, "echo no").unwrap();
    let script = here.join("script");
    executable(&script, b"#!/nonexistent/interpreter -x\n");
    for (program, code, words) in [
        ("no-such-program", 127, "no program no-such-program in PATH"),
        ("./no/such/program", 127, "there is no ./no/such/program"),
        (here.to_str().unwrap(), 126, "it is a folder"),
        (file.to_str().unwrap(), 126, "you may not execute it"),
        (script.to_str().unwrap(), 127, "/nonexistent/interpreter, which does not exist"),
    ] {
        assert_refused(&run().arg(program).output().unwrap(), code, &[words, "; "]);
    }
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn scripts_run_with_their_interpreter_or_with_the_shell() {
    let here = folder("scripts");
    for (name, first) in [("named", "#!/bin/sh -e\n"), ("nested", ""), ("plain", "# no line\n")] {
        let script = here.join(name);
        let outer = format!("#!{}\n", here.join("named").display());
        let first = if first.is_empty() { outer } else { first.to_owned() };
        let body = "grep -c liballotment.so /proc/self/maps >&2; echo $0 $1";
        executable(&script, format!("{first}{body}\n").as_bytes());
        let output = run().arg("-q").arg(&script).arg("argument").output().unwrap();
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert!(stdout(&output).contains(name) || name == "nested", "{}", stdout(&output));
        assert!(stderr(&output).trim().parse::<u32>().unwrap() > 0, "mapped: {name}");
    }
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn the_summary_is_on_stderr_unless_it_is_not_wanted() {
    let output = run().args(["--", "sh", "-c", "echo out; exit 3"]).output().unwrap();
    assert_eq!(stdout(&output), "out\n");
    let text = stderr(&output);
    assert!(text.starts_with("allotment: sh ended with exit code 3\n"), "{text}");
    for word in ["peak RSS", "time", "CPU", "user", "system", "page faults", "minor", "major"] {
        assert!(text.contains(word), "{word:?} in {text}");
    }
    assert!(text.lines().all(|line| line.starts_with("allotment: ")), "{text}");
    let killed = run().args(["sh", "-c", "kill -KILL $$"]).output().unwrap();
    assert!(stderr(&killed).contains("sh was killed by signal 9 (SIGKILL)"));
    assert_eq!(stderr(&shell("exit 3")), "");
}

#[test]
fn the_json_says_how_it_ended_and_what_it_took() {
    let done = figures(&["sh", "-c", "dd if=/dev/zero of=/dev/null bs=64M count=1 2>&-; exit 4"]);
    assert_eq!(done["schema"], "allotment.run.1");
    assert_eq!(done["command"][1], "-c");
    assert_eq!(done["library"], library().to_str().unwrap());
    assert_eq!(done["exit"]["code"], 4);
    assert!(done["exit"]["signal"].is_null());
    let peak = number(&done, "/peak_rss_bytes");
    assert!(((64 << 20)..(256 << 20)).contains(&peak), "dd has 64 MiB of buffer: {peak}");
    assert!(number(&done, "/faults/minor") > 0);
    for path in ["/pid", "/wall_us", "/user_us", "/system_us", "/faults/major"] {
        number(&done, path);
    }
    let killed = figures(&["sh", "-c", "kill -TERM $$"]);
    assert_eq!(killed["exit"]["signal"], 15);
    assert!(killed["exit"]["code"].is_null());
}

#[test]
fn the_peak_is_the_programs_and_not_that_of_who_started_it() {
    let small = number(&figures(&["true"]), "/peak_rss_bytes");
    let ours = number(&figures(&[ALLOTMENT, "run", "-q", "true"]), "/peak_rss_bytes");
    assert!(2 * small < ours, "true has {small} bytes, allotment {ours}");
}

#[test]
fn a_file_that_cannot_be_written_is_refused_before_the_program_starts() {
    let arguments = ["--json", "/nonexistent/folder/figures.json", "echo", "started"];
    let output = run().args(arguments).output().unwrap();
    assert_refused(&output, 125, &["/nonexistent/folder/figures.json cannot be written"]);
    // Nowhere to write to at the end: said, and the exit code stays the program's.
    let full = run().args(["-q", "--json", "/dev/full", "sh", "-c", "exit 5"]).output().unwrap();
    assert_eq!(full.status.code(), Some(5));
    assert!(stderr(&full).contains("/dev/full cannot be written"));
}

#[test]
fn the_help_says_what_exit_codes_mean() {
    let help = succeeds(&["run", "--help"]);
    for word in ["Exit codes:", "125", "126", "127", "--on-misuse <WHAT>", "--json <FILE>"] {
        assert!(help.contains(word), "{word:?} in {help}");
    }
    assert!(succeeds(&["--help"]).contains("allotment run -- "));
}

#[test]
fn what_to_do_on_misuse_reaches_the_library() {
    for what in ["ignore", "abort"] {
        let print = "echo $ALLOTMENT_ON_MISUSE";
        let output = run().args(["-q", "--on-misuse", what, "sh", "-c", print]).output().unwrap();
        assert_eq!(stdout(&output).trim(), what);
    }
    assert_eq!(says("echo ${ALLOTMENT_ON_MISUSE-unset}"), "unset\n");
    assert_refused(&run().args(["--on-misuse", "laugh", "true"]).output().unwrap(), 2, &["laugh"]);
    assert_refused(&run().output().unwrap(), 2, &["PROGRAM"]);
}
