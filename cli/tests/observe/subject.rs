//! The observed process alone: its protocol.

use std::fs;

use crate::support::{Subject, experiment, number};

#[test]
fn the_subject_does_what_its_protocol_says_and_nothing_else() {
    let page_bytes = number(&experiment(1), "/page_bytes");
    let mut subject = Subject::start();
    let map = format!("map {}", 2 * page_bytes);
    let too_much = format!("map {}", page_bytes << 48);
    for (request, answer) in [
        ("touch 0 1", "misunderstood"), // nothing is mapped
        ("unmap", "misunderstood"),
        ("map 1", "misunderstood"), // not whole pages
        ("map 0", "misunderstood"),
        ("dance", "misunderstood"),
        (&too_much, "refused 12"),
        (&map, "mapped 0x"),
        (&map, "misunderstood"), // one mapping at a time
        ("touch 0 2", "touched"),
        ("touch 1 2", "misunderstood"), // beyond its end
        ("touch 18446744073709551615 1", "misunderstood"),
        ("unmap", "unmapped"),
        ("unmap", "misunderstood"),
    ] {
        let heard = subject.ask(request);
        assert!(heard.starts_with(answer), "{request}: {heard}, not {answer}");
    }
    drop(subject.requests);
    assert!(subject.child.wait().unwrap().success(), "it ends with its stdin");
}

#[test]
fn the_subject_wants_no_huge_pages() {
    let mut subject = Subject::start();
    subject.ask("unmap"); // whatever the answer: it has started by now
    let status = fs::read_to_string(format!("/proc/{}/status", subject.child.id())).unwrap();
    // Kernels before 5.0 do not tell.
    let told = status.lines().find(|line| line.starts_with("THP_enabled:"));
    assert!(told.is_none_or(|line| line.ends_with('0')), "{told:?}");
    drop(subject.requests);
    subject.child.wait().unwrap();
}
