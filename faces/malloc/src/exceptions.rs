//! What C++'s operators need of exceptions: to throw one, and to catch any.
//!
//! ```text
//!   new:            ours ─▶ handler              new, nothrow:  ours ─▶ caught ─▶ ours ─▶ handler
//!   program ◀──────────── throws                 null ◀────────────────────────────────── throws
//! ```
//!
//! Rust has no words for either in a library that aborts when it panics. An exception
//! that leaves `new` passes the frames of a few functions of this library as the
//! unwinder sees them: by their unwind tables, which the compiler writes for all code on
//! these systems. They own nothing and have nothing to clean up. One that must not leave
//! ends at [`caught`], a C++ `try` with `catch (...)`, written down as a compiler would.
//!
//! All that is the C++ library's is asked for weakly. Where it is not there, nobody
//! throws.

use core::arch::global_asm;
use core::ffi::c_void;

unsafe extern "C" {
    /// `std::__throw_bad_alloc` of the GNU C++ library; null without it.
    #[link_name = "allotment_throw_bad_alloc_v0"]
    static THROW_BAD_ALLOC: Option<extern "C" fn() -> !>;

    /// Calls a function with two words, and returns what it returns; 0 if it throws.
    fn allotment_caught_v0(function: usize, first: usize, second: usize) -> *mut c_void;
}

/// The table by which the C++ library finds the `catch`, and what is its own.
macro_rules! with_tables {
    ($($code:literal),+ $(,)?) => {
        global_asm!(
            $($code,)+
            ".pushsection .gcc_except_table.allotment_caught_v0,\"a\",@progbits",
            ".balign 4",
            ".Lallotment_table:",
            ".byte 0xff", // landing pads are relative to the function
            ".byte 0x9b", // types: relative, indirect, 4 bytes
            ".uleb128 .Lallotment_types - .Lallotment_types_from",
            ".Lallotment_types_from:",
            ".byte 1", // call sites: uleb128
            ".uleb128 .Lallotment_actions - .Lallotment_sites",
            ".Lallotment_sites:",
            // From the try on, for its length: there is the catch, by the first action.
            // Anywhere else an exception terminates the program.
            ".uleb128 .Lallotment_try - allotment_caught_v0",
            ".uleb128 .Lallotment_tried - .Lallotment_try",
            ".uleb128 .Lallotment_catch - allotment_caught_v0",
            ".uleb128 1",
            ".Lallotment_actions:",
            ".byte 1, 0", // the first type, and no other action
            ".balign 4",
            ".long 0", // the first type: any
            ".Lallotment_types:",
            ".popsection",
            ".pushsection .data.rel.ro.allotment_exceptions_v0,\"aw\",@progbits",
            ".balign 8",
            ".weak __gxx_personality_v0",
            ".weak __cxa_begin_catch",
            ".weak __cxa_end_catch",
            ".weak _ZSt17__throw_bad_allocv",
            ".globl allotment_throw_bad_alloc_v0",
            ".hidden allotment_throw_bad_alloc_v0",
            ".Lallotment_personality: .quad __gxx_personality_v0",
            ".Lallotment_begin_catch: .quad __cxa_begin_catch",
            ".Lallotment_end_catch: .quad __cxa_end_catch",
            "allotment_throw_bad_alloc_v0: .quad _ZSt17__throw_bad_allocv",
            ".popsection",
        );
    };
}

#[cfg(target_arch = "x86_64")]
with_tables!(
    ".pushsection .text.allotment_caught_v0,\"ax\",@progbits",
    ".balign 16",
    ".globl allotment_caught_v0",
    ".hidden allotment_caught_v0",
    ".type allotment_caught_v0, @function",
    "allotment_caught_v0:",
    ".cfi_startproc",
    ".cfi_personality 0x9b, .Lallotment_personality",
    ".cfi_lsda 0x1b, .Lallotment_table",
    "sub rsp, 8",
    ".cfi_adjust_cfa_offset 8",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    ".Lallotment_try:",
    "call rax",
    ".Lallotment_tried:",
    "add rsp, 8",
    ".cfi_remember_state",
    ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_restore_state",
    ".Lallotment_catch:",
    "mov rdi, rax",
    "call qword ptr [rip + .Lallotment_begin_catch]",
    "call qword ptr [rip + .Lallotment_end_catch]",
    "xor eax, eax",
    "jmp .Lallotment_tried",
    ".cfi_endproc",
    ".size allotment_caught_v0, . - allotment_caught_v0",
    ".popsection",
);

#[cfg(target_arch = "aarch64")]
with_tables!(
    ".pushsection .text.allotment_caught_v0,\"ax\",@progbits",
    ".balign 16",
    ".globl allotment_caught_v0",
    ".hidden allotment_caught_v0",
    ".type allotment_caught_v0, @function",
    "allotment_caught_v0:",
    ".cfi_startproc",
    ".cfi_personality 0x9b, .Lallotment_personality",
    ".cfi_lsda 0x1b, .Lallotment_table",
    "stp x29, x30, [sp, #-16]!",
    ".cfi_def_cfa_offset 16",
    ".cfi_offset x29, -16",
    ".cfi_offset x30, -8",
    "mov x3, x0",
    "mov x0, x1",
    "mov x1, x2",
    ".Lallotment_try:",
    "blr x3",
    ".Lallotment_tried:",
    "ldp x29, x30, [sp], #16",
    ".cfi_remember_state",
    ".cfi_restore x30",
    ".cfi_restore x29",
    ".cfi_def_cfa_offset 0",
    "ret",
    ".cfi_restore_state",
    ".Lallotment_catch:",
    "adrp x1, .Lallotment_begin_catch",
    "ldr x1, [x1, #:lo12:.Lallotment_begin_catch]",
    "blr x1",
    "adrp x1, .Lallotment_end_catch",
    "ldr x1, [x1, #:lo12:.Lallotment_end_catch]",
    "blr x1",
    "mov x0, xzr",
    "b .Lallotment_tried",
    ".cfi_endproc",
    ".size allotment_caught_v0, . - allotment_caught_v0",
    ".popsection",
);

/// Throws `std::bad_alloc`, if there is anybody to throw it.
pub(crate) fn throw_bad_alloc() {
    // SAFETY: a static of this file, null or the function of that name.
    if let Some(throw) = unsafe { (&raw const THROW_BAD_ALLOC).read_volatile() } {
        throw();
    }
}

/// What a function at an address returns; null if it throws.
///
/// # Safety
///
/// There is a function of the C ABI that takes these words, or the first of them, and
/// returns a pointer. What it asks of its caller holds.
pub(crate) unsafe fn caught(function: usize, first: usize, second: usize) -> *mut c_void {
    // SAFETY: the caller's promise; a word too many is in a register of no use.
    unsafe { allotment_caught_v0(function, first, second) }
}
