//! Experiments, charts, and a subject of one's own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

pub(crate) use crate::common::{
    ALLOTMENT, allotment, assert_refused, number, stderr, stdout, succeeds,
};

pub(crate) fn experiment(pages: u64) -> Value {
    let text = succeeds(&["observe", "--json", "--pages", &pages.to_string()]);
    serde_json::from_str(&text).unwrap()
}

/// A path in the folder that cargo keeps for integration tests.
pub(crate) fn scratch(name: &str) -> PathBuf {
    let name = format!("{}-{name}", std::process::id());
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// All texts of a chart, and the colours of its lines; fails if it is no XML.
pub(crate) fn read_chart(path: &PathBuf) -> (Vec<String>, Vec<String>) {
    let text = fs::read_to_string(path).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().tag_name().name(), "svg");
    let named = |tag| document.descendants().filter(move |node| node.has_tag_name(tag));
    let texts = named("text").filter_map(|node| node.text()).map(|t| t.trim().to_owned());
    let lines = named("polyline").filter_map(|node| node.attribute("stroke")).map(Into::into);
    let found = (texts.collect(), lines.collect());
    fs::remove_file(path).unwrap();
    found
}

pub(crate) const VSZ_COLOUR: &str = "#2F6FB7";
pub(crate) const RSS_COLOUR: &str = "#E07B1A";

pub(crate) fn assert_both_series((texts, lines): &(Vec<String>, Vec<String>), wanted: &[&str]) {
    for colour in [VSZ_COLOUR, RSS_COLOUR] {
        assert!(lines.iter().any(|line| line == colour), "{colour} among {lines:?}");
    }
    for word in wanted {
        assert!(texts.iter().any(|text| text.contains(word)), "{word:?} among {texts:?}");
    }
}

pub(crate) struct Subject {
    pub(crate) child: Child,
    pub(crate) requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Subject {
    pub(crate) fn start() -> Self {
        let mut child = Command::new(ALLOTMENT)
            .arg("observe-subject")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, requests, answers }
    }

    pub(crate) fn ask(&mut self, request: &str) -> String {
        writeln!(self.requests, "{request}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim_end().to_owned()
    }
}
