//! The protocols between threads, under every interleaving that loom finds. Run
//! with `RUSTFLAGS="--cfg loom" cargo test -p allotment --release --lib`.

use std::vec::Vec;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use crate::marks::{self, CACHED, FREE};
use crate::remote::{Announced, Pend, Pending};
use crate::sync::{AtomicPtr, AtomicU8, Relaxed};

const BLOCKS: usize = 2;

/// A slab of two blocks in one group, and its owner's list.
struct Slab {
    marks: Vec<AtomicU8>,
    flag: AtomicU8,
    announced: Announced,
    next: AtomicPtr<Slab>,
    pending: Pending<Slab>,
    /// What programs write in the blocks: loom fails on two at the same time.
    contents: Vec<UnsafeCell<u32>>,
}

// SAFETY: the contents are accessed by whoever has the block, which is what the
// models check.
unsafe impl Sync for Slab {}

impl Pend for Slab {
    fn next(&self) -> &AtomicPtr<Slab> {
        &self.next
    }
}

impl Slab {
    /// All blocks are cached by somebody.
    fn new() -> Self {
        Self {
            marks: (0..BLOCKS).map(|_| AtomicU8::new(CACHED)).collect(),
            flag: AtomicU8::new(0),
            announced: Announced::new(),
            next: AtomicPtr::new(core::ptr::null_mut()),
            pending: Pending::new(),
            contents: (0..BLOCKS).map(|_| UnsafeCell::new(0)).collect(),
        }
    }

    fn write(&self, block: usize) {
        // SAFETY: the caller has the block; loom reports it if that is not so.
        self.contents[block].with_mut(|at| unsafe { *at += 1 });
    }

    /// What a thread that is not the owner does to free a block.
    fn free(&self, block: usize) {
        self.write(block);
        marks::put_back(&self.marks[block], &self.flag);
        if self.announced.announce(1) {
            self.pending.push(self);
        }
    }

    /// What the owner does when it needs blocks; how many it has on account.
    fn collect(&self) -> u32 {
        let slab = self.pending.take_all();
        if slab.is_null() {
            return 0;
        }
        // SAFETY: the only slab that is ever pushed.
        // Relaxed: nobody changes the link of a slab that is on no list.
        assert!(unsafe { &*slab }.next.load(Relaxed).is_null());
        self.announced.collect()
    }

    /// What the owner does with blocks on account.
    fn claim(&self, account: u32) -> u32 {
        let mut taken = 0;
        if marks::flagged(&self.flag) {
            taken = marks::claim(&self.marks, &self.flag, account);
        }
        if taken == 0 && account > 0 {
            taken = marks::claim(&self.marks, &self.flag, account);
        }
        for block in (0..BLOCKS).filter(|block| taken >> block & 1 == 1) {
            self.write(block);
        }
        taken.count_ones()
    }
}

#[test]
fn every_block_put_back_is_claimed_once_and_comes_with_its_contents() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2); // all of them take minutes, and find no more
    model.check(|| {
        let slab = Arc::new(Slab::new());
        let others: Vec<_> = (0..BLOCKS)
            .map(|block| {
                let slab = Arc::clone(&slab);
                thread::spawn(move || slab.free(block))
            })
            .collect();
        let mut account = 0;
        let mut claimed = 0;
        for _ in 0..2 {
            account += slab.collect();
            let now = slab.claim(account);
            account -= now;
            claimed += now;
        }
        for other in others {
            other.join().unwrap();
        }
        // Everything is announced now, so one more round finds all that is left.
        account += slab.collect();
        claimed += slab.claim(account);
        assert_eq!(claimed, BLOCKS as u32, "no block is lost, none is claimed twice");
        assert!(slab.marks.iter().all(|mark| mark.load(Relaxed) != FREE));
    });
}

#[test]
fn a_slab_is_on_the_pending_list_once_however_often_it_is_announced() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let other = {
            let slab = Arc::clone(&slab);
            thread::spawn(move || {
                slab.free(0);
                slab.free(1);
            })
        };
        let early = slab.collect();
        other.join().unwrap();
        let late = slab.collect();
        assert_eq!(early + late, BLOCKS as u32);
        assert_eq!(slab.collect(), 0, "and then it is on no list");
    });
}
