//! Tables, the same in Markdown and, laid out, on the terminal.

use std::fmt::Write;

use crate::results::{Measured, Pair, Peer, Quantity, Results};
use crate::workloads::{Clock, Group};

/// A table: a head, and rows as long as it.
pub(crate) struct Table {
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// The whole report.
pub(crate) fn markdown(results: &Results) -> String {
    let mut text = format!(
        "{}; {} rounds in turn, scale {}, {} threads in the multi-threaded workloads.\n",
        results.machine, results.rounds, results.scale, results.threads
    );
    for (title, table) in tables(results) {
        if !table.rows.is_empty() {
            let _ = write!(text, "\n### {title}\n\n{}", table.markdown());
        }
    }
    text
}

fn tables(results: &Results) -> Vec<(String, Table)> {
    let reference = results.reference().map_or("", |at| &results.allocators[at].name);
    let mut tables = vec![
        ("Geometric means, time".to_string(), means(results, Quantity::Time)),
        ("Geometric means, time, round by round".into(), means_by_rounds(results)),
        ("Geometric means, least time of the rounds".into(), means(results, Quantity::LeastTime)),
        ("Geometric means, peak RSS".to_string(), means(results, Quantity::Rss)),
    ];
    for group in Group::ALL {
        let title = format!("Time, {}: ratio to {reference} ± spread", group.title());
        tables.push((title, each(results, group, Quantity::Time)));
    }
    for group in Group::ALL {
        tables.extend(each_by_rounds(results, group));
    }
    for group in Group::ALL {
        let title = format!("Least time of the rounds, {}: ratio to {reference}", group.title());
        tables.push((title, each(results, group, Quantity::LeastTime)));
    }
    for group in Group::ALL {
        let title = format!("Peak RSS, {}: ratio to {reference}", group.title());
        tables.push((title, each(results, group, Quantity::Rss)));
    }
    tables.push(("Fragmentation: peak RSS over live bytes".into(), overhead(results)));
    tables.push(("Growth: nanoseconds per operation".into(), growth(results)));
    tables.extend(each_by_rounds(results, Group::Growth));
    tables.push(("Who took part".into(), participants(results)));
    tables.push(("Who or what did not, and why".into(), missing(results)));
    tables
}

/// Each subject against each peer, by group, and against the best.
fn means(results: &Results, quantity: Quantity) -> Table {
    means_of(results, |pair, measured| results.ratio(pair, measured, quantity))
}

/// The same, of the ratios that each round has.
fn means_by_rounds(results: &Results) -> Table {
    means_of(results, |pair, measured| results.ratio_by_rounds(pair, measured, Quantity::Time))
}

fn means_of(results: &Results, ratio: impl Fn(Pair, &Measured) -> Option<f64>) -> Table {
    let present: Vec<Group> =
        Group::ALL.into_iter().filter(|group| results.of(*group).next().is_some()).collect();
    let mut head = vec![String::new()];
    head.extend(present.iter().map(|group| group.title().to_string()));
    head.push("all".into());
    let mut rows = Vec::new();
    for (subject, participant) in results.allocators.iter().enumerate() {
        if !participant.is_subject {
            continue;
        }
        let peers = (0..results.allocators.len()).filter(|peer| *peer != subject).map(Peer::One);
        for peer in peers.chain([Peer::Best]) {
            let name = match peer {
                Peer::One(peer) => &results.allocators[peer].name,
                Peer::Best => "best of four on each",
            };
            let mut row = vec![format!("{} / {name}", participant.name)];
            let groups = present.iter().map(std::slice::from_ref).chain([present.as_slice()]);
            let ratio = |measured: &Measured| ratio(Pair { subject, peer }, measured);
            let means: Vec<_> = groups.map(|groups| results.mean(groups, ratio)).collect();
            if means.iter().all(Option::is_none) {
                continue; // none of the four took part
            }
            row.extend(means.into_iter().map(|mean| {
                mean.map_or("–".into(), |(mean, count)| format!("{mean:.3} ({count})"))
            }));
            rows.push(row);
        }
    }
    Table { head, rows }
}

/// For each subject, what its time is of each other allocator's, round by round: a row for
/// each workload of a group.
fn each_by_rounds(results: &Results, group: Group) -> Vec<(String, Table)> {
    let quantity = if group == Group::Growth { Quantity::Each } else { Quantity::Time };
    let number = results.allocators.len();
    let subjects = (0..number).filter(|at| results.allocators[*at].is_subject);
    let table = |subject: usize| {
        let name = &results.allocators[subject].name;
        let others = || (0..number).filter(move |at| *at != subject);
        let mut head = vec!["workload".to_string()];
        head.extend(others().map(|at| format!("/ {}", results.allocators[at].name)));
        head.push("/ best".into());
        let rows = results.of(group).map(|measured| {
            let cells = others().map(Peer::One).chain([Peer::Best]).map(|peer| {
                let ratio = results.ratio_by_rounds(Pair { subject, peer }, measured, quantity);
                ratio.map_or("–".into(), |ratio| format!("{ratio:.2}"))
            });
            std::iter::once(measured.name.clone()).chain(cells).collect()
        });
        (format!("Round by round, {}: {name}", group.title()), Table { head, rows: rows.collect() })
    };
    subjects.map(table).collect()
}

/// A row for each workload of a group, a column for each allocator.
fn each(results: &Results, group: Group, quantity: Quantity) -> Table {
    let reference = results.reference();
    let unit = if quantity == Quantity::Rss { "MiB" } else { "s" };
    let mut head = vec!["workload".to_string()];
    if let Some(reference) = reference {
        head.push(format!("{}, {unit}", results.allocators[reference].name));
    }
    head.extend(results.allocators.iter().map(|participant| participant.name.clone()));
    let subjects = || (0..results.allocators.len()).filter(|at| results.allocators[*at].is_subject);
    head.extend(subjects().map(|at| format!("{} / best", results.allocators[at].name)));
    let mut rows = Vec::new();
    for measured in results.of(group) {
        let base = reference.and_then(|reference| measured.figure(reference, quantity).ok());
        let clock = match (quantity, measured.clock) {
            (Quantity::Time | Quantity::LeastTime, Clock::Wall) => " (wall)",
            (Quantity::Time | Quantity::LeastTime, Clock::Processor) => " (user+sys)",
            _ => "",
        };
        let mut row = vec![format!("{}{clock}", measured.name)];
        if reference.is_some() {
            row.push(base.map_or("–".into(), |base| absolute(base, quantity)));
        }
        row.extend((0..results.allocators.len()).map(|at| cell(measured, at, quantity, base)));
        let best = results.best(measured, quantity);
        row.extend(subjects().map(|at| {
            let ratio = measured.figure(at, quantity).ok().zip(best);
            ratio.map_or("–".into(), |(figure, best)| format!("{:.2}", figure / best))
        }));
        rows.push(row);
    }
    Table { head, rows }
}

/// A ratio and its spread, or how the program ended.
fn cell(measured: &Measured, at: usize, quantity: Quantity, base: Option<f64>) -> String {
    match (measured.figure(at, quantity), base) {
        (Err(how), _) => format!("**{how}**"),
        (Ok(figure), None) => absolute(figure, quantity),
        (Ok(figure), Some(base)) => {
            let mut text = format!("{:.2}", figure / base);
            if quantity == Quantity::Time {
                let spread = measured.spread(at, quantity).unwrap_or(0.0);
                let _ = write!(text, " ±{:.0}%", spread * 50.0);
            }
            text
        }
    }
}

fn absolute(figure: f64, quantity: Quantity) -> String {
    match quantity {
        Quantity::Time | Quantity::LeastTime => format!("{figure:.3}"),
        Quantity::Rss => format!("{:.1}", figure / 1024.0),
        Quantity::Overhead => format!("{figure:.2}"),
        Quantity::Each => format!("{figure:.0}"),
    }
}

/// Peak memory over live bytes, wherever a workload tells its live bytes.
fn overhead(results: &Results) -> Table {
    told(results, Quantity::Overhead)
}

/// What an operation costs as live memory and threads grow.
fn growth(results: &Results) -> Table {
    told(results, Quantity::Each)
}

/// A quantity that is a figure by itself, wherever a program tells it.
fn told(results: &Results, quantity: Quantity) -> Table {
    let mut head = vec!["workload".to_string()];
    head.extend(results.allocators.iter().map(|participant| participant.name.clone()));
    let told = results.workloads.iter().filter(|measured| {
        (0..results.allocators.len()).any(|at| measured.figure(at, quantity).is_ok())
    });
    let rows = told.map(|measured| {
        let cells = (0..results.allocators.len()).map(|at| {
            let figure = measured.figure(at, quantity);
            figure.map_or_else(|how| how, |figure| absolute(figure, quantity))
        });
        std::iter::once(measured.name.clone()).chain(cells).collect()
    });
    Table { head, rows: rows.collect() }
}

fn participants(results: &Results) -> Table {
    let head = ["allocator", "version"].map(String::from).to_vec();
    let rows = results.allocators.iter().map(|one| vec![one.name.clone(), one.version.clone()]);
    Table { head, rows: rows.collect() }
}

fn missing(results: &Results) -> Table {
    let head = ["name", "why"].map(String::from).to_vec();
    let rows = results.missing.iter().map(|(name, why)| vec![name.clone(), why.clone()]);
    Table { head, rows: rows.collect() }
}

impl Table {
    /// Markdown that also reads well as it is: every column is as wide as its widest
    /// cell.
    pub(crate) fn markdown(&self) -> String {
        let all = || std::iter::once(&self.head).chain(&self.rows);
        let widths: Vec<usize> = (0..self.head.len())
            .map(|column| all().map(|row| width(row, column)).max().unwrap_or(0).max(3))
            .collect();
        let line = |row: &Vec<String>| {
            let cells = widths.iter().enumerate().map(|(column, width_max)| {
                let cell = row.get(column).map_or("", String::as_str);
                let space = " ".repeat(width_max - width(row, column));
                if column == 0 { format!(" {cell}{space} ") } else { format!(" {space}{cell} ") }
            });
            format!("|{}|\n", cells.collect::<Vec<String>>().join("|"))
        };
        let rule = widths.iter().enumerate().map(|(column, width_max)| {
            if column == 0 { "-".repeat(width_max + 2) } else { "-".repeat(width_max + 1) + ":" }
        });
        let rule = format!("|{}|\n", rule.collect::<Vec<String>>().join("|"));
        line(&self.head) + &rule + &self.rows.iter().map(line).collect::<String>()
    }
}

fn width(row: &[String], column: usize) -> usize {
    row.get(column).map_or(0, |cell| cell.chars().count())
}

#[cfg(test)]
mod tests {
    use super::markdown;
    use crate::report::{chart, json};
    use crate::results::tests::example;

    #[test]
    fn crashes_and_absences_are_told() {
        let text = markdown(&example());
        assert!(text.contains("**segfault**"), "{text}");
        assert!(text.contains("not installed"), "{text}");
    }

    #[test]
    fn json_brings_back_the_same_tables() -> anyhow::Result<()> {
        let results = example();
        let again = serde_json::from_str(&json::text(&results)?)?;
        assert_eq!(markdown(&results), markdown(&again));
        Ok(())
    }

    #[test]
    fn the_chart_has_a_bar_for_each() {
        let chart = chart::svg(&example());
        // One is the page; time and memory have one for each of three allocators.
        assert_eq!(chart.matches("<rect").count(), 1 + 2 * 3, "{chart}");
    }
}
