//! Memory goes back to the system on slow paths; a program that works lightly may live
//! on its stacks for good, and come by none.
//!
//! ```text
//!   more is free and dirty than in use, and   ──▶ a season begins
//!   still more is given back
//!   a thread comes by on a slow path in it    ──▶ it watches: each of its calls takes
//!                                                 the slow path, and looks at the clock;
//!                                                 if they come fast, and all is done that
//!                                                 is to be done, one free in sixteen
//!   it has ticked four times, or as much is   ──▶ what the last tick began comes to its
//!   in use as is free and dirty                   end, and all is as before
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
use crate::sync::{AtomicBool, AtomicU32, AtomicU64, Relaxed};

/// So much may be free and dirty without a season, and as much as is in use.
const DIRTY_BYTES_MAX: usize = 32 << 20;

/// Whether a season begins is looked at when so many units have been given back, or this
/// part of the land.
const LOOK_UNITS_MIN: usize = 64;
const LOOK_PARTS: usize = 16;

/// For how many ticks a thread watches.
const TICKS_MAX: u32 = 4;

/// From one look at the clock to the next it takes so many frees, if no more steps of its
/// counter (some 20 µs) have gone by since the last.
const FREES_UNSEEN: u8 = 16;
const STEPS_UNSEEN_MAX: u64 = 1 << 16;

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

/// A heap's part in it. Relaxed, all of it: the heap's thread alone, but for hints.
pub(crate) struct Watch {
    season: AtomicU32,
    ticks_left: AtomicU32,
    /// When the clock was looked at last.
    seen: AtomicU64,
    /// Whether the heap has begun what is due at a tick, and not come to its end.
    is_at_it: AtomicBool,
}

/// How a thread watches on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pace {
    /// At each call.
    Closely,
    /// After so many frees: it works fast, and there is nothing to do but to wait for a tick.
    ByFrees(u8),
    /// No more.
    Over,
}

impl Watch {
    pub(crate) const fn new() -> Self {
        Self {
            season: AtomicU32::new(0),
            ticks_left: AtomicU32::new(0),
            seen: AtomicU64::new(0),
            is_at_it: AtomicBool::new(false),
        }
    }

    /// Tells whether the heap has more to do of what was due.
    pub(crate) fn tell(&self, has_more: bool) {
        self.is_at_it.store(has_more, Relaxed); // by whoever has the heap's lock: a hint
    }

    pub(crate) fn is_at_it(&self) -> bool {
        self.is_at_it.load(Relaxed) // as above
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

    /// A call has come by. How to watch on; `tick` looks at the clock, and does what is due,
    /// or a part of what was, if anything is. A tick that finds work of the last one left does
    /// not count, on a machine that is too busy for it.
    pub(crate) fn go_on(&self, is_behind: bool, tick: impl FnOnce() -> bool) -> Pace {
        let _ = self.begins(); // a season in a season: four ticks more
        let (is_fast, is_behind) = (self.is_fast(), is_behind || self.is_at_it());
        if tick() && !is_behind {
            self.ticks_left.store(self.ticks_left.load(Relaxed).saturating_sub(1), Relaxed);
        }
        let has_reason = SEASON.load(Relaxed) & HAS_REASON != 0; // as at SEASON
        let is_due_again = has_reason && (is_behind || self.ticks_left.load(Relaxed) > 0);
        match is_due_again || self.is_at_it() {
            false => Pace::Over,
            true if is_fast && !is_behind && !self.is_at_it() => Pace::ByFrees(FREES_UNSEEN),
            true => Pace::Closely,
        }
    }

    /// Whether the clock was looked at a moment ago, as it is now.
    pub(crate) fn is_fast(&self) -> bool {
        let (now, seen) = (clock::now(), self.seen.load(Relaxed));
        self.seen.store(now, Relaxed);
        now.wrapping_sub(seen) < STEPS_UNSEEN_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alone::alone;
    use crate::{block, tls};

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
        // A thread that works fast is left alone for some frees; another one for none.
        let seen_ago = |steps: u64| watch.seen.store(clock::now().wrapping_sub(steps), Relaxed);
        seen_ago(0);
        assert_eq!(watch.go_on(false, || false), Pace::ByFrees(FREES_UNSEEN));
        seen_ago(0);
        assert_eq!(watch.go_on(true, || false), Pace::Closely, "there is work left");
        seen_ago(0);
        let begin = || {
            watch.tell(true);
            false
        };
        assert_eq!(watch.go_on(false, begin), Pace::Closely, "there is now");
        watch.tell(false);
        seen_ago(STEPS_UNSEEN_MAX);
        assert_eq!(watch.go_on(false, || false), Pace::Closely);
        // Nothing is due for a long time, in which nothing ends; then everything.
        let goes_on = |is_behind, ticked| watch.go_on(is_behind, || ticked) != Pace::Over;
        assert!((0..1_000_000).all(|_| goes_on(false, false)));
        // Four ticks do not suffice as long as there is work left of the one before.
        assert!((0..1000).all(|_| goes_on(true, true)));
        let ticks = || (0..1000).take_while(|_| goes_on(false, true)).count() + 1;
        assert_eq!(ticks(), TICKS_MAX as usize);
        // Another season, while it watches.
        assert!(give(8 * MIB, 33 * MIB));
        assert!((1..TICKS_MAX).all(|_| goes_on(false, true)));
        Balance::new().give_back(8 * MIB, 128 * MIB, 0, 33 * MIB);
        assert_eq!(ticks(), TICKS_MAX as usize);
        assert!(give(8 * MIB, 33 * MIB));
        Balance::take(32 * MIB, 33 * MIB);
        assert!(goes_on(false, false));
        Balance::take(33 * MIB, 33 * MIB);
        watch.tell(true);
        assert!(goes_on(false, false), "but not all is done that was begun");
        watch.tell(false);
        assert!(!goes_on(false, false), "it is all in use again");
    }

    #[test]
    fn a_heap_tells_when_its_work_has_come_to_an_end_elsewhere() {
        alone(|| {
            assert_ne!(block::allocate(48), 0);
            let heap = tls::heap();
            heap.watch(); // it ticks
            heap.watch.tell(true);
            assert!(!heap.watch_if_due(), "it does not tick so soon");
            assert!(!heap.watch.is_at_it());
        });
    }
}
