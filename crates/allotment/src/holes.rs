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
//! purged.

use core::sync::atomic::{AtomicU16, AtomicUsize};

use os::{environment, reserved};

use crate::land::UNIT_BYTES;
use crate::marks::FREE;
use crate::sync::{AtomicU8, AtomicU32, Relaxed};

/// What is known of a slab's pages; one bit per page. The owner's alone.
pub(crate) struct Holes {
    /// Pages that were free at the last look and had no block claimed since.
    idle: AtomicU16,
    /// Idle pages that went back to the system.
    purged: AtomicU16,
    /// Free blocks at the last look.
    free: AtomicU32,
}

/// Bytes in a page, at least so many that a unit's pages have a bit each.
static PAGE_BYTES: AtomicUsize = AtomicUsize::new(UNIT_BYTES);

/// Asks for the page size, before the first slab.
pub(crate) fn begin() {
    let bytes = environment::page_bytes().clamp(UNIT_BYTES / 16, UNIT_BYTES);
    PAGE_BYTES.store(bytes, Relaxed); // under the lock of the ground
}

impl Holes {
    /// Nothing is known of a new slab.
    pub(crate) fn reset(&self) {
        for bits in [&self.idle, &self.purged] {
            bits.store(0, Relaxed); // owner only, as everything here
        }
        self.free.store(0, Relaxed); // owner only
    }

    /// A block is claimed: its pages are not idle any more.
    #[inline]
    pub(crate) fn disturb(&self, index: usize, size: usize) {
        let idle = self.idle.load(Relaxed); // owner only
        if idle == 0 {
            return;
        }
        let page = PAGE_BYTES.load(Relaxed); // written before the first slab
        let (first, last) = (index * size / page, (index * size + size - 1) / page);
        let pages = (u32::MAX >> (31 - (last - first))) << first;
        self.idle.store(idle & !(pages as u16), Relaxed); // owner only
        let purged = self.purged.load(Relaxed); // owner only
        self.purged.store(purged & !(pages as u16), Relaxed); // owner only
    }

    /// Looks at the slab at address `base`, of blocks of `size`, `free` of them free.
    pub(crate) fn look(&self, base: usize, size: usize, free: u32, marks: &[AtomicU8]) {
        let (idle, purged) = (self.idle.load(Relaxed), self.purged.load(Relaxed)); // owner only
        let page = PAGE_BYTES.load(Relaxed); // written before the first slab
        let settled = free == self.free.load(Relaxed) && idle == purged; // owner only
        if settled || (free as usize) * size < page {
            return;
        }
        self.free.store(free, Relaxed); // owner only
        let now = free_pages(page, size, marks);
        let mut gone = now & idle & !purged;
        self.idle.store(now, Relaxed); // owner only
        self.purged.store(purged | gone, Relaxed); // owner only
        while gone != 0 {
            let first = gone.trailing_zeros() as usize;
            let len = (gone >> first).trailing_ones() as usize;
            gone &= !((u32::MAX >> (32 - len)) << first) as u16;
            // SAFETY: whole pages of a slab on which every block is free, and only
            // the owner could claim one. If the kernel refuses, they stay.
            let _ = unsafe { reserved::purge(base + first * page, len * page) };
        }
    }
}

/// The pages on which every block is free.
fn free_pages(page: usize, size: usize, marks: &[AtomicU8]) -> u16 {
    let mut pages = 0;
    for at in 0..UNIT_BYTES / page {
        let first = at * page / size;
        let end = ((at + 1) * page).div_ceil(size).min(marks.len());
        // Relaxed: a mark that is FREE stays so until the owner claims the block,
        // and one that becomes FREE meanwhile is seen the next time.
        if marks[first.min(end)..end].iter().all(|mark| mark.load(Relaxed) == FREE) {
            pages |= 1 << at;
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn marks(picture: &str) -> Vec<AtomicU8> {
        picture.bytes().map(|c| AtomicU8::new(u8::from(c == b'#'))).collect()
    }

    #[test]
    fn a_page_is_free_when_every_block_on_it_is() {
        // 16 KiB blocks, 4 KiB pages: four pages each.
        assert_eq!(free_pages(4096, 16384, &marks("#.#.")), 0b1111_0000_1111_0000);
        // 20 KiB blocks: 3 of them, and a page that no block reaches.
        assert_eq!(free_pages(4096, 20480, &marks("#.#")), 0b1000_0011_1110_0000);
        // 2 KiB blocks: two to a page.
        let picture = ["##", "#.", ".#", ".."].concat() + &"#".repeat(24);
        assert_eq!(free_pages(4096, 2048, &marks(&picture)), 0b1000);
    }

    #[test]
    fn claiming_a_block_wakes_the_pages_it_touches() {
        let holes =
            Holes { idle: AtomicU16::new(!0), purged: AtomicU16::new(!0), free: AtomicU32::new(0) };
        PAGE_BYTES.store(4096, Relaxed); // no slab in this test
        holes.disturb(1, 20480); // bytes 20 to 40 KiB: pages 5 to 9
        assert_eq!(holes.idle.load(Relaxed), !0b11_1110_0000);
        assert_eq!(holes.purged.load(Relaxed), !0b11_1110_0000);
    }
}
