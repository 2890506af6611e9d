//! `cargo xtask bench` and `cargo xtask instructions`: the general heap beside its peers, for anyone to run.
//!
//! ```text
//! prepare     the launcher, each allocator's library (built or found, and verified),
//!             each workload's program
//! schedule    every workload on every allocator in turn, round after round
//! results     medians, spreads, ratios, geometric means
//! report      tables, JSON, a chart
//! ```

mod allocators;
mod arguments;
mod instructions;
mod launch;
mod places;
mod prepare;
mod real;
mod redis;
mod report;
mod results;
mod schedule;
mod statistics;
mod workloads;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use allocators::Ready;
use arguments::{Arguments, Asked, Task};
use places::Places;
use results::{Measured, Participant, Results};
use schedule::Outcomes;
use workloads::Workload;

fn main() -> Result<ExitCode> {
    let places = Places::new();
    let is_good = match Asked::parse().task {
        Task::Bench(arguments) => bench(&places, &arguments).map(|()| true)?,
        Task::Instructions(arguments) => instructions::run(&places, &arguments)?,
    };
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn bench(places: &Places, arguments: &Arguments) -> Result<()> {
    if arguments.list {
        say(&arguments.all_there_is());
        return Ok(());
    }
    let folder = arguments.out.clone().unwrap_or_else(|| places.work.join("results"));
    let results = match &arguments.from {
        Some(file) => report::json::read(file)?,
        None => measure(places, arguments, &folder)?,
    };
    say(&report::table::markdown(&results));
    report::write(&results, &folder)?;
    say(&format!("\nWritten to {}: results.json, results.md, results.svg\n", folder.display()));
    Ok(())
}

/// Writes to standard output. A reader who has left has seen enough.
fn say(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

/// Prepares and runs everything. After each round the results so far are in `folder`: a
/// run that is broken off has not been for nothing.
fn measure(places: &Places, arguments: &Arguments, folder: &Path) -> Result<Results> {
    let workloads = arguments.workloads()?;
    let launcher = prepare::launcher(places)?;
    let (allocators, missing) = prepare::libraries(places, &launcher, &arguments.allocators()?)?;
    if allocators.is_empty() {
        bail!("no allocator can be had: {missing:?}");
    }
    for (name, why) in &missing {
        eprintln!("without {name}: {why}");
    }
    let extent = arguments.extent();
    let mut results = Results {
        machine: machine(),
        rounds: 0,
        scale: extent.scale,
        threads: extent.threads,
        allocators: allocators.iter().map(participant).collect(),
        workloads: Vec::new(),
        missing,
    };
    let after_round = |round, outcomes: &Outcomes| {
        results.rounds = round;
        results.workloads = measured(&workloads, &allocators, outcomes);
        report::write(&results, folder)
    };
    let left_out = schedule::run(places, &launcher, &workloads, &allocators, extent, after_round)?;
    // Those have their line among the missing, with the reason.
    results.workloads.retain(|row| left_out.iter().all(|(name, _)| *name != row.name));
    results.missing.extend(left_out);
    Ok(results)
}

fn participant(allocator: &Ready) -> Participant {
    Participant {
        name: allocator.name.clone(),
        version: allocator.version.clone(),
        is_subject: allocators::is_subject(&allocator.name),
    }
}

/// The outcomes by workload.
fn measured(workloads: &[Workload], allocators: &[Ready], outcomes: &Outcomes) -> Vec<Measured> {
    let of = |workload: &Workload, allocator: &Ready| {
        let key = (workload.name.to_string(), allocator.name.clone());
        outcomes.get(&key).cloned().unwrap_or_default()
    };
    let all = workloads.iter().map(|workload| Measured {
        name: workload.name.into(),
        group: workload.group,
        clock: workload.clock,
        outcomes: allocators.iter().map(|allocator| of(workload, allocator)).collect(),
    });
    all.collect()
}

/// The processor and the kernel.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let file = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = file.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let name = name.map_or("unknown processor", |(_, name)| name);
    format!("{cores} × {name}, Linux {}", kernel.trim())
}
