//! Heaps that do what no heap should: the lab tells what it saw.
//!
//! Each is a shell script that speaks the subject's protocol.

use std::process::Command;

use super::Part;
use super::conductor::Heap;
use super::play::Player;
use super::script::Script;
use crate::failure::Failure;

/// Plays a script on a heap whose answers are `cases` of a shell's `case`; returns
/// what was explained, and how it ended.
fn play(script: &str, cases: &str) -> (Vec<String>, Option<String>) {
    let mut program = Command::new("sh");
    program.args([
        "-c",
        &format!(
            "n=0; while read verb what rest; do case $verb in {cases} init|cleanup) echo done;; \
         fill) echo filled;; dealloc) echo freed;; dump) echo bytes; head -c 4096 /dev/zero;; \
         walk) echo page 0x1000; echo end;; esac; done"
        ),
    ]);
    let mut player = Player::start(Heap::played_by(program).unwrap(), Part::A).unwrap();
    let script = Script::parse("test", script).unwrap();
    let mut explained = Vec::new();
    for line in &script.lines {
        match player.step(&script, line) {
            Ok(step) => explained.push(step.explanation),
            Err(Failure::Refused { what, .. }) => return (explained, Some(what)),
            Err(Failure::OutputClosed) => panic!("nothing is written here"),
        }
    }
    (explained, None)
}

/// A walk that is `before` up to the first `alloc` or `dealloc`, and then `after`.
fn walks(before: &str, after: &str) -> String {
    format!(
        "walk) echo page 0x1000; if [ $n = 0 ]; then {before}; else {after}; fi; echo end;; \
         alloc) n=1; echo block 0x1000;; "
    )
}

const HOLE: &str = "echo hole 0 4096";
const BLOCK: &str = "echo block 0 4096";

#[test]
fn a_page_that_adds_nothing_to_vsz_is_noticed() {
    let (explained, _) = play("init", &walks(HOLE, HOLE));
    // The shell itself may need memory just then.
    let said = &explained[0];
    assert!(said.contains("Unexpected: VSZ moved by") && said.ends_with("not by +4."), "{said}");
}

#[test]
fn bytes_that_changed_under_their_user_are_noticed() {
    let cases = walks(HOLE, BLOCK);
    for end in ["dealloc a", "cleanup"] {
        let (_, why) = play(&format!("init\na = alloc 4096\nwrite a\n{end}"), &cases);
        let why = why.unwrap();
        assert_eq!(why, "test, line 4: page 1 + 0 holds 0x00, but its user wrote 0x61");
    }
}

#[test]
fn a_refusal_of_what_fits_is_noticed() {
    let (explained, _) =
        play("init\na = alloc 8", &format!("alloc) echo null;; {}", walks(HOLE, HOLE)));
    assert_eq!(explained[1], "Unexpected: a hole of 4096 bytes would fit.");
}

#[test]
fn a_worse_fit_is_not_called_the_best() {
    let before = "echo hole 0 2048; echo block 2048 1024; echo hole 3072 1024";
    let after = "echo block 0 1024; echo hole 1024 1024; echo block 2048 1024; echo hole 3072 1024";
    let (explained, _) = play("init\na = alloc 1024", &walks(before, after));
    let expected = "Not the best fit of the holes of 1024 and 2048: split the hole of 2048 into \
                    1024 + 1024.";
    assert_eq!(explained[1], expected);
}

#[test]
fn holes_that_did_not_merge_are_not_called_merged() {
    let before = "echo hole 0 1024; echo block 1024 1024; echo hole 2048 2048";
    let after = "echo hole 0 1024; echo hole 1024 1024; echo hole 2048 2048";
    let cases = format!("dealloc) n=1; echo freed;; {}", walks(before, after));
    let (explained, _) =
        play("init\na = alloc 8\ndealloc a", &cases.replace("n=1; echo block", "echo block"));
    assert_eq!(explained[2], "Left a hole of 1024.");
}

#[test]
fn a_refused_dealloc_that_changed_something_is_noticed() {
    let cases = format!("dealloc) n=0; echo 'allotment: no';; {}", walks(HOLE, BLOCK));
    let (explained, _) = play("init\na = alloc 4096\ndealloc a", &cases);
    assert_eq!(explained[2], "Refused; but the pages HAVE changed.");
}

#[test]
fn an_answer_that_makes_no_sense_ends_the_lab() {
    for (cases, nonsense) in
        [("init) echo perhaps;;", "perhaps"), ("walk) echo sheep 1 2;;", "sheep 1 2")]
    {
        let (_, why) = play("init", cases);
        assert!(why.unwrap().contains(&format!("it answered \"{nonsense}\"")));
    }
}
