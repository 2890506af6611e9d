//! `cargo xtask instructions`: what an operation takes in instructions, counted by
//! valgrind's callgrind. A count hardly depends on the machine, nor on how loaded
//! it is.
//!
//! An operation is run a few times and many times; the difference, over the difference
//! of the times, is free of start and end. The loop itself is subtracted. What is left
//! holds the call itself, and for the peers that are crates one jump a call.
//!
//! Some libraries reserve more address space than valgrind has. Their instructions are
//! counted by single steps (`workloads/step.c`) and marked in the table.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use crate::allocators::{self, Allocator, Ready};
use crate::arguments::library;
use crate::places::Places;
use crate::prepare;
use crate::real::command;
use crate::report::table::Table;
use crate::say;

/// The loop without an operation.
const NOTHING: &str = "nothing";

const OPERATIONS: [&str; 13] = [
    "pair-16",
    "pair-32",
    "pair-32-by-twenties",
    "pair-64",
    "pair-256",
    "pair-1k",
    "pair-4k",
    "pair-64k",
    "calloc-64",
    "realloc-step",
    "sized-delete-32",
    "aligned-alloc-64",
    "aligned-delete-64",
];

/// Two run lengths, multiples of every cycle in an operation.
const FEW: u32 = 3_200;
const MANY: u32 = 35_200;

/// The run length under single steps.
const STEPPED: u32 = 640;

/// Google's tcmalloc runs restartable sequences, which begin again after every step:
/// what could be counted is not what it does.
const NOT_STEPPED: &str = "tcmalloc";

/// Not counted unless they are named: each operation is thousands of instructions and
/// some system calls, at single steps minutes in all.
const ONLY_NAMED: [&str; 4] = ["tcmalloc", "hardened", "hardened-light", "scudo"];

/// Growth that `--check` lets pass: a twist of the compiler's, not a slower path.
const GROWTH_MAX: f64 = 1.03;

/// What seems to have grown is counted again: a tick of Allotment's clock, which asks
/// what time it is, may fall into a count on a loaded machine.
const RECOUNTS: u32 = 3;

/// Whom the checked-in figures belong to.
const OURS: &str = "allotment";

/// Instructions per operation of the fast paths, of Allotment and its peers.
#[derive(Clone, Debug, Parser)]
#[command(bin_name = "cargo xtask instructions")]
pub(crate) struct Arguments {
    /// Fail if Allotment's own counts are more than 3 % above the checked-in ones
    #[arg(long)]
    check: bool,
    /// Put the counts into the checked-in table
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Only these allocators
    #[arg(long, value_delimiter = ',')]
    allocators: Vec<String>,
    /// Only these operations
    #[arg(long, value_delimiter = ',')]
    operations: Vec<String>,
    /// One more library, or another one for an allocator of that name
    #[arg(long, value_name = "NAME=FILE", value_parser = library)]
    lib: Vec<(String, PathBuf)>,
}

/// By operation and allocator; nothing where the program does not run.
type Counts = BTreeMap<(String, String), Count>;

/// Instructions per operation.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Count {
    instructions: f64,
    /// Counted by single steps, not by valgrind.
    is_stepped: bool,
}

/// The whole command. The exit code is success unless a check found growth.
pub(crate) fn run(places: &Places, arguments: &Arguments) -> Result<bool> {
    command("valgrind")?;
    let launcher = prepare::launcher(places)?;
    // Without a linkage table, whose entries differ from one compiler to the next.
    let fast_paths = prepare::workload_with(places, "fast-paths.cc", &["-fno-plt"])?;
    let counter = Counter { fast_paths, step: prepare::workload(places, "step.c")? };
    let (ready, missing) = prepare::libraries(places, &launcher, &arguments.allocators())?;
    for (name, why) in &missing {
        eprintln!("without {name}: {why}");
    }
    let operations: Vec<&str> = OPERATIONS
        .into_iter()
        .filter(|name| {
            arguments.operations.is_empty() || arguments.operations.iter().any(|one| one == name)
        })
        .collect();
    let counts = count_all(&counter, &operations, &ready)?;
    let names: Vec<&str> = ready.iter().map(|one| one.name.as_str()).collect();
    let table = table(&counts, &operations, &names);
    say(&table.markdown());
    let file = places.sources("instructions.md");
    if arguments.write {
        fs::write(&file, page(&table, &ready)).context("the checked-in table")?;
    }
    if !arguments.check {
        return Ok(true);
    }
    let checked_in = fs::read_to_string(&file).context("the checked-in table")?;
    let mut grown = grown(&counts, &checked_in)?;
    for _ in 0..RECOUNTS {
        if grown.is_empty() {
            break;
        }
        let again: Vec<&str> =
            operations.iter().copied().filter(|name| grown.contains_key(*name)).collect();
        let counts = count_all(&counter, &again, &ready)?;
        let still = self::grown(&counts, &checked_in)?;
        grown.retain(|operation, _| still.contains_key(operation));
    }
    for line in grown.values() {
        say(&format!("{line}\n"));
    }
    Ok(grown.is_empty())
}

impl Arguments {
    /// Everyone by default; a check is about our own.
    fn allocators(&self) -> Vec<Allocator> {
        let mut all = allocators::all(&self.lib);
        let is_added = |name: &str| self.lib.iter().any(|(added, _)| added == name);
        if self.check {
            all.retain(|one| one.name == OURS);
        } else if !self.allocators.is_empty() {
            all.retain(|one| self.allocators.contains(&one.name) || is_added(&one.name));
        } else {
            all.retain(|one| !ONLY_NAMED.contains(&one.name.as_str()));
        }
        all
    }
}

fn count_all(counter: &Counter, operations: &[&str], ready: &[Ready]) -> Result<Counts> {
    let bar = ProgressBar::new((operations.len() * ready.len()) as u64)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len}, {eta} left: {msg}")?);
    let mut counts = Counts::new();
    for allocator in ready {
        let library = allocator.library.as_deref();
        let ways = [Counter::by_valgrind, Counter::by_steps];
        let ways = if allocator.name == NOT_STEPPED { &ways[..1] } else { &ways[..] };
        for way in ways {
            let Some(nothing) = way(counter, NOTHING, library)? else { continue };
            for operation in operations {
                let key = ((*operation).to_string(), allocator.name.clone());
                if counts.contains_key(&key) {
                    continue;
                }
                bar.set_message(format!("{operation} of {}", allocator.name));
                if let Some(some) = way(counter, operation, library)? {
                    let instructions = some.instructions - nothing.instructions;
                    counts.insert(key, Count { instructions, ..some });
                    bar.inc(1);
                }
            }
        }
    }
    bar.finish_and_clear();
    Ok(counts)
}

/// The programs that count.
struct Counter {
    fast_paths: PathBuf,
    step: PathBuf,
}

impl Counter {
    fn by_valgrind(&self, operation: &str, library: Option<&Path>) -> Result<Option<Count>> {
        let few = count(&self.fast_paths, operation, FEW, library)?;
        let Some(few) = few else { return Ok(None) };
        let many = count(&self.fast_paths, operation, MANY, library)?;
        Ok(many.map(|many| Count {
            instructions: (many - few) / f64::from(MANY - FEW),
            is_stepped: false,
        }))
    }

    fn by_steps(&self, operation: &str, library: Option<&Path>) -> Result<Option<Count>> {
        let mut step = Command::new(&self.step);
        step.arg(library.unwrap_or(Path::new("-"))).arg(&self.fast_paths);
        step.args([operation, &STEPPED.to_string(), "mark"]).stdin(Stdio::null());
        let output = step.output().context("single steps")?;
        let told = String::from_utf8_lossy(&output.stdout);
        let steps: Option<f64> = told.trim().parse().ok().filter(|_| output.status.success());
        Ok(steps.map(|steps| Count { instructions: steps / f64::from(STEPPED), is_stepped: true }))
    }
}

/// The instructions of one run, or nothing if the program does not run to its end.
fn count(
    program: &Path,
    operation: &str,
    times: u32,
    library: Option<&Path>,
) -> Result<Option<f64>> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    valgrind.args([operation, &times.to_string()]).stdin(Stdio::null());
    valgrind.env_remove("LD_PRELOAD");
    if let Some(library) = library {
        valgrind.env("LD_PRELOAD", library);
    }
    let output = valgrind.output().context("valgrind")?;
    if !output.status.success() {
        return Ok(None);
    }
    let told = String::from_utf8_lossy(&output.stderr);
    let count =
        told.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    Ok(Some(count.context("valgrind told no count")?))
}

fn table(counts: &Counts, operations: &[&str], names: &[&str]) -> Table {
    let head = std::iter::once("operation").chain(names.iter().copied()).map(String::from);
    let rows = operations.iter().map(|operation| {
        let cells = names.iter().map(|name| {
            let count = counts.get(&((*operation).to_string(), (*name).to_string()));
            count.map_or("–".into(), |count| {
                format!("{:.1}{}", count.instructions, if count.is_stepped { "*" } else { "" })
            })
        });
        std::iter::once((*operation).to_string()).chain(cells).collect()
    });
    Table { head: head.collect(), rows: rows.collect() }
}

/// The checked-in file.
fn page(table: &Table, ready: &[Ready]) -> String {
    let versions: Vec<String> =
        ready.iter().map(|one| format!("{} ({})", one.name, one.version)).collect();
    format!(
        "# Instructions per operation\n\n\
         Counted by `cargo xtask instructions --write`; `--check` fails when a count of \
         Allotment's own\nhas grown by more than 3 %. A pair is a malloc and its free; \
         `benches/workloads/fast-paths.cc`\nsays what each operation does. The loop is \
         subtracted; the call is in, and so is one jump a call\nfor the peers that are \
         crates. A star: counted by single steps, because the library does not\nrun under \
         valgrind; a dash: not counted that way, either.\n\n{}\nMeasured: {}.\n",
        table.markdown(),
        versions.join(", ")
    )
}

/// What has grown beyond what may pass, by operation, in words.
fn grown(counts: &Counts, checked_in: &str) -> Result<BTreeMap<String, String>> {
    let known = column(checked_in, OURS)?;
    let mut grown = BTreeMap::new();
    for ((operation, name), count) in counts {
        let Some(before) = known.get(operation).filter(|_| name == OURS) else { continue };
        let now = count.instructions;
        if now > before * GROWTH_MAX {
            let line = format!("{operation}: {now:.1} instructions, {before:.1} checked in");
            grown.insert(operation.clone(), line);
        }
    }
    if counts.is_empty() {
        bail!("nothing was counted");
    }
    Ok(grown)
}

/// The figures of one column of a Markdown table, by the first column.
fn column(text: &str, name: &str) -> Result<BTreeMap<String, f64>> {
    let rows = || text.lines().filter(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect()
    };
    let head = rows().next().map(cells).context("the checked-in file has no table")?;
    let at = head.iter().position(|cell| cell == name).context("no column of that name")?;
    let figures = rows().skip(2).map(cells).filter_map(|row| {
        let figure = row.get(at)?.parse().ok()?;
        Some((row.first()?.clone(), figure))
    });
    Ok(figures.collect())
}

#[cfg(test)]
mod tests {
    use super::{Count, Counts, column, grown};

    const TABLE: &str = "# Title\n\n| operation | glibc | allotment |\n|---|--:|--:|\n\
                         | pair-16 | 90.0 | 50.0 |\n| pair-64k | 80.0 | – |\n";

    fn counts(instructions: f64) -> Counts {
        let count = Count { instructions, is_stepped: false };
        [(("pair-16".to_string(), "allotment".to_string()), count)].into()
    }

    #[test]
    fn a_column_is_found_by_its_name() -> anyhow::Result<()> {
        assert_eq!(column(TABLE, "allotment")?, [("pair-16".to_string(), 50.0)].into());
        assert!(column(TABLE, "nobody").is_err());
        Ok(())
    }

    #[test]
    fn growth_beyond_three_percent_is_told() -> anyhow::Result<()> {
        assert!(grown(&counts(51.4), TABLE)?.is_empty());
        assert_eq!(grown(&counts(51.6), TABLE)?.len(), 1);
        Ok(())
    }

    #[test]
    fn a_check_of_nothing_fails() {
        assert!(grown(&Counts::new(), TABLE).is_err());
    }
}
