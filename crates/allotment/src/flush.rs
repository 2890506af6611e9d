//! Gathers blocks that go back to other threads' slabs, so that each word of free
//! bits is written once, and each slab's owner told once.
//!
//! A small direct-mapped table: blocks of one slab mostly come together, and what
//! collides is sent early.

use crate::marks::WORD_BLOCKS;
use crate::slab::{self, Slab};
use crate::stack::Entry;

const PLACES: usize = 16;

/// Blocks whose bits are in one word: as many as follow one another in a stack.
pub(crate) struct Parcel {
    pub(crate) slab: &'static Slab,
    /// The word of free bits.
    pub(crate) word: usize,
    pub(crate) bits: u64,
    /// So many bits there are.
    pub(crate) blocks: u32,
}

impl Parcel {
    /// Of entries whose bits are in one word, with those bits. `all` ends with them.
    #[inline]
    fn new(first: &Entry, bits: u64, mut blocks: u32, all: &[Entry]) -> Self {
        let slab = slab::of_block(first.block);
        let word = slab.index_of(first) / WORD_BLOCKS;
        // One block alone is the most frequent parcel of a program without order.
        if blocks > 1 && bits.count_ones() != blocks {
            report_twice(slab, word, &all[all.len() - blocks as usize..]);
            blocks = bits.count_ones();
        }
        Self { slab, word, bits, blocks }
    }

    /// Of these blocks, some were in the slab already: a misuse, and not to be counted.
    #[cold]
    pub(crate) fn drop_twice(&mut self, twice: u64) {
        self.blocks = self.blocks.saturating_sub(twice.count_ones());
        self.slab.report_twice(self.word, twice);
    }
}

/// Reports the blocks that two entries name: two threads freed one at the same instant.
#[cold]
fn report_twice(slab: &Slab, word: usize, entries: &[Entry]) {
    let mut seen = 0;
    for entry in entries {
        if seen & entry.bit() != 0 {
            slab.report_twice(word, entry.bit());
        }
        seen |= entry.bit();
    }
}

/// Cuts a stack's entries into parcels.
#[inline]
pub(crate) fn parcels(entries: &[Entry], mut each: impl FnMut(Parcel)) {
    let Some(mut first) = entries.first() else { return };
    let (mut bits, mut blocks) = (0, 0);
    for (at, entry) in entries.iter().enumerate() {
        if entry.line() != first.line() {
            each(Parcel::new(first, bits, blocks, &entries[..at]));
            (first, bits, blocks) = (entry, 0, 0);
        }
        bits |= entry.bit();
        blocks += 1;
    }
    each(Parcel::new(first, bits, blocks, entries));
}

/// What goes to one slab.
struct Delivery {
    /// The word that is being gathered.
    parcel: Parcel,
    /// Blocks in it, and in the words that were sent before.
    blocks: u32,
}

impl Delivery {
    fn send_word(&mut self) {
        let twice = self.parcel.slab.put_back(self.parcel.word, self.parcel.bits);
        if twice != 0 {
            self.blocks = self.blocks.saturating_sub(twice.count_ones());
            self.parcel.drop_twice(twice);
        }
    }

    fn send(mut self) {
        self.send_word();
        if self.blocks > 0 {
            announce(self.parcel.slab, self.blocks);
        }
    }
}

pub(crate) struct Flush {
    places: [Option<Delivery>; PLACES],
}

impl Flush {
    pub(crate) fn new() -> Self {
        Self { places: [const { None }; PLACES] }
    }

    /// Some more blocks of a foreign slab.
    pub(crate) fn add(&mut self, parcel: Parcel) {
        let place = &mut self.places[parcel.slab.unit() % PLACES];
        match place {
            Some(delivery) if core::ptr::eq(delivery.parcel.slab, parcel.slab) => {
                delivery.blocks += parcel.blocks;
                if delivery.parcel.word == parcel.word && delivery.parcel.bits & parcel.bits == 0 {
                    delivery.parcel.bits |= parcel.bits;
                } else {
                    delivery.send_word();
                    delivery.parcel = parcel;
                }
            }
            _ => {
                let blocks = parcel.blocks;
                if let Some(other) = place.replace(Delivery { parcel, blocks }) {
                    other.send();
                }
            }
        }
    }

    /// Sends all that is left.
    pub(crate) fn finish(self) {
        for delivery in self.places.into_iter().flatten() {
            delivery.send();
        }
    }
}

/// Puts one block back for a thread that has no heap.
pub(crate) fn put_back_alone(entry: Entry) {
    parcels(&[entry], |parcel| {
        let blocks = parcel.blocks;
        Delivery { parcel, blocks }.send();
    });
}

/// Tells the heap that owns the slab.
fn announce(slab: &'static Slab, blocks: u32) {
    if slab.announced.announce(blocks) {
        // SAFETY: heaps live in the closet and are never unmapped.
        unsafe { &*slab.owner() }.pending.push(slab);
    }
}

#[cfg(test)]
mod tests {
    use std::env;
    use std::os::unix::process::ExitStatusExt;
    use std::process::Command;
    use std::string::String;

    use super::*;
    use crate::marks::LIVE;
    use crate::raw::{self, Caller};
    use crate::sync::Relaxed;

    /// Set for the copy of this program that misuses the heap.
    const CHILD: &str = "HEAP_TEST_CHILD";

    /// Frees a block as two threads do that both find it live.
    fn free_twice_at_once(bytes: usize) {
        let block = raw::allocate(bytes);
        let slab = slab::of_block(block.addr());
        let index = (block.addr() % (64 << 10)) / bytes;
        // SAFETY: a live block that nobody uses.
        unsafe { raw::free(block, Caller::Free) };
        slab.marks()[index].store(LIVE, Relaxed); // Relaxed: one thread plays two
        // SAFETY: as above, but for the misuse that this is about.
        unsafe { raw::free(block, Caller::Free) };
    }

    /// Runs a test of this file in a copy of this program, and returns its last words.
    fn last_words_of(test: &str) -> String {
        let itself = env::current_exe().unwrap();
        let name = std::format!("flush::tests::{test}");
        let output = Command::new(itself).args(["--exact", &name]).env(CHILD, "1").output();
        let output = output.unwrap();
        assert_eq!(output.status.signal(), Some(6), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    #[test]
    fn a_race_of_two_frees_is_reported_when_both_are_in_one_stack() {
        if env::var_os(CHILD).is_some() {
            free_twice_at_once(48);
            raw::trim();
        }
        let words = last_words_of("a_race_of_two_frees_is_reported_when_both_are_in_one_stack");
        assert!(words.contains("double free of a block of 48 bytes; aborting"), "{words}");
    }

    #[test]
    fn a_race_of_two_frees_is_reported_when_one_is_in_the_slab_already() {
        if env::var_os(CHILD).is_some() {
            let block = raw::allocate(48);
            let slab = slab::of_block(block.addr());
            let (word, bit) = slab::place_of((block.addr() % (64 << 10)) / 48);
            assert_eq!(slab.take_back(word, bit), 0, "the first");
            // SAFETY: still live, and nobody uses it.
            unsafe { raw::free(block, Caller::Free) };
            raw::trim();
        }
        let words =
            last_words_of("a_race_of_two_frees_is_reported_when_one_is_in_the_slab_already");
        assert!(words.contains("double free of a block of 48 bytes; aborting"), "{words}");
    }

    #[test]
    fn a_race_of_two_frees_is_reported_when_a_third_thread_collects_them() {
        if env::var_os(CHILD).is_some() {
            let block = raw::allocate(48);
            let slab = slab::of_block(block.addr());
            let index = (block.addr() % (64 << 10)) / 48;
            let entry = || Entry { block: block.addr(), mark: slab.mark(index) };
            put_back_alone(entry());
            put_back_alone(entry());
            raw::trim();
        }
        let words =
            last_words_of("a_race_of_two_frees_is_reported_when_a_third_thread_collects_them");
        assert!(words.contains("double free of a block of 48 bytes; aborting"), "{words}");
    }

    #[test]
    fn a_race_of_two_frees_of_a_run_is_reported_and_what_is_there_by_then_is_left_alone() {
        const NAME: &str =
            "a_race_of_two_frees_of_a_run_is_reported_and_what_is_there_by_then_is_left_alone";
        if env::var_os(CHILD).is_some() {
            free_twice_at_once(128 << 10);
            raw::trim();
        }
        let words = last_words_of(NAME);
        assert!(words.contains("double free of a block of 131072 bytes; aborting"), "{words}");
    }
}
