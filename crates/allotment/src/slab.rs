//! The record of a unit: what is there, and for a slab who owns it and which
//! blocks are free.
//!
//! ```text
//!  line 0  what the unit is              written when it changes its use
//!  line 1  what other threads write      frees announced, bits returned, link
//!  line 2  what only the owner touches   free bits
//!  line 3                                free count, pages, links
//! ```
//!
//! Up to [`WORDS_INLINE`] words of bits are in the record itself; slabs of more
//! blocks have theirs in the closet, behind their marks. What the marks and bits
//! mean: see [`marks`].
//!
//! A run of a few units that is one block is a slab of that one block, with its mark
//! in the record; nobody owns it, as its only block comes and goes with it.

use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, AtomicUsize};

use os::reserved;

use crate::brief::{self, Brief};
use crate::checks;
use crate::class::{CLASS, CLASS_BYTES_MAX, Class, SMALL_CLASSES, class_of_run};
use crate::heap::Heap;
use crate::holes::{self, Holes, Patience};
use crate::land::{GROUND, RECORD_BYTES, UNIT_BYTES};
use crate::marks::{self, WORD_BLOCKS};
use crate::remote::{Announced, Pend};
use crate::report;
use crate::stack::Entry;
use crate::state::{self, State};
use crate::sync::{AtomicPtr, AtomicU8, AtomicU32, AtomicU64, Relaxed};

/// A record has room for so many words of bits.
const WORDS_INLINE: usize = 6;
/// Larger blocks are more likely to be written in part only.
const POPULATED_BYTES_MAX: u32 = 8192;
/// Whether the kernel knows the call.
static POPULATES: AtomicBool = AtomicBool::new(true);
/// Bytes in a cache line.
pub(crate) const LINE_BYTES: usize = 64;

/// A unit's record. Zero bytes are the record of a unit that is not in use.
#[repr(C, align(64))]
pub(crate) struct Slab {
    /// The first mark byte.
    marks: AtomicPtr<AtomicU8>,
    /// Whose slab it is; never changes while the unit is a slab.
    owner: AtomicPtr<Heap>,
    /// The words of free bits, and those of returned ones.
    free_words: AtomicPtr<AtomicU64>,
    returned_words: AtomicPtr<AtomicU64>,
    /// For a block that is a run: bytes that its owner may use.
    pub(crate) bytes: AtomicUsize,
    /// For the first unit of a run: the run's record among the extents.
    pub(crate) run: AtomicU32,
    class: AtomicU8,
    state: State,
    /// For the first unit of a run: see [`moving`](crate::moving).
    pub(crate) mapping: AtomicU8,
    /// The mark of a slab of one block.
    only_mark: AtomicU8,
    /// The class for which the marks were made.
    marks_class: AtomicU8,
    unused_what: u64,

    /// Blocks put back by others.
    pub(crate) announced: Announced,
    pending_next: AtomicPtr<Slab>,
    returned: [AtomicU64; WORDS_INLINE],

    free: [AtomicU64; WORDS_INLINE],
    /// A bit for every word of free bits that is not zero.
    nonzero: AtomicU64,
    unused: u64,

    /// Blocks counted as free: what the owner took back and what it collected. Never
    /// more than there are free bits.
    pub(crate) count: AtomicU32,
    pub(crate) holes: Holes,
    /// Neighbours in the owner's list of slabs with free blocks.
    pub(crate) prev: AtomicPtr<Slab>,
    pub(crate) next_listed: AtomicPtr<Slab>,
    unused_owner: [u64; 4],
}

const _: () = assert!(size_of::<Slab>() == RECORD_BYTES, "a record is four cache lines");

/// Marks in the closet, and room for a link or for bits behind them.
pub(crate) struct Marks {
    pub(crate) first: *mut AtomicU8,
    /// They were made for a slab of this class. They may serve one of larger blocks.
    pub(crate) made_for: usize,
}

/// The record for an offset in the land.
#[inline(always)]
pub(crate) fn at_offset(offset: usize) -> &'static Slab {
    let record = core::ptr::with_exposed_provenance(GROUND.record(offset));
    // SAFETY: the caller's offset lies in the land, whose records are committed as
    // far as units were ever in use; a record is never unmapped, its fields are
    // atomics, and zero bytes are valid ones.
    unsafe { &*record }
}

/// The record for a block's address.
#[inline(always)]
pub(crate) fn of_block(block: usize) -> &'static Slab {
    at_offset(GROUND.offset(block))
}

/// The word of bits in which a block has its bit, and that bit.
#[inline(always)]
pub(crate) fn place_of(index: usize) -> (usize, u64) {
    (index / WORD_BLOCKS, 1 << (index % WORD_BLOCKS))
}

/// Bytes of closet that a slab of `class` needs for its marks and a link behind them,
/// and for its bits if they are not in the record.
pub(crate) const fn closet_bytes(class: usize) -> usize {
    let words = words(class);
    if words <= WORDS_INLINE {
        behind_marks(class) + size_of::<usize>()
    } else {
        returned_at(class) + words * size_of::<u64>()
    }
}

pub(crate) const fn words(class: usize) -> usize {
    (CLASS[class].blocks as usize).div_ceil(WORD_BLOCKS)
}

/// Whether blocks of a class are so small that the pages of a slab in use are written, but
/// for what programs leave out of blocks of one or two pages.
pub(crate) const fn fills_pages(class: usize) -> bool {
    CLASS[class].size <= POPULATED_BYTES_MAX
}

/// Where the words of free bits begin behind the marks, if they are there; while the
/// marks are nobody's, a link.
pub(crate) const fn behind_marks(class: usize) -> usize {
    (CLASS[class].blocks as usize).next_multiple_of(size_of::<u64>())
}

/// Where the words of returned bits begin: on a cache line of their own, as other
/// threads write them.
const fn returned_at(class: usize) -> usize {
    (behind_marks(class) + words(class) * size_of::<u64>()).next_multiple_of(LINE_BYTES)
}

/// The record that a list names.
pub(crate) fn slab_ref(slab: *mut Slab) -> &'static Slab {
    // SAFETY: lists hold the addresses of records, which are never unmapped.
    unsafe { &*slab }
}

impl Slab {
    pub(crate) fn address(&self) -> usize {
        (&raw const *self).expose_provenance()
    }

    pub(crate) fn unit(&self) -> usize {
        GROUND.unit_of_record(self.address())
    }

    /// What of this a free reads.
    fn brief(&self) -> &'static Brief {
        brief::at_offset(self.unit() * UNIT_BYTES)
    }

    #[inline(always)]
    pub(crate) fn class(&self) -> usize {
        // Relaxed: the unit cannot change its use while a block of it is live.
        self.class.load(Relaxed) as usize
    }

    pub(crate) fn description(&self) -> &'static Class {
        &CLASS[self.class()]
    }

    /// Bytes from the slab's start to the end of its last block.
    pub(crate) fn blocks_bytes(&self) -> usize {
        let Class { size, blocks, .. } = *self.description();
        size as usize * blocks as usize
    }

    pub(crate) fn state(&self) -> u8 {
        self.state.get()
    }

    pub(crate) fn set_state(&self, state: u8) {
        self.state.set(state);
    }

    /// See [`State::change`].
    pub(crate) fn change_state(&self, from: u8, to: u8) -> bool {
        self.state.change(from, to)
    }

    pub(crate) fn owner(&self) -> *mut Heap {
        self.owner.load(Relaxed) // Relaxed: as for the class
    }

    /// The mark of a block.
    pub(crate) fn mark(&self, index: usize) -> *const AtomicU8 {
        self.marks.load(Relaxed).wrapping_add(index) // Relaxed: as for the class
    }

    pub(crate) fn marks(&self) -> &'static [AtomicU8] {
        let blocks = self.description().blocks as usize;
        // SAFETY: a slab has a mark byte per block in the closet, never unmapped.
        unsafe { core::slice::from_raw_parts(self.marks.load(Relaxed), blocks) }
    }

    fn free_words(&self) -> &'static [AtomicU64] {
        self.free_words_of(words(self.class()))
    }

    /// The same, if it is known how many there are.
    #[inline(always)]
    fn free_words_of(&self, words: usize) -> &'static [AtomicU64] {
        debug_assert_eq!(words, self::words(self.class()), "so many has its class");
        // SAFETY: a slab has so many words, in its record or in the closet, neither
        // of which is ever unmapped.
        unsafe { core::slice::from_raw_parts(self.free_words.load(Relaxed), words) }
    }

    fn returned_words(&self) -> &'static [AtomicU64] {
        let at = self.returned_words.load(Relaxed);
        // SAFETY: as for the free bits.
        unsafe { core::slice::from_raw_parts(at, words(self.class())) }
    }

    /// Makes the unit a slab of `class` with all blocks free, and with marks that are all
    /// `IDLE`.
    pub(crate) fn begin(&self, class: usize, owner: &Heap, marks: &Marks) {
        let closet = marks.first;
        self.marks_class.store(marks.made_for as u8, Relaxed); // as the next
        let blocks = CLASS[class].blocks as usize;
        // Relaxed, all of these: other threads learn of the slab by its blocks.
        self.owner.store((&raw const *owner).cast_mut(), Relaxed);
        let (free, returned) = if words(class) <= WORDS_INLINE {
            (self.free.as_ptr(), self.returned.as_ptr())
        } else {
            let closet = closet.expose_provenance();
            let at = |offset: usize| core::ptr::with_exposed_provenance(closet + offset);
            (at(behind_marks(class)), at(returned_at(class)))
        };
        self.free_words.store(free.cast_mut(), Relaxed);
        self.returned_words.store(returned.cast_mut(), Relaxed);
        self.describe(class, closet);
        self.announced.reset();
        self.count.store(blocks as u32, Relaxed);
        self.holes.reset();
        self.nonzero.store(u64::MAX >> (WORD_BLOCKS - words(class)), Relaxed);
        for (word, (free, returned)) in
            self.free_words().iter().zip(self.returned_words()).enumerate()
        {
            let rest = blocks - word * WORD_BLOCKS;
            let bits = if rest < WORD_BLOCKS { (1 << rest) - 1 } else { u64::MAX };
            free.store(bits, Relaxed);
            returned.store(0, Relaxed);
        }
    }

    /// Makes the unit the first of a run that is one block, live or about to be.
    pub(crate) fn begin_run(&self, bytes: usize, mark: u8) {
        // Relaxed, all of these: as in begin.
        if bytes <= CLASS_BYTES_MAX {
            let class = class_of_run(bytes);
            self.only_mark.store(mark, Relaxed);
            self.bytes.store(CLASS[class].size as usize, Relaxed);
            self.describe(class, (&raw const self.only_mark).cast_mut());
        } else {
            self.begin_large(bytes);
        }
    }

    /// As [`begin_run`](Self::begin_run), for a live block of a run without a class.
    pub(crate) fn begin_large(&self, bytes: usize) {
        // Relaxed: as in begin.
        self.brief().close();
        self.bytes.store(bytes, Relaxed);
        self.set_state(state::LARGE);
    }

    /// Whether this is the first unit of a run that is one block.
    pub(crate) fn is_run(&self) -> bool {
        match self.state() {
            state::SLAB => self.class() >= SMALL_CLASSES,
            other => other == state::LARGE,
        }
    }

    /// Whether this is a run that is one block, which is not live any more.
    pub(crate) fn is_ended_run(&self) -> bool {
        match self.state() {
            state::SLAB => self.is_run() && checks::is_idle(&self.only_mark),
            other => other == state::LARGE_FREED,
        }
    }

    /// Whether something began in this unit and has ended.
    pub(crate) fn has_ended(&self) -> bool {
        matches!(self.state(), state::LARGE_FREED | state::SLAB_ENDED)
    }

    /// Whether this was the first unit of a run that was one block, as far as is known.
    pub(crate) fn was_run(&self) -> bool {
        match self.state() {
            state::SLAB_ENDED => self.class() >= SMALL_CLASSES,
            other => other == state::LARGE_FREED,
        }
    }

    fn describe(&self, class: usize, marks: *mut AtomicU8) {
        // Relaxed, both: other threads learn of the slab by its blocks.
        self.class.store(class as u8, Relaxed);
        self.marks.store(marks, Relaxed);
        self.brief().describe(class, marks);
        self.set_state(state::SLAB);
    }

    /// Ends the slab; returns its marks, all `IDLE`.
    pub(crate) fn end(&self) -> Marks {
        self.brief().close();
        self.set_state(state::SLAB_ENDED);
        // Relaxed, both: no block is live.
        let made_for = self.marks_class.load(Relaxed) as usize;
        Marks { first: self.marks.load(Relaxed), made_for }
    }

    /// The index of a block of this slab.
    #[inline(always)]
    pub(crate) fn index_of(&self, entry: &Entry) -> usize {
        entry.mark.addr() - self.marks.load(Relaxed).addr() // Relaxed: as for the class
    }

    /// Blocks go back that another heap owns; they must be announced then. Returns those
    /// that were there already.
    pub(crate) fn put_back(&self, word: usize, bits: u64) -> u64 {
        self.returned_words().get(word).map_or(0, |returned| marks::put_back(returned, bits))
    }

    /// Blocks go back to their owner, who counts them then, into one of so many words of bits.
    /// Returns those that were there already.
    #[inline(always)]
    pub(crate) fn take_back(&self, words: usize, word: usize, bits: u64) -> u64 {
        let Some(free) = self.free_words_of(words).get(word) else { return 0 };
        let had = free.load(Relaxed); // owner only, as the next
        free.store(had | bits, Relaxed);
        self.nonzero.store(self.nonzero.load(Relaxed) | 1 << word, Relaxed);
        had & bits
    }

    /// Takes what others have announced, and returns how many blocks that is. For
    /// the owner.
    pub(crate) fn collect(&self) -> u32 {
        let mut blocks = self.announced.collect();
        let words = self.returned_words();
        for (word, returned) in words.iter().enumerate() {
            let bits = marks::collect(returned);
            if bits != 0 {
                let twice = self.take_back(words.len(), word, bits);
                if twice != 0 {
                    blocks = self.count_but_twice(blocks, word, twice);
                }
            }
        }
        blocks
    }

    /// Of so many blocks, these bits' were in the slab already: a misuse, and not to be counted.
    /// How many are.
    #[cold]
    #[inline(never)]
    pub(crate) fn count_but_twice(&self, blocks: u32, word: usize, twice: u64) -> u32 {
        self.report_twice(word, twice);
        blocks.saturating_sub(twice.count_ones())
    }

    /// Has a block reported that was freed by two threads at the same instant, when no
    /// lock is held any more.
    #[cold]
    pub(crate) fn report_twice(&self, word: usize, bits: u64) {
        let size = self.description().size as usize;
        let index = word * WORD_BLOCKS + bits.trailing_zeros() as usize;
        report::catch(GROUND.unit(self.unit()) + index * size, size);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Relaxed) == CLASS[self.class()].blocks // owner only
    }

    /// Takes up to `want` free blocks, the lowest first, and hands each one's address
    /// and mark to `each`. Returns how many.
    #[inline]
    pub(crate) fn claim(&self, want: u32, mut each: impl FnMut(Entry)) -> u32 {
        let count = self.count.load(Relaxed); // owner only, all of these
        let mut left = want.min(count);
        let taken = left;
        let mut nonzero = self.nonzero.load(Relaxed);
        let (base, size) = (GROUND.unit(self.unit()), self.description().size as usize);
        let (marks, words) = (self.marks.load(Relaxed), self.free_words());
        while left > 0
            && let Some(word) = words.get(nonzero.trailing_zeros() as usize)
        {
            let first = nonzero.trailing_zeros() as usize * WORD_BLOCKS;
            let all = word.load(Relaxed);
            let mut bits = all;
            if bits == u64::MAX && left as usize >= WORD_BLOCKS {
                // As below, but without looking for the next: most slabs are new.
                for index in first..first + WORD_BLOCKS {
                    each(Entry { block: base + index * size, mark: marks.wrapping_add(index) });
                }
                bits = 0;
                left -= WORD_BLOCKS as u32;
            }
            while bits != 0 && left > 0 {
                let index = first + bits.trailing_zeros() as usize;
                each(Entry { block: base + index * size, mark: marks.wrapping_add(index) });
                bits &= bits - 1;
                left -= 1;
            }
            self.holes.disturb(first, all & !bits, size);
            word.store(bits, Relaxed);
            if bits == 0 {
                nonzero &= nonzero - 1;
            }
        }
        self.nonzero.store(nonzero, Relaxed);
        self.count.store(count - (taken - left), Relaxed);
        taken - left
    }

    /// Whether a block lies in the slab, whoever put it there.
    pub(crate) fn is_free(&self, index: usize) -> bool {
        let (word, bit) = place_of(index);
        // Relaxed: a bit that is set stays so until the owner claims the block.
        let words = [self.free_words().get(word), self.returned_words().get(word)];
        words.into_iter().flatten().any(|word| word.load(Relaxed) & bit != 0)
    }

    /// Gives all pages that blocks lie on memory in one call. What is refused shows, if at
    /// all, when they are written.
    pub(crate) fn populate(&self) {
        let bytes = self.blocks_bytes().next_multiple_of(holes::page_bytes());
        // Relaxed, both: whoever asks again gets the same answer.
        if POPULATES.load(Relaxed) && reserved::populate(GROUND.unit(self.unit()), bytes).is_err() {
            POPULATES.store(false, Relaxed);
        }
    }

    /// Whether this is a slab of blocks so small that all of its pages are, or will be, in
    /// use, and none has gone back.
    pub(crate) fn has_all_pages(&self) -> bool {
        let is_small = self.state() == state::SLAB && self.class() < SMALL_CLASSES;
        is_small && fills_pages(self.class()) && !self.holes.are_there()
    }

    /// Gives pages on which nothing is in use back to the system, by and by.
    /// Returns how many ranges of them that was.
    pub(crate) fn purge_holes(&self, patience: Patience) -> usize {
        let (base, class) = (GROUND.unit(self.unit()), self.description());
        let free = self.count.load(Relaxed); // owner only
        self.holes.look(base, class, free, self.free_words(), patience)
    }

    pub(crate) fn clear_links(&self) {
        self.prev.store(null_mut(), Relaxed); // owner only
        self.next_listed.store(null_mut(), Relaxed); // owner only
    }
}

impl Pend for Slab {
    fn next(&self) -> &AtomicPtr<Slab> {
        &self.pending_next
    }
}
