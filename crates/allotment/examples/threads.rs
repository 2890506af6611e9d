//! A program of several threads on the general heap.
//!
//! ```text
//! cargo run --release -p allotment --example threads
//! ```
//!
//! Writers make lines of text; readers count their words, so that each line is freed
//! by another thread than the one that made it. Then the heap says what it holds.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use allotment::statistics::{Statistics, gather};

#[global_allocator]
static ALLOCATOR: allotment::Allotment = allotment::Allotment::new();

const WRITERS: u64 = 4;
const READERS: usize = 4;
const LINES: u64 = 50_000;

type Counts = HashMap<String, u64>;

fn main() {
    let counts = count_words();
    let mut words: Vec<_> = counts.iter().collect();
    words.sort_by_key(|&(word, count)| (std::cmp::Reverse(count), word));
    println!("{} words, {} of them different", counts.values().sum::<u64>(), counts.len());
    for (word, count) in words.iter().take(3) {
        println!("{word:>8} {count}");
    }
    print("with the counts", &gather());
    drop(words);
    drop(counts);
    print("without", &gather());
}

fn count_words() -> Counts {
    let (sender, lines) = channel();
    let lines = Mutex::new(lines);
    let (lines, mut sum) = (&lines, Counts::new());
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let sender = sender.clone();
            scope.spawn(move || write(writer, &sender));
        }
        drop(sender); // the last writer that ends closes the channel
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(move || read(lines))).collect();
        for counts in readers.into_iter().filter_map(|reader| reader.join().ok()) {
            for (word, count) in counts {
                *sum.entry(word).or_default() += count;
            }
        }
    });
    sum
}

fn write(seed: u64, lines: &Sender<String>) {
    let mut state = seed;
    for _ in 0..LINES {
        let mut line = String::new();
        for _ in 0..8 {
            // Knuth's generator; its upper bits are the random ones.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let _ = write!(line, "{:x} ", (state >> 50).isqrt()); // strings never refuse
        }
        if lines.send(line).is_err() {
            return; // nobody reads
        }
    }
}

fn read(lines: &Mutex<Receiver<String>>) -> Counts {
    let next = || lines.lock().ok()?.recv().ok();
    let mut counts = Counts::new();
    while let Some(line) = next() {
        for word in line.split_whitespace() {
            *counts.entry(word.to_string()).or_default() += 1;
        }
    }
    counts
}

fn print(when: &str, heap: &Statistics) {
    println!("{when}:");
    println!("  live      {:>10} blocks {:>12} bytes", heap.live_blocks(), heap.live_bytes());
    println!("  cached    {:>10} blocks {:>12} bytes", heap.cached_blocks(), heap.cached_bytes());
    println!("  land                         {:>12} bytes", heap.land_bytes);
    println!("  metadata                     {:>12} bytes", heap.metadata_bytes);
}
