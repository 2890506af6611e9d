//! A thread's heap: the stacks that serve the fast path, and behind them the
//! slabs that it owns.
//!
//! ```text
//!  malloc: pop                        free: push
//!     │  empty: claim from a slab       │  full: the oldest go back
//!     ▼                                 ▼
//!  stack of the class  ◀── claim ──  slabs with free blocks
//!     {block, mark}      put back ─▶   own: counted at once
//!                                      foreign: announced to the owner
//! ```
//!
//! What lies in the stacks of a busy heap halves about every half second, from the
//! bottom: what is in use stays, what is not goes home.
//!
//! What the owning thread alone does is lock-free; the slow paths hold the heap's
//! lock, which others take only to fork, to purge, and to gather statistics.
//! Relaxed: a slab's links and counts are its owner's alone, under that lock.

use core::ptr::null_mut;

use crate::class::{CLASS, CLASSES, SMALL_CLASSES, Ways};
use crate::clock::{self, Clock};
use crate::depth::{self, Depths, Growth};
use crate::flush::{self, Flush, Parcel};
use crate::fork::ForkLock;
use crate::ground;
use crate::holes::Patience;
use crate::look::{Lists, Look};
use crate::remote::{Pend, Pending};
use crate::reuse::Reuse;
use crate::roster::Enlist;
use crate::runs;
use crate::slab::{self, Slab, slab_ref};
use crate::stack::{self, CAPACITIES, Entry, Stack};
use crate::sync::{AtomicBool, AtomicPtr, AtomicU32, Relaxed};
use crate::tally::{Calls, Tally};
use crate::tending;
use crate::watch::Watch;

/// So many runs are popped from one look at the clock to the next; and where they are popped
/// fast, so many.
const RUNS_UNWATCHED: u32 = 4;
const RUNS_UNWATCHED_FAST: u32 = 32;

/// So many slabs of a class get their memory page by page, as blocks are written. The
/// next will be used, too, by all that is known, and get it in one call: a fault costs
/// more than twice as much. If they are not, that is a part of the class's memory.
const SLABS_UNPOPULATED: u32 = 8;

/// So many heaps without a thread keep a slab of each class that they had, for the next
/// threads; what has nothing in use in others goes back at once, as it does by and by
/// in all of them.
const IDLE_HEAPS_READY: u32 = 8;

/// A heap. Belongs to one thread at a time, and outlives it.
#[repr(C, align(64))]
pub(crate) struct Heap {
    /// By class; first, so that an offset in the heap names a stack.
    stacks: [Stack; CLASSES],
    pub(crate) reuse: Reuse,
    pub(crate) ways: Ways,
    /// Runs to be popped before the clock is looked at. The heap's thread alone.
    unwatched: AtomicU32,
    /// The heap's thread alone.
    clock: Clock,
    pub(crate) watch: Watch,
    pub(crate) calls: Calls,
    /// The next in the list of all heaps; written once.
    next: AtomicPtr<Heap>,
    /// The next in the list of heaps without a thread.
    pub(crate) next_idle: AtomicPtr<Heap>,
    /// Whether it is in that list. Under the lock of the ground.
    pub(crate) is_idle: AtomicBool,
    /// Slabs of this heap in which others have put blocks back: written by them, so not
    /// beside what each free reads.
    pub(crate) pending: Pending<Slab>,
    pub(crate) inner: ForkLock<Inner>,
}

/// What the slow paths use.
pub(crate) struct Inner {
    pub(crate) depths: Depths,
    available: Lists,
    look: Look,
    /// Slabs that this heap has of each class.
    slabs: [u32; SMALL_CLASSES],
    pub(crate) tally: Tally,
    /// The growth of the land that this heap has taken notice of.
    growth: u32,
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
            reuse: Reuse::new(),
            ways: Ways::new(),
            unwatched: AtomicU32::new(0),
            clock: Clock::new(),
            watch: Watch::new(),
            calls: Calls::new(),
            next: AtomicPtr::new(null_mut()),
            next_idle: AtomicPtr::new(null_mut()),
            is_idle: AtomicBool::new(false),
            pending: Pending::new(),
            inner: ForkLock::new(Inner {
                depths: Depths::new(),
                available: [null_mut(); SMALL_CLASSES],
                look: Look::over(),
                slabs: [0; SMALL_CLASSES],
                tally: Tally::new(),
                growth: 0,
            }),
        }
    }

    /// Gives the stacks of a new heap their first memory.
    pub(crate) fn equip(&self, mut memory: *mut Entry) {
        let mut inner = self.inner.lock();
        for (class, stack) in self.stacks.iter().enumerate() {
            inner.depths.equip(class, stack, memory);
            memory = memory.wrapping_add(CAPACITIES[0] + 1);
        }
    }

    /// Bytes of the stacks' first memory.
    pub(crate) const fn stacks_bytes() -> usize {
        CLASSES * stack::memory_bytes(0)
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

    /// Moves the stop of a stack that was popped down to it, or claims blocks for an empty one,
    /// of a small class; and pops one. None without memory.
    pub(crate) fn refill(&self, class: usize) -> Option<Entry> {
        self.reuse.refilled();
        let mut inner = self.inner.lock();
        self.tick(&mut inner);
        let stack = &self.stacks[class];
        inner.depths.lift(class, stack);
        if inner.depths.len(class, stack) > 0 {
            inner.depths.rise(class, depth::of_class(class));
            inner.depths.rest(class, stack);
            return stack.pop();
        }
        self.collect(&mut inner);
        let slabs = inner.slabs_of(class);
        let want = inner.depths.widen(class, stack, slabs).div_ceil(2);
        let first = inner.depths.first(class);
        // From there downwards: the lowest block comes out on top.
        let end = first.wrapping_add(want);
        let mut at = end;
        while at.addr() > first.addr() {
            if inner.available[class].is_null() {
                if at != end {
                    break;
                }
                if self.begin_slab(&mut inner, class).is_none() {
                    inner.depths.rest(class, stack); // it is empty
                    return None;
                }
            }
            let slab = slab_ref(inner.available[class]);
            let left = (at.addr() - first.addr()) / size_of::<Entry>();
            let claimed = slab.claim(left as u32, |entry| {
                at = at.wrapping_sub(1);
                // SAFETY: an entry of the empty stack: `claim` calls this `left` times
                // at most, and so many lie below `at`.
                unsafe { at.write(entry) };
            });
            if slab.count.load(Relaxed) == 0 || claimed == 0 {
                inner.unlist(slab); // Relaxed, all here: owner only
            }
        }
        let claimed = (end.addr() - at.addr()) / size_of::<Entry>();
        // SAFETY: both ranges are entries of this stack, within its room.
        unsafe { at.copy_to(first, claimed) };
        inner.depths.set_len(class, stack, claimed);
        inner.depths.rise(class, claimed);
        inner.depths.rest(class, stack);
        inner.tally.claim(claimed as u32, CLASS[class].size);
        self.settle(&mut inner);
        stack.pop()
    }

    fn begin_slab(&self, inner: &mut Inner, class: usize) -> Option<()> {
        let dense = inner.slabs[class] >= SLABS_UNPOPULATED && slab::fills_pages(class);
        let (slab, clean) = ground::begin_slab(class, self, dense)?;
        self.notice_growth_in(inner, class);
        inner.slabs[class] += 1;
        if dense && clean {
            slab.populate();
        }
        inner.list(slab);
        Some(())
    }

    /// Makes room in a full stack, and pushes.
    pub(crate) fn overflow(&self, class: usize, entry: Entry) {
        let mut inner = self.inner.lock();
        self.tick(&mut inner);
        let (stack, slabs) = (&self.stacks[class], inner.slabs_of(class));
        inner.depths.lift(class, stack);
        let mut growth = inner.depths.grow(class, stack, slabs);
        if growth == Growth::NoneLeft && inner.depths.are_others_to_yield() {
            self.narrow_others(&mut inner, class);
            growth = inner.depths.grow(class, stack, slabs);
        }
        if growth != Growth::Room {
            let surplus = inner.depths.surplus(class, stack, slabs);
            let own = self.flush(&mut inner, class, surplus);
            self.reuse.overflowed(own * 2 < surplus);
            inner.depths.lift(class, stack);
        }
        inner.depths.push(class, stack, entry);
    }

    /// Gives up what the stacks of all classes but one hold beyond the classes' depths.
    #[cold]
    fn narrow_others(&self, inner: &mut Inner, wanted: usize) {
        for class in (0..CLASSES).filter(|&class| class != wanted) {
            let cached = inner.depths.len(class, &self.stacks[class]);
            let beyond = cached.saturating_sub(depth::of_class(class));
            if beyond > 0 {
                self.flush(inner, class, beyond);
            }
            inner.depths.narrow(class, &self.stacks[class]);
        }
    }

    /// Puts a block back where it belongs, past the stack.
    pub(crate) fn send_home(&self, class: usize, entry: Entry) {
        let mut inner = self.inner.lock();
        self.put_back(&mut inner, class, &[entry]);
        inner.tally.put_back(1, CLASS[class].size);
    }

    /// Puts the oldest entries of a stack back where they belong. How many were of this heap's
    /// slabs; runs are nobody's.
    fn flush(&self, inner: &mut Inner, class: usize, count: usize) -> usize {
        let stack = &self.stacks[class];
        inner.depths.lift(class, stack);
        let count = count.min(inner.depths.len(class, stack));
        // SAFETY: so many entries of the stack are in use and in a row, and only this thread
        // uses the stack.
        let old = unsafe { core::slice::from_raw_parts(inner.depths.first(class), count) };
        let mut own = 0;
        if class < SMALL_CLASSES {
            own = self.put_back(inner, class, old);
            inner.tally.put_back(count, CLASS[class].size);
        } else {
            for entry in old {
                ground::end_run(slab::of_block(entry.block));
            }
        }
        inner.depths.drop_oldest(class, stack, count);
        inner.depths.rest(class, stack);
        own
    }

    /// Puts blocks of a class back into their slabs: this heap's at once, others' by telling
    /// the owners. How many are this heap's.
    fn put_back(&self, inner: &mut Inner, class: usize, entries: &[Entry]) -> usize {
        let mut flush = Flush::new();
        let mut own = entries.len();
        let (blocks, words) = (CLASS[class].blocks, slab::words(class));
        flush::parcels(entries, |parcel| {
            let Parcel { slab, word, bits, blocks: mut more } = parcel;
            if !core::ptr::eq(slab.owner(), self) {
                own -= more as usize;
                flush.add(slab, word, bits, more);
                return;
            }
            let twice = slab.take_back(words, word, bits);
            if twice != 0 {
                more = slab.count_but_twice(more, word, twice);
            }
            inner.account(slab, blocks, more);
        });
        flush.finish();
        self.settle(inner);
        own
    }

    /// Lets the others know what this heap has out, if it matters. For the heap's thread.
    fn settle(&self, inner: &mut Inner) {
        let Inner { tally, depths, .. } = inner;
        let bytes = |(class, stack)| depths.len(class, stack) * CLASS[class].size as usize;
        tally.settle(|| self.stacks.iter().enumerate().map(bytes).sum());
    }

    /// Takes account of what other threads have put back into this heap's slabs.
    fn collect(&self, inner: &mut Inner) {
        let mut next = self.pending.take_all();
        while !next.is_null() {
            let slab = slab_ref(next);
            // Read before the count is taken: from then on the slab may be on the
            // list again.
            next = slab.next().load(Relaxed);
            inner.account(slab, slab.description().blocks, slab.collect());
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
            let entries = inner.depths.len(class, &self.stacks[class]);
            if entries > 0 {
                self.flush(&mut inner, class, entries);
            }
            inner.depths.narrow(class, &self.stacks[class]);
        }
        self.collect(&mut inner);
        if ground::idle_heaps() >= IDLE_HEAPS_READY {
            inner.end_empty_slabs();
        }
        inner.tally.tell(0); // the stacks are empty
    }

    /// A run was popped. Whether it is time to look at the clock: a program may live on its
    /// stacks for good, and among blocks that are runs a look is cheap.
    #[inline(always)]
    pub(crate) fn is_unwatched(&self) -> bool {
        let left = self.unwatched.load(Relaxed); // this thread's own
        self.unwatched.store(left.wrapping_sub(1), Relaxed); // as above
        left == 0
    }

    /// Whether it is time to [`watch`](Self::watch).
    pub(crate) fn look_at_the_clock(&self) -> bool {
        let next = if self.watch.is_fast() { RUNS_UNWATCHED_FAST } else { RUNS_UNWATCHED };
        self.unwatched.store(next - 1, Relaxed); // this thread's own
        self.clock.is_due()
    }

    /// Before a run is touched that was not in use: as for a new slab.
    pub(crate) fn notice_growth(&self) {
        self.notice_growth_in(&mut self.inner.lock(), CLASSES);
    }

    /// If the land has grown by a little, gives up what this heap keeps of all
    /// classes but one, and has in half-used slabs, before more is touched. So what lies
    /// about is paid for by growth, and a heap that only grows pays for a look at few
    /// slabs.
    fn notice_growth_in(&self, inner: &mut Inner, wanted: usize) {
        let growth = runs::growth();
        if inner.growth == growth {
            return;
        }
        inner.growth = growth;
        for class in (0..CLASSES).filter(|&class| class != wanted) {
            let entries = inner.depths.len(class, &self.stacks[class]);
            if entries > 0 {
                self.flush(inner, class, entries);
            }
        }
        inner.look.begin_sparing(&inner.available);
        inner.look.go_on(&inner.available);
    }

    /// Does what is due.
    pub(crate) fn watch(&self) {
        self.tick(&mut self.inner.lock());
    }

    /// The same, or a part of what was due and is not done. Whether anything was due now.
    pub(crate) fn watch_if_due(&self) -> bool {
        let due = self.clock.is_due();
        if due || self.watch.is_at_it() {
            self.watch();
        }
        due
    }

    /// About every half second: gives up what was not in use of late.
    fn tick(&self, inner: &mut Inner) {
        if !self.clock.has_ticked() {
            if !inner.look.is_over() {
                inner.look.go_on(&inner.available);
            }
            self.watch.tell(!inner.look.is_over());
            return;
        }
        for class in 0..CLASSES {
            let entries = inner.depths.len(class, &self.stacks[class]);
            let gone = if clock::is_immediate() { entries } else { entries.div_ceil(2) };
            if gone > 0 {
                self.flush(inner, class, gone);
            }
            inner.depths.narrow(class, &self.stacks[class]);
        }
        self.collect(inner);
        inner.look.begin(&inner.available, Patience::TwoLooks);
        inner.look.go_on(&inner.available);
        self.watch.tell(!inner.look.is_over());
        tending::want();
    }

    /// Whether the heap's thread has not come by for longer than from one tick to the next.
    pub(crate) fn is_quiet(&self) -> bool {
        self.clock.is_overdue()
    }

    /// What a heap's own thread does now and then, for one whose thread does not come by:
    /// takes account of what others put back, and gives up what was not used since.
    /// Whether there is more to give up. A heap that is in use is left alone.
    pub(crate) fn tend(&self) -> bool {
        // Blocks are claimed on slow paths only, where the clock would have ticked: so what
        // is free now has been so for a while.
        let patience = if self.is_quiet() { Patience::OneLook } else { Patience::TwoLooks };
        let Some(mut inner) = self.inner.try_lock() else { return false };
        self.give_up(&mut inner, patience)
    }

    /// Gives up what there is to give up, whoever's heap it is. Whether there is more.
    pub(crate) fn trim(&self) -> bool {
        self.give_up(&mut self.inner.lock(), Patience::OneLook)
    }

    /// A part of a look; whether there is more.
    fn give_up(&self, inner: &mut Inner, patience: Patience) -> bool {
        if inner.look.is_over() {
            self.collect(inner);
            inner.look.begin(&inner.available, patience);
        }
        inner.look.go_on(&inner.available);
        if inner.look.is_over() && patience == Patience::OneLook {
            inner.end_empty_slabs();
        }
        !inner.look.is_over()
    }
}

impl Inner {
    /// How many slabs this heap has of a class; of runs it has none.
    fn slabs_of(&self, class: usize) -> usize {
        self.slabs.get(class).map_or(0, |&slabs| slabs as usize)
    }

    /// Counts more blocks as free again, of one of this heap's slabs, which has so many.
    #[inline(always)]
    fn account(&mut self, slab: &'static Slab, blocks: u32, more: u32) {
        let had = slab.count.load(Relaxed); // owner only
        slab.count.store(had + more, Relaxed); // as above
        if had == 0 {
            self.first_came_back(slab, more);
        }
        if had + more == blocks {
            self.emptied(slab);
        }
    }

    /// So many blocks have come back to a slab in which none was free: perhaps none, if they were
    /// ever there.
    #[cold]
    #[inline(never)]
    fn first_came_back(&mut self, slab: &Slab, more: u32) {
        if more > 0 {
            self.list(slab);
        }
    }

    /// Nothing is in use in a slab any more. The last slab of a class stays: a loop around a
    /// boundary would otherwise begin and end it over and over.
    #[cold]
    #[inline(never)]
    fn emptied(&mut self, slab: &'static Slab) {
        if !self.is_only(slab) {
            self.end_slab(slab);
        }
    }

    /// Gives up the slabs that stayed although nothing is in use in them.
    fn end_empty_slabs(&mut self) {
        for class in 0..SMALL_CLASSES {
            let mut next = self.available[class];
            while !next.is_null() {
                let slab = slab_ref(next);
                next = slab.next_listed.load(Relaxed); // owner only
                if slab.is_empty() {
                    self.end_slab(slab);
                }
            }
        }
    }

    fn end_slab(&mut self, slab: &'static Slab) {
        self.unlist(slab);
        self.slabs[slab.class()] -= 1;
        ground::end_slab(slab);
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
        self.look.pass_over(slab);
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
