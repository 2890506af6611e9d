//! aarch64: the words' offset from the thread pointer comes from the global offset
//! table.

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
    ".xword {nobody}",
    ".xword 0",
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
            "adrp {0}, :gottprel:allotment_heap_v0",
            "ldr {0}, [{0}, #:gottprel_lo12:allotment_heap_v0]",
            "mrs {1}, tpidr_el0",
            "ldr {0}, [{1}, {0}]",
            out(reg) heap,
            out(reg) _,
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
            "adrp {1}, :gottprel:allotment_heap_v0",
            "ldr {1}, [{1}, #:gottprel_lo12:allotment_heap_v0]",
            "mrs {2}, tpidr_el0",
            "str {0}, [{2}, {1}]",
            in(reg) &raw const *heap,
            out(reg) _,
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
            "adrp {0}, :gottprel:allotment_heap_v0",
            "ldr {0}, [{0}, #:gottprel_lo12:allotment_heap_v0]",
            "mrs {1}, tpidr_el0",
            "add {0}, {0}, {1}",
            "ldr {0}, [{0}, #8]",
            out(reg) notes,
            out(reg) _,
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
            "adrp {1}, :gottprel:allotment_heap_v0",
            "ldr {1}, [{1}, #:gottprel_lo12:allotment_heap_v0]",
            "mrs {2}, tpidr_el0",
            "add {1}, {1}, {2}",
            "str {0}, [{1}, #8]",
            in(reg) notes,
            out(reg) _,
            out(reg) _,
            options(nostack, preserves_flags),
        );
    }
}
