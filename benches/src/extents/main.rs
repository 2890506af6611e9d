//! `extents` beside other offset allocators: how the cost of an operation grows
//! with the number of live extents.
//!
//! Workload: fill a range with `n` extents of random length, then replace random
//! ones (one give-back and one take, counted together as one replacement). All
//! allocators see the same sequence; rounds are interleaved and medians reported.

#![allow(clippy::cast_precision_loss, reason = "counts of this size are exact in an f64")]

mod subject;

use std::time::Instant;

use allotment_benches::random::Random;
use subject::{Crate, Ours, OursAligned, RangeAlloc, Subject};

/// Lengths are drawn from 1 to this many units.
const LEN_MAX: u64 = 64;
const ROUNDS: usize = 7;

struct Setup {
    live: usize,
    replacements: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let sizes: Vec<usize> = arguments.iter().filter_map(|n| n.parse().ok()).collect();
    let names: Vec<&String> = arguments.iter().filter(|n| n.parse::<usize>().is_err()).collect();
    let sizes =
        if sizes.is_empty() { vec![1_000, 10_000, 100_000, 1_000_000, 10_000_000] } else { sizes };
    println!(
        "{:>10}  {:<18} {:>12} {:>14} {:>10}  share of range used at first refusal",
        "live", "allocator", "ns/replace", "ns (min–max)", "refusals"
    );
    for live in sizes {
        let setup = Setup { live, replacements: 1_000_000 };
        let mut subjects: Vec<Row> = vec![
            ("extents", Box::new(State::<Ours>::new(&setup)), vec![], 0),
            ("extents, aligned", Box::new(State::<OursAligned>::new(&setup)), vec![], 0),
            ("offset-allocator", Box::new(State::<Crate>::new(&setup)), vec![], 0),
        ];
        if live <= 10_000 {
            subjects.push(("range-alloc", Box::new(State::<RangeAlloc>::new(&setup)), vec![], 0));
        }
        subjects.retain(|subject| names.is_empty() || names.iter().any(|name| *name == subject.0));
        for round in 0..=ROUNDS {
            for (_, runner, times, refused) in &mut subjects {
                let (ns, refusals) = runner.replace(round as u64, setup.replacements);
                if round > 0 {
                    times.push(ns); // round 0 warms up
                    *refused += refusals;
                }
            }
        }
        for (name, runner, mut times, refused) in subjects {
            times.sort_by(f64::total_cmp);
            println!(
                "{live:>10}  {name:<18} {:>12.1} {:>6.1}–{:<7.1} {refused:>10}  {:.3}",
                times[ROUNDS / 2],
                times[0],
                times[ROUNDS - 1],
                runner.packed(),
            );
        }
    }
}

/// An allocator's name, its state, its times, and its refusals.
type Row = (&'static str, Box<dyn Runner>, Vec<f64>, u64);

trait Runner {
    /// Nanoseconds per replacement, and how many takes were refused.
    fn replace(&mut self, seed: u64, count: usize) -> (f64, u64);
    /// Fills the range until a request is refused: the share that is in use.
    fn packed(&self) -> f64;
}

struct State<S: Subject> {
    subject: S,
    live: Vec<S::Block>,
}

impl<S: Subject> State<S> {
    fn new(setup: &Setup) -> Self {
        let mut random = Random::new(1);
        // A third more than the extents need: fragmentation has room to show.
        let range = setup.live as u64 * (1 + LEN_MAX) / 2 * 4 / 3 + LEN_MAX;
        let mut subject = S::new(range, setup.live * 2 + 1000);
        let live = (0..setup.live).filter_map(|_| subject.take(1 + random.below(LEN_MAX)));
        let live = live.collect();
        Self { subject, live }
    }
}

impl<S: Subject> Runner for State<S> {
    fn replace(&mut self, seed: u64, count: usize) -> (f64, u64) {
        let mut random = Random::new(seed + 2);
        let mut refused = 0;
        let begin = Instant::now();
        for _ in 0..count {
            let at = random.below(self.live.len() as u64) as usize;
            let len = 1 + random.below(LEN_MAX);
            let block = self.live.swap_remove(at);
            self.subject.give_back(block);
            match self.subject.take(len) {
                Some(block) => self.live.push(block),
                None => refused += 1,
            }
        }
        (begin.elapsed().as_secs_f64() * 1e9 / count as f64, refused)
    }

    fn packed(&self) -> f64 {
        let range = 1_000_000;
        let mut subject = S::new(range, range as usize);
        let mut random = Random::new(3);
        let mut live = Vec::new();
        let mut used = 0;
        loop {
            let len = 1 + random.below(LEN_MAX);
            let Some(block) = subject.take(len) else { break };
            used += len;
            live.push((block, len));
            if random.below(3) == 0 {
                let at = random.below(live.len() as u64) as usize;
                let (block, len) = live.swap_remove(at);
                subject.give_back(block);
                used -= len;
            }
        }
        used as f64 / range as f64
    }
}
