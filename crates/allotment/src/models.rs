//! The protocols between threads, under every interleaving that loom finds. Run
//! with `RUSTFLAGS="--cfg loom" cargo test -p allotment --release --lib`.

use std::vec::Vec;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use crate::marks;
use crate::remote::{Announced, Pend, Pending};
use crate::sync::{AtomicPtr, AtomicU64, Relaxed};

const BLOCKS: usize = 3;
const WORDS: usize = 2;

/// The word in which a block has its bit: two blocks in the first, one in the other.
fn word_of(block: usize) -> usize {
    block / 2
}

/// A slab of three blocks, and its owner's list.
struct Slab {
    returned: [AtomicU64; WORDS],
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

/// What the owner alone has of a slab.
#[derive(Default)]
struct Owned {
    free: u64,
    /// Never more than there are free bits.
    count: u32,
}

impl Slab {
    /// All blocks are in some thread's hands.
    fn new() -> Self {
        Self {
            returned: core::array::from_fn(|_| AtomicU64::new(0)),
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
        assert_eq!(marks::put_back(&self.returned[word_of(block)], 1 << block), 0);
        if self.announced.announce(1) {
            self.pending.push(self);
        }
    }

    /// What the owner does when it needs blocks.
    fn collect(&self, owned: &mut Owned) {
        let slab = self.pending.take_all();
        if slab.is_null() {
            return;
        }
        // SAFETY: the only slab that is ever pushed.
        // Relaxed: nobody changes the link of a slab that is on no list.
        assert!(unsafe { &*slab }.next.load(Relaxed).is_null());
        owned.count += self.announced.collect();
        for returned in &self.returned {
            let bits = marks::collect(returned);
            assert_eq!(owned.free & bits, 0, "no block comes twice");
            owned.free |= bits;
        }
        assert!(owned.free.count_ones() >= owned.count, "what is counted is there");
    }

    /// What the owner does with blocks it has counted; how many.
    fn claim(&self, owned: &mut Owned) -> u32 {
        let taken = owned.count;
        for _ in 0..taken {
            self.write(owned.free.trailing_zeros() as usize);
            owned.free &= owned.free - 1;
        }
        owned.count = 0;
        taken
    }
}

#[test]
fn every_block_put_back_is_claimed_once_and_comes_with_its_contents() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3); // all of them take minutes, and find no more
    model.check(|| {
        let slab = Arc::new(Slab::new());
        let others: Vec<_> = [&[0][..], &[1, 2]]
            .into_iter()
            .map(|blocks| {
                let slab = Arc::clone(&slab);
                thread::spawn(move || blocks.iter().for_each(|&block| slab.free(block)))
            })
            .collect();
        let mut owned = Owned::default();
        let mut claimed = 0;
        for _ in 0..2 {
            slab.collect(&mut owned);
            claimed += slab.claim(&mut owned);
        }
        for other in others {
            other.join().unwrap();
        }
        // Everything is announced now, so one more round finds all that is left.
        slab.collect(&mut owned);
        claimed += slab.claim(&mut owned);
        assert_eq!(claimed, BLOCKS as u32, "no block is lost, none is claimed twice");
        assert_eq!(owned.free, 0);
    });
}

/// What ends a slab: all of its blocks are counted. Then nobody has it in hand.
#[test]
fn a_slab_that_is_counted_free_is_not_announced_again() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(2);
    model.check(|| {
        let slab = Arc::new(Slab::new());
        let ended = Arc::new(AtomicU64::new(0));
        let others: Vec<_> = (0..BLOCKS)
            .map(|block| {
                let (slab, ended) = (Arc::clone(&slab), Arc::clone(&ended));
                thread::spawn(move || {
                    slab.write(block);
                    assert_eq!(marks::put_back(&slab.returned[word_of(block)], 1 << block), 0);
                    assert_eq!(ended.load(Relaxed), 0, "an ended slab is announced");
                    if slab.announced.announce(1) {
                        assert_eq!(ended.load(Relaxed), 0, "an ended slab is listed");
                        slab.pending.push(&slab);
                    }
                })
            })
            .collect();
        let mut owned = Owned::default();
        for _ in 0..2 {
            slab.collect(&mut owned);
            if owned.count == BLOCKS as u32 {
                ended.store(1, Relaxed);
            }
        }
        for other in others {
            other.join().unwrap();
        }
    });
}

#[test]
fn a_slab_is_on_the_pending_list_once_however_often_it_is_announced() {
    loom::model(|| {
        let slab = Arc::new(Slab::new());
        let other = {
            let slab = Arc::clone(&slab);
            thread::spawn(move || {
                (0..BLOCKS).for_each(|block| slab.free(block));
            })
        };
        let mut owned = Owned::default();
        slab.collect(&mut owned);
        other.join().unwrap();
        slab.collect(&mut owned);
        assert_eq!(owned.count, BLOCKS as u32);
        slab.collect(&mut owned);
        assert_eq!(owned.count, BLOCKS as u32, "and then it is on no list");
    });
}

/// Something to be listed, with a word that it brings along.
struct Item {
    next: AtomicPtr<Item>,
    word: UnsafeCell<u32>,
}

// SAFETY: the word is the listing thread's, and then the taking one's, which is what
// the model checks.
unsafe impl Sync for Item {}

impl Pend for Item {
    fn next(&self) -> &AtomicPtr<Item> {
        &self.next
    }
}

#[test]
fn what_is_listed_by_two_threads_comes_whole() {
    loom::model(|| {
        let item =
            || Item { next: AtomicPtr::new(core::ptr::null_mut()), word: UnsafeCell::new(0) };
        let shared = Arc::new((Pending::new(), [item(), item()]));
        let others: Vec<_> = (0..2)
            .map(|which| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (list, items) = &*shared;
                    // SAFETY: not listed yet, so it is this thread's.
                    items[which].word.with_mut(|word| unsafe { *word = 1 });
                    list.push(&items[which]);
                })
            })
            .collect();
        let take = || {
            let mut taken = 0;
            let mut next = shared.0.take_all();
            while !next.is_null() {
                // SAFETY: items live as long as the list.
                let item = unsafe { &*next };
                // SAFETY: taken off the list, so it is this thread's.
                taken += item.word.with(|word| unsafe { *word });
                next = item.next.load(Relaxed); // nobody else changes it now
            }
            taken
        };
        let early = take();
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(early + take(), 2);
    });
}
