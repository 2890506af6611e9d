//! Scripts that make no sense, and options that do not go together.

use crate::common::{allotment, assert_refused, stderr, stdout};
use crate::support::{list, performed, run};

#[test]
fn a_script_that_cannot_be_read_names_its_line_and_a_way_out() {
    for (script, words) in [
        ("init\njump\n", ["line 2: \"jump\" is not a statement", "; write one of: init"]),
        ("\n\ndealloc a", ["line 3: nothing has been called \"a\"", "; allocate it"]),
        ("# empty\n", ["has nothing to do", "; write one of"]),
    ] {
        assert_refused(&run(&["lab", "--script", "-"], script), 1, &words);
    }
}

#[test]
fn a_write_to_no_block_stops_the_script_where_it_stands() {
    for (script, words) in [
        ("init\na = alloc 4104\nwrite a", "line 3: write to a, which is NULL"),
        ("init\na = alloc 8\ndealloc a\nwrite a", "line 4: write to a, which is freed"),
    ] {
        let output = run(&["lab", "--script", "-"], script);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
        assert!(stdout(&output).contains("a = alloc("), "the steps before it are shown");
    }
}

#[test]
fn a_script_that_is_not_there_is_an_error() {
    let output = allotment(&["lab", "--script", "/nonexistent/calls.lab"]);
    assert_refused(&output, 1, &["/nonexistent/calls.lab cannot be read", "; name a text file"]);
}

#[test]
fn options_out_of_place_are_refused() {
    assert_refused(&allotment(&["lab", "--step"]), 1, &["no terminal", "; leave --step out"]);
    assert_refused(&allotment(&["lab", "--step", "--json"]), 2, &["--json"]);
    for width in ["15", "513", "0", "wide"] {
        assert_refused(&allotment(&["lab", "--width", width]), 2, &["16 to 512 cells"]);
    }
    assert_refused(&allotment(&["lab", "--part", "c"]), 2, &["--part"]);
}

#[test]
fn calls_out_of_place_are_shown_as_the_library_answers_them() {
    let script = "a = alloc 8\ncleanup\ndealloc 0x1000\ninit\ninit\ndealloc 0x1000\ndealloc NULL\n\
                  b = alloc -8\ncleanup\ncleanup\n";
    let part = performed("a", 64, script);
    let steps = list(&part["steps"]);
    let outcome = |step: usize| steps[step - 1]["outcome"].clone();
    let said = |step: usize| outcome(step)["messages"][0].as_str().unwrap_or("").to_owned();
    assert_eq!(outcome(1)["kind"], "null", "before init");
    assert_eq!(outcome(2)["status"], 1, "nothing to clean up");
    assert!(said(3).contains("not initialised"), "{}", said(3));
    assert_eq!((&outcome(4)["status"], &outcome(5)["status"]), (&0.into(), &1.into()));
    assert!(said(6).contains("not in any page of this heap"), "{}", said(6));
    assert_eq!(outcome(7)["ignored"], 1);
    assert_eq!(outcome(8)["kind"], "null");
    assert_eq!((&outcome(9)["status"], &outcome(10)["status"]), (&0.into(), &1.into()));
}

#[test]
fn a_script_without_cleanup_is_compared_at_its_end() {
    let script = "init\na = alloc 256\nwrite a\np[20] = alloc 256\nwrite p\ndealloc p[3]\n";
    let part = performed("b", 64, script);
    assert_eq!(part["end_intact_bytes"], 2 * 4096);
    let output = run(&["lab", "--part", "b", "--script", "-"], script);
    assert!(stdout(&output).contains("2 pages are still mapped"), "{}", stdout(&output));
}
