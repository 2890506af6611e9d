//! The lab on real memory: a heap's pages after each call, beside the process's
//! VSZ and RSS.
//!
//! ```text
//!   tours/*.lab ─┐
//!   --script ────┴▶ script ──▶ play ───────────────▶ step ──▶ report, export
//!                               │  ▲ walk, /proc      ▲
//!                        calls  ▼  │                  │ changes, explain, draw
//!                             conductor ═══ wire ═══ subject: a fresh process
//!                                                    with the heap, and nothing else
//! ```
//!
//! The heap lives in a process of its own, which makes the calls of the script and
//! does nothing else; this process looks at it through `/proc` while it stands
//! still. So VSZ moves by what the heap maps, and by nothing else. Before the
//! first step that anyone sees, the whole script is rehearsed in that process and
//! cleaned up: the heap's code and its books are in RAM then, and RSS moves by
//! what is written to the pages, and by nothing else.
//!
//! What is absent: a sentence that knows what should happen. [`changes`] compares
//! the walks before and after, and [`explain`] says what it found.

mod changes;
mod conductor;
mod draw;
mod explain;
#[cfg(test)]
mod liars;
mod map;
mod play;
mod report;
mod script;
mod step;
pub(crate) mod subject;

use std::io::IsTerminal;
use std::path::Path;
use std::{env, fs, io};

use serde::Serialize;

pub(crate) use map::PAGE_BYTES;
pub(crate) use step::{Figures, Step};

use crate::arguments::Lab;
use crate::export;
use crate::failure::Failure;
use play::Player;
use report::Report;
use script::Script;

/// A part of the lab: which heap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    /// One page, mapped by init; sizes are multiples of 8
    A,
    /// Pages mapped when an alloc needs one; sizes are multiples of 256
    B,
}

impl Part {
    /// Sizes are multiples of this.
    pub(crate) fn unit_bytes(self) -> u64 {
        use page_heap::{Elastic, Fixed, Kind};
        match self {
            Self::A => Fixed::UNIT_BYTES as u64,
            Self::B => Elastic::UNIT_BYTES as u64,
        }
    }

    /// The script that shows what there is to see.
    fn tour(self) -> Result<Script, Failure> {
        match self {
            Self::A => Script::parse("the tour of Part A", include_str!("tours/part-a.lab")),
            Self::B => Script::parse("the tour of Part B", include_str!("tours/part-b.lab")),
        }
    }
}

/// A script, carried out from its first line to its last.
#[derive(Serialize)]
pub(crate) struct Performance {
    pub(crate) part: Part,
    pub(crate) script: String,
    pub(crate) pid: i32,
    pub(crate) page_bytes: u64,
    pub(crate) unit_bytes: u64,
    /// Before the first step.
    pub(crate) baseline: Figures,
    pub(crate) steps: Vec<Step>,
    /// Of pages still mapped after the last step: bytes found as the user left
    /// them.
    pub(crate) end_intact_bytes: u64,
}

/// `allotment lab`.
pub(crate) fn run(options: &Lab) -> Result<(), Failure> {
    if options.step && !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(Failure::refused(
            "--step waits for Enter, and there is no terminal",
            "leave --step out, or run it in a terminal",
        ));
    }
    let acts = acts(options)?;
    if options.json {
        let glyphs = if options.ascii { draw::ASCII } else { draw::UNICODE };
        let mut performances = Vec::new();
        for (part, script) in &acts {
            let mut performance = perform(*part, script, |_, _| Ok(()))?;
            for page in performance.steps.iter_mut().flat_map(|step| &mut step.pages) {
                page.drawing = draw::plain(&page.map, options.width, glyphs);
            }
            performances.push(performance);
        }
        return export::lab::print(options.width, &performances);
    }
    let glyphs = if options.ascii || !is_utf8() { draw::ASCII } else { draw::UNICODE };
    let mut report = Report::new(options.width, glyphs, options.step);
    for (part, script) in &acts {
        let performance = perform(*part, script, |begun, step| report.show(begun, step))?;
        report.end(&performance)?;
    }
    report.close(options.script.is_none())
}

/// What to perform, in order.
fn acts(options: &Lab) -> Result<Vec<(Part, Script)>, Failure> {
    if let Some(path) = &options.script {
        let text = read(path)?;
        let source = if is_stdin(path) { "the script".into() } else { path.display().to_string() };
        return Ok(vec![(options.part.unwrap_or(Part::A), Script::parse(&source, &text)?)]);
    }
    let parts = options.part.map_or(vec![Part::A, Part::B], |part| vec![part]);
    parts.into_iter().map(|part| Ok((part, part.tour()?))).collect()
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn read(path: &Path) -> Result<String, Failure> {
    let text =
        if is_stdin(path) { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    text.map_err(|error| {
        Failure::refused(
            format!("the script {} cannot be read ({error})", path.display()),
            "name a text file with lines such as a = alloc 1024, or - for standard input",
        )
    })
}

/// Performs a script; `show` sees each step when it has just been done, after the
/// steps before it.
fn perform(
    part: Part,
    script: &Script,
    mut show: impl FnMut(&Performance, &Step) -> Result<(), Failure>,
) -> Result<Performance, Failure> {
    let mut player = Player::rehearsed(part, script)?;
    let mut performance = Performance {
        part,
        script: script.source.clone(),
        pid: player.pid(),
        page_bytes: PAGE_BYTES,
        unit_bytes: part.unit_bytes(),
        baseline: player.figures(),
        steps: Vec::new(),
        end_intact_bytes: 0,
    };
    for line in &script.lines {
        let step = player.step(script, line)?;
        show(&performance, &step)?;
        performance.steps.push(step);
    }
    performance.end_intact_bytes = player.finish()?;
    Ok(performance)
}

/// Whether the locale says that the terminal understands UTF-8.
fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(env::var_os)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tours_make_sense() {
        for part in [Part::A, Part::B] {
            assert!(part.tour().is_ok(), "{part:?}");
        }
    }
}
