//! What happened at a step, in a sentence or two: chosen by what was seen, not by
//! what was expected. A step that did something else is told as it was.

use super::Part;
use super::changes::{Event, Tally};
use super::map::{Map, PAGE_BYTES, Page};
use super::script::Statement;
use super::step::{Change, Outcome, PageView};
use crate::style::{counted, kib_change};

/// Longer lists of holes are counted instead.
const HOLES_LISTED_MAX: usize = 5;

/// Everything that was seen of a step.
pub(crate) struct Scene<'a> {
    pub(crate) part: Part,
    pub(crate) statement: &'a Statement,
    pub(crate) outcome: &'a Outcome,
    pub(crate) intact_bytes: Option<u64>,
    pub(crate) before: &'a Map,
    pub(crate) after: &'a Map,
    pub(crate) events: &'a [Event],
    pub(crate) pages_before: &'a [PageView],
    pub(crate) pages_after: &'a [PageView],
    pub(crate) change: Change,
}

/// What happened.
pub(crate) fn sentence(scene: &Scene<'_>) -> String {
    let mut said = match (scene.statement, scene.outcome) {
        (Statement::Init, _) => scene.init(),
        (Statement::Cleanup, _) => scene.cleanup(),
        (Statement::Alloc { size, .. }, Outcome::Null) => scene.refused(*size),
        (Statement::Alloc { size, .. }, Outcome::Blocks { given, asked }) => {
            let mut said = scene.told(i64::from(*size));
            if given < asked {
                let why = scene.why_refused(*size, scene.after);
                said.push(format!("Number {} got NULL: {}", given + 1, uncapital(&why)));
            }
            said
        }
        (Statement::Alloc { size, .. }, _) => scene.told(i64::from(*size)),
        (Statement::Write(_), _) => scene.write(),
        (Statement::Dealloc(_), outcome) => scene.dealloc(outcome),
    };
    said.extend(scene.contradiction());
    said.join(" ")
}

impl Scene<'_> {
    fn init(&self) -> Vec<String> {
        let is_done =
            matches!(self.outcome, Outcome::Void { done: true } | Outcome::Returned { status: 0 });
        if !is_done {
            return vec![if self.before.pages.is_empty() && self.part == Part::A {
                "The page could not be mapped.".into()
            } else {
                format!("It was initialised already; {}.", self.unchanged())
            }];
        }
        match self.after.pages.as_slice() {
            [] => vec!["No page is mapped yet.".into()],
            [page, ..] => {
                vec![format!("Mapped one page, at {:#x}: {}.", page.address, self.moved())]
            }
        }
    }

    fn cleanup(&self) -> Vec<String> {
        let unmapped = self.before.pages.len().saturating_sub(self.after.pages.len()) as u64;
        if unmapped == 0 {
            return vec![format!("There was no page to give back; {}.", self.unchanged())];
        }
        let mut said = vec![format!("Unmapped {}: {}.", counted(unmapped, "page"), self.moved())];
        said.extend(self.intact_bytes.map(|bytes| {
            format!(
                "All {bytes} bytes, compared one by one, were as the user left them: the heap stored \
                 nothing in there."
            )
        }));
        said
    }

    fn refused(&self, size: i32) -> Vec<String> {
        let mut said = vec![self.why_refused(size, self.before)];
        if self.before != self.after {
            said.push(format!("{}.", capital(self.unchanged())));
        }
        said
    }

    /// Why there is no block of `size` bytes in `map`.
    fn why_refused(&self, size: i32, map: &Map) -> String {
        let unit = self.part.unit_bytes();
        let wanted = match u64::try_from(size) {
            Ok(wanted) if wanted > 0 => wanted,
            _ => return format!("{size} is no size."),
        };
        if wanted > PAGE_BYTES {
            return format!("{wanted} bytes are more than a page has.");
        }
        if !wanted.is_multiple_of(unit) {
            return format!("{wanted} is not a multiple of {unit}.");
        }
        let (free, longest) = (map.free_bytes(), map.longest_hole());
        if map.pages.is_empty() {
            "No page is mapped: call init first.".into()
        } else if longest >= wanted {
            format!("Unexpected: a hole of {longest} bytes would fit.")
        } else if self.part == Part::B {
            format!("No hole holds {wanted} bytes, and no page could be mapped.")
        } else if free >= wanted {
            format!("{free} bytes are free, but the longest hole has {longest}: fragmentation.")
        } else if free == 0 {
            "No byte is free.".into()
        } else {
            format!("Only {free} bytes are free.")
        }
    }

    fn write(&self) -> Vec<String> {
        let ram = |pages: &[PageView]| pages.iter().map(|page| page.in_ram_bytes).sum();
        let (before, after): (Option<u64>, Option<u64>) =
            (ram(self.pages_before), ram(self.pages_after));
        let rss = kib_change(self.change.rss_bytes);
        let text = match after.zip(before).map(|(after, before)| after.saturating_sub(before)) {
            Some(0) => "In RAM already".into(),
            Some(PAGE_BYTES) => "First touch of the page".into(),
            Some(bytes) => format!("First touch of {} pages", bytes / PAGE_BYTES),
            None => "Written".into(),
        };
        vec![format!("{text}: RSS {rss} KiB.")]
    }

    fn dealloc(&self, outcome: &Outcome) -> Vec<String> {
        let Outcome::Dealloc { freed, ignored, messages } = outcome else { return Vec::new() };
        let mut said = Vec::new();
        if !messages.is_empty() {
            let refused = counted(messages.len() as u64, "dealloc");
            said.push(match (freed, messages.len()) {
                (0, 1) => format!("Refused; {}.", self.unchanged()),
                (0, _) => format!("{refused} refused; {}.", self.unchanged()),
                _ => format!("{refused} refused."),
            });
        } else if *freed == 0 && *ignored > 0 {
            said.push(format!("NULL is ignored; {}.", self.unchanged()));
        }
        if *freed > 0 {
            said.extend(self.told(0));
        }
        said.extend(self.intact_bytes.map(|bytes| {
            let whose = if bytes > 0 && *freed > 1 { "Their" } else { "Its" };
            let verb = if *freed > 0 { "were" } else { "are" };
            format!("{whose} bytes {verb} intact.")
        }));
        said
    }

    /// The events, one by one; `size` is what was asked for, or 0.
    fn told(&self, size: i64) -> Vec<String> {
        if self.events.is_empty() {
            return vec![format!("{}.", capital(self.unchanged()))];
        }
        let is_mapped = self.events.iter().any(|event| matches!(event, Event::Mapped { .. }));
        let is_array = self.events.iter().any(|event| matches!(event, Event::Rearranged { .. }));
        let mut said = Vec::new();
        for event in self.events {
            said.push(match *event {
                Event::Mapped { page } if is_array => format!("Page {page} is mapped."),
                Event::Mapped { page } => {
                    format!("{} is mapped,", self.why_mapped(size.unsigned_abs(), page))
                }
                Event::Unmapped { page } => format!("Page {page} is unmapped."),
                Event::Split { hole_bytes, block_bytes, rest_bytes, .. } if is_mapped => {
                    format!("its {hole_bytes} split into {block_bytes} + {rest_bytes}.")
                }
                Event::Split { page, hole_bytes, block_bytes, rest_bytes, .. } => format!(
                    "{}plit the hole of {hole_bytes}{} into {block_bytes} + {rest_bytes}.",
                    self.chosen(block_bytes, hole_bytes).map_or("S".into(), |why| why + ": s"),
                    self.in_page(page)
                ),
                Event::Filled { .. } if is_mapped => "the block fills it.".into(),
                Event::Filled { page, hole_bytes, .. } => format!(
                    "{}he hole of {hole_bytes}{} fits exactly.",
                    self.chosen(hole_bytes, hole_bytes).map_or("T".into(), |why| why + ": t"),
                    self.in_page(page)
                ),
                Event::Freed { page, block_bytes, .. } => {
                    format!("Left a hole of {block_bytes}{}.", self.in_page(page))
                }
                Event::Merged {
                    page, below_bytes, block_bytes, above_bytes, hole_bytes, ..
                } => self.merged(page, [below_bytes, block_bytes, above_bytes], hole_bytes),
                Event::Rearranged { page, before, after } => self.rearranged(page, before, after),
            });
        }
        said
    }

    /// How the hole was chosen, if several would have done.
    fn chosen(&self, block_bytes: u64, hole_bytes: u64) -> Option<String> {
        let mut fitting: Vec<u64> =
            self.before.holes().map(|hole| hole.size).filter(|&size| size >= block_bytes).collect();
        fitting.sort_unstable();
        if fitting.len() < 2 {
            return None;
        }
        let holes = if fitting.len() > HOLES_LISTED_MAX {
            format!("{} holes", fitting.len())
        } else {
            format!("the holes of {}", listed(&fitting))
        };
        let is_best = fitting.first() == Some(&hole_bytes);
        Some(format!("{} of {holes}", if is_best { "Best fit" } else { "Not the best fit" }))
    }

    fn merged(&self, page: usize, parts: [u64; 3], hole_bytes: u64) -> String {
        let sum: Vec<String> =
            parts.iter().filter(|&&part| part > 0).map(ToString::to_string).collect();
        let side = match parts {
            [0, _, _] => "with a hole above",
            [_, _, 0] => "with a hole below",
            _ => "on both sides",
        };
        let whole = if hole_bytes == PAGE_BYTES { ", the whole page" } else { "" };
        let place = self.in_page(page);
        format!("Merged {side}{place}: {} = {hole_bytes}{whole}.", sum.join(" + "))
    }

    fn rearranged(&self, page: usize, before: Tally, after: Tally) -> String {
        let holes = |tally: Tally| match (tally.holes, tally.free_bytes) {
            (0, _) => "no free byte".into(),
            (1, bytes) => format!("one hole of {bytes}"),
            (holes, bytes) => format!("{holes} holes of {bytes} together"),
        };
        let blocks = |tally: Tally| match tally.blocks {
            0 => "no block".into(),
            blocks => counted(blocks as u64, "block"),
        };
        format!(
            "{} had {} and {}; now {} and {}.",
            if self.part == Part::A { "The page".into() } else { format!("Page {page}") },
            blocks(before),
            holes(before),
            blocks(after),
            holes(after)
        )
    }

    /// Why no page that was mapped before could serve, up to the words "page 2".
    fn why_mapped(&self, size: u64, page: usize) -> String {
        let longest = self.before.longest_hole();
        if self.before.pages.is_empty() {
            format!("No page so far: page {page}")
        } else if longest == 0 {
            format!("The mapped pages are full: page {page}")
        } else if longest >= size {
            format!("Unexpected: a hole of {longest} would fit, but page {page}")
        } else if let Some([lower, upper]) = self.holes_that_touch(size) {
            format!(
                "No hole holds {size}: those of {lower} and {upper} touch in memory, but pages never \
                 merge. Page {page}"
            )
        } else {
            format!("The longest hole has {longest}: page {page}")
        }
    }

    /// Two holes of different pages that are neighbours in memory, and together
    /// have `size` bytes.
    fn holes_that_touch(&self, size: u64) -> Option<[u64; 2]> {
        self.before.pages.iter().find_map(|low| {
            let above = |high: &&Page| high.address == low.address + PAGE_BYTES;
            let high = self.before.pages.iter().find(above)?;
            let lower = low.extents.last().filter(|extent| !extent.taken)?.size;
            let upper = high.extents.first().filter(|extent| !extent.taken)?.size;
            (lower + upper >= size).then_some([lower, upper])
        })
    }

    /// What there is to say if VSZ did not move with the pages.
    fn contradiction(&self) -> Option<String> {
        let pages = |map: &Map| map.pages.len() as u64 * PAGE_BYTES;
        let expected = pages(self.after).cast_signed() - pages(self.before).cast_signed();
        (expected != self.change.vsz_bytes).then(|| {
            format!(
                "Unexpected: VSZ moved by {} KiB, not by {}.",
                kib_change(self.change.vsz_bytes),
                kib_change(expected)
            )
        })
    }

    fn moved(&self) -> String {
        let Change { vsz_bytes, rss_bytes } = self.change;
        format!("VSZ {} KiB, RSS {} KiB", kib_change(vsz_bytes), kib_change(rss_bytes))
    }

    fn unchanged(&self) -> &'static str {
        if self.before == self.after { "nothing has changed" } else { "but the pages HAVE changed" }
    }

    /// Where, unless there is just one page.
    fn in_page(&self, page: usize) -> String {
        if self.after.pages.len() < 2 { String::new() } else { format!(" in page {page}") }
    }
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_uppercase() + rest
}

fn uncapital(text: &str) -> String {
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_lowercase() + rest
}

/// `512, 768 and 1024`.
fn listed(sizes: &[u64]) -> String {
    let texts: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => texts.concat(),
    }
}
