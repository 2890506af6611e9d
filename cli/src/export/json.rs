//! JSON on stdout: for the experiment one object, for a followed process one
//! object a line. Fields are only ever added; the unit is the last word of a
//! field's name. A figure that could not be read is `null`, never 0.
//!
//! The experiment (`allotment observe --json`):
//!
//! | field | meaning |
//! |---|---|
//! | `schema` | `allotment.observe.1` |
//! | `pid` | the observed process |
//! | `pages`, `page_bytes`, `mapping_bytes` | what was mapped: the third is the product of the first two |
//! | `samples[]` | in the order they were taken |
//! | `explanations.{baseline,mapped,written,unmapped}` | one sentence on why |
//! | `notes[]` | sentences on what is particular about this run |
//!
//! A sample of the experiment:
//!
//! | field | meaning |
//! |---|---|
//! | `step` | what had just been done: `baseline`, `mapped`, `written`, `unmapped` |
//! | `pages_written` | how many pages had been written to |
//! | `statm.vsz_bytes`, `statm.rss_bytes` | `/proc/PID/statm`, which `ps` shows; this RSS may lag |
//! | `smaps.vsz_bytes` | sum of `Size` in `/proc/PID/smaps`, `[vsyscall]` left out |
//! | `smaps.rss_bytes`, `.pss_bytes`, `.private_bytes`, `.shared_bytes`, `.anon_huge_bytes`, `.swap_bytes` | sums of that file: exact |
//! | `faults.minor`, `faults.major` | since the process began |
//! | `page_tables_bytes` | `VmPTE`: counted neither by VSZ nor by RSS |
//! | `mapping` | `null` while nothing is mapped |
//! | `mapping.maps_line` | the line of `/proc/PID/maps` that holds the mapping |
//! | `mapping.size_bytes`, `mapping.rss_bytes` | of that line, in smaps |
//! | `mapping.merged_with_neighbour` | the line is longer than the mapping |
//! | `mapping.mapping_rss_bytes` | of the mapping alone |
//! | `since_previous`, `since_baseline` | `vsz_bytes` (of statm), `rss_bytes` (of smaps), `minor_faults`, `major_faults`: signed |
//!
//! A line of a followed process (`allotment observe --pid PID --json`):
//!
//! | field | meaning |
//! |---|---|
//! | `pid`, `elapsed_ms` | since the following began |
//! | `state` | one letter, as `ps` has it |
//! | `threads` | how many |
//! | `statm`, `faults` | as above |
//! | `smaps_rollup` | as `smaps` above without `vsz_bytes`; `null` when not permitted |

use std::io::{self, Write};

use serde::Serialize;

use crate::failure::Failure;
use crate::follow::Moment;
use crate::observe::{Experiment, Observation, Step};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    pid: i32,
    pages: usize,
    page_bytes: u64,
    mapping_bytes: u64,
    samples: &'a [Observation],
    explanations: Explanations,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Explanations {
    baseline: String,
    mapped: String,
    written: String,
    unmapped: String,
}

/// Prints the whole experiment as one object.
pub(crate) fn print_experiment(
    experiment: &Experiment,
    notes: &[String],
    why: impl Fn(Step) -> String,
) -> Result<(), Failure> {
    let document = Document {
        schema: "allotment.observe.1",
        pid: experiment.pid,
        pages: experiment.pages,
        page_bytes: experiment.page_bytes,
        mapping_bytes: experiment.bytes(),
        samples: &experiment.observations,
        explanations: Explanations {
            baseline: why(Step::Baseline),
            mapped: why(Step::Mapped),
            written: why(Step::Written),
            unmapped: why(Step::Unmapped),
        },
        notes,
    };
    let mut text = serde_json::to_string_pretty(&document).map_err(io::Error::from)?;
    text.push('\n');
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}

/// One sample of a followed process, as one line.
pub(crate) fn moment_line(moment: &Moment) -> io::Result<String> {
    Ok(serde_json::to_string(moment)?)
}
