//! The handout's experiments: what does a mapping cost, and when?
//!
//! ```text
//!   this process (experiment)                 a fresh process (subject)
//!
//!     read /proc/PID  ◀── 1 baseline            stands still
//!     "map 16384"     ──────────────────────▶   mmap
//!     read /proc/PID  ◀── 2 mapped              stands still
//!     "touch 0 1"     ──────────────────────▶   writes one byte to a page
//!     read /proc/PID  ◀── 3 written             stands still
//!        …
//!     "unmap"         ──────────────────────▶   munmap
//!     read /proc/PID  ◀── 4 unmapped            stands still
//! ```
//!
//! The subject is this very program, started anew. It allocates nothing between
//! the steps, and goes through all of them once on a page of its own before the
//! baseline is taken, so that its code and its stack are in RAM already: what
//! changes afterwards is the experiment and nothing else.
//!
//! **Transparent huge pages** would let one write bring in 512 pages at once and
//! hide what the experiment is to show. The subject asks the kernel not to use
//! them (`prctl(PR_SET_THP_DISABLE)`); should the kernel do so all the same, the
//! report says it.
//!
//! **Merging.** The kernel joins a new mapping with an anonymous neighbour of the
//! same kind: there is one line in `maps` for both then. VSZ and the whole RSS
//! are exact in any case; what of the mapping alone is in RAM is then counted in
//! `pagemap`, and the report says that the line is longer than the mapping.

mod conductor;
mod experiment;
mod explain;
mod report;
pub(crate) mod subject;

pub(crate) use experiment::{Experiment, Observation, Step};

use crate::arguments::Observe;
use crate::export;
use crate::failure::Failure;

/// `allotment observe` without `--pid`.
pub(crate) fn run(options: &Observe) -> Result<(), Failure> {
    let experiment = experiment::carry_out(options.pages)?;
    let notes = explain::notes(&experiment);
    if let Some(path) = &options.svg {
        export::svg::write(path, |surface| export::svg::steps(surface, &experiment))?;
    }
    if options.json {
        export::json::print_experiment(&experiment, &notes, |step| explain::why(&experiment, step))
    } else {
        report::print(&experiment, &notes)
    }
}
