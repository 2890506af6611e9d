//! The lines of freed blocks, asked for before they are needed; and frees, counted.
//!
//! Where a free writes into the block, its line is in the caches when the block is handed
//! out again. Here nothing does, and the program's first write would wait for it. So the line
//! is asked for at the free, which is a hint to the processor: nothing is read or written. And
//! what the program has just asked of the block comes sooner: a processor runs ahead of what
//! it waits for, and the address is known before much else. A thread that only frees what
//! others own would have lines brought for nothing, perhaps from another processor, and asks
//! for none.
//!
//! A free has to compare the block's offset in the land with the land's end in any case. So it
//! does that with a number of its heap's own, the *reach*. Where the offset is beyond that, there
//! is time for other questions: whether nothing is to be asked for, the land has grown, or frees
//! are [counted](Reuse::count): after so many, a look at the clock is due.

use core::cell::Cell;

use crate::asm::prefetch;
use crate::land::GROUND;

/// So many stacks that were full of others' blocks, one after the other, tell that a thread only
/// frees these.
const FULL_MAX: u8 = 4;

/// Whether a thread uses blocks that it frees. The thread's alone; when a heap changes
/// threads, its lock orders that.
pub(crate) struct Reuse {
    /// How many bytes of the land a free knows to be there that asks for a line; and one that
    /// asks for nothing. Zero where none does, and both if frees are counted.
    reach: Cell<usize>,
    reach_asking_nothing: Cell<usize>,
    /// Stacks that may still be full of others' blocks before nothing is expected.
    full_left: Cell<u8>,
    /// Frees that are still to be counted; zero if they are not.
    frees_left: Cell<u8>,
}

// SAFETY: only the heap's thread uses it, but for those of heaps that stand for none: their
// stacks are never refilled and never flushed, and their frees not counted, so they are never
// written.
unsafe impl Sync for Reuse {}

impl Reuse {
    pub(crate) const fn new() -> Self {
        Self {
            reach: Cell::new(0),
            reach_asking_nothing: Cell::new(0),
            full_left: Cell::new(0),
            frees_left: Cell::new(0),
        }
    }

    /// A stack was empty, or at its stop.
    pub(crate) fn refilled(&self) {
        self.set(FULL_MAX);
    }

    /// Blocks of a full one have gone home: to other heaps, most of them, or not.
    pub(crate) fn overflowed(&self, to_others: bool) {
        self.set(if to_others { self.full_left.get().saturating_sub(1) } else { FULL_MAX });
    }

    fn set(&self, full_left: u8) {
        self.full_left.set(full_left);
        self.reach_out();
    }

    fn expects(&self) -> bool {
        self.full_left.get() > 0
    }

    /// Reaches as far as the land does by now.
    fn reach_out(&self) {
        let bytes = if self.is_counting() { 0 } else { GROUND.bytes() };
        let (reach, other) = if self.expects() { (bytes, 0) } else { (0, bytes) };
        self.reach.set(reach);
        self.reach_asking_nothing.set(other);
    }

    /// Whether a block that comes back, or what may be one, is in the land at this offset, and
    /// likely to be used by this thread: then its first line is asked for.
    #[inline(always)]
    pub(crate) fn expects_at(&self, block: usize, offset: usize) -> bool {
        let is_expected = offset < self.reach.get();
        if is_expected {
            prefetch(block);
        }
        is_expected
    }

    /// Whether it is in the land, and not likely to be used, and that is all.
    #[inline(always)]
    pub(crate) fn expects_nothing_at(&self, offset: usize) -> bool {
        offset < self.reach_asking_nothing.get()
    }

    /// After neither was so of a block that is in the land: the land may have grown. Of a heap
    /// that stands for none, nothing is so.
    pub(crate) fn look_again(&self) {
        if self.expects() || self.reach_asking_nothing.get() > 0 {
            self.reach_out();
        }
    }

    /// So many frees, of which there are some, are to be counted from now on.
    pub(crate) fn count(&self, frees: u8) {
        self.frees_left.set(frees);
        self.reach_out();
    }

    /// No more frees are to be counted.
    pub(crate) fn stop_counting(&self) {
        self.frees_left.set(0);
        self.reach_out();
    }

    #[inline(always)]
    pub(crate) fn is_counting(&self) -> bool {
        self.frees_left.get() > 0
    }

    /// A free is counted. Whether it was the last.
    pub(crate) fn count_down(&self, block: usize) -> bool {
        if self.expects() {
            prefetch(block);
        }
        let left = self.frees_left.get() - 1;
        self.frees_left.set(left);
        if left == 0 {
            self.stop_counting();
        }
        left == 0
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::alone::alone;
    use crate::report::Caller;
    use crate::{block, tls};

    fn expects(reuse: &Reuse) -> bool {
        reuse.reach.get() > 0
    }

    #[test]
    fn frees_are_counted_whatever_is_expected_and_afterwards_all_is_as_it_would_have_been() {
        alone(|| {
            let (reuse, block) = (Reuse::new(), block::allocate(16));
            let is_last = || {
                let offset = GROUND.offset(block);
                let is_short = reuse.expects_at(block, offset) || reuse.expects_nothing_at(offset);
                assert_ne!(is_short, reuse.is_counting());
                !is_short && reuse.count_down(block)
            };
            reuse.overflowed(true);
            for likely in [false, true] {
                if likely {
                    reuse.refilled();
                }
                assert!(!is_last(), "nothing is counted");
                reuse.count(3);
                assert!(!is_last());
                reuse.overflowed(true);
                reuse.refilled();
                assert!(!is_last());
                (0..FULL_MAX).for_each(|_| reuse.overflowed(true));
                if likely {
                    reuse.refilled();
                }
                assert!(is_last());
                assert_eq!((is_last(), expects(&reuse)), (false, likely));
            }
            reuse.count(3);
            reuse.stop_counting();
            assert!(expects(&reuse) && !reuse.is_counting());
        });
    }

    #[test]
    fn a_thread_that_only_frees_what_others_own_expects_nothing() {
        alone(|| {
            let (reuse, block) = (Reuse::new(), block::allocate(16));
            let says = || {
                let offset = GROUND.offset(block);
                (reuse.expects_at(block, offset), reuse.expects_nothing_at(offset))
            };
            assert_eq!(says(), (false, false), "before anything was handed out");
            let refill: fn(&Reuse) = |it| it.refilled();
            for begin in [refill, |it| it.overflowed(false), refill] {
                begin(&reuse);
                for _ in 0..FULL_MAX {
                    assert_eq!(says(), (true, false));
                    reuse.overflowed(true);
                }
                assert_eq!(says(), (false, true));
                reuse.overflowed(true);
                assert_eq!(says(), (false, true), "nor later");
            }
        });
    }

    #[test]
    fn a_free_of_what_lies_beyond_the_reach_finds_that_the_land_has_grown() {
        alone(|| {
            let reuse = &tls::heap().reuse;
            assert_eq!(reuse.reach.get(), 0, "there is no heap");
            block::allocate(48);
            let reuse = &tls::heap().reuse;
            let reach = reuse.reach.get();
            let others = std::thread::spawn(|| {
                (0..1000).map(|_| block::allocate(64 << 10)).collect::<Vec<_>>()
            });
            let others = others.join().expect("it ends");
            assert_eq!(reuse.reach.get(), reach);
            let beyond = |&&block: &&usize| GROUND.offset(block) >= reach;
            let far = *others.iter().find(beyond).expect("the land has grown");
            block::free(far, Caller::Free);
            assert!(GROUND.bytes() > reach && reuse.reach.get() == GROUND.bytes());
        });
    }

    fn fill() -> Vec<usize> {
        (0..100_000).map(|_| block::allocate(48)).collect()
    }

    fn empty(blocks: Vec<usize>) -> bool {
        for block in blocks {
            block::free(block, Caller::Free);
        }
        expects(&tls::heap().reuse)
    }

    #[test]
    fn a_heap_notices_what_its_thread_does() {
        alone(|| {
            let blocks = fill();
            assert!(expects(&tls::heap().reuse));
            assert!(empty(blocks), "its own");
            let blocks = fill();
            let other = std::thread::spawn(move || {
                block::free(block::allocate(48), Caller::Free);
                assert!(!empty(blocks), "another's");
                let own = block::allocate(4000);
                assert!(expects(&tls::heap().reuse));
                block::free(own, Caller::Free);
                assert!(!empty((0..500).map(|_| block::allocate(64 << 10)).collect()), "runs");
                let run = block::allocate(128 << 10);
                assert!(expects(&tls::heap().reuse), "a block of its own run is one, too");
                block::free(run, Caller::Free);
            });
            other.join().expect("it ends");
        });
    }

    #[test]
    fn a_thread_that_ends_takes_its_count_along() {
        alone(|| {
            let heap = |counts: u8| {
                block::free(block::allocate(48), Caller::Free);
                let heap = tls::heap();
                assert!(!heap.reuse.is_counting());
                heap.reuse.count(counts);
                core::ptr::from_ref(heap).addr()
            };
            let of_a_thread = || std::thread::spawn(move || heap(3)).join().expect("it ends");
            assert_eq!(of_a_thread(), of_a_thread(), "the heap of the one is the other's");
        });
    }
}
