//! Pages inside a slab on which no block is in use, and their way back to the
//! system.
//!
//! ```text
//!  blocks   |##|..|..|..|..|..|#.|   # live or cached, . free
//!  pages    |----|----|----|----|
//!             0    1    1    0       free at this look; purged if at the last, too
//! ```
//!
//! The owner looks at its slabs about every half second, on a slow path. A page
//! that was free at two looks in a row, with no block claimed between them, is
//! purged. When the land grows, a page that is free at one
//! look is: others are about to be touched in its stead.

use core::sync::atomic::{AtomicU16, AtomicUsize};

use os::{environment, reserved};

use crate::class::Class;
use crate::land::UNIT_BYTES;
use crate::marks::WORD_BLOCKS;
use crate::sync::{AtomicU32, AtomicU64, Relaxed};

/// How often a page has to be found free before it goes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Patience {
    OneLook,
    TwoLooks,
}

/// What is known of a slab's pages; one bit per page. The owner's alone.
pub(crate) struct Holes {
    /// Pages that were free at the last look and had no block claimed since.
    idle: AtomicU16,
    /// Idle pages that went back to the system.
    purged: AtomicU16,
    /// Free blocks at the last look; [`DISTURBED`] when some were claimed since.
    free: AtomicU32,
}

const DISTURBED: u32 = u32::MAX;

/// Bytes in a page, at least so many that a unit's pages have a bit each.
static PAGE_BYTES: AtomicUsize = AtomicUsize::new(UNIT_BYTES);

/// Asks for the page size, before the first slab.
pub(crate) fn begin() {
    let bytes = environment::page_bytes().clamp(UNIT_BYTES / 16, UNIT_BYTES);
    PAGE_BYTES.store(bytes, Relaxed); // under the lock of the ground
}

/// Bytes in a page, at least so many that a unit's pages have a bit each.
pub(crate) fn page_bytes() -> usize {
    PAGE_BYTES.load(Relaxed) // written before the first slab
}

impl Holes {
    /// Nothing is known of a new slab.
    pub(crate) fn reset(&self) {
        for bits in [&self.idle, &self.purged] {
            bits.store(0, Relaxed); // owner only, as everything here
        }
        self.free.store(0, Relaxed); // owner only
    }

    /// Blocks of a word are claimed, of which `first` is the first: their pages, and
    /// what lies between them, are not idle any more.
    #[inline]
    pub(crate) fn disturb(&self, first: usize, claimed: u64, size: usize) {
        // As many may be free at the next look, and others.
        self.free.store(DISTURBED, Relaxed); // owner only
        let idle = self.idle.load(Relaxed); // owner only
        if idle == 0 || claimed == 0 {
            return;
        }
        let page = PAGE_BYTES.load(Relaxed); // written before the first slab
        let start = (first + claimed.trailing_zeros() as usize) * size;
        let end = (first + 1 + claimed.ilog2() as usize) * size;
        let (first, last) = (start / page, (end - 1) / page);
        let pages = (u32::MAX >> (31 - (last - first))) << first;
        self.idle.store(idle & !(pages as u16), Relaxed); // owner only
        let purged = self.purged.load(Relaxed); // owner only
        self.purged.store(purged & !(pages as u16), Relaxed); // owner only
    }

    /// Whether a page has gone back and was not in use since. For a hint, from any thread.
    pub(crate) fn are_there(&self) -> bool {
        self.purged.load(Relaxed) != 0
    }

    /// Looks at the slab of `class` at address `base`, with `free` blocks free, by
    /// its words of free bits. Returns how many ranges of pages went back.
    pub(crate) fn look(
        &self,
        base: usize,
        class: &Class,
        free: u32,
        words: &[AtomicU64],
        patience: Patience,
    ) -> usize {
        let (idle, purged) = (self.idle.load(Relaxed), self.purged.load(Relaxed)); // owner only
        let page = PAGE_BYTES.load(Relaxed); // written before the first slab
        let settled = free == self.free.load(Relaxed) && idle == purged; // owner only
        if settled || (free as usize) * (class.size as usize) < page {
            return 0;
        }
        self.free.store(free, Relaxed); // owner only
        let now = free_pages(page, class, words);
        let mut gone = now & !purged;
        if patience == Patience::TwoLooks {
            gone &= idle;
        }
        self.idle.store(now, Relaxed); // owner only
        self.purged.store(purged | gone, Relaxed); // owner only
        let mut ranges = 0;
        while gone != 0 {
            let first = gone.trailing_zeros() as usize;
            let len = (gone >> first).trailing_ones() as usize;
            gone &= !((u32::MAX >> (32 - len)) << first) as u16;
            ranges += 1;
            // SAFETY: whole pages of a slab on which every block is free, and only
            // the owner could claim one. If the kernel refuses, they stay.
            let _ = unsafe { reserved::purge(base + first * page, len * page) };
        }
        ranges
    }
}

/// The pages on which every block is free.
fn free_pages(page: usize, class: &Class, words: &[AtomicU64]) -> u16 {
    let (size, blocks) = (class.size as usize, class.blocks as usize);
    let mut pages = 0;
    for at in 0..UNIT_BYTES / page {
        let first = (at * page / size).min(blocks);
        let end = ((at + 1) * page).div_ceil(size).min(blocks);
        if all_set(words, first, end) {
            pages |= 1 << at;
        }
    }
    pages
}

/// Whether all bits from `first` up to `end` are set.
fn all_set(words: &[AtomicU64], first: usize, end: usize) -> bool {
    let mut at = first;
    while at < end {
        let next = ((at | (WORD_BLOCKS - 1)) + 1).min(end);
        let mask = u64::MAX >> (WORD_BLOCKS - (next - at)) << (at % WORD_BLOCKS);
        // Relaxed: owner only.
        if words.get(at / WORD_BLOCKS).is_none_or(|word| word.load(Relaxed) & mask != mask) {
            return false;
        }
        at = next;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::{CLASS, class_of};
    use std::vec::Vec;

    fn pages(size: usize, picture: &str) -> u16 {
        let mut words: Vec<AtomicU64> = Vec::new();
        for word in picture.as_bytes().chunks(WORD_BLOCKS) {
            let bits = word.iter().rev().fold(0, |bits, &c| bits << 1 | u64::from(c == b'.'));
            words.push(AtomicU64::new(bits));
        }
        let class = &CLASS[class_of(size)];
        assert_eq!((class.size as usize, class.blocks as usize), (size, picture.len()));
        free_pages(4096, class, &words)
    }

    #[test]
    fn a_page_is_free_when_every_block_on_it_is() {
        // 16 KiB blocks, 4 KiB pages: four pages each.
        assert_eq!(pages(16384, "#.#."), 0b1111_0000_1111_0000);
        // 20 KiB blocks: 3 of them, and a page that no block reaches.
        assert_eq!(pages(20480, "#.#"), 0b1000_0011_1110_0000);
        // 2 KiB blocks: two to a page.
        let picture = ["##", "#.", ".#", ".."].concat() + &"#".repeat(24);
        assert_eq!(pages(2048, &picture), 0b1000);
        // 48-byte blocks lie across pages and words: blocks 85 to 170 touch page 1.
        let holes = |from: usize, to: usize| {
            (0..1365).map(|at| if (from..to).contains(&at) { '.' } else { '#' }).collect()
        };
        let one: std::string::String = holes(85, 171);
        assert_eq!(pages(48, &one), 0b10);
        let short: std::string::String = holes(86, 171);
        assert_eq!(pages(48, &short), 0);
    }

    #[test]
    fn claiming_blocks_wakes_the_pages_they_touch() {
        let holes =
            Holes { idle: AtomicU16::new(!0), purged: AtomicU16::new(!0), free: AtomicU32::new(0) };
        PAGE_BYTES.store(4096, Relaxed); // no slab in this test
        holes.disturb(0, 0b10, 20480); // bytes 20 to 40 KiB: pages 5 to 9
        assert_eq!(holes.idle.load(Relaxed), !0b11_1110_0000);
        assert_eq!(holes.purged.load(Relaxed), !0b11_1110_0000);
    }
}
