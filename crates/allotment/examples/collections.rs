//! Single collections in the general heap, in a program that has another allocator for
//! everything else.
//!
//! ```text
//! cargo run --release -p allotment --example collections --all-features
//! ```
//!
//! What the heap says of itself is what these collections take, and nothing else. The
//! vector grows a mebibyte at a time, and is not copied.

// In a program of its own, this is the crate allocator-api2.
use allocator_api2_04::vec::Vec;
use allotment::{Allotment, statistics};
use hashbrown::HashMap;

const MIB: usize = 1 << 20;

fn main() {
    let mut samples = Vec::new_in(Allotment);
    samples.resize(MIB, 1_u8);
    let mut moves = 0;
    for mib in 2..=256 {
        let place = samples.as_ptr();
        samples.reserve_exact(MIB);
        samples.resize(mib * MIB, 1);
        moves += u32::from(samples.as_ptr() != place);
    }
    print("the samples", moves);

    let mut squares = HashMap::new_in(Allotment);
    squares.extend((0..1_000_000_u64).map(|n| (n, n * n)));
    print("and a million squares", moves);

    samples.truncate(MIB);
    samples.shrink_to_fit();
    drop(squares);
    print("one MiB of the samples", moves);
}

fn print(what: &str, moves: u32) {
    let heap = statistics::gather();
    let (blocks, mib) = (heap.live_blocks(), heap.live_bytes() / MIB);
    println!("{what:<24} {mib:>5} MiB live in {blocks} blocks; the vector moved {moves} times");
}
