//! The command line.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

use crate::allocators::{self, Allocator};
use crate::instructions;
use crate::schedule::Extent;
use crate::workloads::{self, Group, Workload};

/// What this program is asked to do; `cargo xtask` has a command for each.
#[derive(Clone, Debug, Parser)]
pub(crate) struct Asked {
    #[command(subcommand)]
    pub(crate) task: Task,
}

/// The measurements.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Task {
    Bench(Arguments),
    Instructions(instructions::Arguments),
}

/// Time and peak memory of Allotment beside its peers, every workload on every
/// allocator in turn. Ratios are of medians; below 1 is better.
#[derive(Clone, Debug, Parser)]
#[command(bin_name = "cargo xtask bench")]
pub(crate) struct Arguments {
    /// About one minute: small workloads, two rounds, the four best peers
    #[arg(long)]
    quick: bool,
    /// How often each workload runs on each allocator [default: 5; quick: 2]
    #[arg(long)]
    rounds: Option<u32>,
    /// How much work; 1 is about half a second a workload [default: 1; quick: 0.2]
    #[arg(long)]
    scale: Option<f64>,
    /// Threads of the multi-threaded workloads [default: one a core]
    #[arg(long)]
    threads: Option<usize>,
    /// Only these workloads: names, parts of names, or groups (single, multi,
    /// fragmentation, real, growth; growth only runs when it is asked for)
    #[arg(long, value_delimiter = ',')]
    workloads: Vec<String>,
    /// Only these allocators
    #[arg(long, value_delimiter = ',')]
    allocators: Vec<String>,
    /// One more library to measure, or another one for an allocator of that name
    #[arg(long, value_name = "NAME=FILE", value_parser = library)]
    lib: Vec<(String, PathBuf)>,
    /// Where results.json, results.md and results.svg go
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// Measure nothing, tell the results of this results.json again
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// Name every workload and allocator
    #[arg(long)]
    pub(crate) list: bool,
}

/// The workloads of a quick run: those that tell allocators apart the most.
const QUICK_WORKLOADS: [&str; 16] = [
    "cfrac",
    "espresso",
    "glibc-simple",
    "alloc-test",
    "realloc-growth",
    "blocks-4k",
    "new-delete",
    "larson",
    "xmalloc-test",
    "free-only-thread",
    "mstress",
    "rptest",
    "sparse-survivors",
    "sawtooth",
    "python",
    "sqlite",
];

/// Who takes part in a quick run, besides libraries named on the command line.
const QUICK: [&str; 5] = ["allotment", "mimalloc-v3", "jemalloc", "snmalloc", "gperftools"];

pub(crate) fn library(word: &str) -> Result<(String, PathBuf), String> {
    let (name, file) = word.split_once('=').ok_or("expected NAME=FILE")?;
    Ok((name.into(), file.into()))
}

impl Arguments {
    pub(crate) fn extent(&self) -> Extent {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Extent {
            rounds: self.rounds.unwrap_or(if self.quick { 2 } else { 5 }).max(1),
            scale: self.scale.unwrap_or(if self.quick { 0.2 } else { 1.0 }),
            threads: self.threads.unwrap_or_else(cores),
        }
    }

    /// The workloads that were picked.
    pub(crate) fn workloads(&self) -> Result<Vec<Workload>> {
        let mut all = workloads::all();
        for word in &self.workloads {
            if !all.iter().any(|workload| workload.is_named(word)) {
                bail!("no workload {word}; --list names them");
            }
        }
        if !self.workloads.is_empty() {
            all.retain(|workload| self.workloads.iter().any(|word| workload.is_named(word)));
        } else if self.quick {
            all.retain(|workload| QUICK_WORKLOADS.contains(&workload.name));
        } else {
            all.retain(|workload| workload.group != Group::Growth);
        }
        Ok(all)
    }

    /// The allocators that were picked.
    pub(crate) fn allocators(&self) -> Result<Vec<Allocator>> {
        let mut all = allocators::all(&self.lib);
        for word in &self.allocators {
            if !all.iter().any(|allocator| allocator.name == *word) {
                bail!("no allocator {word}; --list names them");
            }
        }
        let is_added = |name: &str| self.lib.iter().any(|(added, _)| added == name);
        if !self.allocators.is_empty() {
            all.retain(|one| self.allocators.contains(&one.name) || is_added(&one.name));
        } else if self.quick {
            all.retain(|one| QUICK.contains(&one.name.as_str()) || is_added(&one.name));
        }
        Ok(all)
    }

    /// Every workload and allocator, a line each.
    pub(crate) fn all_there_is(&self) -> String {
        let mut lines = vec!["Workloads:".to_string()];
        lines.extend(workloads::all().into_iter().map(|workload| {
            format!("  {:20} {:16} {}", workload.name, workload.group.title(), workload.what)
        }));
        lines.push("Allocators:".into());
        let allocators = allocators::all(&self.lib).into_iter();
        lines.extend(allocators.map(|one| format!("  {:20} {}", one.name, one.what)));
        lines.join("\n") + "\n"
    }
}
