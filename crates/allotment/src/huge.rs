//! Huge pages: one fault in place of 512, and one translation for 2 MiB.
//!
//! ```text
//!   | 8 MiB or more, in single pages | huge page | huge page  |
//!                                                  [slab]·····
//!                                                   ▲     ▲ comes along, free and dirty
//!                                                   └ begins where memory is new
//! ```
//!
//! Where a class that has many slabs begins one more in memory that was never touched, it
//! gets the huge page around it, if what is above it there is free and new, and below it
//! are only slabs of small blocks without holes. What is not needed of the
//! rest goes back as all that is free and dirty. So a small program has no huge
//! pages, and a larger one no more than a part of one to spare.
//!
//! No flag of the mapping is changed, which would split it wherever there are other
//! blocks: the kernel is asked to collapse single pages that are there. So it has
//! no leave either to make huge pages of its own accord, out of what was given back.
//!
//! What a huge page costs depends on the machine: from a seventh of what single pages
//! cost to seven times as much, where a host has to find the memory first. So each
//! one is timed. If it was slow or refused, the heap has to be several times as large
//! before the next.

use core::ops::Range;
use core::sync::atomic::AtomicBool;

use os::reserved;

use crate::clock;
use crate::land::UNIT_BYTES;
use crate::sync::Relaxed;

/// Units in a huge page.
pub(crate) const HUGE_UNITS: usize = (2 << 20) / UNIT_BYTES;
/// A land that holds less gets none.
const HELD_UNITS_MIN: usize = 4 * HUGE_UNITS;
/// Nor does a slab of which less of a huge page is new.
const NEW_UNITS_MIN: usize = HUGE_UNITS / 2;
/// One that takes longer is slow: single pages take about as long.
const MICROSECONDS_MAX: u64 = 500;
/// By so much the land grows after a slow one before the next.
const GROWTH_AFTER_SLOW: usize = 8;

/// Whether there are to be none at all. Relaxed: set once, before there are threads.
static NEVER: AtomicBool = AtomicBool::new(false);

/// There are to be none.
pub(crate) fn never() {
    NEVER.store(true, Relaxed);
}

/// Whether there may be any: what is free is not to go back at once, either.
fn are_allowed() -> bool {
    !NEVER.load(Relaxed) && !clock::is_immediate()
}

/// Where huge pages are worth it.
pub(crate) struct Huge {
    /// Not before the land holds so many units.
    held_min: usize,
}

impl Huge {
    pub(crate) const fn new() -> Self {
        Self { held_min: HELD_UNITS_MIN }
    }

    /// The units that come along if a new slab that ends at unit `end` gets a huge page;
    /// `free` units above it are free, and the land holds `held`.
    pub(crate) fn beside(&self, end: usize, free: usize, held: usize) -> Option<Range<usize>> {
        let huge_end = end.next_multiple_of(HUGE_UNITS);
        let rest = huge_end - end;
        let fits = rest + 1 >= NEW_UNITS_MIN && rest <= free && held >= self.held_min;
        (fits && are_allowed()).then_some(end..huge_end)
    }

    /// Gives the huge page around the address of a new slab memory; whether all of it has
    /// some now.
    pub(crate) fn fill(&mut self, address: usize, page_bytes: usize, held: usize) -> bool {
        let at = address & !(HUGE_UNITS * UNIT_BYTES - 1);
        let mut done = false;
        let microseconds = clock::microseconds(|| {
            done = reserved::populate(address, page_bytes).is_ok()
                && reserved::collapse(at, HUGE_UNITS * UNIT_BYTES).is_ok();
        });
        self.learn(done && microseconds <= MICROSECONDS_MAX, held);
        done
    }

    fn learn(&mut self, was_fast: bool, held: usize) {
        if !was_fast {
            self.held_min = held.saturating_mul(GROWTH_AFTER_SLOW);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slab_in_a_large_land_gets_what_is_free_of_its_huge_page() {
        let huge = Huge::new();
        assert_eq!(huge.beside(129, 31, 128), Some(129..160), "the first unit of a huge page");
        assert_eq!(huge.beside(129, 1000, 128), Some(129..160));
        assert_eq!(huge.beside(129, 30, 128), None, "something is in the rest");
        assert_eq!(huge.beside(129, 31, 127), None, "the land is small");
        assert_eq!(huge.beside(145, 15, 128), Some(145..160), "half of it is new");
        assert_eq!(huge.beside(146, 14, 128), None);
        assert_eq!(huge.beside(160, 32, 128), None, "the last unit of one");
    }

    #[test]
    fn after_a_slow_one_the_land_grows_eightfold_first() {
        let mut huge = Huge::new();
        huge.learn(true, 200);
        assert!(huge.beside(129, 31, 200).is_some());
        huge.learn(false, 200);
        assert!(huge.beside(129, 31, 1599).is_none());
        assert!(huge.beside(129, 31, 1600).is_some());
    }
}
