//! `extents` beside other offset allocators: how the cost of an operation grows
//! with the number of live extents. Prints a Markdown table.
//!
//! Workload: fill a range with `n` extents of random length, then replace random
//! ones (one give-back and one take, counted together as one replacement). All
//! allocators see the same sequence: lengths are uniform, and so is which extent goes.
//! Drawing and bookkeeping cost all the same, and are part of what the floor shows. Time
//! is the thread's time on a processor, and rounds are interleaved, so that a busy
//! machine is busy for all; the median of a subject's rounds is told, and the quarters.
//!
//! The *floor* touches the same number of records at random without any logic: the
//! part of the growth that is cache misses, when they overlap freely and *in turn*.
//!
//! Arguments: numbers of live extents, names of subjects; none for all.

#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "figures for people")]

mod subject;

use allotment_benches::random::Random;
use rustix::time::{ClockId, clock_gettime};
use subject::{Crate, Ours, OursAligned, RangeAlloc, Subject, Touch};

/// Lengths are drawn from 1 to this many units.
const LEN_MAX: u64 = 64;
/// Timed rounds of each subject.
const ROUNDS: usize = 15;
/// Replacements in a round.
const REPLACEMENTS: usize = 300_000;
/// A subject that searches linearly is left out above this.
const LINEAR_LIVE_MAX: usize = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<usize> = arguments.iter().filter_map(|n| n.parse().ok()).collect();
    let names: Vec<&String> = arguments.iter().filter(|n| n.parse::<usize>().is_err()).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000, 1_000_000, 10_000_000];
    }
    println!(
        "| live | allocator | ns per replacement | middle half | ÷ `extents` | refused | bytes per live |"
    );
    println!("|---:|---|---:|---:|---:|---:|---:|");
    for live in sizes {
        measure(live, &names);
    }
}

/// A subject at work, and what was measured of it.
struct Entrant {
    name: &'static str,
    runner: Box<dyn Runner>,
    /// Replacements in a round.
    replacements: usize,
    /// Nanoseconds per replacement, of each round.
    times: Vec<f64>,
    refused: u64,
}

impl Entrant {
    fn new<S: Subject + 'static>(name: &'static str, live: usize, replacements: usize) -> Self {
        let runner = Box::new(Load::<S>::new(live));
        Self { name, runner, replacements, times: Vec::new(), refused: 0 }
    }

    /// The value that so many quarters of the rounds don't exceed.
    fn quarter(&self, quarters: usize) -> f64 {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        times[(times.len() - 1) * quarters / 4]
    }
}

fn measure(live: usize, names: &[&String]) {
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| *wanted == name);
    let mut entrants = Vec::new();
    let mut enter = |name, new: fn(&'static str, usize, usize) -> Entrant, replacements| {
        if wanted(name) {
            entrants.push(new(name, live, replacements));
        }
    };
    enter("extents", Entrant::new::<Ours>, REPLACEMENTS);
    enter("extents, aligned", Entrant::new::<OursAligned>, REPLACEMENTS);
    enter("offset-allocator", Entrant::new::<Crate>, REPLACEMENTS);
    if live <= LINEAR_LIVE_MAX {
        enter("range-alloc", Entrant::new::<RangeAlloc>, REPLACEMENTS / 10);
    }
    enter("floor", Entrant::new::<Touch<false>>, REPLACEMENTS);
    enter("floor, in turn", Entrant::new::<Touch<true>>, REPLACEMENTS);

    for round in 0..=ROUNDS {
        for entrant in &mut entrants {
            let (ns, refused) = entrant.runner.replace(round as u64, entrant.replacements);
            if round > 0 {
                entrant.times.push(ns); // round 0 warms up
                entrant.refused += refused;
            }
        }
    }
    let ours = entrants.first().map_or(0.0, |first| first.quarter(2));
    for entrant in &entrants {
        let [low, median, high] = [1, 2, 3].map(|quarters| entrant.quarter(quarters));
        let bytes =
            entrant.runner.bytes_per_live().map_or("–".into(), |bytes| format!("{bytes:.1}"));
        let (name, refused) = (entrant.name, entrant.refused);
        let ratio = median / ours;
        println!(
            "| {live} | {name} | {median:.0} | {low:.0}–{high:.0} | {ratio:.2} | {refused} | {bytes} |"
        );
    }
}

trait Runner {
    /// Nanoseconds per replacement, and how many takes were refused.
    fn replace(&mut self, seed: u64, count: usize) -> (f64, u64);
    fn bytes_per_live(&self) -> Option<f64>;
}

/// Nanoseconds for which this thread has been on a processor.
fn on_processor() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// A subject and its live blocks.
struct Load<S: Subject> {
    subject: S,
    live: Vec<S::Block>,
}

impl<S: Subject> Load<S> {
    fn new(live: usize) -> Self {
        let mut random = Random::new(1);
        // A third more than the extents need: fragmentation has room to show.
        let range = live as u64 * (1 + LEN_MAX) / 2 * 4 / 3 + LEN_MAX;
        let mut subject = S::new(range, live * 2 + 1000);
        let live = (0..live).filter_map(|_| subject.take(1 + random.below(LEN_MAX)));
        let live = live.collect();
        Self { subject, live }
    }
}

impl<S: Subject> Runner for Load<S> {
    fn replace(&mut self, seed: u64, count: usize) -> (f64, u64) {
        let mut random = Random::new(seed + 2);
        let mut refused = 0;
        let begin = on_processor();
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
        ((on_processor() - begin) / count as f64, refused)
    }

    fn bytes_per_live(&self) -> Option<f64> {
        Some(self.subject.bytes()? as f64 / self.live.len() as f64)
    }
}
