//! A page as one line of cells.
//!
//! ```text
//!   ├── a 1024 ──┤├ b 512 ┤·········· 2560 ··········
//!   block a, 1024 bytes   ╰ a hole of 2560 bytes
//! ```
//!
//! Cell `c` of `W` stands for the bytes from `c · 4096 / W` on. An edge is drawn
//! at the nearest cell; a block or hole that is left without a cell of its own
//! turns the cell it lies in into a crowd (`▒`): nothing is hidden, and `W` = 512
//! shows every 8 bytes. A block of one cell is its name's first letter.

use anstyle::{AnsiColor, Style};

use super::map::PAGE_BYTES;
use super::step::ExtentView;
use crate::style::{PLAIN, QUIET};

/// The characters of a drawing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Glyphs {
    left: char,
    right: char,
    /// Inside of a block.
    fresh: char,
    /// Inside of a block that its user has written to.
    pub(crate) written: char,
    pub(crate) hole: char,
    pub(crate) crowd: char,
    /// Between a call and what it returns.
    pub(crate) arrow: &'static str,
}

/// For terminals of this century.
pub(crate) const UNICODE: Glyphs =
    Glyphs {
        left: '├', right: '┤', fresh: '─', written: '━', hole: '·', crowd: '▒', arrow: "→"
    };

/// For all others.
pub(crate) const ASCII: Glyphs =
    Glyphs { left: '[', right: ']', fresh: '-', written: '=', hole: '.', crowd: '#', arrow: "->" };

/// Neighbours in this list are told apart most easily.
const COLOURS: [AnsiColor; 7] = [
    AnsiColor::Cyan,
    AnsiColor::BrightMagenta,
    AnsiColor::Green,
    AnsiColor::BrightYellow,
    AnsiColor::BrightBlue,
    AnsiColor::BrightRed,
    AnsiColor::White,
];

/// Cells that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// The page in `width` cells.
pub(crate) fn page(map: &[ExtentView], width: usize, glyphs: Glyphs) -> Vec<Span> {
    let mut cells: Vec<(char, Style)> = Vec::with_capacity(width);
    for extent in map {
        let cells_before = cells.len();
        let end = nearest_cell(extent.offset_bytes + extent.size_bytes, width);
        let wide = end - cells_before;
        let (text, style) = if extent.taken {
            let colour = COLOURS[extent.colour % COLOURS.len()];
            let style = AnsiColor::Black.on(colour);
            (block(extent, wide, glyphs), style)
        } else {
            (centred(&[format!(" {} ", extent.size_bytes)], wide, glyphs.hole), QUIET)
        };
        cells.extend(text.chars().map(|letter| (letter, style)));
    }
    for extent in map {
        let start = nearest_cell(extent.offset_bytes, width);
        if start == nearest_cell(extent.offset_bytes + extent.size_bytes, width) {
            let at = extent.offset_bytes * width as u64 / PAGE_BYTES;
            cells[at as usize] = (glyphs.crowd, PLAIN);
        }
    }
    spans(&cells)
}

/// The same without colours.
pub(crate) fn plain(map: &[ExtentView], width: usize, glyphs: Glyphs) -> String {
    page(map, width, glyphs).into_iter().map(|span| span.text).collect()
}

fn nearest_cell(bytes: u64, width: usize) -> usize {
    ((bytes * width as u64 + PAGE_BYTES / 2) / PAGE_BYTES) as usize
}

fn block(extent: &ExtentView, wide: usize, glyphs: Glyphs) -> String {
    let name = extent.name.as_deref().unwrap_or("?");
    let letter: String = name.chars().take(1).collect();
    match wide {
        0 => String::new(),
        1 => letter,
        2 => letter + &glyphs.right.to_string(),
        _ => {
            let fill = if extent.written { glyphs.written } else { glyphs.fresh };
            let labels = [
                format!(" {name} {} ", extent.size_bytes),
                format!("{name} {}", extent.size_bytes),
                format!(" {name} "),
                name.to_owned(),
                letter,
            ];
            format!("{}{}{}", glyphs.left, centred(&labels, wide - 2, fill), glyphs.right)
        }
    }
}

/// The first of the labels that fits, in the middle of the fill.
fn centred(labels: &[String], wide: usize, fill: char) -> String {
    let label = labels.iter().find(|label| label.chars().count() <= wide);
    let label = label.map_or("", String::as_str);
    let spare = wide - label.chars().count();
    let side = |cells: usize| fill.to_string().repeat(cells);
    format!("{}{label}{}", side(spare / 2), side(spare - spare / 2))
}

fn spans(cells: &[(char, Style)]) -> Vec<Span> {
    let same = |a: &(char, Style), b: &(char, Style)| a.1 == b.1;
    let span = |run: &[(char, Style)]| Span {
        text: run.iter().map(|cell| cell.0).collect(),
        style: run[0].1,
    };
    cells.chunk_by(same).map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Extents one after the other: a name is a block, none is a hole.
    fn map(extents: &[(&str, u64)]) -> Vec<ExtentView> {
        let mut offset_bytes = 0;
        let mut views = Vec::new();
        for &(name, size_bytes) in extents {
            let taken = !name.is_empty();
            views.push(ExtentView {
                offset_bytes,
                size_bytes,
                taken,
                name: taken.then(|| name.to_owned()),
                written: name == "w",
                colour: 0,
            });
            offset_bytes += size_bytes;
        }
        views
    }

    fn drawn(extents: &[(&str, u64)], width: usize) -> String {
        plain(&map(extents), width, UNICODE)
    }

    #[test]
    fn widths_are_proportional_and_edges_are_seen() {
        let extents = [("a", 1024), ("", 512), ("w", 1536), ("b", 1024)];
        let expected = "├─── a 1024 ───┤· 512 ··├━━━━━━━ w 1536 ━━━━━━━┤├─── b 1024 ───┤";
        assert_eq!(drawn(&extents, 64), expected);
        assert_eq!(plain(&map(&extents), 32, ASCII), "[a 1024]....[= w 1536 =][b 1024]");
    }

    #[test]
    fn narrow_blocks_keep_their_letter() {
        let extents = [("abc", 64), ("b", 128), ("c", 192), ("long", 256), ("", 3456)];
        let text = drawn(&extents, 64);
        assert!(text.starts_with("ab┤├c┤├l─┤···"), "{text}");
        assert_eq!(text.chars().count(), 64);
    }

    #[test]
    fn what_has_no_cell_of_its_own_makes_a_crowd() {
        assert_eq!(drawn(&[("p", 8); 512], 64), "▒".repeat(64));
        assert_eq!(drawn(&[("p", 8); 512], 512), "p".repeat(512));
        let text = drawn(&[("a", 8), ("", 4088)], 64);
        assert!(text.starts_with("▒···"), "{text}");
        let text = drawn(&[("a", 4088), ("", 8)], 64);
        assert!(text.ends_with("━▒") || text.ends_with("─▒"), "{text}");
    }

    #[test]
    fn every_width_is_kept_to() {
        for width in 16..=512 {
            let text = drawn(&[("a", 1000), ("", 24), ("b", 8), ("c", 2000), ("", 1064)], width);
            assert_eq!(text.chars().count(), width);
        }
    }
}
