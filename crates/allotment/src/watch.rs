//! Memory goes back to the system on slow paths; a program that works lightly may live
//! on its stacks for good, and come by none.
//!
//! ```text
//!   more is free and dirty than in use, and   ──▶ a season begins
//!   still more is given back
//!   a thread comes by on a slow path in it    ──▶ it watches: each of its calls takes
//!                                                 the slow path, and looks at the clock
//!   it has ticked four times, or as much is   ──▶ all is as before
//!   in use as is free and dirty
//! ```
//!
//! Four ticks give back all that was free at the first, and what nobody asked for of the
//! stacks. While a thread frees much, seasons begin so often that it watches to the end,
//! whenever that is: afterwards it cannot go on without a look at the clock. No number of
//! calls ends a watch, as a thread may make millions without a slow path; but if it
//! takes as much into use again as is free, there is no need for one. A thread
//! that ends while it watches gives everything back at once.

use crate::clock;
use crate::land::UNIT_BYTES;
use crate::sync::{AtomicU32, AtomicU64, Relaxed};

/// So much may be free and dirty without a season, and as much as is in use.
const DIRTY_BYTES_MAX: usize = 32 << 20;

/// Whether a season begins is looked at when so many units have been given back, or this
/// part of the land.
const LOOK_UNITS_MIN: usize = 64;
const LOOK_PARTS: usize = 16;

/// For how many ticks a thread watches.
const TICKS_MAX: u32 = 4;

/// Calls from one look at the clock to the next, if so many steps of its counter suffice
/// for them (some 20 µs).
const CALLS_UNSEEN: u32 = 8;
const CALLS_UNSEEN_STEPS_MAX: u64 = 1 << 16;

/// The season, modulo 2^31, and in the lowest bit whether there is a reason for it still: one
/// word, so that nobody sees the one without the other. Relaxed, here and below: a hint to
/// those who come by; written under the lock of the ground.
static SEASON: AtomicU32 = AtomicU32::new(0);
const HAS_REASON: u32 = 1;

/// What leads to a season, and out of it. Under the lock of the ground.
pub(crate) struct Balance {
    /// Given back since the last look.
    given_bytes: usize,
}

impl Balance {
    pub(crate) const fn new() -> Self {
        Self { given_bytes: 0 }
    }

    /// Land is given back, of `land_bytes` that there are; so much is in use then, and so
    /// much free and dirty.
    pub(crate) fn give_back(&mut self, bytes: usize, land_bytes: usize, used: usize, dirty: usize) {
        self.given_bytes += bytes;
        if self.given_bytes < (land_bytes / LOOK_PARTS).max(LOOK_UNITS_MIN * UNIT_BYTES) {
            return;
        }
        self.given_bytes = 0;
        if dirty > DIRTY_BYTES_MAX.max(used) {
            let season = SEASON.load(Relaxed) | HAS_REASON; // as at SEASON
            SEASON.store(season.wrapping_add(2), Relaxed); // as at SEASON
        }
    }

    /// Land is taken into use; so much is in use then, and so much free and dirty.
    pub(crate) fn take(used: usize, dirty: usize) {
        let season = SEASON.load(Relaxed); // as at SEASON
        if dirty <= used && season & HAS_REASON != 0 {
            SEASON.store(season & !HAS_REASON, Relaxed); // as at SEASON
        }
    }
}

/// A heap's part in it. Relaxed, all of it: the heap's thread alone.
pub(crate) struct Watch {
    season: AtomicU32,
    ticks_left: AtomicU32,
    /// Calls to come before the next look at the clock.
    unseen: AtomicU32,
    /// When that was done last.
    seen: AtomicU64,
}

impl Watch {
    pub(crate) const fn new() -> Self {
        Self {
            season: AtomicU32::new(0),
            ticks_left: AtomicU32::new(0),
            unseen: AtomicU32::new(0),
            seen: AtomicU64::new(0),
        }
    }

    /// Whether a season has begun since this was asked last; the thread is to watch then.
    #[inline]
    pub(crate) fn begins(&self) -> bool {
        let season = SEASON.load(Relaxed) & !HAS_REASON; // as at SEASON
        season != self.season.load(Relaxed) && self.begin(season)
    }

    #[cold]
    fn begin(&self, season: u32) -> bool {
        self.season.store(season, Relaxed);
        self.ticks_left.store(TICKS_MAX, Relaxed);
        true
    }

    /// A call has come by. Whether to watch on; `tick` looks at the clock, and does what
    /// is due, if anything is. A tick that finds work of the last one left does not count,
    /// on a machine that is too busy for it.
    #[inline]
    pub(crate) fn goes_on(&self, is_behind: bool, tick: impl FnOnce() -> bool) -> bool {
        let unseen = self.unseen.load(Relaxed);
        if unseen > 0 {
            self.unseen.store(unseen - 1, Relaxed);
        } else {
            self.look(is_behind, tick);
        }
        let has_reason = SEASON.load(Relaxed) & HAS_REASON != 0; // as at SEASON
        has_reason && (is_behind || self.ticks_left.load(Relaxed) > 0)
    }

    /// Whether the clock was looked at a moment ago, as it is now.
    pub(crate) fn is_fast(&self) -> bool {
        let (now, seen) = (clock::now(), self.seen.load(Relaxed));
        self.seen.store(now, Relaxed);
        now.wrapping_sub(seen) < CALLS_UNSEEN_STEPS_MAX
    }

    fn look(&self, is_behind: bool, tick: impl FnOnce() -> bool) {
        self.unseen.store(if self.is_fast() { CALLS_UNSEEN - 1 } else { 0 }, Relaxed);
        if tick() && !is_behind {
            self.ticks_left.store(self.ticks_left.load(Relaxed).saturating_sub(1), Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn a_season_begins_when_more_is_dirty_than_in_use_and_a_thread_watches_for_four_ticks() {
        let (mut balance, watch) = (Balance::new(), Watch::new());
        let mut used = 100 * MIB;
        let mut give = |bytes, dirty| {
            used = used.saturating_sub(bytes); // what was lost counts as used
            balance.give_back(bytes, 128 * MIB, used, dirty);
            watch.begins()
        };
        assert!(!give(8 * MIB - 1, 120 * MIB), "so little is not looked at");
        assert!(give(1, 120 * MIB));
        assert!(!give(8 * MIB, 84 * MIB), "as much as is in use may be free");
        assert!(!give(76 * MIB, 32 * MIB), "and 32 MiB in any case");
        assert!(give(8 * MIB, 33 * MIB));
        // Nothing is due for a long time, in which nothing ends; then everything, at one
        // look in eight.
        assert!((0..10_000_000).all(|_| watch.goes_on(false, || false)));
        // Four ticks do not suffice as long as there is work left of the one before.
        assert!((0..1000).all(|_| watch.goes_on(true, || true)));
        let until = |ticked| (1..1000).take_while(|_| watch.goes_on(false, || ticked)).count();
        let calls = until(true);
        assert!((3..=4 * CALLS_UNSEEN as usize).contains(&calls), "{calls}");
        assert!(give(8 * MIB, 33 * MIB));
        Balance::take(32 * MIB, 33 * MIB);
        assert!(watch.goes_on(false, || false));
        Balance::take(33 * MIB, 33 * MIB);
        assert!(!watch.goes_on(false, || false), "it is all in use again");
    }
}
