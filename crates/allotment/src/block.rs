//! Blocks: the life of an allocation and of a free.
//!
//! An allocation of up to 512 KiB:
//! 1. the size gives the class's stack, the thread-local word the heap (`NOBODY` at
//!    first);
//! 2. pop the stack; mark the block `LIVE`;
//! 3. nothing to pop: attach a heap if there is none, claim free blocks of an own
//!    slab, or begin a slab; pop again. Above 32 KiB: take a run of units.
//!
//! A free:
//! 1. the address less the land's start is an offset; beyond the land: foreign;
//! 2. the offset gives the brief; offset × reciprocal gives the block's index, and
//!    whether it is a block's start;
//! 3. the mark must be `LIVE`, and becomes `IDLE`;
//! 4. push block and mark on the class's stack, whoever owns the slab;
//! 5. the stack is full: the oldest go back to the slabs, foreign ones by one
//!    atomic operation per word of bits, and one per slab.
//!
//! Nothing on the way reads or writes the block. The processor may be [asked](crate::reuse)
//! for its line.

use crate::background;
use crate::brief;
use crate::checks;
use crate::class::{
    CLASS, CLASS_BYTES_MAX, SMALL_BYTES_MAX, SMALL_CLASSES, TABLE_BYTES_MAX, class_of,
    class_of_more, class_of_run, last_aligned, size_aligned,
};
use crate::diagnosis;
use crate::dirt::Dirt;
use crate::flush;
use crate::ground;
use crate::heap::Heap;
use crate::land::{GROUND, UNIT_BYTES, UNIT_LOG2};
use crate::marks::{IDLE, LIVE};
use crate::moving;
use crate::report::{self, Caller, Misuse};
use crate::slab::{self, Slab};
use crate::stack::Entry;
use crate::state;
use crate::sync::Relaxed;
use crate::{thread, tls};

/// No object is larger: pointer differences must fit.
const BYTES_MAX: usize = isize::MAX as usize;

/// A block of at least `size` bytes, aligned to 16; 0 when there is no memory.
#[inline(always)]
pub(crate) fn allocate(size: usize) -> usize {
    match allocate_fast(size) {
        0 => allocate_otherwise(size),
        block => block,
    }
}

/// A block of up to [`TABLE_BYTES_MAX`] bytes out of the thread's stack; 0 when there
/// is none, or more is asked for.
#[inline(always)]
pub(crate) fn allocate_fast(size: usize) -> usize {
    let heap = tls::heap();
    heap.ways.to(size).map_or(0, |stack| pop(heap, stack))
}

/// [`allocate_fast`] for an alignment, if it is a power of two.
#[inline(always)]
pub(crate) fn allocate_aligned_fast(size: usize, align: usize) -> usize {
    let heap = tls::heap();
    heap.ways.to_aligned(size, align).map_or(0, |stack| pop(heap, stack))
}

/// A block out of a stack of a heap, the thread's; 0 when it is empty.
#[inline(always)]
fn pop(heap: &Heap, stack: u32) -> usize {
    heap.stack_at(stack).pop().map_or(0, hand_out)
}

/// A block of more than [`TABLE_BYTES_MAX`] bytes out of the thread's stack; 0 when there is
/// none, or less is asked for, or more than any class has.
#[inline(always)]
pub(crate) fn allocate_longer_fast(size: usize) -> usize {
    if size <= TABLE_BYTES_MAX || size > CLASS_BYTES_MAX {
        return 0;
    }
    if size <= SMALL_BYTES_MAX {
        return pop(tls::heap(), Heap::stack_offset(class_of_more(size)));
    }
    let heap = tls::heap();
    match heap.stack_at(Heap::stack_offset(class_of_run(size))).pop().map_or(0, hand_out) {
        0 => 0,
        block if heap.is_unwatched() => look(block),
        block => block,
    }
}

/// What [`allocate`] does when the fast way has no block.
#[inline(never)]
fn allocate_otherwise(size: usize) -> usize {
    match allocate_longer_fast(size) {
        0 => allocate_slowly(size),
        block => block,
    }
}

/// Looks at the clock, and does what is due. Takes a block and gives it back, so that who
/// calls this last need not keep it.
#[cold]
#[inline(never)]
fn look(block: usize) -> usize {
    if tls::heap().look_at_the_clock() {
        thread::with_heap(|heap| heap.into_iter().for_each(Heap::watch));
    }
    block
}

/// IDLE → LIVE.
#[inline(always)]
fn hand_out(entry: Entry) -> usize {
    checks::set(entry.mark(), LIVE);
    entry.block
}

/// What [`allocate`] does when the thread has no block at hand; 0 when there is no memory.
#[cold]
#[inline(never)]
pub(crate) fn allocate_slowly(size: usize) -> usize {
    if size > CLASS_BYTES_MAX {
        return allocate_large(size, 0).0;
    }
    let class = class_of(size);
    if class >= SMALL_CLASSES {
        return allocate_run(class).0;
    }
    let entry = thread::with_heap(|heap| {
        // A heap that had another thread before may have blocks at hand.
        let heap = heap?;
        heap.calls.allocate();
        heap.stack(class).pop().or_else(|| heap.refill(class))
    });
    background::start_if_wanted();
    entry.map_or(0, hand_out)
}

/// A block that is a run of its own, and what is known of its contents; 0 when there is
/// no memory.
fn allocate_run(class: usize) -> (usize, Contents) {
    // With a heap from now on: what is freed goes on its stack.
    let kept = thread::with_heap(|heap| {
        let heap = heap?;
        heap.calls.allocate();
        heap.reuse.refilled();
        heap.stack(class).pop()
    });
    if let Some(entry) = kept {
        return (hand_out(entry), Contents::Unknown);
    }
    let Some((slab, dirt)) = ground::begin_run(class) else { return (0, Contents::Unknown) };
    let block = GROUND.unit(slab.unit());
    (hand_out(Entry { block, mark: slab.mark(0) }), Contents::ZeroBut(dirt))
}

/// A block of its own run, larger than any class; as for [`allocate_run`].
#[cold]
#[inline(never)]
fn allocate_large(size: usize, shift: u32) -> (usize, Contents) {
    if size > BYTES_MAX {
        return (0, Contents::Unknown);
    }
    take_large(|| ground::begin_large(size, shift))
}

/// A block for one that has grown out of its own; 0 when there is no memory.
fn allocate_larger(size: usize) -> usize {
    if size <= CLASS_BYTES_MAX {
        allocate(size)
    } else {
        take_large(|| ground::begin_growing(size)).0
    }
}

fn take_large(begin: impl FnOnce() -> Option<(&'static Slab, Dirt)>) -> (usize, Contents) {
    thread::with_heap(|heap| {
        let found = begin();
        if let Some(heap) = heap {
            heap.calls.allocate();
            heap.notice_growth();
        }
        found.map_or((0, Contents::Unknown), |(slab, dirt)| {
            (GROUND.unit(slab.unit()), Contents::ZeroBut(dirt))
        })
    })
}

/// What a new block holds.
enum Contents {
    /// Anything.
    Unknown,
    /// Zeros, but for some units.
    ZeroBut(Dirt),
}

/// A block of at least `size` bytes, all zero; 0 when there is no memory.
#[inline]
pub(crate) fn allocate_zeroed(size: usize) -> usize {
    match allocate_fast(size) {
        0 => allocate_zeroed_otherwise(size),
        block => {
            wipe(block, size);
            block
        }
    }
}

/// What [`allocate_zeroed`] does when the fast way has no block: of a run, only what
/// may not be zero is written, so what the program never touches costs no memory.
#[inline(never)]
fn allocate_zeroed_otherwise(size: usize) -> usize {
    let (block, contents) = if size > CLASS_BYTES_MAX {
        allocate_large(size, 0)
    } else if size > SMALL_BYTES_MAX {
        match pop(tls::heap(), Heap::stack_offset(class_of(size))) {
            0 => allocate_run(class_of(size)),
            block => (block, Contents::Unknown),
        }
    } else {
        (allocate_otherwise(size), Contents::Unknown)
    };
    clear(block, contents, size);
    block
}

/// Makes the first `size` bytes of a new block zero, if there is one.
fn clear(block: usize, contents: Contents, size: usize) {
    match contents {
        _ if block == 0 => {}
        Contents::Unknown => wipe(block, size),
        Contents::ZeroBut(dirt) => {
            for (unit, units) in dirt.ranges() {
                let start = (unit * UNIT_BYTES).min(size);
                wipe(block + start, (units * UNIT_BYTES).min(size - start));
            }
        }
    }
}

/// Writes zeros into a block that has just been handed out, of at least so many bytes.
#[inline(always)]
fn wipe(block: usize, bytes: usize) {
    let at = core::ptr::with_exposed_provenance_mut::<u8>(block);
    // SAFETY: the block is the caller's, and at least this long.
    unsafe { at.write_bytes(0, bytes) };
}

/// A block aligned to `align`, a power of two; 0 when there is no memory.
#[inline]
pub(crate) fn allocate_aligned(size: usize, align: usize) -> usize {
    if align <= 16 {
        return allocate(size);
    }
    match allocate_aligned_fast(size, align) {
        0 => allocate_aligned_otherwise(size, align),
        block => block,
    }
}

/// What [`allocate_aligned`] does when the fast way has no block.
#[cold]
#[inline(never)]
fn allocate_aligned_otherwise(size: usize, align: usize) -> usize {
    match size_aligned(size, align) {
        Some(size) => allocate(size),
        None => allocate_large_aligned(size, align).0,
    }
}

/// The same, and all zero.
#[inline]
pub(crate) fn allocate_aligned_zeroed(size: usize, align: usize) -> usize {
    if align <= 16 {
        return allocate_zeroed(size);
    }
    if let Some(size) = size_aligned(size, align) {
        return allocate_zeroed(size);
    }
    let (block, contents) = allocate_large_aligned(size, align);
    clear(block, contents, size);
    block
}

/// For a size or an alignment that no class serves, a block of its own run, and what is
/// in it.
fn allocate_large_aligned(size: usize, align: usize) -> (usize, Contents) {
    let shift = align.ilog2().saturating_sub(UNIT_LOG2);
    allocate_large(size.max(1), shift)
}

/// Frees a block; reports anything that is no live block's start.
#[inline(always)]
pub(crate) fn free(address: usize, by: Caller) {
    let (heap, offset) = (tls::heap(), GROUND.offset(address));
    if !heap.reuse.expects_at(address, offset) {
        return free_otherwise(address, offset, heap, by);
    }
    free_at(address, offset, heap, by);
}

/// [`free`] of what is in the land.
#[inline(always)]
fn free_at(address: usize, offset: usize, heap: &Heap, by: Caller) {
    let brief = brief::at_offset(offset);
    let Some(index) = checks::block_at(brief, offset) else {
        return free_unusual(address, offset, by);
    };
    let entry = Entry { block: address, mark: brief.mark(index) };
    if !take_back(entry, brief.stack(), heap) {
        misuse(address, offset, by);
    }
}

/// [`free`] by a thread that does not use what it frees, if no more is to be done.
#[inline(never)]
fn free_otherwise(address: usize, offset: usize, heap: &'static Heap, by: Caller) {
    if !heap.reuse.expects_nothing_at(offset) {
        return free_carefully(address, offset, heap, by);
    }
    free_at(address, offset, heap, by);
}

/// [`free`] of what may be anywhere, and by a thread whose frees may be counted.
#[cold]
#[inline(never)]
fn free_carefully(address: usize, offset: usize, heap: &'static Heap, by: Caller) {
    if checks::is_foreign(address, offset) {
        return free_foreign(address, by);
    }
    heap.reuse.look_again();
    if heap.reuse.is_counting() {
        thread::count_free(heap, address);
    }
    free_at(address, offset, heap, by);
}

/// LIVE → IDLE, and onto the stack of the block's class. False, and nothing happens, if it is
/// not live.
#[inline(always)]
fn take_back(entry: Entry, stack: u32, heap: &Heap) -> bool {
    if !checks::is_live(entry.mark()) {
        return false;
    }
    checks::set(entry.mark(), IDLE);
    if !heap.stack_at(stack).push(entry) {
        free_slowly(entry);
    }
    true
}

/// Frees a live block of at most [`CLASS_BYTES_MAX`] bytes whose size would be that of a new
/// block of `size` and `align`, unless frees are counted. For anything else it is false, and
/// does nothing.
#[inline(always)]
pub(crate) fn free_sized(address: usize, size: usize, align: usize) -> bool {
    // Beyond a unit, alignments are those of no class.
    let last = last_aligned(size, align).filter(|_| align <= UNIT_BYTES);
    let (heap, offset) = (tls::heap(), GROUND.offset(address));
    let Some(last) = last else { return false };
    if !heap.reuse.expects_at(address, offset) {
        return false;
    }
    let brief = brief::at_offset(offset);
    let (index, stack) = (checks::block_at(brief, offset), brief.stack());
    let Some(index) = index.filter(|_| brief::serves_last(stack, last)) else {
        return false;
    };
    take_back(Entry { block: address, mark: brief.mark(index) }, stack, heap)
}

#[cold]
#[inline(never)]
fn free_slowly(entry: Entry) {
    let slab = slab::of_block(entry.block);
    let class = slab.class();
    let owner = if class < SMALL_CLASSES { slab.owner() } else { core::ptr::null_mut() };
    // What a thread frees before anything was given to it: its cache line may be shared
    // with blocks that others work on, so it is not kept at hand, but goes to its slab.
    thread::with_heap_to_free(owner, |heap, is_new| match heap {
        Some(heap) => {
            heap.calls.free();
            if !is_new {
                if !heap.stack(class).push(entry) {
                    heap.overflow(class, entry);
                }
            } else if class < SMALL_CLASSES {
                heap.send_home(class, entry);
            } else {
                heap.end_run(slab);
            }
        }
        None if class < SMALL_CLASSES => flush::put_back_alone(entry),
        None => ground::end_run(slab),
    });
}

#[cold]
#[inline(never)]
fn free_foreign(address: usize, by: Caller) {
    if address != 0 {
        report::misuse(by.name(), address, Misuse::Foreign);
    }
}

/// Frees what is not at a multiple of a slab's block size: a large block, or none.
#[cold]
#[inline(never)]
fn free_unusual(address: usize, offset: usize, by: Caller) {
    let ended = |slab: &&'static Slab| slab.change_state(state::LARGE, state::LARGE_FREED);
    let Some(slab) = large_at(offset).filter(ended) else { return misuse(address, offset, by) };
    thread::with_heap_to_free(core::ptr::null(), |heap, _| match heap {
        Some(heap) => {
            heap.calls.free();
            heap.end_run(slab);
        }
        None => ground::end_run(slab),
    });
}

#[cold]
#[inline(never)]
fn misuse(address: usize, offset: usize, by: Caller) {
    report::misuse(by.name(), address, diagnosis::of(offset));
}

/// The live block that is a run, and starts at an offset of the land.
fn run_at(offset: usize) -> Option<&'static Slab> {
    Some(slab::at_offset(offset)).filter(|slab| slab.is_run() && offset.is_multiple_of(UNIT_BYTES))
}

/// The large block that starts at an offset of the land.
fn large_at(offset: usize) -> Option<&'static Slab> {
    if !offset.is_multiple_of(UNIT_BYTES) {
        return None;
    }
    let slab = slab::at_offset(offset);
    (slab.state() == state::LARGE).then_some(slab)
}

/// Whether a live block starts at an address, and a request for so many bytes would get
/// one of its class.
#[inline(always)]
pub(crate) fn serves(address: usize, size: usize) -> bool {
    let offset = GROUND.offset(address);
    if checks::is_foreign(address, offset) {
        return false;
    }
    let brief = brief::at_offset(offset);
    // SAFETY: of a unit of a class, and of an index in it, each mark is there.
    let is_live = |index| checks::is_live(unsafe { &*brief.mark(index) });
    checks::block_at(brief, offset).is_some_and(|index| brief.serves(size) && is_live(index))
}

/// The bytes that a live block's owner may use; none for anything else.
pub(crate) fn usable(address: usize) -> Option<usize> {
    let offset = GROUND.offset(address);
    if checks::is_foreign(address, offset) {
        return None;
    }
    let slab = slab::at_offset(offset);
    if slab.state() == state::SLAB {
        let mark = slab.marks().get(checks::block_at(brief::at_offset(offset), offset)?)?;
        return checks::is_live(mark).then(|| slab.description().size as usize);
    }
    // Whole pages: what lies beyond the size asked for, up to the run's end, is the
    // block's as well, but untouched.
    // Relaxed: its owner asks, who made it so long or got it from who did.
    large_at(offset).map(|slab| moving::usable_bytes(slab.bytes.load(Relaxed)))
}

/// What [`usable`] would answer for a new block; 0 when no block can be that large.
pub(crate) fn good_size(size: usize, align: usize) -> usize {
    let class = if align <= 16 {
        (size <= CLASS_BYTES_MAX).then(|| class_of(size))
    } else {
        size_aligned(size, align).map(class_of)
    };
    match class {
        Some(class) => CLASS[class].size as usize,
        None if size > BYTES_MAX => 0,
        None => size.max(1).next_multiple_of(16),
    }
}

/// Makes a block longer or shorter, moving it if it must. 0 when there is no
/// memory: the block is untouched then. `address` is a live block's, of `had`
/// usable bytes.
pub(crate) fn reallocate(address: usize, had: usize, size: usize) -> usize {
    if size > BYTES_MAX {
        return 0;
    }
    // Stay, unless another class serves better.
    if size <= CLASS_BYTES_MAX && CLASS[class_of(size)].size as usize == had {
        return address;
    }
    if size > SMALL_BYTES_MAX
        && let Some(slab) = run_at(GROUND.offset(address))
    {
        if ground::resize_run(slab, size) {
            return address;
        }
        if size > CLASS_BYTES_MAX
            && let Some(new) = moving::grow(slab, size)
        {
            return GROUND.unit(new.unit());
        }
    }
    replace(address, allocate_larger(size), had.min(size))
}

/// The same to a block aligned to `align`, a power of two, whether or not this one is.
pub(crate) fn reallocate_aligned(address: usize, had: usize, size: usize, align: usize) -> usize {
    let is_aligned = address & (align - 1) == 0;
    if is_aligned && align <= UNIT_BYTES {
        // What serves this size instead is aligned by itself: a class's blocks to what
        // divides their size, and a run to its unit wherever it lies.
        return reallocate(address, had, size_aligned(size, align).unwrap_or(size));
    }
    if is_aligned && stays(address, had, size, align) {
        return address;
    }
    replace(address, allocate_aligned(size, align), had.min(size))
}

/// Makes a block longer or shorter where it is, which is the only place known to be
/// aligned to more than a unit. False if it must move; it is untouched then.
fn stays(address: usize, had: usize, size: usize, align: usize) -> bool {
    if good_size(size, align) == had {
        return true;
    }
    // A shorter one would be a class's, and have another usable size than a new block.
    (CLASS_BYTES_MAX + 1..=BYTES_MAX).contains(&size)
        && run_at(GROUND.offset(address)).is_some_and(|slab| ground::resize_run(slab, size))
}

/// Moves what a live block of a class holds to a block for `size` bytes that is at hand. 0, and
/// nothing happens, for anything else.
#[inline(always)]
pub(crate) fn move_fast(address: usize, size: usize) -> usize {
    let offset = GROUND.offset(address);
    if checks::is_foreign(address, offset) {
        return 0;
    }
    let brief = brief::at_offset(offset);
    let Some(index) = checks::block_at(brief, offset) else { return 0 };
    let entry = Entry { block: address, mark: brief.mark(index) };
    if !checks::is_live(entry.mark()) {
        return 0;
    }
    let new = allocate_fast(size);
    if new != 0 {
        copy(address, new, brief.bytes().min(size));
        let heap = tls::heap();
        if heap.reuse.is_counting() {
            thread::count_free(heap, address);
        }
        if !take_back(entry, brief.stack(), heap) {
            misuse(address, offset, Caller::Realloc); // another thread has freed it
        }
    }
    new
}

/// Frees a live block for a new one that takes over its first `bytes` bytes. 0, and
/// nothing happens, if there is no new one.
#[inline(always)]
fn replace(address: usize, new: usize, bytes: usize) -> usize {
    if new != 0 {
        copy(address, new, bytes);
        free(address, Caller::Realloc);
    }
    new
}

/// What a block holds goes to another: both are live, different, and at least this long.
#[inline(always)]
fn copy(from: usize, to: usize, bytes: usize) {
    let from = core::ptr::with_exposed_provenance::<u8>(from);
    let to = core::ptr::with_exposed_provenance_mut::<u8>(to);
    // `memmove`, not `memcpy`: a library that names no version gets the oldest `memcpy` of the
    // GNU C library, which knows no processor's longer registers.
    // SAFETY: the callers' promise.
    unsafe { core::ptr::copy(from, to, bytes) };
}
