//! A stack of cached blocks, last in first out, outside of the blocks it names.
//!
//! ```text
//!   bottom                 top            limit     capacity
//!   [0] [entry] [entry] … [entry] [     ] │ [     ] │
//!    never popped           ▲ push, pop   │ room    │ memory
//! ```
//!
//! The bottom is zero, so "empty" is the same test as "pop". A stack begins small, in
//! memory that comes with its heap; its room doubles when it overflows or runs empty,
//! and its memory grows about fourfold when the room needs it. A [deep](crate::depth) stack has
//! a second zero among its entries, at which its thread looks at the clock.

use core::cell::{Cell, UnsafeCell};
use core::sync::atomic::compiler_fence;

use crate::marks::WORD_BLOCKS;
use crate::slab::LINE_BYTES;
use crate::sync::{AtomicU8, Release};

/// A cached block: its address, and its mark.
#[derive(Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) block: usize,
    pub(crate) mark: *const AtomicU8,
}

impl Entry {
    const ZERO: Self = Self { block: 0, mark: core::ptr::null() };

    pub(crate) fn mark(&self) -> &'static AtomicU8 {
        // SAFETY: an entry that is not zero names a block's mark byte, which lies
        // in the closet and is never unmapped.
        unsafe { &*self.mark }
    }

    /// The cache line of the mark: for blocks of slabs, whose marks begin on a line,
    /// the same as the word of bits.
    #[inline(always)]
    pub(crate) fn line(&self) -> usize {
        self.mark.addr() / LINE_BYTES
    }

    /// The block's bit in its word.
    #[inline(always)]
    pub(crate) fn bit(&self) -> u64 {
        1 << (self.mark.addr() % LINE_BYTES)
    }
}

/// The bottom entry of every stack of the heap that nobody has.
struct Bottom(UnsafeCell<Entry>);
// SAFETY: the entry is only ever read: a full stack is not pushed on, and an empty
// one not popped.
unsafe impl Sync for Bottom {}
static BOTTOM: Bottom = Bottom(UnsafeCell::new(Entry::ZERO));

const _: () = assert!(LINE_BYTES == WORD_BLOCKS, "a word's marks share a line");

/// Entries for which a stack has memory, at first and after each growth; the bottom is
/// one more.
pub(crate) const CAPACITIES: [usize; 5] = [16, 64, 256, 1024, 2048];

/// Bytes of a stack's memory.
pub(crate) const fn memory_bytes(size: usize) -> usize {
    (CAPACITIES[size] + 1) * size_of::<Entry>()
}

/// The cached blocks of one class. Used by the heap's thread alone, so its fields
/// need not be atomic; what else happens to them is ordered by the lock under which
/// a heap changes threads.
pub(crate) struct Stack {
    /// The last entry pushed, or the bottom.
    top: Cell<*mut Entry>,
    /// Where `top` may not go beyond.
    limit: Cell<*mut Entry>,
}

// SAFETY: only the heap's thread uses a stack, but for those of heaps that stand for
// none: they are always empty and full, so they are never written.
unsafe impl Sync for Stack {}

impl Stack {
    pub(crate) const fn empty() -> Self {
        Self { top: Cell::new(BOTTOM.0.get()), limit: Cell::new(BOTTOM.0.get()) }
    }

    /// Pops the entry pushed last; none when there is none.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<Entry> {
        let top = self.top.get();
        // SAFETY: the top is an entry of this stack, the bottom at least.
        let entry = unsafe { *top };
        if entry.block == 0 {
            return None;
        }
        self.top.set(top.wrapping_sub(1));
        Some(entry)
    }

    /// Pushes an entry, unless the stack is full.
    #[inline(always)]
    pub(crate) fn push(&self, entry: Entry) -> bool {
        let top = self.top.get();
        if top == self.limit.get() {
            return false;
        }
        let top = top.wrapping_add(1);
        // SAFETY: the top has not been at the limit, and entries reach to there.
        unsafe { *top = entry };
        // Release: pairs with no load, but with a fork by another thread, which may cut
        // between any two instructions: the child must not find a top without its entry.
        compiler_fence(Release);
        self.top.set(top);
        true
    }

    pub(crate) fn len(&self, bottom: *mut Entry) -> usize {
        (self.top.get().addr() - bottom.addr()) / size_of::<Entry>()
    }

    /// How many entries may be in it.
    pub(crate) fn room(&self, bottom: *mut Entry) -> usize {
        (self.limit.get().addr() - bottom.addr()) / size_of::<Entry>()
    }

    /// So many entries are in it.
    pub(crate) fn set_len(&self, bottom: *mut Entry, len: usize) {
        self.top.set(bottom.wrapping_add(len));
    }

    /// So many entries may be in it.
    pub(crate) fn set_room(&self, bottom: *mut Entry, room: usize) {
        self.limit.set(bottom.wrapping_add(room));
    }

    /// Puts an entry of zero in the place of another, which goes on top. There is memory for it.
    pub(crate) fn open(&self, bottom: *mut Entry, at: usize) {
        let top = self.top.get().wrapping_add(1);
        // SAFETY: one of the stack's entries.
        let entry = unsafe { bottom.wrapping_add(at).replace(Entry::ZERO) };
        // SAFETY: the stack's memory above its last entry.
        unsafe { top.write(entry) };
        self.top.set(top);
    }

    /// Puts the top entry in the place of an entry of zero, which may be the top itself.
    pub(crate) fn close(&self, bottom: *mut Entry, at: usize) {
        let top = self.top.get();
        // SAFETY: one of the stack's entries.
        let entry = unsafe { top.read() };
        // SAFETY: one of them, and now a copy of the top.
        unsafe { bottom.wrapping_add(at).write(entry) };
        self.top.set(top.wrapping_sub(1));
    }

    /// Goes on in other memory, which holds the same entries.
    pub(crate) fn move_to(&self, from: *mut Entry, to: *mut Entry) {
        let (len, room) = (self.len(from), self.room(from));
        self.set_len(to, len);
        self.set_room(to, room);
    }
}
