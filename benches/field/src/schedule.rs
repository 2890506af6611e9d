//! Every workload on every allocator, in turn, so that what changes with time (heat, neighbours,
//! caches of files) falls on all alike. Each round begins with another one, as the first run of
//! a workload finds the caches as another program has left them; every other round goes
//! backwards.

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
            for at in turn(allocators.len(), round) {
                let allocator = &allocators[at];
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

/// The order of so many in a round. In as many rounds, each is once the first.
fn turn(count: usize, round: u32) -> Vec<usize> {
    let first = round as usize % count.max(1);
    let backwards = !round.is_multiple_of(2);
    let after = |steps| if backwards { first + count - steps } else { first + steps };
    (0..count).map(|steps| after(steps) % count).collect()
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

#[cfg(test)]
mod tests {
    use super::turn;

    #[test]
    fn every_allocator_has_its_turn_in_each_round_and_is_once_the_first() {
        assert_eq!([turn(3, 0), turn(3, 1), turn(3, 2)], [[0, 1, 2], [1, 0, 2], [2, 0, 1]]);
        for count in 0..8 {
            let turns: Vec<_> = (0..count as u32).map(|round| turn(count, round)).collect();
            let sorted = |mut all: Vec<usize>| {
                all.sort_unstable();
                all
            };
            assert_eq!(
                sorted(turns.iter().map(|turn| turn[0]).collect()),
                (0..count).collect::<Vec<_>>()
            );
            for turn in turns {
                assert_eq!(sorted(turn), (0..count).collect::<Vec<_>>());
            }
        }
    }
}
