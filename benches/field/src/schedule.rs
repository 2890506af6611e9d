//! Every workload on every allocator, in turn: A B C, then C B A, so that what changes
//! with time (heat, neighbours, caches of files) falls on all alike.

use std::collections::BTreeMap;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

use crate::allocators::Ready;
use crate::launch::{Launcher, Outcome, Program};
use crate::places::Places;
use crate::prepare::{self, Missing};
use crate::redis;
use crate::workloads::{Kind, Workload};

/// How much of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Extent {
    pub(crate) rounds: u32,
    pub(crate) scale: f64,
    pub(crate) threads: usize,
}

/// What came out, by workload and allocator, one outcome a round.
pub(crate) type Outcomes = BTreeMap<(String, String), Vec<Outcome>>;

/// Runs it all, and tells `after_round` how far it is and what there is by then. A
/// workload whose program cannot be prepared is left out and named in the result.
/// After a run that failed, the same is not tried again.
pub(crate) fn run(
    places: &Places,
    launcher: &Launcher,
    workloads: &[Workload],
    allocators: &[Ready],
    extent: Extent,
    mut after_round: impl FnMut(u32, &Outcomes) -> Result<()>,
) -> Result<Vec<Missing>> {
    let (ready, missing) = prepare::programs(places, workloads, extent);
    let runs = ready.len() * allocators.len() * extent.rounds as usize;
    let bar = ProgressBar::new(runs as u64)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} runs, {eta} left: {msg}")?);
    let stage = Stage { places, launcher, extent };
    let mut outcomes = Outcomes::new();
    for round in 0..extent.rounds {
        for (workload, program) in &ready {
            let mut turn: Vec<&Ready> = allocators.iter().collect();
            if round % 2 == 1 {
                turn.reverse();
            }
            for allocator in turn {
                bar.set_message(format!("{} on {}", workload.name, allocator.name));
                let key = (workload.name.to_string(), allocator.name.clone());
                let so_far = outcomes.entry(key).or_default();
                if !so_far.iter().any(|outcome| matches!(outcome, Outcome::Failed(_))) {
                    so_far.extend(stage.one(workload, program, allocator)?);
                }
                bar.inc(1);
            }
        }
        after_round(round + 1, &outcomes)?;
        if bar.is_hidden() {
            eprintln!("round {} of {}", round + 1, extent.rounds);
        }
    }
    bar.finish_and_clear();
    Ok(missing)
}

/// What every run needs.
struct Stage<'a> {
    places: &'a Places,
    launcher: &'a Launcher,
    extent: Extent,
}

impl Stage<'_> {
    /// One run; none where an allocator has no binary of its own.
    fn one(
        &self,
        workload: &Workload,
        program: &Program,
        allocator: &Ready,
    ) -> Result<Option<Outcome>> {
        let library = allocator.library.as_deref();
        let outcome = match workload.kind {
            Kind::Written(_) | Kind::Growing { .. } | Kind::Real(_) => {
                self.launcher.run(program, library)?
            }
            Kind::Served => {
                redis::run(self.places, self.launcher, program, library, self.extent.scale)?
            }
            Kind::Linked => {
                let Some(binary) = self.places.linked(&allocator.name) else { return Ok(None) };
                let mut program = program.clone();
                program.words.insert(0, binary.into());
                self.launcher.run(&program, None)?
            }
        };
        Ok(Some(outcome))
    }
}
