//! Gathers blocks that go back to other threads' slabs, so that each word of free
//! bits is written once, and each slab's owner told once.
//!
//! A small direct-mapped table: blocks of one slab mostly come together, and what
//! collides is sent early. Where others are told, their processor has the line: it is asked for
//! when a parcel finds its place, and is there when the parcel is sent.

use crate::asm;
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
    /// So many bits there are; in a flush, with those of the slab's words that went before.
    pub(crate) blocks: u32,
}

impl Parcel {
    fn send_word(&mut self) {
        let twice = self.slab.put_back(self.word, self.bits);
        if twice != 0 {
            self.blocks = self.slab.count_but_twice(self.blocks, self.word, twice);
        }
    }

    /// To a slab that others own.
    fn send(mut self) {
        self.send_word();
        if self.blocks > 0 {
            announce(self.slab, self.blocks);
        }
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

/// Cuts a stack's entries into parcels: each is the first of the entries that are left, with
/// all that follow it and have their bits in the same word.
#[inline(always)]
pub(crate) fn parcels(entries: &[Entry], mut each: impl FnMut(Parcel)) {
    let mut at = 0;
    while let Some(first) = entries.get(at) {
        let from = at;
        let (mut bits, mut twice) = (first.bit(), 0);
        at += 1;
        while let Some(entry) = entries.get(at)
            && entry.line() == first.line()
        {
            twice |= bits & entry.bit();
            bits |= entry.bit();
            at += 1;
        }
        let slab = slab::of_block(first.block);
        let word = slab.index_of(first) / WORD_BLOCKS;
        let mut blocks = (at - from) as u32;
        if twice != 0 {
            report_twice(slab, word, &entries[from..at]);
            blocks = bits.count_ones();
        }
        each(Parcel { slab, word, bits, blocks });
    }
}

pub(crate) struct Flush {
    places: [Option<Parcel>; PLACES],
}

impl Flush {
    pub(crate) fn new() -> Self {
        Self { places: [const { None }; PLACES] }
    }

    /// Some more blocks of a foreign slab, with these bits in a word. Not inlined: it would
    /// take registers where a heap's own blocks go back.
    #[inline(never)]
    pub(crate) fn add(&mut self, slab: &'static Slab, word: usize, bits: u64, blocks: u32) {
        let place = &mut self.places[slab.unit() % PLACES];
        match place {
            Some(parcel) if core::ptr::eq(parcel.slab, slab) => {
                parcel.blocks += blocks;
                if parcel.word == word && parcel.bits & bits == 0 {
                    parcel.bits |= bits;
                } else {
                    parcel.send_word();
                    (parcel.word, parcel.bits) = (word, bits);
                }
            }
            _ => {
                asm::prefetch_to_write(&slab.announced);
                if let Some(other) = place.replace(Parcel { slab, word, bits, blocks }) {
                    other.send();
                }
            }
        }
    }

    /// Sends all that is left.
    pub(crate) fn finish(self) {
        self.places.into_iter().flatten().for_each(Parcel::send);
    }
}

/// Puts one block back for a thread that has no heap.
pub(crate) fn put_back_alone(entry: Entry) {
    parcels(&[entry], Parcel::send);
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
            assert_eq!(slab.take_back(slab::words(slab.class()), word, bit), 0, "the first");
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
    fn what_comes_home_twice_is_counted_once() {
        const NAME: &str = "flush::tests::what_comes_home_twice_is_counted_once";
        if env::var_os(CHILD).is_none() {
            let mut child = Command::new(env::current_exe().unwrap());
            child.args(["--exact", NAME]).env(CHILD, "1").env("ALLOTMENT_ON_MISUSE", "ignore");
            let output = child.output().unwrap();
            let words = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{words}");
            assert_eq!(words.matches("double free of a block of 48 bytes").count(), 3, "{words}");
            return;
        }
        let kept = raw::allocate(48);
        let slab = slab::of_block(kept.addr());
        let are_counted = || {
            raw::trim();
            let blocks = slab.description().blocks as usize;
            let free = (0..blocks).filter(|&index| slab.is_free(index)).count();
            assert_eq!((slab.count.load(Relaxed) as usize, free), (blocks - 1, blocks - 1));
        };
        free_twice_at_once(48); // both in one stack
        are_counted();
        let again = || {
            let block = raw::allocate(48);
            let index = (block.addr() % (64 << 10)) / 48;
            (block, Entry { block: block.addr(), mark: slab.mark(index) }, slab::place_of(index))
        };
        let (block, _, (word, bit)) = again();
        assert_eq!(slab.take_back(slab::words(slab.class()), word, bit), 0, "the first");
        slab.count.store(slab.count.load(Relaxed) + 1, Relaxed); // one thread plays two
        // SAFETY: still live, and nobody uses it.
        unsafe { raw::free(block, Caller::Free) };
        are_counted();
        let (_, entry, _) = again();
        put_back_alone(entry);
        put_back_alone(entry);
        are_counted();
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
