//! aarch64: the word's offset from the thread pointer comes from the global offset
//! table.

use core::arch::{asm, global_asm};

use crate::heap::{Heap, NOBODY};

global_asm!(
    ".pushsection .tdata.allotment_heap_v0,\"awT\",@progbits",
    ".globl allotment_heap_v0",
    ".hidden allotment_heap_v0",
    ".type allotment_heap_v0, @object",
    ".size allotment_heap_v0, 8",
    ".balign 8",
    "allotment_heap_v0:",
    ".xword {nobody}",
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
