//! A clock without a system call: the processor's own counter.
//!
//! The allocator asks it on slow paths only, for "about half a second has gone by",
//! so its rate need not be known well.

use core::sync::atomic::AtomicUsize;

use os::options;

use crate::sync::{AtomicU64, Relaxed};

/// How long free memory is kept. It goes back to the system when it was free at two
/// ticks in a row, so a tick is half of this. Relaxed: a number, set once at the
/// start.
static DECAY_MS: AtomicUsize = AtomicUsize::new(options::DECAY_MS_DEFAULT);

/// Sets how long free memory is kept.
pub(crate) fn set_decay(milliseconds: usize) {
    DECAY_MS.store(milliseconds, Relaxed);
}

/// Whether free memory is not kept at all.
pub(crate) fn is_immediate() -> bool {
    DECAY_MS.load(Relaxed) == 0
}

/// A clock is overdue after so many intervals, and so many steps of the counter each.
const OVERDUE_INTERVALS: u64 = 2;
const STEPS_LATE_MIN: u64 = 1 << 26;

/// Remembers when it ticked last. For one thread at a time.
pub(crate) struct Clock {
    ticked: AtomicU64,
}

impl Clock {
    /// Ticks at the first question.
    pub(crate) const fn new() -> Self {
        Self { ticked: AtomicU64::new(0) }
    }

    /// Whether an interval or more has gone by since the last tick.
    pub(crate) fn is_due(&self) -> bool {
        now().wrapping_sub(self.ticked.load(Relaxed)) >= interval() // a time, no more
    }

    /// Whether several have, so that whoever is to ask does not come by; any thread may
    /// ask.
    pub(crate) fn is_overdue(&self) -> bool {
        let late = OVERDUE_INTERVALS * interval().max(STEPS_LATE_MIN);
        now().wrapping_sub(self.ticked.load(Relaxed)) >= late // a time, no more
    }

    /// About how much time has gone by since it was asked this last.
    pub(crate) fn milliseconds_since(&self) -> u64 {
        let (now, last) = (now(), self.ticked.load(Relaxed));
        self.ticked.store(now, Relaxed); // a time, no more, as above
        now.wrapping_sub(last) / steps_per_millisecond().max(1)
    }

    /// The same as [`is_due`](Self::is_due), and if so, it ticks.
    pub(crate) fn has_ticked(&self) -> bool {
        self.ticks_after(interval())
    }

    /// The same for a clock that is asked when others tick: with three quarters of an
    /// interval, as it would miss every other tick if it were a little late once.
    pub(crate) fn has_ticked_along(&self) -> bool {
        self.ticks_after(interval() / 4 * 3)
    }

    fn ticks_after(&self, steps: u64) -> bool {
        let now = now();
        let due = now.wrapping_sub(self.ticked.load(Relaxed)) >= steps; // a time, no more
        if due {
            self.ticked.store(now, Relaxed); // a time, no more
        }
        due
    }
}

/// About how many microseconds `f` takes.
pub(crate) fn microseconds(f: impl FnOnce()) -> u64 {
    let begin = now();
    f();
    now().wrapping_sub(begin) * 1000 / steps_per_millisecond().max(1)
}

/// Counter steps from one tick to the next.
fn interval() -> u64 {
    DECAY_MS.load(Relaxed) as u64 * steps_per_millisecond() / 2
}

/// About 2^31 in a second: the rate of the counter is between 2 and 4 GHz.
#[cfg(target_arch = "x86_64")]
fn steps_per_millisecond() -> u64 {
    (1 << 31) / 1000
}

/// The counter.
#[cfg(target_arch = "x86_64")]
pub(crate) fn now() -> u64 {
    // SAFETY: every x86-64 processor has the counter; reading it changes nothing.
    unsafe { core::arch::x86_64::_rdtsc() }
}

#[cfg(target_arch = "aarch64")]
fn steps_per_millisecond() -> u64 {
    let frequency: u64;
    // SAFETY: the register is readable from user mode, and holds the counter's rate.
    unsafe { core::arch::asm!("mrs {}, cntfrq_el0", out(reg) frequency, options(nomem, nostack)) };
    frequency / 1000
}

/// The counter.
#[cfg(target_arch = "aarch64")]
pub(crate) fn now() -> u64 {
    let count: u64;
    // SAFETY: Linux lets user mode read the virtual counter; reading changes nothing.
    unsafe { core::arch::asm!("mrs {}, cntvct_el0", out(reg) count, options(nomem, nostack)) };
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_ticks_after_an_interval_and_one_that_ticks_along_a_little_earlier() {
        let clock = Clock::new();
        let set = |parts| clock.ticked.store(now() - interval() / 16 * parts, Relaxed); // a time
        set(10);
        assert!(!clock.has_ticked() && !clock.has_ticked_along());
        set(14);
        assert!(!clock.has_ticked() && clock.has_ticked_along());
        assert!(!clock.has_ticked_along(), "it ticked just now");
        set(17);
        assert!(clock.has_ticked() && !clock.has_ticked());
    }
}
