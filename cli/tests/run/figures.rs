//! What the summary says of the program's heap.

use std::fs;

use serde_json::Value;

use crate::support::{
    ALLOTMENT, clean, compiles, figures, folder, library, number, run, shell, stderr, stdout,
};

/// A program that exits by itself, unlike some shells: the answer of true(1) is 0.
const TRUE: [&str; 1] = ["true"];

/// The summary's line that begins with `what`.
fn line<'a>(text: &'a str, what: &str) -> &'a str {
    let start = format!("allotment:   {what} ");
    let found = text.lines().find_map(|line| line.strip_prefix(&start));
    found.unwrap_or_else(|| panic!("{what:?} in {text}")).trim()
}

/// A C program of this body.
fn compiled(body: &str) -> Option<(std::path::PathBuf, std::path::PathBuf)> {
    let here = folder("program");
    let program = here.join("program");
    let source = format!(
        "#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n#include <signal.h>\n\
         #include <sys/wait.h>\n\
         void *volatile p;\nint main(int n, char **v) {{ (void)n; (void)v; {body} }}\n"
    );
    compiles(&source, &["-O0"], &program).then_some((here, program))
}

fn summary(body: &str) -> Option<String> {
    let (here, program) = compiled(body)?;
    let output = run().arg(&program).output().unwrap();
    fs::remove_dir_all(here).unwrap();
    Some(stderr(&output).to_owned())
}

#[test]
fn peak_live_calls_and_fragmentation_are_told() {
    let body = "for (int n = 0; n < 1000; n++) free(malloc(100)); \
                p = malloc(64 << 20); memset(p, 1, 64 << 20); free(p); \
                p = malloc(8 << 20); memset(p, 1, 8 << 20); return 0;";
    let Some(text) = summary(body) else { return };
    assert_eq!(line(&text, "peak live"), "64 MiB in blocks of the program");
    assert!(line(&text, "live at exit").starts_with("8 MiB in 1 block"), "{text}");
    assert!(line(&text, "calls").starts_with("1,002 allocations + 1,001 frees"), "{text}");
    assert!(line(&text, "heap at exit").contains("MiB in RAM"), "{text}");
    assert!(line(&text, "fragmentation").contains(" % of "), "{text}");
}

#[test]
fn the_json_has_the_librarys_figures() {
    let done = figures(&TRUE);
    assert_eq!(done["heap"]["schema"], "allotment.statistics.1");
    assert_eq!(done["heap"]["pid"], done["pid"]);
    assert_eq!(done["heap"]["calls"]["counted"], true);
    assert!(done["heap_missing"].is_null());
    assert_eq!(done["other_processes"], 0);
    for path in ["/peak_live_bytes", "/live/blocks", "/resident_bytes", "/mapped_bytes"] {
        number(&done["heap"], path);
    }
}

#[test]
fn a_program_that_is_killed_leaves_no_figures_and_it_is_said() {
    let text = stderr(&run().args(["sh", "-c", "kill -KILL $$"]).output().unwrap()).to_owned();
    assert_eq!(line(&text, "heap"), "no figures: it was killed before it could write them");
    line(&text, "peak RSS");
    let done = figures(&["sh", "-c", "kill -TERM $$"]);
    assert!(done["heap"].is_null());
    assert_eq!(done["heap_missing"], "it was killed before it could write them");
    let Some(text) = summary("p = malloc(8 << 20); _exit(0);") else { return };
    assert!(line(&text, "heap").contains("without the C library's exit"), "{text}");
}

#[test]
fn a_program_that_becomes_another_has_the_others_figures() {
    let body = "p = malloc(100 << 20); memset(p, 1, 100 << 20); \
                if (n > 0 && !getenv(\"AGAIN\")) { setenv(\"AGAIN\", \"1\", 1); execv(v[0], v); } \
                free(p); p = malloc(5 << 20); return 0;";
    let Some((here, program)) = compiled(body) else { return };
    let output = run().args(["--json", "/dev/stdout"]).arg(&program).output().unwrap();
    fs::remove_dir_all(here).unwrap();
    let done: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(number(&done, "/heap/large/bytes"), 5 << 20);
    assert_eq!(number(&done, "/other_processes"), 0);
}

#[test]
fn children_are_counted_and_their_figures_are_not_taken_for_the_programs() {
    let body = "for (int n = 0; n < 3; n++) if (fork() == 0) { p = malloc(50 << 20); exit(0); } \
                while (wait(NULL) > 0) ; p = malloc(5 << 20); return 0;";
    let Some((here, program)) = compiled(body) else { return };
    let output = run().args(["--json", "/dev/stdout"]).arg(&program).output().unwrap();
    fs::remove_dir_all(here).unwrap();
    let done: Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(number(&done, "/heap/large/bytes"), 5 << 20);
    assert_eq!(number(&done, "/other_processes"), 3);
    let others = "not counted: 3 processes with a heap of their own";
    assert_eq!(line(stderr(&output), "processes"), others);
}

#[test]
fn closed_streams_do_not_matter() {
    let body = "for (int n = 0; n < 20; n++) close(n); p = malloc(5 << 20); return 0;";
    let Some((here, program)) = compiled(body) else { return };
    let output = run().arg(&program).output().unwrap();
    fs::remove_dir_all(here).unwrap();
    assert!(line(stderr(&output), "live at exit").starts_with("5 MiB"), "{}", stderr(&output));
    // Our own, from the start: there is nobody to tell, and the exit code is the same.
    let script = "exec 2>&-; \"$0\" run sh -c 'exit 7'";
    let mut shell = clean("sh");
    let code = shell.args(["-c", script, ALLOTMENT]).env("ALLOTMENT_LIBRARY", library()).status();
    assert_eq!(code.unwrap().code(), Some(7));
}

#[test]
fn a_child_that_lives_on_says_nothing_when_its_place_is_gone() {
    let here = folder("daemon");
    let script = "(sleep 1; exec perl -e 1) & sleep 0.1; exec true";
    let output = run().args(["sh", "-c", script]).output().unwrap();
    // The output ends when the last process has closed it.
    let said = stderr(&output);
    assert!(said.lines().all(|line| !line.contains("cannot be written")), "{said}");
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn nothing_is_left_behind_and_who_wants_no_summary_gets_no_figures() {
    let here = folder("temporary");
    let variables = "echo $ALLOTMENT_STATISTICS; echo count $ALLOTMENT_COUNT";
    let output = run().env("TMPDIR", &here).args(["sh", "-c", variables]).output().unwrap();
    let said = stdout(&output);
    assert!(said.starts_with(&format!("?{}/", here.display())), "{said}");
    assert!(said.ends_with("/%p.json\ncount 1\n"), "{said}");
    assert_eq!(fs::read_dir(&here).unwrap().count(), 0);
    fs::remove_dir_all(here).unwrap();
    assert_eq!(stdout(&shell(variables)), "\ncount\n");
}

#[test]
fn without_a_place_for_figures_the_program_runs_all_the_same() {
    let output = run().env("TMPDIR", "/nonexistent").args(["sh", "-c", "exit 3"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(line(stderr(&output), "heap").starts_with("no figures: there is no place for them"));
}

#[test]
fn what_the_user_has_set_stays_and_is_read() {
    let here = folder("named");
    let name = here.join("%p.figures");
    let mut command = run();
    command.env("ALLOTMENT_STATISTICS", &name).env("ALLOTMENT_COUNT", "0");
    let output = command.args(TRUE).output().unwrap();
    assert_eq!(line(stderr(&output), "calls"), "not counted");
    line(stderr(&output), "peak live");
    assert_eq!(fs::read_dir(&here).unwrap().count(), 1);
    fs::remove_dir_all(here).unwrap();
    let output = run().env("ALLOTMENT_STATISTICS", "-").args(TRUE).output().unwrap();
    assert!(stderr(&output).contains("{\"schema\": \"allotment.statistics.1\""));
    let why = line(stderr(&output), "heap").to_owned();
    assert_eq!(why, "no figures: ALLOTMENT_STATISTICS sends them to stderr");
}

#[test]
fn options_lists_the_table() {
    let output = clean(ALLOTMENT).arg("options").env("ALLOTMENT_DECAY_MS", "7").output().unwrap();
    assert!(output.status.success());
    for option in os::options::ALL {
        assert!(stdout(&output).contains(option.name), "{}", option.name);
    }
    let line = "  ALLOTMENT_DECAY_MS  milliseconds (default: 1000), here 7\n";
    assert!(stdout(&output).contains(line), "{}", stdout(&output));
}
