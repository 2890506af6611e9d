//! The four steps, and what was seen after each.

use serde::Serialize;

use super::conductor::{Conductor, check_ram};
use crate::failure::Failure;
use crate::sample::{Faults, Line, Range, Smaps, Statm, Watched, unreadable};

/// The most samples taken while pages are written.
const WRITE_SAMPLES_MAX: usize = 64;

/// The most pages whose every write is a row of the table and a step of the chart.
const WRITE_ROWS_MAX: usize = 8;

/// What has just been done when a sample is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Step {
    Baseline,
    Mapped,
    Written,
    Unmapped,
}

/// How far figures have moved.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub(crate) struct Change {
    /// Of `statm.vsz_bytes`.
    pub(crate) vsz_bytes: i64,
    /// Of `smaps.rss_bytes`.
    pub(crate) rss_bytes: i64,
    pub(crate) minor_faults: i64,
    pub(crate) major_faults: i64,
}

/// What was seen after a step.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Observation {
    pub(crate) step: Step,
    /// How many pages have been written to so far.
    pub(crate) pages_written: usize,
    pub(crate) statm: Statm,
    pub(crate) smaps: Smaps,
    pub(crate) faults: Faults,
    /// Page tables: memory that neither VSZ nor RSS counts.
    pub(crate) page_tables_bytes: u64,
    /// None while nothing is mapped.
    pub(crate) mapping: Option<Line>,
    pub(crate) since_previous: Change,
    pub(crate) since_baseline: Change,
}

/// A whole experiment; `observations` begins with the baseline and ends with the
/// unmapping.
pub(crate) struct Experiment {
    pub(crate) pid: i32,
    pub(crate) pages: usize,
    pub(crate) page_bytes: u64,
    pub(crate) observations: Vec<Observation>,
}

impl Change {
    /// From `before` to `now`.
    pub(crate) fn between(before: &Observation, now: &Observation) -> Self {
        Self {
            vsz_bytes: now.statm.vsz_bytes.cast_signed() - before.statm.vsz_bytes.cast_signed(),
            rss_bytes: now.smaps.resident.rss_bytes.cast_signed()
                - before.smaps.resident.rss_bytes.cast_signed(),
            minor_faults: now.faults.minor.cast_signed() - before.faults.minor.cast_signed(),
            major_faults: now.faults.major.cast_signed() - before.faults.major.cast_signed(),
        }
    }
}

impl Experiment {
    /// The mapping's length.
    pub(crate) fn bytes(&self) -> u64 {
        self.pages as u64 * self.page_bytes
    }

    pub(crate) fn baseline(&self) -> &Observation {
        &self.observations[0]
    }

    /// The last observation of a step.
    pub(crate) fn last(&self, step: Step) -> &Observation {
        let found = self.observations.iter().rfind(|seen| seen.step == step);
        found.unwrap_or(self.baseline())
    }

    /// What a step has changed since the step before it ended.
    pub(crate) fn change_in(&self, step: Step) -> Change {
        let before = match step {
            Step::Baseline | Step::Mapped => Step::Baseline,
            Step::Written => Step::Mapped,
            Step::Unmapped => Step::Written,
        };
        Change::between(self.last(before), self.last(step))
    }

    /// Whether the writes are few enough to be shown one by one.
    pub(crate) fn is_every_write_a_row(&self) -> bool {
        self.pages <= WRITE_ROWS_MAX
    }

    /// What a reader wants to see of the observations: all of them for few pages,
    /// else the first write and then quarter by quarter.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Observation> {
        let all = self.is_every_write_a_row();
        let shown = [1, self.pages / 4, self.pages / 2, self.pages * 3 / 4, self.pages];
        let is_row = move |seen: &&Observation| {
            all || seen.step != Step::Written || shown.contains(&seen.pages_written)
        };
        self.observations.iter().filter(is_row)
    }
}

/// After how many writes samples are taken: every one of few, else the first and
/// an even spread, quarter points and the last included.
fn write_points(pages: usize) -> Vec<usize> {
    let even = |step: usize| (pages as u128 * step as u128 / WRITE_SAMPLES_MAX as u128) as usize;
    if pages <= WRITE_SAMPLES_MAX {
        (1..=pages).collect()
    } else {
        let mut points = vec![1];
        points.extend((1..=WRITE_SAMPLES_MAX).map(even));
        points.dedup();
        points
    }
}

/// Goes through the steps with a mapping of `pages` pages.
pub(crate) fn carry_out(pages: usize) -> Result<Experiment, Failure> {
    let page_bytes = rustix::param::page_size();
    let mut subject = Conductor::start(page_bytes)?;
    let mut notebook = Notebook::open(subject.pid())?;

    notebook.look(Step::Baseline, 0, None)?;

    let range = subject.map(pages)?;
    notebook.look(Step::Mapped, 0, Some(range))?;

    check_ram(range.bytes, page_bytes)?;
    let mut written = 0;
    for point in write_points(pages) {
        subject.touch(written, point - written)?;
        written = point;
        notebook.look(Step::Written, written, Some(range))?;
    }

    subject.unmap()?;
    notebook.look(Step::Unmapped, written, Some(range))?;

    Ok(Experiment {
        pid: subject.pid(),
        pages,
        page_bytes: page_bytes as u64,
        observations: notebook.observations,
    })
}

/// Looks at the subject while it stands still, and keeps what it sees.
struct Notebook {
    pid: i32,
    watched: Watched,
    observations: Vec<Observation>,
}

impl Notebook {
    fn open(pid: i32) -> Result<Self, Failure> {
        let watched = Watched::open(pid).map_err(|e| unreadable(pid, &e))?;
        Ok(Self { pid, watched, observations: Vec::new() })
    }

    fn look(&mut self, step: Step, written: usize, at: Option<Range>) -> Result<(), Failure> {
        let mut seen = self.read(step, written, at).map_err(|e| unreadable(self.pid, &e))?;
        if let (Some(first), Some(last)) = (self.observations.first(), self.observations.last()) {
            seen.since_previous = Change::between(last, &seen);
            seen.since_baseline = Change::between(first, &seen);
        }
        self.observations.push(seen);
        Ok(())
    }

    fn read(
        &self,
        step: Step,
        pages_written: usize,
        range: Option<Range>,
    ) -> procfs::ProcResult<Observation> {
        let (smaps, mapping) = self.watched.smaps(range)?;
        Ok(Observation {
            step,
            pages_written,
            statm: self.watched.statm()?,
            smaps,
            faults: self.watched.stat()?.faults,
            page_tables_bytes: self.watched.page_tables_bytes()?,
            mapping,
            since_previous: Change::default(),
            since_baseline: Change::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pages_are_sampled_at_every_write() {
        assert_eq!(write_points(1), [1]);
        assert_eq!(write_points(4), [1, 2, 3, 4]);
        assert_eq!(write_points(64).len(), 64);
    }

    #[test]
    fn many_pages_are_sampled_at_the_first_the_last_and_the_quarters() {
        for pages in [65, 100, 127, 1000, 262_144, usize::MAX] {
            let points = write_points(pages);
            assert!(points.len() <= WRITE_SAMPLES_MAX + 1, "{pages}");
            assert!(points.is_sorted_by(|a, b| a < b), "{pages}");
            for wanted in [1, pages / 4, pages / 2, pages] {
                assert!(points.contains(&wanted), "{wanted} of {pages}");
            }
        }
    }
}
