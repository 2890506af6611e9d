//! Blocks that become longer or shorter, with every alignment: from Rust's layouts to the
//! same heap that C's `realloc` is of.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::{Mutex, MutexGuard, PoisonError};

use allotment::{Allotment, raw, statistics};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// The tests are about where blocks lie, so one at a time has the heap.
fn alone() -> MutexGuard<'static, ()> {
    static HEAP: Mutex<()> = Mutex::new(());
    HEAP.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A live block.
struct Block {
    at: *mut u8,
    layout: Layout,
}

impl Block {
    fn new(size: usize, align: usize) -> Self {
        let layout = Layout::from_size_align(size, align).unwrap();
        // SAFETY: every size of these tests has bytes.
        let at = unsafe { Allotment.alloc(layout) };
        assert!(!at.is_null() && at.addr().is_multiple_of(align));
        Self { at, layout }
    }

    fn resize(&mut self, size: usize) {
        // SAFETY: the block is live, of this layout, and known by its new address only.
        self.at = unsafe { Allotment.realloc(self.at, self.layout, size) };
        self.layout = Layout::from_size_align(size, self.layout.align()).unwrap();
        assert!(!self.at.is_null() && self.at.addr().is_multiple_of(self.layout.align()));
        let usable = raw::good_size_aligned(size, self.layout.align());
        assert_eq!(raw::usable_size(self.at), usable, "as for a new one of {:?}", self.layout);
    }

    fn fill(&mut self, value: u8) {
        // SAFETY: the block is live, and so long.
        unsafe { self.at.write_bytes(value, self.layout.size()) };
    }

    /// Whether the first `bytes` bytes, which were written, are all `value`.
    fn is_filled(&self, bytes: usize, value: u8) -> bool {
        // SAFETY: the block is live, at least so long, and written so far.
        let written = unsafe { std::slice::from_raw_parts(self.at, bytes) };
        written.iter().all(|&byte| byte == value)
    }

    /// The byte at the end of the first `bytes`.
    fn last_of(&mut self, bytes: usize) -> *mut u8 {
        assert!(bytes <= self.layout.size());
        self.at.wrapping_add(bytes - 1)
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block is live and of this layout.
        unsafe { Allotment.dealloc(self.at, self.layout) };
    }
}

fn resident_bytes() -> usize {
    statistics::gather().resident_bytes.unwrap()
}

#[test]
fn blocks_of_every_alignment_keep_their_bytes() {
    let _alone = alone();
    let mut seed = 1_u64;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (seed >> 33) as usize % bound
    };
    for shift in 0..=21 {
        let mut others = Vec::new();
        let mut block = Block::new(1, 1 << shift);
        block.fill(0);
        for value in 1..60 {
            let had = block.layout.size();
            let size = 1 + match below(4) {
                0 => below(1000),
                1 => below(50 * KIB),
                2 => below(2 * MIB),
                _ => had, // a little longer
            };
            block.resize(size);
            assert!(block.is_filled(had.min(size), value - 1), "{had} to {size}");
            block.fill(value);
            others.push(Block::new(1 + below(300 * KIB), 16)); // in the way
        }
    }
}

#[test]
fn a_block_with_an_alignment_takes_its_pages_along() {
    let _alone = alone();
    for align in [16, 64, 4096, 64 * KIB] {
        let mut block = Block::new(64 * MIB, align);
        let in_the_way = Block::new(64 * MIB, align);
        // SAFETY: the byte is the block's.
        unsafe { block.last_of(64 * MIB).write(7) };
        let before = resident_bytes();
        block.resize(96 * MIB);
        assert!(resident_bytes() < before + 16 * MIB, "nothing is copied at {align}");
        // SAFETY: the byte is the block's, and was written.
        assert_eq!(unsafe { block.last_of(64 * MIB).read() }, 7);
        drop(in_the_way);
    }
}

#[test]
fn a_block_with_a_large_alignment_grows_where_it_is() {
    let _alone = alone();
    let mut block = Block::new(64 * MIB, 2 * MIB);
    let at = block.at;
    block.resize(MIB);
    assert_eq!(block.at, at);
    block.resize(32 * MIB);
    assert_eq!(block.at, at);
}

#[test]
fn a_small_block_with_an_alignment_stays_in_its_class() {
    let _alone = alone();
    let mut block = Block::new(100, 64);
    let at = block.at;
    for size in [128, 65, 127] {
        block.resize(size);
        assert_eq!(block.at, at);
    }
}

fn zeroed(size: usize, align: usize) -> Block {
    let layout = Layout::from_size_align(size, align).unwrap();
    // SAFETY: every size of these tests has bytes.
    let at = unsafe { Allotment.alloc_zeroed(layout) };
    assert!(!at.is_null() && at.addr().is_multiple_of(align));
    Block { at, layout }
}

#[test]
fn what_was_used_before_is_zero_again() {
    let _alone = alone();
    for size in [1, 100, 5000, 60 * KIB, MIB] {
        for align in [1, 64, 4096, 64 * KIB, 2 * MIB] {
            Block::new(size, align).fill(7);
            assert!(zeroed(size, align).is_filled(size, 0), "{size} bytes at {align}");
        }
    }
}

#[test]
fn zero_bytes_with_an_alignment_that_nothing_was_in_are_not_written() {
    let _alone = alone();
    for align in [16, 64, 64 * KIB, 2 * MIB] {
        raw::trim();
        let before = resident_bytes();
        let block = zeroed(256 * MIB, align);
        assert!(resident_bytes() < before + MIB, "{align}");
        assert!(block.is_filled(MIB, 0));
    }
}
