//! Huge pages: one fault in place of 512, and one translation for 2 MiB.
//!
//! ```text
//!   | 4 MiB or more, in single pages | huge page | huge page  |
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
//! No flag of the mapping is changed for that, which would split it wherever there are
//! other blocks: the kernel is asked to collapse single pages that are there. So it has
//! no leave either to make huge pages of its own accord, out of what was given back (but in
//! units that were a large block's, if slabs have taken these before they were mended).
//!
//! A large block may never be touched, or in part only. So it does get the flag, and huge
//! pages only where it is touched. Its units are *advised* from then on, until what is free of
//! them goes back to the system and is [mended](crate::mending): gets a new mapping without
//! the flag.
//!
//! What a huge page costs depends on the machine: from a seventh of what single pages
//! cost to seven times as much, where a host has to find the memory first. So each
//! one is timed. What fast ones save is credit, of which a slow one is paid; if there is not
//! enough, or one was refused, the heap has to be several times as large before the next, or
//! larger by what makes the time of a slow one small: there are fast and slow times.

use core::ops::Range;
use core::sync::atomic::AtomicBool;

use os::{Errno, reserved};

use crate::clock;
use crate::dirt::Dirt;
use crate::holes;
use crate::land::{GROUND, UNIT_BYTES};
use crate::runs::Runs;
use crate::slab::{self, Slab};
use crate::sync::Relaxed;

/// Units in a huge page.
pub(crate) const HUGE_UNITS: usize = (2 << 20) / UNIT_BYTES;
/// A land that holds less gets none.
const HELD_UNITS_MIN: usize = 2 * HUGE_UNITS;
/// Nor does a slab of which less of a huge page is new.
const NEW_UNITS_MIN: usize = HUGE_UNITS / 2;
/// What one is worth: single pages take about as long, and their translations later.
const WORTH_MICROSECONDS: i64 = 1000;
/// One that tells that others will be fast took no longer.
const FAST_MICROSECONDS_MAX: u64 = 500;
/// What the first ones may cost before any was fast, and what may be saved up.
const CREDIT_AT_FIRST: i64 = 1000;
const CREDIT_MAX: i64 = 8000;
/// After credit is used up the land grows to so many times what it was before the next, or
/// by so many units, which cost more time than a slow one.
const GROWTH_AFTER_SLOW: usize = 4;
const GROWTH_UNITS_MAX: usize = 64 * HUGE_UNITS;

/// Large blocks of so many units have them where they are touched.
const LARGE_UNITS: core::ops::RangeInclusive<usize> = 2 * HUGE_UNITS..=32 * HUGE_UNITS;
/// After a fast one, so many units may have them.
const TRUSTED_UNITS: usize = 16 * HUGE_UNITS;
/// Seams between mappings that large blocks with huge pages may make.
pub(crate) const SEAMS_MAX: usize = 128;

/// Which of the option's words was chosen: none of them, or any, however slow they are.
/// Relaxed, both: set once, before there are threads.
static NEVER: AtomicBool = AtomicBool::new(false);
static ALWAYS: AtomicBool = AtomicBool::new(false);

/// Chooses a word of the option, by its number.
pub(crate) fn choose(word: usize) {
    ALWAYS.store(word == 1, Relaxed);
    NEVER.store(word == 2, Relaxed);
}

/// Whether there may be any: what is free is not to go back at once, either.
fn are_allowed() -> bool {
    !NEVER.load(Relaxed) && !clock::is_immediate()
}

/// Whether it matters how long they take.
fn are_timed() -> bool {
    !ALWAYS.load(Relaxed)
}

/// Where huge pages are worth it.
pub(crate) struct Huge {
    /// Not before the land holds so many units.
    held_min: usize,
    /// Microseconds that huge pages have saved of late.
    credit: i64,
    /// So many units of large blocks may have them before the next look.
    trusted: usize,
    /// Nor do large blocks before the land holds so many units.
    large_held_min: usize,
}

impl Huge {
    pub(crate) const fn new() -> Self {
        Self {
            held_min: HELD_UNITS_MIN,
            credit: CREDIT_AT_FIRST,
            trusted: 0,
            large_held_min: HELD_UNITS_MIN,
        }
    }

    /// The units that come along if a new slab that ends at unit `end` gets a huge page;
    /// `free` units above it are free, and the land holds `held`.
    pub(crate) fn beside(&self, end: usize, free: usize, held: usize) -> Option<Range<usize>> {
        let huge_end = end.next_multiple_of(HUGE_UNITS);
        let rest = huge_end - end;
        let fits = rest + 1 >= NEW_UNITS_MIN && rest <= free && held >= self.held_min;
        (fits && are_allowed()).then_some(end..huge_end)
    }

    /// Whether a large block of so many units may have them, if the land holds `held` beside
    /// it.
    fn suit(&self, units: usize, held: usize) -> bool {
        let held_min = self.held_min.max(self.large_held_min);
        LARGE_UNITS.contains(&units) && held >= held_min && are_allowed()
    }

    /// One for large blocks was not fast, and is worth nothing: it was made to see.
    fn distrust(&mut self, held: usize) {
        let left = self.credit - WORTH_MICROSECONDS;
        self.credit = left.max(0);
        if left < 0 {
            self.large_held_min = grown(held);
        }
    }

    /// Gives the huge page around an address in a new run memory; microseconds, if all of
    /// it has some now.
    pub(crate) fn fill(&mut self, address: usize, held: usize) -> Option<u64> {
        let at = address & !(HUGE_UNITS * UNIT_BYTES - 1);
        let mut done = false;
        let microseconds = clock::microseconds(|| {
            done = reserved::populate(address, holes::page_bytes()).is_ok()
                && reserved::collapse(at, HUGE_UNITS * UNIT_BYTES).is_ok();
        });
        let taken = done.then_some(microseconds);
        self.learn(taken, held);
        taken
    }

    /// One took so long, if it was not refused.
    fn learn(&mut self, microseconds: Option<u64>, held: usize) {
        let left = microseconds.map_or(-1, |taken| {
            self.credit.saturating_add(WORTH_MICROSECONDS).saturating_sub_unsigned(taken)
        });
        self.credit = left.clamp(0, CREDIT_MAX);
        if left < 0 && are_timed() {
            self.held_min = grown(held);
        }
    }
}

/// What a land that holds `held` units has to hold before the next try.
fn grown(held: usize) -> usize {
    held.saturating_mul(GROWTH_AFTER_SLOW).min(held + GROWTH_UNITS_MAX)
}

impl Runs {
    /// Gives a new slab, in a unit that costs no memory so far, all of it at once along with
    /// the free rest of its huge page; false if that cannot be had, or is not worth it.
    pub(crate) fn fill_huge_page(&mut self, slab: &Slab) -> bool {
        let Some((handle, unit, units)) = self.run(slab) else { return false };
        let end = unit + units;
        let free = self.extents.free_above(handle).unwrap_or(0) as usize;
        let Some(rest) = self.huge.beside(end, free, self.held) else { return false };
        let below = rest.end - HUGE_UNITS..unit;
        let filled = GROUND.is_aligned(HUGE_UNITS.ilog2())
            && self.advised.are_equal(below.start, HUGE_UNITS)
            && below.into_iter().all(|unit| slab::at_offset(unit * UNIT_BYTES).has_all_pages())
            && self.commit(rest.end)
            && self.dirty.dirt(end, rest.len()).is_none()
            && self.huge.fill(GROUND.unit(unit), self.held).is_some();
        if filled {
            self.dirty.set(end, rest.len());
            self.grow(rest.len());
        }
        filled
    }

    /// Lets a new large block have huge pages as it is touched, where it costs no memory so
    /// far.
    pub(crate) fn advise_huge_pages(&mut self, slab: &Slab, dirt: &Dirt) {
        let Some((_, unit, units)) = self.run(slab) else { return };
        if !self.huge.suit(units, self.held - units)
            || !GROUND.is_aligned(HUGE_UNITS.ilog2())
            || self.advised.seams(self.usable) >= SEAMS_MAX
        {
            return;
        }
        let firsts = (unit.next_multiple_of(HUGE_UNITS)..).step_by(HUGE_UNITS);
        let mut within = firsts.take_while(|first| first + HUGE_UNITS <= unit + units);
        let is_new = |first: &usize| {
            !dirt.is_in(first - unit, HUGE_UNITS) && self.advised.are_equal(*first, HUGE_UNITS)
        };
        if let Some(first) = within.find(is_new)
            && self.trusts(units, first)
        {
            let _ = self.advise(unit, units); // as wanted, or as it was
        }
    }

    /// Whether huge pages are fast, as far as is known, for so many units more. If it is
    /// time to look again, one is made and given back, where there is no memory so far. If it
    /// was fast it counts as one that is used, for those that follow.
    fn trusts(&mut self, units: usize, first: usize) -> bool {
        if self.huge.trusted < units && are_timed() {
            let (at, bytes) = (GROUND.unit(first), HUGE_UNITS * UNIT_BYTES);
            let held = self.held - units;
            let taken = self.huge.fill(at, held);
            // SAFETY: a part of a run that was taken just now, and held nothing.
            let _ = unsafe { reserved::purge(at, bytes) };
            if taken.is_none_or(|taken| taken > FAST_MICROSECONDS_MAX) {
                self.huge.distrust(held);
                return false;
            }
            self.huge.trusted = TRUSTED_UNITS;
        }
        self.huge.trusted = self.huge.trusted.saturating_sub(units);
        true
    }

    /// Whether the kernel has agreed. What it refuses for all of the units may hold for some,
    /// unless it knows of no huge pages.
    fn advise(&mut self, unit: usize, units: usize) -> bool {
        // Not up to the end of what is usable: what would be made usable there could never
        // be in one mapping with what is below, even without the flag.
        if !self.commit(unit + units + 1) {
            return false;
        }
        let done = reserved::advise_huge(GROUND.unit(unit), units * UNIT_BYTES);
        if done != Err(Errno::INVAL) {
            self.advised.set(unit, units);
        }
        done.is_ok()
    }

    /// A live block has grown in place by the units from `unit` on, to `units` in all: they
    /// are as those below, if they may, so that all of it stays in one mapping.
    pub(crate) fn advise_more(&mut self, unit: usize, more: usize, units: usize) {
        if self.advised.is_set(unit - 1) && LARGE_UNITS.contains(&units) {
            let _ = self.advise(unit, more); // or it is united when it moves
        }
    }

    /// Sees to it that the kernel can move a run: where some of it is advised, all is.
    pub(crate) fn unite(&mut self, slab: &Slab) -> bool {
        let run = self.run(slab);
        run.is_some_and(|(_, unit, units)| {
            self.advised.are_equal(unit, units) || self.advise(unit, units)
        })
    }

    /// A run has moved, and whether it is advised with it.
    pub(crate) fn carry_advice(&mut self, from: &Slab, to: &Slab) {
        let Some((_, unit, units)) = self.run(to) else { return };
        if self.advised.is_set(from.unit()) {
            self.advised.set(unit, units);
        } else {
            self.advised.clear(unit, units);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slab_in_a_large_land_gets_what_is_free_of_its_huge_page() {
        let huge = Huge::new();
        assert_eq!(huge.beside(129, 31, 64), Some(129..160), "the first unit of a huge page");
        assert_eq!(huge.beside(129, 1000, 64), Some(129..160));
        assert_eq!(huge.beside(129, 30, 64), None, "something is in the rest");
        assert_eq!(huge.beside(129, 31, 63), None, "the land is small");
        assert_eq!(huge.beside(145, 15, 64), Some(145..160), "half of it is new");
        assert_eq!(huge.beside(146, 14, 64), None);
        assert_eq!(huge.beside(160, 32, 64), None, "the last unit of one");
    }

    #[test]
    fn a_large_block_beside_enough_others_suits_unless_it_is_too_large() {
        let huge = Huge::new();
        assert!(huge.suit(64, 64) && huge.suit(1024, 64));
        assert!(!huge.suit(63, 64) && !huge.suit(1025, 64), "its length");
        assert!(!huge.suit(64, 63), "the land is small");
        let mut huge = huge;
        huge.distrust(100);
        assert!(huge.suit(64, 100), "there was credit for one that was slow");
        huge.distrust(100);
        assert!(!huge.suit(64, 399) && huge.suit(64, 400), "and for no other");
    }

    #[test]
    fn after_a_slow_one_the_land_grows_first_unless_others_have_saved_as_much() {
        let is_allowed = |huge: &Huge, held| huge.beside(129, 31, held).is_some();
        let mut huge = Huge::new();
        huge.learn(Some(4000), 200);
        assert!(!is_allowed(&huge, 799) && is_allowed(&huge, 800), "no credit for that");
        for _ in 0..5 {
            huge.learn(Some(100), 800);
        }
        huge.learn(Some(4000), 800);
        assert!(is_allowed(&huge, 800), "five fast ones pay for a slow one");
        huge.learn(Some(4000), 800);
        assert!(!is_allowed(&huge, 2847) && is_allowed(&huge, 2848));
        huge.learn(None, 3200);
        assert!(!is_allowed(&huge, 5247) && is_allowed(&huge, 5248), "refused");
    }

    #[test]
    fn a_large_land_looks_again_after_some_growth_and_not_after_four_times_as_much() {
        let mut huge = Huge::new();
        huge.learn(None, 10_000);
        assert!(huge.beside(129, 31, 12_047).is_none());
        assert!(huge.beside(129, 31, 12_048).is_some(), "128 MiB more");
    }

    #[test]
    fn saved_up_is_no_more_than_a_few_slow_ones_cost() {
        let mut huge = Huge::new();
        for _ in 0..1000 {
            huge.learn(Some(100), 200);
        }
        for _ in 0..3 {
            huge.learn(Some(4000), 200);
        }
        assert!(huge.beside(129, 31, 799).is_none());
        assert_eq!(huge.credit, 0);
    }
}
