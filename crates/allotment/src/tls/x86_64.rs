//! x86-64: the words' offset from the thread pointer comes from the global offset
//! table, or is written into the instruction by a linker that knows it.

use core::arch::{asm, global_asm};

use crate::heap::{Heap, NOBODY};

global_asm!(
    ".pushsection .tdata.allotment_heap_v0,\"awT\",@progbits",
    ".globl allotment_heap_v0",
    ".hidden allotment_heap_v0",
    ".type allotment_heap_v0, @object",
    ".size allotment_heap_v0, 16",
    ".balign 8",
    "allotment_heap_v0:",
    ".quad {nobody}",
    ".quad 0",
    ".popsection",
    nobody = sym NOBODY,
);

/// The calling thread's heap, or `NOBODY`.
#[inline(always)]
pub(crate) fn heap() -> &'static Heap {
    let heap: *const Heap;
    // SAFETY: reads the thread's own word.
    unsafe {
        asm!(
            "mov {0}, qword ptr [rip + allotment_heap_v0@GOTTPOFF]",
            "mov {0}, qword ptr fs:[{0}]",
            out(reg) heap,
            options(pure, readonly, nostack, preserves_flags),
        );
    }
    // SAFETY: the word is NOBODY's address or that of a heap in the closet.
    unsafe { &*heap }
}

/// Names another heap.
pub(crate) fn set_heap(heap: &'static Heap) {
    // SAFETY: writes the thread's own word.
    unsafe {
        asm!(
            "mov {1}, qword ptr [rip + allotment_heap_v0@GOTTPOFF]",
            "mov qword ptr fs:[{1}], {0}",
            in(reg) &raw const *heap,
            out(reg) _,
            options(nostack, preserves_flags),
        );
    }
}

/// The calling thread's second word.
#[inline]
pub(crate) fn notes() -> u64 {
    let notes;
    // SAFETY: reads the thread's own word.
    unsafe {
        asm!(
            "mov {0}, qword ptr [rip + allotment_heap_v0@GOTTPOFF]",
            "mov {0}, qword ptr fs:[{0} + 8]",
            out(reg) notes,
            options(pure, readonly, nostack, preserves_flags),
        );
    }
    notes
}

/// Writes the second word.
pub(crate) fn set_notes(notes: u64) {
    // SAFETY: writes the thread's own word.
    unsafe {
        asm!(
            "mov {1}, qword ptr [rip + allotment_heap_v0@GOTTPOFF]",
            "mov qword ptr fs:[{1} + 8], {0}",
            in(reg) notes,
            out(reg) _,
            options(nostack, preserves_flags),
        );
    }
}
