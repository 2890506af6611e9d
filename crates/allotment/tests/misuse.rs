//! What Rust programs do wrong with blocks ends them with a line that says what.
//!
//! A misuse ends its process, so each test starts itself again to make it.

use std::alloc::{GlobalAlloc, Layout};
use std::hint::black_box;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use allotment::Allotment;

const SIGABRT: i32 = 6;

/// In a process of its own, runs `misuse`; it must end there and then. What it wrote on
/// standard error, without addresses.
fn report_of(test: &str, misuse: fn()) -> String {
    const IS_CHILD: &str = "MISUSE";
    if std::env::var_os(IS_CHILD).is_some() {
        misuse();
        std::process::exit(0);
    }
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--nocapture", test]).env(IS_CHILD, "1");
    let output = child.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.signal(), Some(SIGABRT), "{said}");
    let line = said.lines().find(|line| line.starts_with("allotment: ")).expect("a report");
    without_addresses(line)
}

/// The text with `…` for each address.
fn without_addresses(line: &str) -> String {
    let mut parts = line.split("0x");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push('…');
        text.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_hexdigit()));
    }
    text
}

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

/// Makes the block another size, hidden from the compiler.
fn resize(block: *mut u8, had: Layout, size: usize) {
    // SAFETY: none; that is the point.
    black_box(unsafe { Allotment.realloc(black_box(block), black_box(had), black_box(size)) });
}

fn freed(layout: Layout) -> *mut u8 {
    // SAFETY: the layout has bytes.
    let block = black_box(unsafe { Allotment.alloc(layout) });
    // SAFETY: allocated just now with this layout.
    unsafe { Allotment.dealloc(block, layout) };
    block
}

/// Aligned to whatever the tests ask.
#[repr(align(65536))]
struct Elsewhere([u8; 1]);

static ELSEWHERE: Elsewhere = Elsewhere([1]);

fn elsewhere() -> *mut u8 {
    ELSEWHERE.0.as_ptr().cast_mut()
}

#[test]
fn large_realloc_of_what_is_not_of_the_heap() {
    let report = report_of("large_realloc_of_what_is_not_of_the_heap", || {
        resize(elsewhere(), layout(64 << 10, 8), 1 << 20);
    });
    assert!(
        report.starts_with("allotment: realloc(…): not a block of this heap, but "),
        "{report}"
    );
}

#[test]
fn large_realloc_of_what_is_not_of_the_heap_with_an_alignment() {
    let report = report_of("large_realloc_of_what_is_not_of_the_heap_with_an_alignment", || {
        resize(elsewhere(), layout(64 << 10, 64), 1 << 20);
    });
    assert!(
        report.starts_with("allotment: realloc(…): not a block of this heap, but "),
        "{report}"
    );
}

#[test]
fn realloc_of_a_freed_block_to_its_own_class() {
    let report = report_of("realloc_of_a_freed_block_to_its_own_class", || {
        resize(freed(layout(60, 8)), layout(60, 8), 64);
    });
    assert_eq!(report, "allotment: realloc(…): double free of a block of 64 bytes; aborting");
}

#[test]
fn realloc_of_a_freed_large_block() {
    let report = report_of("realloc_of_a_freed_large_block", || {
        resize(freed(layout(1_000_000, 8)), layout(1_000_000, 8), 2_000_000);
    });
    assert_eq!(report, "allotment: realloc(…): double free of a block of 1000000 bytes; aborting");
}

#[test]
fn realloc_of_a_freed_block_with_an_alignment() {
    let report = report_of("realloc_of_a_freed_block_with_an_alignment", || {
        resize(freed(layout(100, 64)), layout(100, 64), 120);
    });
    assert_eq!(report, "allotment: realloc(…): double free of a block of 128 bytes; aborting");
}

#[test]
fn realloc_inside_a_block() {
    let report = report_of("realloc_inside_a_block", || {
        // SAFETY: the layout has bytes.
        let block = unsafe { Allotment.alloc(layout(1000, 8)) };
        resize(block.wrapping_add(8), layout(992, 8), 100);
    });
    assert_eq!(
        report,
        "allotment: realloc(…): 8 bytes inside the block of 1024 bytes at …; aborting"
    );
}

#[test]
fn dealloc_of_a_freed_block() {
    let report = report_of("dealloc_of_a_freed_block", || {
        let block = freed(layout(60, 8));
        // SAFETY: none; that is the point.
        unsafe { Allotment.dealloc(block, layout(60, 8)) };
    });
    assert_eq!(report, "allotment: dealloc(…): double free of a block of 64 bytes; aborting");
}
