//! The brief of a unit: of its record, the sixteen bytes that a free reads.
//!
//! Four briefs share a cache line and 256 a page, where records would take as many lines,
//! and sixteen pages. So the briefs of a gibibyte fit into a processor's second cache, and a
//! free waits for one line that is far away, its mark's, and not for two.

use crate::class::{CLASS, CLASSES};
use crate::heap::Heap;
use crate::land::{BRIEF_BYTES, GROUND};
use crate::stack::Stack;
use crate::sync::{AtomicPtr, AtomicU8, AtomicU32, Relaxed};

/// What a free reads. Zero bytes are the brief of a unit that is not in use.
#[repr(C, align(16))]
pub(crate) struct Brief {
    /// The class's reciprocal; 0 unless the unit is a slab, which no offset passes.
    reciprocal: AtomicU32,
    /// Where the class's stack lies in a heap, in bytes.
    stack: AtomicU32,
    /// The first mark byte.
    marks: AtomicPtr<AtomicU8>,
}

const _: () = assert!(size_of::<Brief>() == BRIEF_BYTES, "four briefs share a cache line");

/// The sizes that get a block of a class, but zero, by their last bytes: the least, and how many
/// there are. As long as a stack, so that the way to a class's stack in a heap leads to its
/// sizes in the table, too.
#[repr(C, align(16))]
#[derive(Clone, Copy)]
struct Served {
    least: u32,
    sizes: u32,
}

const _: () = assert!(size_of::<Served>() == size_of::<Stack>(), "one offset serves for both");

static SERVED: [Served; CLASSES] = {
    let mut all = [Served { least: 0, sizes: CLASS[0].size }; CLASSES];
    let mut class = 1;
    while class < CLASSES {
        let least = CLASS[class - 1].size;
        all[class] = Served { least, sizes: CLASS[class].size - least };
        class += 1;
    }
    all
};

const _: () = assert!(Heap::stack_offset(0) == 0, "the offset in a heap is one in the table");

/// The brief for an offset in the land.
#[inline(always)]
pub(crate) fn at_offset(offset: usize) -> &'static Brief {
    let brief = core::ptr::with_exposed_provenance(GROUND.brief(offset));
    // SAFETY: the caller's offset lies in the land, whose briefs are committed as
    // far as units were ever in use; a brief is never unmapped, its fields are
    // atomics, and zero bytes are valid ones.
    unsafe { &*brief }
}

/// Whether a request for so many bytes and one gets a block of the class whose stack lies there
/// in a heap.
#[inline(always)]
pub(crate) fn serves_last(stack: u32, last: usize) -> bool {
    let Served { least, sizes } = served(stack);
    last.wrapping_sub(least as usize) < sizes as usize
}

#[inline(always)]
fn served(stack: u32) -> Served {
    let served = (&raw const SERVED).wrapping_byte_add(stack as usize);
    // SAFETY: where a class's stack lies in a heap, its sizes lie in the table.
    unsafe { *served.cast() }
}

// Relaxed, all here: a unit cannot change its use while a block of it is live, and other
// threads learn of what it is by its blocks.
impl Brief {
    #[inline(always)]
    pub(crate) fn reciprocal(&self) -> u32 {
        self.reciprocal.load(Relaxed)
    }

    /// Where the stack of the unit's class lies in a heap.
    #[inline(always)]
    pub(crate) fn stack(&self) -> u32 {
        self.stack.load(Relaxed)
    }

    /// The mark of a block.
    #[inline(always)]
    pub(crate) fn mark(&self, index: usize) -> *const AtomicU8 {
        self.marks.load(Relaxed).wrapping_add(index)
    }

    /// Whether a request for so many bytes gets a block of the unit's class.
    #[inline(always)]
    pub(crate) fn serves(&self, size: usize) -> bool {
        serves_last(self.stack(), size.saturating_sub(1))
    }

    /// How long the blocks of the unit's class are.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> usize {
        let Served { least, sizes } = served(self.stack());
        (least + sizes) as usize
    }

    /// The unit is one of a class from now on, with its marks there.
    pub(crate) fn describe(&self, class: usize, marks: *mut AtomicU8) {
        self.stack.store(Heap::stack_offset(class), Relaxed);
        self.marks.store(marks, Relaxed);
        self.reciprocal.store(CLASS[class].reciprocal, Relaxed);
    }

    /// No offset of the unit is a block's start of a class any more.
    pub(crate) fn close(&self) {
        self.reciprocal.store(0, Relaxed);
    }
}
