//! JSON of the lab (`allotment lab --json`): one object on stdout. Fields are only
//! ever added; the unit is the last word of a field's name, and a figure that
//! could not be read is `null`.
//!
//! | field | meaning |
//! |---|---|
//! | `schema` | `allotment.lab.1` |
//! | `width_cells` | the length of every `drawing` |
//! | `parts[]` | the scripts, in the order in which they were carried out |
//!
//! A part:
//!
//! | field | meaning |
//! |---|---|
//! | `part` | `a`: one page; `b`: pages on demand |
//! | `script` | the file, or the tour |
//! | `pid` | the process that holds the heap |
//! | `page_bytes`, `unit_bytes` | sizes are multiples of the second |
//! | `baseline.vsz_bytes`, `.rss_bytes` | before the first step |
//! | `steps[]` | one for each line of the script with something to do |
//! | `end_intact_bytes` | bytes in pages that are still mapped, all as the user left them |
//!
//! A step:
//!
//! | field | meaning |
//! |---|---|
//! | `number`, `script_line` | both count from 1 |
//! | `heading` | the heading above the line, or `null` |
//! | `call` | as written in C |
//! | `outcome.kind` | `void` (`done`), `returned` (`status`), `block` (`page`, `offset_bytes`, `address`), `null`, `blocks` (`given` of `asked`), `dealloc` (`freed`, `ignored`, `messages[]`: the library's own lines) |
//! | `explanation` | what happened, in words |
//! | `intact_bytes` | bytes compared before they were freed or unmapped, all as the user left them; or `null` |
//! | `vsz_bytes` | after the step, of `/proc/PID/statm` |
//! | `rss_bytes` | after the step, of `/proc/PID/smaps_rollup` (of `statm` where there is none) |
//! | `since_previous.vsz_bytes`, `.rss_bytes` | signed |
//! | `events[]` | what is different from the step before |
//! | `pages[]` | the pages in use after the step |
//!
//! An event has a `kind` and a `page` (from 1): `mapped`; `unmapped`; `split`
//! (`offset_bytes`, `hole_bytes` = `block_bytes` + `rest_bytes`); `filled`
//! (`offset_bytes`, `hole_bytes`); `freed` (`offset_bytes`, `block_bytes`);
//! `merged` (`offset_bytes`, `hole_bytes` = `below_bytes` + `block_bytes` +
//! `above_bytes`); `rearranged`, when a step made several calls (`before` and
//! `after`, each with `blocks`, `holes`, `free_bytes`).
//!
//! A page: `page` (from 1), `address`, `in_ram_bytes` (0 or 4096), `drawing`, and
//! `map[]`: `offset_bytes`, `size_bytes`, `taken`, `name` (of a block), `written`.

use std::io::{self, Write};

use serde::Serialize;

use crate::failure::Failure;
use crate::lab::Performance;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    width_cells: usize,
    parts: &'a [Performance],
}

/// Prints everything as one object.
pub(crate) fn print(width_cells: usize, parts: &[Performance]) -> Result<(), Failure> {
    let document = Document { schema: "allotment.lab.1", width_cells, parts };
    let mut text = serde_json::to_string_pretty(&document).map_err(io::Error::from)?;
    text.push('\n');
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}
