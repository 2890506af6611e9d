//! A range under a policy, and what is live in it.

use std::collections::HashMap;

use crate::policy::{Make, Policy};

/// A request was refused: the sequence ends.
#[derive(Debug)]
pub(crate) struct Refused;

/// A block that is live.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) start: u64,
    pub(crate) len: u64,
}

/// The range under its policy, and the live blocks.
pub(crate) struct Arena {
    policy: Box<dyn Policy>,
    pub(crate) live: HashMap<usize, Block>,
    pub(crate) live_units: u64,
    taken: usize,
}

impl Arena {
    pub(crate) fn new(make: Make, range: u64) -> Self {
        Self { policy: make(range), live: HashMap::new(), live_units: 0, taken: 0 }
    }

    /// Takes a block, and names it.
    pub(crate) fn take(&mut self, len: u64) -> Result<usize, Refused> {
        let block = self.taken;
        let start = self.policy.take(len).ok_or(Refused)?;
        self.taken += 1;
        self.live.insert(block, Block { start, len });
        self.live_units += len;
        Ok(block)
    }

    pub(crate) fn give_back(&mut self, block: usize) {
        let Block { start, len } = self.live.remove(&block).expect("the block is live");
        self.policy.give_back(start, len);
        self.live_units -= len;
    }
}

/// The smallest range that a run gets along with, found by halving, to one part in
/// 500 of `least`. A run that gets along with a range gets along with longer ones,
/// nearly always.
pub(crate) fn smallest_range(
    make: Make,
    least: u64,
    run: &dyn Fn(&mut Arena) -> Result<(), Refused>,
) -> u64 {
    let served = |range| run(&mut Arena::new(make, range)).is_ok();
    let (mut refused, mut range) = (least - 1, least);
    while !served(range) {
        refused = range;
        range += range / 2;
    }
    while range - refused > (least / 500).max(1) {
        let middle = refused.midpoint(range);
        if served(middle) {
            range = middle;
        } else {
            refused = middle;
        }
    }
    range
}
