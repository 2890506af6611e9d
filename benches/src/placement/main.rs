//! Where a request should go: how much of a range the policies can put to use.
//!
//! Three measures, as Markdown tables: the share of the range in use when a request
//! is refused for the first time; the mean share under a pressure that never lets
//! off; and the smallest range that serves a sequence, as a multiple of the most
//! units that are live at a time.

#![allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "figures for people")]

mod arena;
mod policy;
mod sequence;

use arena::{Arena, Refused, smallest_range};
use policy::{ALL, Make};
use sequence::{LENGTHS, Lengths};

/// The range of the first two measures.
const RANGE: u64 = 1 << 16;
/// Live units of the sequences.
const UNITS: u64 = 1 << 14;
/// Sequences of a kind; the mean is told.
const SEEDS: u64 = 5;
/// Requests under pressure.
const REQUESTS: u64 = 20_000;

fn main() {
    let random: Vec<String> = LENGTHS.iter().map(|lengths| lengths.name.to_string()).collect();
    println!("Share of the range in use at the first refusal (two requests to one give-back):\n");
    table(&random, |make| {
        row(|lengths, seed| sequence::fill(&mut Arena::new(make, RANGE), lengths, seed) as f64)
            .map(|units| format!("{:.1} %", units / RANGE as f64 * 100.0))
            .to_vec()
    });
    println!("\nMean share in use under pressure (a refusal is answered by giving back one):\n");
    table(&random, |make| {
        row(|lengths, seed| sequence::press(&mut Arena::new(make, RANGE), lengths, seed, REQUESTS))
            .map(|units| format!("{:.1} %", units / RANGE as f64 * 100.0))
            .to_vec()
    });
    println!("\nSmallest range that serves 30,000 random replacements, by peak live units:\n");
    table(&random, |make| {
        row(|lengths, seed| {
            let run = |arena: &mut Arena| sequence::steady(arena, lengths, UNITS, seed);
            smallest_range(make, UNITS, &run) as f64 / UNITS as f64
        })
        .map(|ratio| format!("{ratio:.3}"))
        .to_vec()
    });
    println!("\nSmallest range that serves a sequence that means harm, by peak live units:\n");
    harm();
}

/// The mean over the seeds, for each kind of lengths.
fn row(measure: impl Fn(Lengths, u64) -> f64) -> [f64; LENGTHS.len()] {
    LENGTHS.map(|lengths| {
        let sum: f64 = (0..SEEDS).map(|seed| measure(lengths, seed + 1)).sum();
        sum / SEEDS as f64
    })
}

/// Robson's adversary looks at where each policy puts the blocks; the others don't.
fn harm() {
    let names = ["Robson's adversary", "slivers", "pins", "sawtooth", "phases"];
    table(&names.map(String::from), |make| {
        let ratio = |run: &dyn Fn(&mut Arena) -> Result<(), Refused>| {
            format!("{:.3}", smallest_range(make, UNITS, run) as f64 / UNITS as f64)
        };
        vec![
            ratio(&|arena| sequence::robson(arena, UNITS, 8)),
            ratio(&|arena| sequence::slivers(arena, UNITS, 64)),
            ratio(&|arena| sequence::pins(arena, UNITS)),
            ratio(&|arena| sequence::sawtooth(arena, UNITS, 1)),
            ratio(&|arena| sequence::phases(arena, UNITS, 1)),
        ]
    });
}

/// Prints a table with a line for each policy.
fn table(columns: &[String], line: impl Fn(Make) -> Vec<String>) {
    println!("| policy | {} |", columns.join(" | "));
    println!("|---|{}", "---:|".repeat(columns.len()));
    for (name, make) in ALL {
        println!("| {name} | {} |", line(make).join(" | "));
    }
}
