//! The experiment for human readers: a table, the four steps explained, notes.

use std::io::{self, Write};

use anstyle::Style;

use super::experiment::Change;
use super::{Experiment, Observation, Step, explain};
use crate::failure::Failure;
use crate::style::{
    HEADING, PLAIN, QUIET, RSS, VSZ, grouped, kib, kib_change, pages, size, wrapped,
};

const TEXT_WIDTH: usize = 76;

/// Name, style and least width of the columns.
const COLUMNS: [(&str, Style, usize); 9] = [
    ("step", HEADING, 14),
    ("statm", VSZ, 7),
    ("smaps", VSZ, 7),
    ("change", VSZ, 7),
    ("statm", RSS, 7),
    ("smaps", RSS, 7),
    ("change", RSS, 7),
    ("min+maj", PLAIN, 7),
    ("Rss", RSS, 7),
];

type Row = [String; COLUMNS.len()];

/// Prints everything to stdout.
pub(crate) fn print(experiment: &Experiment, notes: &[String]) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(anstream::stdout().lock());
    writeln!(
        out,
        "{HEADING}{} of {} in a fresh process{HEADING:#} (pid {}, all figures in KiB)\n",
        pages(experiment.pages),
        size(experiment.page_bytes),
        experiment.pid,
    )?;
    table(&mut out, experiment)?;
    for step in [Step::Baseline, Step::Mapped, Step::Written, Step::Unmapped] {
        explained(&mut out, experiment, step)?;
    }
    writeln!(out)?;
    let sources = "statm is what ps shows; smaps is counted page by page and exact. Changes are \
                   since the row above: VSZ of statm, RSS of smaps. Faults: minor + major.";
    paragraph(&mut out, "", sources, QUIET)?;
    for note in notes {
        paragraph(&mut out, "Note: ", note, PLAIN)?;
    }
    out.flush()?;
    Ok(())
}

fn table(out: &mut impl Write, experiment: &Experiment) -> io::Result<()> {
    let mut above = None;
    let rows: Vec<Row> =
        experiment.rows().map(|seen| row(experiment, seen, above.replace(seen))).collect();
    let widths: Vec<usize> = COLUMNS
        .iter()
        .enumerate()
        .map(|(column, &(_, _, least))| {
            let longest = rows.iter().map(|row| row[column].chars().count()).max();
            longest.unwrap_or(0).max(least)
        })
        .collect();
    let across = |columns: std::ops::Range<usize>| {
        widths[columns.clone()].iter().sum::<usize>() + columns.len() - 1
    };
    writeln!(
        out,
        "{:step$} {VSZ}{:─^vsz$}{VSZ:#} {RSS}{:─^rss$}{RSS:#} {:>faults$} {:>own$}",
        "",
        " VSZ ",
        " RSS ",
        "faults",
        "mapping",
        step = widths[0],
        vsz = across(1..4),
        rss = across(4..7),
        faults = widths[7],
        own = widths[8],
    )?;
    let heads = COLUMNS.map(|(name, _, _)| name.to_owned());
    print_row(out, &heads, &widths, |_| QUIET)?;
    for row in &rows {
        print_row(out, row, &widths, |column| match row[column].as_str() {
            "0" | "0+0" => QUIET,
            _ => COLUMNS[column].1,
        })?;
    }
    Ok(())
}

fn print_row(
    out: &mut impl Write,
    row: &Row,
    widths: &[usize],
    style: impl Fn(usize) -> Style,
) -> io::Result<()> {
    for (column, (text, &width)) in row.iter().zip(widths).enumerate() {
        let style = style(column);
        if column == 0 {
            write!(out, "{style}{text:<width$}{style:#}")?;
        } else {
            write!(out, " {style}{text:>width$}{style:#}")?;
        }
    }
    writeln!(out)
}

fn row(experiment: &Experiment, seen: &Observation, above: Option<&Observation>) -> Row {
    let change = above.map(|above| Change::between(above, seen));
    let or_none = |text: fn(Change) -> String| change.map(text).unwrap_or_default();
    let own = seen.mapping.as_ref().map(|line| line.mapping_rss_bytes.map_or("?".into(), kib));
    [
        step_name(experiment, seen),
        kib(seen.statm.vsz_bytes),
        kib(seen.smaps.vsz_bytes),
        or_none(|change| kib_change(change.vsz_bytes)),
        kib(seen.statm.rss_bytes),
        kib(seen.smaps.resident.rss_bytes),
        or_none(|change| kib_change(change.rss_bytes)),
        or_none(faults),
        own.unwrap_or_default(),
    ]
}

/// `minor+major`.
fn faults(change: Change) -> String {
    let [minor, major] = [change.minor_faults, change.major_faults].map(i64::unsigned_abs);
    format!("{}+{}", grouped(minor), grouped(major))
}

fn step_name(experiment: &Experiment, seen: &Observation) -> String {
    match seen.step {
        Step::Baseline => "1 baseline".into(),
        Step::Mapped => format!("2 map {}", pages(experiment.pages)),
        Step::Written if seen.pages_written == 1 => "3 write page 1".into(),
        Step::Written if experiment.is_every_write_a_row() => {
            format!("  write page {}", seen.pages_written)
        }
        Step::Written => format!("  … to page {}", grouped(seen.pages_written as u64)),
        Step::Unmapped => "4 unmap".into(),
    }
}

fn explained(out: &mut impl Write, experiment: &Experiment, step: Step) -> io::Result<()> {
    let name = match step {
        Step::Baseline => "1 baseline".into(),
        Step::Mapped => format!("2 map {}, touch nothing", pages(experiment.pages)),
        Step::Written => format!("3 write to {}", pages(experiment.pages)),
        Step::Unmapped => "4 unmap".into(),
    };
    writeln!(out, "\n{HEADING}{name}{HEADING:#}")?;
    if let Some(line) = &experiment.last(step).mapping {
        writeln!(out, "  maps   {}", line.maps_line)?;
        let merged =
            if line.merged_with_neighbour { "   longer than the mapping: merged" } else { "" };
        writeln!(
            out,
            "  smaps  Size {} KiB, Rss {} KiB{merged}",
            kib(line.size_bytes),
            kib(line.rss_bytes)
        )?;
    } else if step == Step::Unmapped {
        writeln!(out, "  maps   no line contains the address any more")?;
    }
    paragraph(out, "  ", &explain::why(experiment, step), PLAIN)
}

fn paragraph(out: &mut impl Write, first: &str, text: &str, style: Style) -> io::Result<()> {
    let indent = first.chars().count();
    for (number, line) in wrapped(text, TEXT_WIDTH - indent).iter().enumerate() {
        let margin = if number == 0 { first } else { "" };
        writeln!(out, "{HEADING}{margin:indent$}{HEADING:#}{style}{line}{style:#}")?;
    }
    Ok(())
}
