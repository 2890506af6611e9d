//! Why the figures are what they are: one sentence for each step, and a note for
//! everything that is not as the textbook has it.
//!
//! The sentences are chosen by the figures: a step that did not do what the
//! textbook says is not explained with the textbook.

use std::fs;

use super::experiment::Change;
use super::{Experiment, Observation, Step};
use crate::lab::subject::ELASTIC_BOOKS_BYTES;
use crate::style::{counted, kib, kib_change, pages, size};

/// The pages of an x86 huge page: from here on a single write might bring it in.
const HUGE_PAGES_MIN: usize = 512;

/// Why the figures stand as they do after `step`.
pub(crate) fn why(experiment: &Experiment, step: Step) -> String {
    let bytes = experiment.bytes();
    let length = size(bytes);
    let seen = experiment.last(step);
    let grown = experiment.change_in(step);
    let off = Change::between(experiment.baseline(), seen);
    match step {
        Step::Baseline => format!(
            "The program, its libraries and its stack are mapped whole and count as VSZ ({} KiB of \
             it are static memory, in which the lab's heap keeps its books); only the pages of \
             them that were used so far are in RAM and count as RSS.",
            kib(ELASTIC_BOOKS_BYTES)
        ),
        Step::Mapped if grown.vsz_bytes == bytes.cast_signed() && mapping_rss(seen) == Some(0) => {
            format!(
                "mmap only promises: the kernel noted a range of {length} in the process's maps, \
                 so VSZ grew by exactly that; no page stands behind it yet, so RSS did not."
            )
        }
        Step::Written if mapping_rss(seen) == Some(bytes) => written_as_expected(experiment),
        Step::Unmapped if off.vsz_bytes == 0 && seen.mapping.is_none() => format!(
            "munmap takes back the promise and the pages at once: VSZ is at its baseline again, \
             RSS {}, and the address belongs to nobody: a write there would be a segmentation \
             fault.",
            match off.rss_bytes {
                0 => "too".into(),
                left => format!("is {} KiB off", kib_change(left)),
            }
        ),
        Step::Mapped | Step::Written | Step::Unmapped => format!(
            "This is not what was expected: VSZ moved by {} KiB and RSS by {} KiB in this step; \
             something other than the experiment was at work.",
            kib_change(grown.vsz_bytes),
            kib_change(grown.rss_bytes),
        ),
    }
}

fn written_as_expected(experiment: &Experiment) -> String {
    let faults = experiment.change_in(Step::Written).minor_faults.unsigned_abs();
    let each = if faults == experiment.pages as u64 {
        "one for each page"
    } else {
        "not one for each page this time"
    };
    format!(
        "The first write to a page finds nothing behind it and faults; the kernel takes a page \
         of RAM, fills it with zeros, and lets the write go on: {} for {}, {each}. RSS grew with \
         every page by {}; VSZ had counted them since the mmap.",
        counted(faults, "minor fault"),
        pages(experiment.pages),
        size(experiment.page_bytes),
    )
}

fn mapping_rss(seen: &Observation) -> Option<u64> {
    seen.mapping.as_ref()?.mapping_rss_bytes
}

/// What is worth knowing about this very run.
pub(crate) fn notes(experiment: &Experiment) -> Vec<String> {
    let found = [
        merged(experiment),
        statm_lags(experiment),
        vsz_differs(experiment),
        huge_pages(experiment),
        rss_elsewhere(experiment),
        page_tables(experiment),
    ];
    found.into_iter().flatten().collect()
}

fn merged(experiment: &Experiment) -> Option<String> {
    let mut lines = experiment.observations.iter().filter_map(|seen| seen.mapping.as_ref());
    let line = lines.find(|line| line.merged_with_neighbour)?;
    let counted = match line.mapping_rss_bytes {
        Some(_) => "the mapping's own RSS is counted page by page in /proc/PID/pagemap",
        None => "and /proc/PID/pagemap, which would tell them apart, cannot be read",
    };
    Some(format!(
        "The kernel merged the mapping with an anonymous neighbour of the same kind: its line in \
         maps is {} KiB long instead of {} KiB, and the line's Size and Rss tell of both; {counted}.",
        kib(line.size_bytes),
        kib(experiment.bytes()),
    ))
}

fn statm_lags(experiment: &Experiment) -> Option<String> {
    let differs = |seen: &&Observation| seen.statm.rss_bytes != seen.smaps.resident.rss_bytes;
    let seen = experiment.observations.iter().find(differs)?;
    Some(format!(
        "RSS in statm is up to {} KiB off the exact RSS in smaps: the kernel counts pages per CPU \
         and adds the counters up only now and then. The changes above are those of smaps.",
        kib_change(
            seen.statm.rss_bytes.cast_signed() - seen.smaps.resident.rss_bytes.cast_signed()
        ),
    ))
}

fn vsz_differs(experiment: &Experiment) -> Option<String> {
    let differs = |seen: &&Observation| seen.statm.vsz_bytes != seen.smaps.vsz_bytes;
    let seen = experiment.observations.iter().find(differs)?;
    Some(format!(
        "The sizes in smaps add up to {} KiB more than VSZ in statm: mappings of the kernel's own \
         that it lists but does not count. The changes above are those of statm.",
        kib_change(seen.smaps.vsz_bytes.cast_signed() - seen.statm.vsz_bytes.cast_signed()),
    ))
}

fn huge_pages(experiment: &Experiment) -> Option<String> {
    let written = experiment.last(Step::Written);
    let huge = written.smaps.resident.anon_huge_bytes;
    if huge > 0 {
        return Some(format!(
            "{} of the RSS lie in transparent huge pages (AnonHugePages in smaps), although the \
             process asked for none: there a single write brought in many pages.",
            size(huge)
        ));
    }
    let mode = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled").ok()?;
    (experiment.pages >= HUGE_PAGES_MIN && mode.contains("[always]")).then(|| {
        "Transparent huge pages are switched on for every process of this machine; the observed \
         process asked for none (PR_SET_THP_DISABLE). In any other process a single write to a \
         mapping of this length may bring in a huge page at once."
            .into()
    })
}

/// RSS that came or went outside of the mapping.
fn rss_elsewhere(experiment: &Experiment) -> Option<String> {
    let written = experiment.last(Step::Written);
    let own = mapping_rss(written)?;
    let grown = Change::between(experiment.baseline(), written).rss_bytes;
    let elsewhere = grown - own.cast_signed();
    (elsewhere != 0).then(|| {
        format!(
            "RSS of the whole process also moved by {} KiB outside of the mapping: pages of the \
             program that were read in or reclaimed meanwhile.",
            kib_change(elsewhere)
        )
    })
}

fn page_tables(experiment: &Experiment) -> Option<String> {
    let before = experiment.last(Step::Mapped).page_tables_bytes;
    let after = experiment.last(Step::Written).page_tables_bytes;
    let tables = after.checked_sub(before).filter(|&bytes| bytes > 0)?;
    Some(format!(
        "The page tables that lead to the written pages take another {}, which neither VSZ nor \
         RSS counts (VmPTE in /proc/PID/status).",
        size(tables)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{Faults, Line, Resident, Smaps, Statm};

    const PAGE_BYTES: u64 = 4096;
    const MIB: u64 = 1 << 20;

    fn seen(step: Step, mapped: u64, written: u64) -> Observation {
        let (vsz_bytes, rss_bytes) = (8 * MIB + mapped, 2 * MIB + written);
        let line = Line {
            maps_line: "7f0000000000-7f0000004000 rw-p 00000000 00:00 0".into(),
            size_bytes: mapped,
            rss_bytes: written,
            merged_with_neighbour: false,
            mapping_rss_bytes: Some(written),
        };
        Observation {
            step,
            pages_written: (written / PAGE_BYTES) as usize,
            statm: Statm { vsz_bytes, rss_bytes },
            smaps: Smaps { vsz_bytes, resident: Resident { rss_bytes, ..Resident::default() } },
            faults: Faults { minor: 100 + written / PAGE_BYTES, major: 0 },
            page_tables_bytes: 0,
            mapping: (mapped > 0).then_some(line),
            since_previous: Change::default(),
            since_baseline: Change::default(),
        }
    }

    /// Two pages, everything as in the textbook.
    fn textbook() -> Experiment {
        let bytes = 2 * PAGE_BYTES;
        let mut unmapped = seen(Step::Unmapped, 0, 0);
        unmapped.faults.minor += 2;
        let observations = vec![
            seen(Step::Baseline, 0, 0),
            seen(Step::Mapped, bytes, 0),
            seen(Step::Written, bytes, PAGE_BYTES),
            seen(Step::Written, bytes, bytes),
            unmapped,
        ];
        Experiment { pid: 42, pages: 2, page_bytes: PAGE_BYTES, observations }
    }

    const STEPS: [Step; 4] = [Step::Baseline, Step::Mapped, Step::Written, Step::Unmapped];

    #[test]
    fn a_textbook_run_is_explained_by_the_textbook_and_needs_no_notes() {
        let experiment = textbook();
        for (step, words) in STEPS.iter().zip([
            "mapped whole",
            "grew by exactly that",
            "2 minor faults for 2 pages, one for each page",
            "at its baseline again, RSS too",
        ]) {
            let text = why(&experiment, *step);
            assert!(text.contains(words), "{text}");
        }
        assert_eq!(notes(&experiment), [""; 0]);
    }

    #[test]
    fn what_is_not_as_in_the_textbook_is_not_explained_by_it() {
        let mut vsz_off = textbook();
        vsz_off.observations[1].statm.vsz_bytes += 4096;
        assert!(why(&vsz_off, Step::Mapped).contains("not what was expected: VSZ moved by +12"));

        let mut rss_early = textbook();
        rss_early.observations[1].mapping.as_mut().unwrap().mapping_rss_bytes = Some(4096);
        assert!(why(&rss_early, Step::Mapped).contains("not what was expected"));

        let mut page_missing = textbook();
        page_missing.observations[3].mapping.as_mut().unwrap().mapping_rss_bytes = Some(4096);
        assert!(why(&page_missing, Step::Written).contains("not what was expected"));

        let mut fault_more = textbook();
        fault_more.observations[3].faults.minor += 1;
        assert!(why(&fault_more, Step::Written).contains("not one for each page"));

        let mut still_there = textbook();
        still_there.observations[4].statm.vsz_bytes += 4096;
        assert!(why(&still_there, Step::Unmapped).contains("not what was expected"));

        let mut rss_left = textbook();
        rss_left.observations[4].smaps.resident.rss_bytes += 4096;
        assert!(why(&rss_left, Step::Unmapped).contains("RSS is +4 KiB off"));
    }

    #[test]
    fn each_oddity_has_its_note() {
        type Spoil = fn(&mut Observation);
        let cases: [(Spoil, &str); 6] = [
            (|seen| seen.statm.rss_bytes -= 4096, "up to -4 KiB off the exact RSS"),
            (|seen| seen.smaps.vsz_bytes += 4096, "add up to +4 KiB more than VSZ"),
            (|seen| seen.smaps.resident.anon_huge_bytes = 2 * MIB, "2 MiB of the RSS"),
            (|seen| seen.page_tables_bytes = 4096, "another 4 KiB, which neither"),
            (
                |seen| {
                    seen.smaps.resident.rss_bytes += 8192;
                    seen.statm.rss_bytes += 8192;
                },
                "moved by +8 KiB outside",
            ),
            (
                |seen| {
                    let line = seen.mapping.as_mut().unwrap();
                    line.merged_with_neighbour = true;
                    line.size_bytes += 4096;
                },
                "12 KiB long instead of 8 KiB",
            ),
        ];
        for (spoil, words) in cases {
            let mut experiment = textbook();
            spoil(&mut experiment.observations[3]);
            let [note] = notes(&experiment).try_into().unwrap();
            assert!(note.contains(words), "{note}");
        }
    }
}
