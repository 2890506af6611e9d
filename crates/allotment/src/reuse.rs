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
//! A free looks at one byte for that. Where it is zero, there is time to look whether frees
//! are [counted](Reuse::count): after so many, a look at the clock is due.

use core::cell::Cell;
use core::hint::cold_path;

/// So many stacks that were full of others' blocks, one after the other, tell that a thread only
/// frees these.
const FULL_MAX: u8 = 4;

/// Whether a thread uses blocks that it frees. The thread's alone; when a heap changes
/// threads, its lock orders that.
pub(crate) struct Reuse {
    /// What a free looks at: zero if it is to ask for nothing, or to be counted.
    expects: Cell<u8>,
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
        Self { expects: Cell::new(0), full_left: Cell::new(0), frees_left: Cell::new(0) }
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
        if !self.is_counting() {
            self.expects.set(full_left);
        }
    }

    /// A block comes back: asks for its first line if this thread is likely to use it.
    /// Whether frees are counted, and there is more to do.
    #[inline(always)]
    pub(crate) fn expect(&self, block: usize) -> bool {
        if self.expects.get() == 0 {
            cold_path(); // for the order of the instructions: the other way has no jump
            return self.is_counting();
        }
        prefetch(block);
        false
    }

    /// So many frees, of which there are some, are to be counted from now on.
    pub(crate) fn count(&self, frees: u8) {
        self.frees_left.set(frees);
        self.expects.set(0);
    }

    /// No more frees are to be counted.
    pub(crate) fn stop_counting(&self) {
        self.frees_left.set(0);
        self.expects.set(self.full_left.get());
    }

    #[inline(always)]
    pub(crate) fn is_counting(&self) -> bool {
        self.frees_left.get() > 0
    }

    /// What [`expect`](Self::expect) left to do: counts a free. Whether it was the last.
    pub(crate) fn count_down(&self, block: usize) -> bool {
        if self.full_left.get() > 0 {
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

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn prefetch(address: usize) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a hint, which no address makes fail, and which all of these processors have.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(core::ptr::without_provenance(address)) };
}

#[cfg(target_arch = "aarch64")]
#[inline(always)]
fn prefetch(address: usize) {
    // SAFETY: a hint, which no address makes fail.
    unsafe {
        core::arch::asm!(
            "prfm pldl1keep, [{0}]",
            in(reg) address,
            options(nostack, preserves_flags, readonly),
        );
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
        reuse.expects.get() > 0
    }

    #[test]
    fn frees_are_counted_whatever_is_expected_and_afterwards_all_is_as_it_would_have_been() {
        let (reuse, block) = (Reuse::new(), [0_u8]);
        let block = block.as_ptr().addr();
        let is_last = || reuse.expect(block) && reuse.count_down(block);
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
    }

    #[test]
    fn a_thread_that_only_frees_what_others_own_expects_nothing() {
        let reuse = Reuse::new();
        assert!(!expects(&reuse), "before anything was handed out");
        let refill: fn(&Reuse) = |it| it.refilled();
        for begin in [refill, |it| it.overflowed(false), refill] {
            begin(&reuse);
            for _ in 0..FULL_MAX {
                assert!(expects(&reuse));
                reuse.overflowed(true);
            }
            assert!(!expects(&reuse));
            reuse.overflowed(true);
            assert!(!expects(&reuse), "nor later");
        }
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
