//! `liballotment`: the general heap in the place of the C library's malloc.
//!
//! | file | functions |
//! |---|---|
//! | `standard` | malloc, free, calloc, realloc |
//! | `aligned` | `posix_memalign`, `aligned_alloc`, memalign, valloc, pvalloc |
//! | `sized` | `free_sized`, `free_aligned_sized`, and what a block's size is |
//! | `introspection` | mallinfo, `malloc_info`, `malloc_stats`, `malloc_trim`, mallopt |
//! | `operators` | C++'s operator new and delete |
//! | `exceptions` | what these need to throw and to catch |
//! | `aliases` | the names that the C library has for its own malloc |
//! | `static_link` | what a static C library asks of its malloc besides |
//!
//! `include/allotment.h` is the contract; `symbols.txt` lists every name. A face
//! translates and does nothing else: errors to `errno`, sizes and alignments to
//! the heap's terms.
//!
//! No function here calls another one by its exported name, which might be some
//! other library's: what they share is private and inlined.

#![no_std]
#![allow(
    clippy::inline_always,
    reason = "the exported functions are thin, and what they share must not be called through them"
)]

pub mod aliases;
pub mod aligned;
mod errno;
mod exceptions;
pub mod introspection;
pub mod operators;
pub mod sized;
pub mod standard;
mod static_link;
mod targets;

os::nothing_unwinds!();

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    os::abort()
}
