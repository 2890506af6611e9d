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
//! lowest entry is zero and never popped, so "empty" is the same test as "pop".
//!
//! What the owning thread alone does is lock-free; the slow paths hold the heap's
//! lock, which others take only to fork, to purge, and to gather statistics.

use core::cell::UnsafeCell;
use core::ptr::null_mut;
use core::sync::atomic::AtomicBool;

use os::Lock;

use crate::class::{CLASS, CLASSES};
use crate::clock::Clock;
use crate::flush::Flush;
use crate::ground;
use crate::land::GROUND;
use crate::marks::CACHED;
use crate::remote::{Pend, Pending};
use crate::slab::{self, Slab, slab_ref};
use crate::spare::Spare;
use crate::sync::{AtomicPtr, AtomicU8, Relaxed};

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
}

/// The bottom entry of every stack of the heap that nobody has.
struct Bottom(UnsafeCell<Entry>);
// SAFETY: the entry is only ever read: a full stack is not pushed on, and an empty
// one not popped.
unsafe impl Sync for Bottom {}
static BOTTOM: Bottom = Bottom(UnsafeCell::new(Entry::ZERO));

const STACKS: usize = CLASSES.next_power_of_two();

/// Entries with which a stack begins; it doubles when it overflows, up to the
/// class's depth.
const FIRST_ENTRIES: usize = 16;

/// The cached blocks of one class.
pub(crate) struct Stack {
    /// The last entry pushed, or the bottom.
    top: AtomicPtr<Entry>,
    /// Where `top` may not go beyond.
    limit: AtomicPtr<Entry>,
}

impl Stack {
    const fn empty() -> Self {
        Self { top: AtomicPtr::new(BOTTOM.0.get()), limit: AtomicPtr::new(BOTTOM.0.get()) }
    }

    /// Pops the entry pushed last; the zero entry when there is none.
    #[inline(always)]
    pub(crate) fn pop(&self) -> Option<Entry> {
        let top = self.top.load(Relaxed); // Relaxed, all of these: one thread's own
        // SAFETY: the top is an entry of this stack, the bottom at least.
        let entry = unsafe { *top };
        if entry.block == 0 {
            return None;
        }
        self.top.store(top.wrapping_sub(1), Relaxed);
        Some(entry)
    }

    /// Pushes an entry, unless the stack is full.
    #[inline(always)]
    pub(crate) fn push(&self, entry: Entry) -> bool {
        let top = self.top.load(Relaxed);
        if top == self.limit.load(Relaxed) {
            return false;
        }
        let top = top.wrapping_add(1);
        // SAFETY: the top has not been at the limit, and entries reach to there.
        unsafe { *top = entry };
        self.top.store(top, Relaxed);
        true
    }

    fn len(&self, bottom: *mut Entry) -> usize {
        (self.top.load(Relaxed).addr() - bottom.addr()) / size_of::<Entry>()
    }
}

/// A heap. Belongs to one thread at a time, and outlives it.
#[repr(C, align(64))]
pub(crate) struct Heap {
    /// By class. Longer than there are classes, so that a masked class is in range
    /// without a test.
    stacks: [Stack; STACKS],
    /// Slabs of this heap in which others have put blocks back.
    pub(crate) pending: Pending<Slab>,
    /// The next in the list of all heaps; written once.
    pub(crate) next: AtomicPtr<Heap>,
    /// The next in the list of heaps without a thread.
    pub(crate) next_idle: AtomicPtr<Heap>,
    pub(crate) inner: Lock<Inner>,
}

/// What the slow paths use.
pub(crate) struct Inner {
    /// The bottom entries of the stacks, and so the start of each one's memory.
    bottoms: [*mut Entry; CLASSES],
    /// For each class a list of the slabs with free blocks; the first is in use.
    available: [*mut Slab; CLASSES],
    /// Runs for large blocks.
    pub(crate) spare: Spare,
    clock: Clock,
}

// SAFETY: the pointers lead to the closet and to records, which are never unmapped
// and which only the holder of the heap's lock uses.
unsafe impl Send for Inner {}

/// What the thread-local word names before a thread has a heap: every stack is
/// empty and full at the same time, so the first call of any kind takes the slow
/// path.
pub(crate) static NOBODY: Heap = Heap::new();

impl Heap {
    pub(crate) const fn new() -> Self {
        Self {
            stacks: [const { Stack::empty() }; STACKS],
            pending: Pending::new(),
            next: AtomicPtr::new(null_mut()),
            next_idle: AtomicPtr::new(null_mut()),
            inner: Lock::new(Inner {
                bottoms: [null_mut(); CLASSES],
                available: [null_mut(); CLASSES],
                spare: Spare::new(),
                clock: Clock::new(),
            }),
        }
    }

    /// Gives the stacks of a new heap their memory.
    pub(crate) fn equip(&self, mut memory: *mut Entry) {
        let mut inner = self.inner.lock();
        for (class, stack) in self.stacks[..CLASSES].iter().enumerate() {
            let depth = CLASS[class].depth as usize;
            inner.bottoms[class] = memory;
            stack.top.store(memory, Relaxed);
            stack.limit.store(memory.wrapping_add(depth.min(FIRST_ENTRIES)), Relaxed);
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

    #[inline(always)]
    pub(crate) fn stack(&self, class: usize) -> &Stack {
        &self.stacks[class % STACKS]
    }

    /// Claims blocks for an empty stack and pops one; none without memory.
    pub(crate) fn refill(&self, class: usize) -> Option<Entry> {
        let mut inner = self.inner.lock();
        self.collect(&mut inner);
        inner.tick();
        let stack = &self.stacks[class];
        let mut want = self.widen(class, inner.bottoms[class]).div_ceil(2) as u32;
        if inner.available[class].is_null() {
            self.begin_slab(&mut inner, class)?;
        }
        while want > 0 && !inner.available[class].is_null() {
            let slab = slab_ref(inner.available[class]);
            let claimed = self.claim(slab, class, want);
            debug_assert!(claimed > 0, "a listed slab has a free block");
            if slab.free.load(Relaxed) == 0 {
                inner.unlist(slab); // owner only, as the count
            }
            if claimed == 0 {
                break;
            }
            want -= claimed;
        }
        stack.pop()
    }

    /// Doubles the room of a stack, up to the class's depth; returns the new room.
    fn widen(&self, class: usize, bottom: *mut Entry) -> usize {
        let stack = &self.stacks[class];
        let room = (stack.limit.load(Relaxed).addr() - bottom.addr()) / size_of::<Entry>();
        let room = (2 * room).min(CLASS[class].depth as usize);
        stack.limit.store(bottom.wrapping_add(room), Relaxed);
        room
    }

    /// Moves free blocks of a slab to the class's stack, of each group the lowest on
    /// top; returns how many.
    fn claim(&self, slab: &Slab, class: usize, want: u32) -> u32 {
        let (first, mut taken) = slab.claim_group(want);
        let size = CLASS[class].size as usize;
        let base = GROUND.unit(slab.unit());
        let count = taken.count_ones();
        while taken != 0 {
            let bit = taken.ilog2() as usize;
            taken ^= 1 << bit;
            let index = first + bit;
            slab.holes.disturb(index, size);
            self.stacks[class].push(Entry { block: base + index * size, mark: slab.mark(index) });
        }
        count
    }

    fn begin_slab(&self, inner: &mut Inner, class: usize) -> Option<()> {
        let slab = ground::begin_slab(class, self)?;
        inner.list(slab);
        Some(())
    }

    /// Makes room in a full stack, and pushes.
    pub(crate) fn overflow(&self, class: usize, entry: Entry) {
        let mut inner = self.inner.lock();
        inner.tick();
        let (stack, bottom) = (&self.stacks[class], inner.bottoms[class]);
        let entries = stack.len(bottom);
        if self.widen(class, bottom) == entries {
            self.flush(&mut inner, class, entries.div_ceil(2));
        }
        stack.push(entry);
    }

    /// Puts the oldest entries of a stack back into their slabs.
    fn flush(&self, inner: &mut Inner, class: usize, count: usize) {
        let (stack, bottom) = (&self.stacks[class], inner.bottoms[class]);
        let len = stack.len(bottom);
        // SAFETY: entries 1 to `len` of the stack are in use, and only this thread
        // uses the stack.
        let entries = unsafe { core::slice::from_raw_parts_mut(bottom.wrapping_add(1), len) };
        let mut flush = Flush::new(self);
        for entry in &entries[..count] {
            debug_assert!(
                entry.mark().load(Relaxed) == CACHED,
                "only cached blocks are in a stack"
            );
            let slab = slab::at_offset(GROUND.offset(entry.block));
            slab.put_back(entry.mark());
            flush.add(slab, inner);
        }
        flush.finish(inner);
        entries.copy_within(count.., 0);
        stack.top.store(bottom.wrapping_add(len - count), Relaxed);
    }

    /// Takes account of what other threads have put back into this heap's slabs.
    fn collect(&self, inner: &mut Inner) {
        let mut next = self.pending.take_all();
        while !next.is_null() {
            let slab = slab_ref(next);
            // Read before the count is taken: from then on the slab may be on the
            // list again.
            next = slab.next().load(Relaxed);
            inner.take_back(slab, slab.announced.collect());
        }
    }

    /// A run of so many units that lies here from the last large block.
    pub(crate) fn take_spare(&self, units: usize) -> Option<&'static Slab> {
        self.inner.lock().spare.take(units)
    }

    /// Takes the run of a large block that was freed.
    pub(crate) fn put_spare(&self, slab: &'static Slab) {
        let mut inner = self.inner.lock();
        inner.spare.put(slab);
        self.collect(&mut inner);
        inner.tick();
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
        inner.spare.clear();
    }

    /// What a heap's own thread does now and then, for one that has no thread: takes
    /// account of what others put back, and gives up what was not used since.
    pub(crate) fn tend(&self) {
        let mut inner = self.inner.lock();
        self.collect(&mut inner);
        inner.give_up();
    }

    /// Gives up what there is to give up, whoever's heap it is.
    pub(crate) fn trim(&self) {
        let mut inner = self.inner.lock();
        self.collect(&mut inner);
        inner.spare.clear();
        // A page that was free at two looks in a row goes back.
        inner.give_up();
        inner.give_up();
    }
}

/// Whether it is time to tend the heaps without a thread: a heap's clock has ticked.
pub(crate) static TEND: AtomicBool = AtomicBool::new(false);

impl Inner {
    /// About every half second: gives pages inside half-used slabs back.
    fn tick(&mut self) {
        if self.clock.has_ticked() {
            self.give_up();
            TEND.store(true, Relaxed); // a hint for whoever comes by
        }
    }

    fn give_up(&mut self) {
        self.spare.tick();
        for mut slab in self.available {
            while !slab.is_null() {
                slab_ref(slab).purge_holes();
                slab = slab_ref(slab).next_listed.load(Relaxed); // owner only
            }
        }
    }

    /// Counts blocks of one of this heap's slabs as free again.
    pub(crate) fn take_back(&mut self, slab: &'static Slab, blocks: u32) {
        let had = slab.free.load(Relaxed); // owner only
        slab.account(blocks);
        if had == 0 && slab.free.load(Relaxed) > 0 {
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
        self.available[slab.class()].cast_const() == &raw const *slab
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
