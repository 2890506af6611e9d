//! What heaps count while they are on a slow path anyway, and how the peak is found
//! without counting anything else.
//!
//! ```text
//!   slabs ── claimed ──▶ stacks ⇄ program        out = claimed − put back
//!         ◀─ put back ──                         live = out − what lies in stacks
//!
//!   out of a heap, changed a little:     nothing
//!                  risen by a 64th:      look into its stacks, add the change to LIVE
//!                  fallen by a 32nd:     add the change to LIVE
//! ```
//!
//! A sum over all threads that is right at every moment would be a word that every
//! thread writes. This one is written when a heap has changed by more than a little,
//! so the peak is right to within some percent, and some KiB a thread; but for blocks
//! that move between a stack and the program, which are looked at when a heap rises.

use core::sync::atomic::{AtomicIsize, AtomicU64};

use crate::sync::Relaxed;

/// A heap tells of a rise of so many bytes, and a 64th of what it has out.
const RISE_BYTES_MIN: isize = 8 << 10;
/// And of a fall of so many, and a 32nd.
const FALL_BYTES_MIN: isize = 32 << 10;

/// Live bytes, as far as the heaps have told. Relaxed, here and below: a count that
/// orders nothing.
static LIVE: AtomicIsize = AtomicIsize::new(0);
/// The most that `LIVE` ever was.
static PEAK: AtomicIsize = AtomicIsize::new(0);

/// Adds a change to the sum.
pub(crate) fn publish(change: isize) {
    let live = LIVE.fetch_add(change, Relaxed) + change;
    if live > PEAK.load(Relaxed) {
        PEAK.fetch_max(live, Relaxed);
    }
}

/// The most bytes that were live at a time, as far as the heaps have told; at least
/// those that are live now.
pub(crate) fn peak_bytes(live: usize) -> usize {
    let live = live.cast_signed();
    PEAK.fetch_max(live, Relaxed).max(live).cast_unsigned()
}

/// A heap's counts, under its lock.
pub(crate) struct Tally {
    /// Blocks claimed from slabs.
    pub(crate) claimed: u64,
    /// Blocks put back into slabs.
    pub(crate) put_back: u64,
    /// Bytes of these, claimed less put back, and of large blocks likewise.
    out_bytes: isize,
    /// Of `out_bytes`, what `LIVE` does not know yet.
    change_bytes: isize,
    /// Bytes that lay in the stacks when `LIVE` was told last.
    cached_bytes: isize,
}

impl Tally {
    pub(crate) const fn new() -> Self {
        Self { claimed: 0, put_back: 0, out_bytes: 0, change_bytes: 0, cached_bytes: 0 }
    }

    /// Blocks of a class come out of slabs.
    pub(crate) fn claim(&mut self, blocks: u32, size: u32) {
        self.claimed += u64::from(blocks);
        self.add((blocks as usize * size as usize).cast_signed());
    }

    /// Blocks of a class go back.
    pub(crate) fn put_back(&mut self, blocks: usize, size: u32) {
        self.put_back += blocks as u64;
        self.add(-(blocks * size as usize).cast_signed());
    }

    /// A large block comes or goes.
    pub(crate) fn add(&mut self, bytes: isize) {
        self.out_bytes += bytes;
        self.change_bytes += bytes;
    }

    /// Tells the others if it matters. `cached` counts the bytes in the stacks.
    pub(crate) fn settle(&mut self, cached: impl FnOnce() -> usize) {
        let out = self.out_bytes.abs();
        if self.change_bytes > RISE_BYTES_MIN + out / 64 {
            self.tell(cached());
        } else if self.change_bytes < -(FALL_BYTES_MIN + out / 32) {
            publish(self.change_bytes);
            self.change_bytes = 0;
        }
    }

    /// Tells the others now.
    pub(crate) fn tell(&mut self, cached: usize) {
        let cached = cached.cast_signed();
        publish(self.change_bytes + self.cached_bytes - cached);
        (self.change_bytes, self.cached_bytes) = (0, cached);
    }
}

/// Calls that went beyond a thread's stacks; every call, where all are to be counted.
/// Written by the heap's thread alone.
pub(crate) struct Calls {
    allocations: AtomicU64,
    frees: AtomicU64,
}

impl Calls {
    pub(crate) const fn new() -> Self {
        Self { allocations: AtomicU64::new(0), frees: AtomicU64::new(0) }
    }

    pub(crate) fn allocate(&self) {
        self.allocations.store(self.allocations.load(Relaxed) + 1, Relaxed);
    }

    pub(crate) fn free(&self) {
        self.frees.store(self.frees.load(Relaxed) + 1, Relaxed);
    }

    /// Allocations and frees.
    pub(crate) fn counted(&self) -> (u64, u64) {
        (self.allocations.load(Relaxed), self.frees.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_found_and_small_changes_are_kept_to_oneself() {
        let (mut one, mut other) = (Tally::new(), Tally::new());
        let claim = |tally: &mut Tally, blocks| {
            tally.claim(blocks, 1024);
            tally.settle(|| 0);
        };
        for _ in 0..100 {
            claim(&mut one, 64);
            claim(&mut other, 64);
        }
        let all = 200 * 64 * 1024;
        let peak = peak_bytes(0);
        assert!(peak <= all && peak > all - all / 64 - 2 * 8192, "{peak} of {all}");
        // Up and down by little, nobody is told.
        let live = LIVE.load(Relaxed);
        for _ in 0..10 {
            one.put_back(64, 1024);
            one.settle(|| 0);
            claim(&mut one, 64);
        }
        assert_eq!(LIVE.load(Relaxed), live);
        // What goes down for good makes room below the peak.
        for _ in 0..100 {
            one.put_back(64, 1024);
            one.settle(|| 0);
        }
        assert!(LIVE.load(Relaxed) < (all / 2 + all / 20).cast_signed());
        for _ in 0..50 {
            claim(&mut other, 64);
        }
        assert_eq!(peak_bytes(0), peak);
        // What lies in stacks is not live.
        one.tell(0);
        other.tell(100 << 10);
        assert_eq!(LIVE.load(Relaxed), 150 * 64 * 1024 - (100 << 10));
        other.tell(0);
        assert_eq!(LIVE.load(Relaxed), 150 * 64 * 1024);
        assert_eq!((one.claimed, one.put_back), (110 * 64, 110 * 64));
    }
}
