//! The lines of freed blocks, asked for before they are needed.
//!
//! Where a free writes into the block, its line is in the caches when the block is handed
//! out again. Here nothing does, and the program's first write would wait for it. So the line
//! is asked for at the free, which is a hint to the processor: nothing is read or written. A
//! thread that only frees would have lines brought for nothing, perhaps from another
//! processor, and asks for none.

use core::cell::Cell;

/// So many stacks that were full since the last that was empty tell that a thread only frees.
const FULL_MAX: u8 = 4;

/// Whether a thread allocates as well as it frees. The thread's alone; when a heap changes
/// threads, its lock orders that.
pub(crate) struct Reuse(Cell<u8>);

// SAFETY: only the heap's thread uses it, but for those of heaps that stand for none: their
// stacks are never refilled and never flushed, so they are never written.
unsafe impl Sync for Reuse {}

impl Reuse {
    pub(crate) const fn new() -> Self {
        Self(Cell::new(0))
    }

    /// A stack was empty.
    pub(crate) fn refilled(&self) {
        self.0.set(FULL_MAX);
    }

    /// One was full.
    pub(crate) fn overflowed(&self) {
        self.0.set(self.0.get().saturating_sub(1));
    }

    /// A block comes back: asks for its first line if it is likely to be handed out soon.
    #[inline(always)]
    pub(crate) fn expect(&self, block: usize) {
        if self.is_likely() {
            prefetch(block);
        }
    }

    #[inline(always)]
    fn is_likely(&self) -> bool {
        self.0.get() > 0
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
    use std::process::Command;
    use std::string::String;
    use std::vec::Vec;

    use super::*;
    use crate::report::Caller;
    use crate::{block, tls};

    #[test]
    fn a_thread_that_only_frees_expects_nothing() {
        let reuse = Reuse::new();
        assert!(!reuse.is_likely(), "before anything was handed out");
        reuse.refilled();
        for _ in 0..FULL_MAX {
            assert!(reuse.is_likely());
            reuse.overflowed();
        }
        assert!(!reuse.is_likely());
        reuse.overflowed();
        reuse.refilled();
        assert!(reuse.is_likely(), "as soon as it allocates");
    }

    fn fill() -> Vec<usize> {
        (0..100_000).map(|_| block::allocate(48)).collect()
    }

    fn empty(blocks: Vec<usize>) {
        for block in blocks {
            block::free(block, Caller::Free);
        }
    }

    /// In a process of its own: it uses the one heap, whose tally another test holds.
    #[test]
    fn a_heap_notices_what_its_thread_does() {
        const ALONE: &str = "TEST_ALONE";
        if std::env::var_os(ALONE).is_none() {
            let name = std::thread::current().name().map(String::from).expect("a test's name");
            let mut again = Command::new(std::env::current_exe().expect("this program"));
            let done = again.args(["--exact", &name]).env(ALONE, "1").output().expect("it runs");
            let told = String::from_utf8_lossy(&done.stdout);
            assert!(done.status.success() && told.contains("1 passed"), "{told}");
            return;
        }
        let blocks = fill();
        assert!(tls::heap().reuse.is_likely());
        empty(blocks);
        assert!(!tls::heap().reuse.is_likely());
        let blocks = fill();
        assert!(tls::heap().reuse.is_likely());
        empty(blocks);
    }
}
