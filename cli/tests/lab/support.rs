//! Scripts, performances, and drawings read back.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::common::{ALLOTMENT, stderr, stdout};

/// Runs a command with `script` on its stdin.
pub(crate) fn run(arguments: &[&str], script: &str) -> Output {
    let mut child = Command::new(ALLOTMENT)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(script.as_bytes()).unwrap();
    drop(input);
    child.wait_with_output().unwrap()
}

/// The one part of a script's JSON.
pub(crate) fn performed(part: &str, width: usize, script: &str) -> Value {
    let width = width.to_string();
    let arguments = ["lab", "--json", "--part", part, "--width", &width, "--script", "-"];
    let output = run(&arguments, script);
    assert!(output.status.success(), "{}\n{script}", stderr(&output));
    let mut document: Value = serde_json::from_str(stdout(&output)).unwrap();
    document["parts"][0].take()
}

/// The tours' JSON.
pub(crate) fn tours() -> Value {
    let output = run(&["lab", "--json"], "");
    assert!(output.status.success(), "{}", stderr(&output));
    serde_json::from_str(stdout(&output)).unwrap()
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

pub(crate) fn address(value: &Value) -> usize {
    usize::from_str_radix(text(value).strip_prefix("0x").unwrap(), 16).unwrap()
}

/// Offset, size, taken.
pub(crate) type Extent = (usize, usize, bool);

/// A page of the JSON, as a list of extents.
pub(crate) fn extents(page: &Value) -> Vec<Extent> {
    let extent = |view: &Value| {
        let number = |field: &str| view[field].as_u64().unwrap() as usize;
        (number("offset_bytes"), number("size_bytes"), view["taken"].as_bool().unwrap())
    };
    list(&page["map"]).iter().map(extent).collect()
}

/// A drawing in cells of `cell_bytes`, read back without knowing what it shows.
pub(crate) fn read_drawing(drawing: &str, cell_bytes: usize) -> Vec<Extent> {
    let cells: Vec<char> = drawing.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        let is_hole = |cell: &char| *cell == '·' || *cell == ' ' || cell.is_ascii_digit();
        let (length, taken) = match (cells[at], cells.get(at + 1)) {
            ('├', _) => (cells[at..].iter().position(|&cell| cell == '┤').unwrap() + 1, true),
            (letter, Some('┤')) if letter.is_alphabetic() => (2, true),
            (letter, _) if letter.is_alphabetic() => (1, true),
            _ => (cells[at..].iter().take_while(|cell| is_hole(cell)).count(), false),
        };
        assert!(length > 0, "cell {at} of {drawing}");
        found.push((at * cell_bytes, length * cell_bytes, taken));
        at += length;
    }
    found
}

#[test]
fn drawings_are_read_back() {
    let read = read_drawing("├─ a ─┤·· 40 ··bc┤d·", 8);
    let expected = [(0, 56, true), (56, 64, false), (120, 8, true), (128, 16, true)];
    assert_eq!(read[..4], expected);
    assert_eq!(read[4..], [(144, 8, true), (152, 8, false)]);
}
