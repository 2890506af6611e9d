//! The lab for human readers: each call, what it returned, what happened, and the
//! pages afterwards.

use std::io::{self, BufRead, Write};

use anstyle::{AnsiColor, Style};

use super::draw::{self, Glyphs};
use super::map::PAGE_BYTES;
use super::step::{Figures, Outcome, PageView, Step};
use super::subject::ELASTIC_BOOKS_BYTES;
use super::{Part, Performance};
use crate::failure::Failure;
use crate::style::{HEADING, PLAIN, QUIET, RSS, VSZ, counted, kib, kib_change, wrapped};

const TEXT_WIDTH: usize = 80;
/// Steps are indented by their number.
const INDENT: usize = 4;
/// Where the sentence begins in Part A, if the call leaves room for it.
const SENTENCE_COLUMN: usize = 34;
/// Longer sentences stand below the call, where there is more room.
const LINES_BESIDE_MAX: usize = 2;
/// More refusals of one step are counted.
const MESSAGES_MAX: usize = 3;

const TITLE: Style = Style::new().bold().underline();
const REFUSED: Style = AnsiColor::Red.on_default();

/// What is shown on stdout, step by step.
pub(super) struct Report {
    width: usize,
    glyphs: Glyphs,
    /// Whether to wait for Enter after each step.
    step: bool,
    is_legend_shown: bool,
    out: io::BufWriter<anstream::Stdout>,
}

impl Report {
    pub(super) fn new(width: usize, glyphs: Glyphs, step: bool) -> Self {
        let out = io::BufWriter::new(anstream::stdout());
        Self { width, glyphs, step, is_legend_shown: false, out }
    }

    /// One more step; `begun` knows those before it.
    pub(super) fn show(&mut self, begun: &Performance, step: &Step) -> Result<(), Failure> {
        if begun.steps.is_empty() {
            self.opening(begun)?;
        }
        if step.heading.is_some() || begun.steps.is_empty() {
            writeln!(self.out)?;
        }
        if let Some(heading) = &step.heading {
            writeln!(self.out, "{HEADING}{heading}{HEADING:#}")?;
        }
        match begun.part {
            Part::A => self.fixed(step)?,
            Part::B => self.elastic(step)?,
        }
        let before = begun.steps.last().map_or(&[][..], |step| &step.pages);
        for (at, page) in step.pages.iter().enumerate() {
            if before.get(at) != Some(page) {
                self.page(begun.part, page)?;
            }
        }
        if self.step { self.wait(begun.pid) } else { Ok(()) }
    }

    fn opening(&mut self, begun: &Performance) -> io::Result<()> {
        let title = match begun.part {
            Part::A => "Part A: one page, and a heap that keeps its books outside of it",
            Part::B => "Part B: a heap that maps a page when it needs one",
        };
        writeln!(self.out, "{TITLE}{title}{TITLE:#}")?;
        let Figures { vsz_bytes, rss_bytes } = begun.baseline;
        let process = format!(
            "Process {} makes these calls and none besides. Before the first: VSZ {} KiB, RSS {} \
             KiB. {} KiB of that VSZ are static memory for Part B's books, in RAM only where used.",
            begun.pid,
            kib(vsz_bytes),
            kib(rss_bytes),
            kib(ELASTIC_BOOKS_BYTES),
        );
        self.paragraph(0, &process, PLAIN)?;
        if self.is_legend_shown {
            return Ok(());
        }
        self.is_legend_shown = true;
        let Glyphs { written, hole, crowd, .. } = self.glyphs;
        let legend = format!(
            "Drawn after each step that changed it: the page, {} bytes a cell. Letters are blocks \
             ({written} once written to), {hole} is a hole, {crowd} several in one cell.",
            bytes_per_cell(self.width)
        );
        self.paragraph(0, &legend, QUIET)
    }

    /// A step of Part A: call, result and sentence side by side.
    fn fixed(&mut self, step: &Step) -> io::Result<()> {
        let used = self.call(Part::A, step)?;
        let beside = wrapped(&step.explanation, TEXT_WIDTH - SENTENCE_COLUMN);
        if used < SENTENCE_COLUMN && beside.len() <= LINES_BESIDE_MAX {
            let mut margin = SENTENCE_COLUMN - used;
            for line in beside {
                writeln!(self.out, "{:margin$}{line}", "")?;
                margin = SENTENCE_COLUMN;
            }
        } else {
            writeln!(self.out)?;
            self.paragraph(INDENT, &step.explanation, PLAIN)?;
        }
        self.messages(step)
    }

    /// A step of Part B: call, result and figures side by side, the sentence below.
    fn elastic(&mut self, step: &Step) -> io::Result<()> {
        const FIGURES_COLUMN: usize = 44;
        let used = self.call(Part::B, step)?;
        let margin = if used < FIGURES_COLUMN {
            FIGURES_COLUMN - used
        } else {
            writeln!(self.out)?;
            FIGURES_COLUMN
        };
        write!(self.out, "{:margin$}", "")?;
        let (now, change) = (step.figures, step.since_previous);
        self.figure("VSZ", VSZ, now.vsz_bytes, change.vsz_bytes)?;
        let gap = if change.vsz_bytes == 0 { 8 } else { 3 };
        write!(self.out, "{:gap$}", "")?;
        self.figure("RSS", RSS, now.rss_bytes, change.rss_bytes)?;
        writeln!(self.out)?;
        self.paragraph(INDENT, &step.explanation, PLAIN)?;
        self.messages(step)
    }

    fn figure(&mut self, name: &str, style: Style, bytes: u64, change: i64) -> io::Result<()> {
        let (now, moved) = (kib(bytes), kib_change(change));
        let style = if change == 0 { QUIET } else { style };
        write!(self.out, "{style}{name} {now:>6}{style:#}")?;
        if change == 0 { Ok(()) } else { write!(self.out, "{style} {moved:>4}{style:#}") }
    }

    /// Number, call and result; returns the columns used.
    fn call(&mut self, part: Part, step: &Step) -> io::Result<usize> {
        let (number, call) = (step.number, &step.call);
        let result = result(part, step);
        write!(self.out, "{QUIET}{number:>2}{QUIET:#}  {HEADING}{call}{HEADING:#}")?;
        let mut used = INDENT + call.chars().count();
        if !result.is_empty() {
            let arrow = self.glyphs.arrow;
            write!(self.out, " {arrow} {result}")?;
            used += 2 + arrow.chars().count() + result.chars().count();
        }
        Ok(used)
    }

    /// What the library wrote to stderr, word for word.
    fn messages(&mut self, step: &Step) -> io::Result<()> {
        let messages = step.outcome.messages();
        for message in messages.iter().take(MESSAGES_MAX) {
            self.paragraph(INDENT, message, REFUSED)?;
        }
        match messages.len().saturating_sub(MESSAGES_MAX) {
            0 => Ok(()),
            more => {
                let text = format!("and {} more", counted(more as u64, "line"));
                self.paragraph(INDENT, &text, QUIET)
            }
        }
    }

    fn page(&mut self, part: Part, page: &PageView) -> io::Result<()> {
        match part {
            Part::A => write!(self.out, "{:INDENT$}", "")?,
            Part::B => write!(self.out, " {QUIET}page {:<2}{QUIET:#} ", page.page)?,
        }
        for span in draw::page(&page.map, self.width, self.glyphs) {
            let style = span.style;
            write!(self.out, "{style}{}{style:#}", span.text)?;
        }
        match (part, page.in_ram_bytes) {
            (Part::A, _) | (Part::B, None) => writeln!(self.out),
            (Part::B, Some(0)) => writeln!(self.out, " {QUIET}no RAM{QUIET:#}"),
            (Part::B, Some(_)) => writeln!(self.out, " {RSS}in RAM{RSS:#}"),
        }
    }

    fn paragraph(&mut self, indent: usize, text: &str, style: Style) -> io::Result<()> {
        for line in wrapped(text, TEXT_WIDTH - indent) {
            writeln!(self.out, "{:indent$}{style}{line}{style:#}", "")?;
        }
        Ok(())
    }

    /// Waits for Enter, and takes the prompt away again.
    fn wait(&mut self, pid: i32) -> Result<(), Failure> {
        let prompt = format!("Enter: the next step   (meanwhile: ps -o vsz,rss -p {pid})");
        write!(self.out, "{:INDENT$}{QUIET}{prompt}{QUIET:#}", "")?;
        self.out.flush()?;
        let mut line = String::new();
        let heard = io::stdin().lock().read_line(&mut line)?;
        if heard == 0 {
            // End of input: nobody will press Enter any more.
            self.step = false;
            writeln!(self.out)?;
        } else {
            write!(self.out, "\x1b[1A\x1b[2K")?;
        }
        Ok(())
    }

    /// What all steps together came to.
    pub(super) fn end(&mut self, all: &Performance) -> Result<(), Failure> {
        let Some(last) = all.steps.last() else { return Ok(()) };
        writeln!(self.out)?;
        if last.pages.is_empty() {
            let change = last.figures.since(all.baseline);
            let back = match (change.vsz_bytes, change.rss_bytes) {
                (0, 0) => "VSZ and RSS are what they were before the first call.".into(),
                (vsz, rss) => format!(
                    "VSZ is {} KiB and RSS {} KiB off what they were before the first call.",
                    kib_change(vsz),
                    kib_change(rss)
                ),
            };
            self.paragraph(0, &back, PLAIN)?;
        } else {
            let still = format!(
                "{} still mapped: the script ends without cleanup. All {} bytes were compared one \
                 by one, and are as the user left them: the heap stores nothing in there.",
                match last.pages.len() {
                    1 => "1 page is".into(),
                    pages => format!("{pages} pages are"),
                },
                all.end_intact_bytes,
            );
            self.paragraph(0, &still, PLAIN)?;
        }
        writeln!(self.out)?;
        Ok(())
    }

    /// The end of everything.
    pub(super) fn close(mut self, is_tour: bool) -> Result<(), Failure> {
        if is_tour {
            let more = "Your own calls: allotment lab --script FILE (allotment lab --help says how). \
                        What a page costs, and when: allotment observe.";
            self.paragraph(0, more, QUIET)?;
        }
        self.out.flush()?;
        Ok(())
    }
}

/// What the call returned, as one writes it.
fn result(part: Part, step: &Step) -> String {
    match &step.outcome {
        Outcome::Block { offset_bytes, .. } if part == Part::A => format!("page + {offset_bytes}"),
        Outcome::Block { page, offset_bytes, .. } => format!("page {page} + {offset_bytes}"),
        Outcome::Null => "NULL".into(),
        Outcome::Blocks { given, asked } if given == asked => counted(*given as u64, "block"),
        Outcome::Blocks { given, asked } => {
            format!("{given} of {}", counted(*asked as u64, "block"))
        }
        Outcome::Returned { status } => status.to_string(),
        Outcome::Void { .. } | Outcome::Dealloc { .. } => String::new(),
    }
}

/// How many bytes a cell stands for: `64`, or `42.7`.
fn bytes_per_cell(width: usize) -> String {
    let tenths = (PAGE_BYTES * 10 + width as u64 / 2) / width as u64;
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        tenth => format!("{}.{tenth}", tenths / 10),
    }
}
