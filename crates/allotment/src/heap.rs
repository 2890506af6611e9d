//! A thread's heap: the stacks that serve the fast path, and behind them the
//! slabs that it owns.
//!
//! ```text
//!  malloc: pop                        free: push
//!     │  empty: claim from a slab       │  full: the older half goes back
//!     ▼                                 ▼
//!  stack of the class  ◀── claim ──  slabs with free blocks
//!     {block, mark}      put back ─▶   own: counted at once
//!                                      foreign: announced to the owner
//! ```
//!
//! A stack is last in, first out, and lies outside of the blocks it names. Its
//! lowest entry is zero and never popped, so "empty" is the same test as "pop". What
//! lies in the stacks of a busy heap halves about every half second, from the bottom:
//! what is in use stays, what is not goes home.
//!
//! What the owning thread alone does is lock-free; the slow paths hold the heap's
//! lock, which others take only to fork, to purge, and to gather statistics.
//! Relaxed: a slab's links and counts are its owner's alone, under that lock.

use core::cell::{Cell, UnsafeCell};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicBool, compiler_fence};

use os::Lock;

use crate::class::{CLASS, CLASSES, SMALL_CLASSES};
use crate::clock::{self, Clock};
use crate::flush::{self, Flush};
use crate::ground;
use crate::marks::WORD_BLOCKS;
use crate::remote::{Pend, Pending};
use crate::roster::Enlist;
use crate::slab::{self, LINE_BYTES, Slab, slab_ref};
use crate::sync::{AtomicPtr, AtomicU8, AtomicU32, Relaxed, Release};
use crate::tally::{Calls, Tally};
use crate::watch::Watch;

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

/// So many runs are popped before somebody looks at the clock.
const RUNS_UNWATCHED_MAX: u32 = 4;

/// Entries with which a stack begins; it doubles when it overflows, up to the
/// class's depth.
const FIRST_ENTRIES: usize = 16;

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
    const fn empty() -> Self {
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

    fn len(&self, bottom: *mut Entry) -> usize {
        (self.top.get().addr() - bottom.addr()) / size_of::<Entry>()
    }
}

/// A heap. Belongs to one thread at a time, and outlives it.
#[repr(C, align(64))]
pub(crate) struct Heap {
    /// By class; first, so that an offset in the heap names a stack.
    stacks: [Stack; CLASSES],
    /// Slabs of this heap in which others have put blocks back.
    pub(crate) pending: Pending<Slab>,
    /// The next in the list of all heaps; written once.
    next: AtomicPtr<Heap>,
    /// The next in the list of heaps without a thread.
    pub(crate) next_idle: AtomicPtr<Heap>,
    /// Runs popped since the clock was looked at. The heap's thread alone.
    unwatched: AtomicU32,
    /// The heap's thread alone.
    clock: Clock,
    pub(crate) watch: Watch,
    pub(crate) calls: Calls,
    pub(crate) inner: Lock<Inner>,
}

/// What the slow paths use.
pub(crate) struct Inner {
    /// The bottom entries of the stacks, and so the start of each one's memory.
    bottoms: [*mut Entry; CLASSES],
    /// For each class a list of the slabs with free blocks; the first is in use.
    available: [*mut Slab; SMALL_CLASSES],
    pub(crate) tally: Tally,
}

// SAFETY: the pointers lead to the closet and to records, which are never unmapped
// and which only the holder of the heap's lock uses.
unsafe impl Send for Inner {}

impl Enlist for Heap {
    fn older(&self) -> &AtomicPtr<Heap> {
        &self.next
    }
}

/// What the thread-local word names before a thread has a heap: every stack is
/// empty and full at the same time, so the first call of any kind takes the slow
/// path.
pub(crate) static NOBODY: Heap = Heap::new();

impl Heap {
    pub(crate) const fn new() -> Self {
        Self {
            stacks: [const { Stack::empty() }; CLASSES],
            pending: Pending::new(),
            next: AtomicPtr::new(null_mut()),
            next_idle: AtomicPtr::new(null_mut()),
            unwatched: AtomicU32::new(0),
            clock: Clock::new(),
            watch: Watch::new(),
            calls: Calls::new(),
            inner: Lock::new(Inner {
                bottoms: [null_mut(); CLASSES],
                available: [null_mut(); SMALL_CLASSES],
                tally: Tally::new(),
            }),
        }
    }

    /// Gives the stacks of a new heap their memory.
    pub(crate) fn equip(&self, mut memory: *mut Entry) {
        let mut inner = self.inner.lock();
        for (class, stack) in self.stacks.iter().enumerate() {
            let depth = CLASS[class].depth as usize;
            inner.bottoms[class] = memory;
            stack.top.set(memory);
            stack.limit.set(memory.wrapping_add(depth.min(FIRST_ENTRIES)));
            memory = memory.wrapping_add(depth + 1);
        }
    }

    /// Bytes of the stacks' memory.
    pub(crate) const fn stacks_bytes() -> usize {
        let (mut class, mut entries) = (0, 0);
        while class < CLASSES {
            entries += CLASS[class].depth as usize + 1;
            class += 1;
        }
        entries * size_of::<Entry>()
    }

    /// Where the stack of a class lies in a heap, in bytes.
    pub(crate) const fn stack_offset(class: usize) -> u32 {
        (core::mem::offset_of!(Self, stacks) + class * size_of::<Stack>()) as u32
    }

    pub(crate) fn stack(&self, class: usize) -> &Stack {
        &self.stacks[class]
    }

    /// The stack at an offset, which is one of [`stack_offset`](Self::stack_offset).
    #[inline(always)]
    pub(crate) fn stack_at(&self, offset: u32) -> &Stack {
        debug_assert!(offset < Self::stack_offset(CLASSES), "offsets come from stack_offset");
        let stack = (&raw const *self).wrapping_byte_add(offset as usize).cast::<Stack>();
        // SAFETY: a stack of this heap lies at each of those offsets.
        unsafe { &*stack }
    }

    /// Claims blocks for an empty stack of a small class and pops one; none without
    /// memory.
    pub(crate) fn refill(&self, class: usize) -> Option<Entry> {
        let mut inner = self.inner.lock();
        self.collect(&mut inner);
        self.tick(&mut inner);
        let bottom = inner.bottoms[class];
        let want = self.widen(class, bottom).div_ceil(2);
        // From there downwards: the lowest block comes out on top.
        let end = bottom.wrapping_add(1 + want);
        let mut at = end;
        while at.addr() > bottom.addr() + size_of::<Entry>() {
            if inner.available[class].is_null() {
                if at != end {
                    break;
                }
                self.begin_slab(&mut inner, class)?;
            }
            let slab = slab_ref(inner.available[class]);
            let left = (at.addr() - bottom.addr()) / size_of::<Entry>() - 1;
            let claimed = slab.claim(left as u32, |entry| {
                at = at.wrapping_sub(1);
                // SAFETY: an entry of the empty stack: `claim` calls this `left` times
                // at most, and so many lie between the bottom and `at`.
                unsafe { at.write(entry) };
            });
            if slab.count.load(Relaxed) == 0 || claimed == 0 {
                inner.unlist(slab); // Relaxed, all here: owner only
            }
        }
        let claimed = (end.addr() - at.addr()) / size_of::<Entry>();
        // SAFETY: both ranges are entries of this stack, within its room.
        unsafe { at.copy_to(bottom.wrapping_add(1), claimed) };
        self.stacks[class].top.set(bottom.wrapping_add(claimed));
        inner.tally.claim(claimed as u32, CLASS[class].size);
        self.settle(&mut inner);
        self.stacks[class].pop()
    }

    /// Doubles the room of a stack, up to the class's depth; returns the new room.
    fn widen(&self, class: usize, bottom: *mut Entry) -> usize {
        let stack = &self.stacks[class];
        let room = (stack.limit.get().addr() - bottom.addr()) / size_of::<Entry>();
        let room = (2 * room).min(CLASS[class].depth as usize);
        stack.limit.set(bottom.wrapping_add(room));
        room
    }

    fn begin_slab(&self, inner: &mut Inner, class: usize) -> Option<()> {
        let slab = ground::begin_slab(class, self)?;
        inner.list(slab);
        Some(())
    }

    /// Makes room in a full stack, and pushes.
    pub(crate) fn overflow(&self, class: usize, entry: Entry) {
        let mut inner = self.inner.lock();
        self.tick(&mut inner);
        let (stack, bottom) = (&self.stacks[class], inner.bottoms[class]);
        let entries = stack.len(bottom);
        if self.widen(class, bottom) == entries {
            self.flush(&mut inner, class, entries.div_ceil(2));
        }
        stack.push(entry);
    }

    /// Puts the oldest entries of a stack back where they belong.
    fn flush(&self, inner: &mut Inner, class: usize, count: usize) {
        let (stack, bottom) = (&self.stacks[class], inner.bottoms[class]);
        let len = stack.len(bottom);
        // SAFETY: entries 1 to `len` of the stack are in use, and only this thread
        // uses the stack.
        let entries = unsafe { core::slice::from_raw_parts_mut(bottom.wrapping_add(1), len) };
        let (old, rest) = entries.split_at(count.min(len));
        if class < SMALL_CLASSES {
            self.put_back(inner, old);
            inner.tally.put_back(old.len(), CLASS[class].size);
        } else {
            for entry in old {
                ground::end_run(slab::of_block(entry.block));
            }
        }
        let kept = rest.len();
        entries.copy_within(len - kept.., 0);
        stack.top.set(bottom.wrapping_add(kept));
    }

    /// Puts blocks back into their slabs: this heap's at once, others' by telling
    /// the owners.
    fn put_back(&self, inner: &mut Inner, entries: &[Entry]) {
        let mut flush = Flush::new();
        flush::parcels(entries, |mut parcel| {
            if core::ptr::eq(parcel.slab.owner(), self) {
                let twice = parcel.slab.take_back(parcel.word, parcel.bits);
                if twice != 0 {
                    parcel.drop_twice(twice);
                }
                inner.account(parcel.slab, parcel.blocks);
            } else {
                flush.add(parcel);
            }
        });
        flush.finish();
        self.settle(inner);
    }

    /// Bytes of the blocks in the stacks. For the heap's thread.
    fn cached_bytes(&self, bottoms: &[*mut Entry; CLASSES]) -> usize {
        let stacks = self.stacks.iter().zip(bottoms).zip(&CLASS);
        stacks.map(|((stack, bottom), class)| stack.len(*bottom) * class.size as usize).sum()
    }

    /// Lets the others know what this heap has out, if it matters.
    fn settle(&self, inner: &mut Inner) {
        let bottoms = &inner.bottoms;
        inner.tally.settle(|| self.cached_bytes(bottoms));
    }

    /// Takes account of what other threads have put back into this heap's slabs.
    fn collect(&self, inner: &mut Inner) {
        let mut next = self.pending.take_all();
        while !next.is_null() {
            let slab = slab_ref(next);
            // Read before the count is taken: from then on the slab may be on the
            // list again.
            next = slab.next().load(Relaxed);
            inner.account(slab, slab.collect());
        }
    }

    /// A large block was freed that this heap does not keep.
    pub(crate) fn end_run(&self, slab: &'static Slab) {
        let mut inner = self.inner.lock();
        ground::end_run(slab);
        self.collect(&mut inner);
        self.tick(&mut inner);
    }

    /// Puts every cached block back, for a thread that ends.
    pub(crate) fn retire(&self) {
        let mut inner = self.inner.lock();
        for class in 0..CLASSES {
            let entries = self.stacks[class].len(inner.bottoms[class]);
            if entries > 0 {
                self.flush(&mut inner, class, entries);
            }
        }
        self.collect(&mut inner);
        inner.tally.tell(0); // the stacks are empty
    }

    /// Whether it is time to [`watch`](Self::watch): a program may live on its stacks for
    /// good, and among blocks that are runs a look at the clock is cheap.
    #[inline]
    pub(crate) fn is_unwatched(&self) -> bool {
        let popped = self.unwatched.load(Relaxed) + 1; // this thread's own
        self.unwatched.store(popped % RUNS_UNWATCHED_MAX, Relaxed);
        popped == RUNS_UNWATCHED_MAX && self.clock.is_due()
    }

    /// Whether nobody has come by for a while to do what is due.
    pub(crate) fn is_dormant(&self) -> bool {
        self.clock.is_overdue()
    }

    /// Does what is due.
    pub(crate) fn watch(&self) {
        self.tick(&mut self.inner.lock());
    }

    /// The same; whether anything was.
    pub(crate) fn watch_if_due(&self) -> bool {
        let due = self.clock.is_due();
        if due {
            self.watch();
        }
        due
    }

    /// About every half second: gives up what was not in use of late.
    fn tick(&self, inner: &mut Inner) {
        if !self.clock.has_ticked() {
            return;
        }
        for class in 0..CLASSES {
            let entries = self.stacks[class].len(inner.bottoms[class]);
            let gone = if clock::is_immediate() { entries } else { entries.div_ceil(2) };
            self.flush(inner, class, gone);
        }
        inner.give_up();
        TEND.store(true, Relaxed); // a hint for whoever comes by
    }

    /// What a heap's own thread does now and then, for one that has no thread, or whose
    /// thread does not come by: takes account of what others put back, and gives up what
    /// was not used since.
    pub(crate) fn tend(&self) {
        let mut inner = self.inner.lock();
        self.collect(&mut inner);
        inner.give_up();
    }

    /// Gives up what there is to give up, whoever's heap it is.
    pub(crate) fn trim(&self) {
        let mut inner = self.inner.lock();
        self.collect(&mut inner);
        // A page that was free at two looks in a row goes back.
        inner.give_up();
        inner.give_up();
    }
}

/// Whether it is time to tend the free runs and the heaps without a thread: a heap's
/// clock has ticked.
pub(crate) static TEND: AtomicBool = AtomicBool::new(false);

impl Inner {
    /// Gives pages inside half-used slabs back.
    fn give_up(&mut self) {
        for mut slab in self.available {
            while !slab.is_null() {
                slab_ref(slab).purge_holes();
                slab = slab_ref(slab).next_listed.load(Relaxed); // owner only
            }
        }
    }

    /// Counts blocks of one of this heap's slabs as free again.
    fn account(&mut self, slab: &'static Slab, blocks: u32) {
        let had = slab.count.load(Relaxed); // owner only
        slab.account(blocks);
        if had == 0 && blocks > 0 {
            self.list(slab);
        }
        // The last slab of a class stays: a loop around a boundary would otherwise
        // begin and end it over and over.
        if slab.is_empty() && !self.is_only(slab) {
            self.unlist(slab);
            ground::end_slab(slab);
        }
    }

    fn is_only(&self, slab: &Slab) -> bool {
        core::ptr::eq(self.available[slab.class()], slab)
            && slab.next_listed.load(Relaxed).is_null()
    }

    /// Adds a slab to its class's list, at the front.
    fn list(&mut self, slab: &Slab) {
        let me = (&raw const *slab).cast_mut();
        let head = &mut self.available[slab.class()];
        slab.prev.store(null_mut(), Relaxed); // owner only, all of these
        slab.next_listed.store(*head, Relaxed);
        if !head.is_null() {
            slab_ref(*head).prev.store(me, Relaxed);
        }
        *head = me;
    }

    /// Removes a slab from its class's list.
    fn unlist(&mut self, slab: &Slab) {
        let (prev, next) = (slab.prev.load(Relaxed), slab.next_listed.load(Relaxed)); // owner only
        if prev.is_null() {
            self.available[slab.class()] = next;
        } else {
            slab_ref(prev).next_listed.store(next, Relaxed);
        }
        if !next.is_null() {
            slab_ref(next).prev.store(prev, Relaxed);
        }
        slab.clear_links();
    }
}
