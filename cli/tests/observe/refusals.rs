//! What the command refuses, in which words, and with which exit code.

use std::process::{Command, Stdio};

use crate::support::{ALLOTMENT, allotment, assert_refused, stderr};

#[test]
fn absurd_numbers_of_pages_are_refused_before_anything_is_mapped() {
    for absurd in ["0", "-3", "four", "4611686018427387904", "99999999999999999999"] {
        let output = allotment(&["observe", &format!("--pages={absurd}")]);
        assert_refused(&output, 2, &["--pages"]);
    }
}

#[test]
fn a_mapping_that_the_kernel_refuses_is_an_error_that_names_a_way_out() {
    // 2^50 pages: more than any address space, whatever the kernel's settings.
    let output = allotment(&["observe", "--pages", "1125899906842624"]);
    assert_refused(&output, 1, &["the kernel refused to map", "; ask for fewer pages"]);
}

#[test]
fn the_limit_of_address_space_is_named_when_it_is_the_reason() {
    let limited = "ulimit -v 200000; exec \"$0\" observe --pages 262144";
    let output = Command::new("sh").args(["-c", limited, ALLOTMENT]).output().unwrap();
    assert_refused(&output, 1, &["refused to map 262,144 pages", "ulimit -v", "; raise the limit"]);
}

#[test]
fn a_chart_that_cannot_be_written_is_an_error() {
    let output = allotment(&["observe", "--svg", "/nonexistent/folder/chart.svg"]);
    assert_refused(&output, 1, &["/nonexistent/folder/chart.svg cannot be written", "; name a"]);
}

#[test]
fn options_that_exclude_each_other_are_refused() {
    assert_refused(&allotment(&["observe", "--pages", "4", "--pid", "1"]), 2, &["--pages"]);
    assert_refused(&allotment(&["observe", "--count", "4"]), 2, &["--pid"]);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    for arguments in [vec!["observe"], vec!["observe", "--json"]] {
        let mut child = Command::new(ALLOTMENT)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(stderr(&output), "");
    }
}
