//! The heap without a layout: what `malloc` and its relatives are made of.
//!
//! ```
//! use allotment::raw::{self, Caller};
//!
//! let block = raw::allocate_zeroed(1000);
//! assert!(raw::usable_size(block) >= 1000);
//! // SAFETY: the block is known by its new address only.
//! let block = unsafe { raw::reallocate(block, 2000) };
//! assert!(!block.is_null());
//! // SAFETY: nothing uses the block any more.
//! unsafe { raw::free(block, Caller::Free) };
//! ```
//!
//! | function | in C |
//! |---|---|
//! | [`allocate`], [`allocate_zeroed`], [`allocate_aligned`] | `malloc`, `calloc`, `aligned_alloc` |
//! | [`reallocate`], [`reallocate_aligned`] | `realloc` |
//! | [`free`], [`free_sized`] | `free`, `free_sized` |
//! | [`usable_size`], [`good_size`] | `malloc_usable_size`, `malloc_good_size` |
//! | [`trim`] | `malloc_trim` |
//!
//! Sizes are in bytes; null means that there is no memory, and nothing has changed
//! then. Every function may be called from any thread at any time, before `main`
//! and after it, and leaves `errno` alone. Blocks are the same whichever function made
//! them, and whichever of Rust's allocators and C's is asked to free them: it is one heap.

use core::ptr::{null_mut, with_exposed_provenance_mut};

use crate::background;
use crate::block;
use crate::diagnosis;
pub use crate::report::Caller;
use crate::report::{self, Misuse};
use crate::tending;
use crate::thread;

/// A block of at least `size` bytes, aligned to 16. Zero bytes are a block too.
#[inline(always)]
pub fn allocate(size: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate(size))
}

/// [`allocate`], but only if that takes a few instructions; null otherwise.
#[inline(always)]
pub fn allocate_fast(size: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate_fast(size))
}

/// [`allocate_aligned`], but only if that takes a few instructions; null otherwise.
#[inline(always)]
pub fn allocate_aligned_fast(size: usize, align: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate_aligned_fast(size, align))
}

/// [`allocate_fast`] for more than four kilobytes; null for less, too.
#[inline(always)]
pub fn allocate_longer_fast(size: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate_longer_fast(size))
}

/// What [`allocate`] does when both of these answer null.
#[inline]
pub fn allocate_slowly(size: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate_slowly(size))
}

/// A block of at least `size` bytes, all zero.
#[inline]
pub fn allocate_zeroed(size: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate_zeroed(size))
}

/// A block of at least `size` bytes, aligned to `align`, which is a power of two.
#[inline]
pub fn allocate_aligned(size: usize, align: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate_aligned(size, align))
}

/// [`allocate_aligned`] of zero bytes only.
#[inline]
pub fn allocate_aligned_zeroed(size: usize, align: usize) -> *mut u8 {
    with_exposed_provenance_mut(block::allocate_aligned_zeroed(size, align))
}

/// Frees a block; null is nothing. Anything else that is not the start of a live
/// block is reported as an error of the caller, and the process aborted.
///
/// # Safety
///
/// Nothing uses the block any more.
#[inline(always)]
pub unsafe fn free(block: *mut u8, by: Caller) {
    block::free(block.addr(), by);
}

/// Frees a live block for which `size` and `align` were asked, if a few instructions suffice.
/// If it is false, nothing was done: [`free`] it, or see what is wrong with it.
///
/// # Safety
///
/// Nothing uses the block any more, if it is one.
#[inline(always)]
#[must_use = "if it is false, the block is not freed"]
pub unsafe fn free_sized(block: *mut u8, size: usize, align: usize) -> bool {
    block::free_sized(block.addr(), size, align)
}

/// Makes a block longer or shorter, moving it if it must; null makes a new one. A
/// pointer that is not the start of a live block is reported as by [`free`].
///
/// # Safety
///
/// Nothing uses the block by its old address, unless the answer is null.
#[inline(always)]
#[must_use = "the block may have moved"]
pub unsafe fn reallocate(block: *mut u8, size: usize) -> *mut u8 {
    if stays(block, size) {
        return block;
    }
    // SAFETY: the caller's promise.
    unsafe { reallocate_otherwise(block, size) }
}

/// Whether [`reallocate`] would return the same live block, if a few instructions tell: it
/// does so most often, among small steps. False otherwise.
#[inline(always)]
#[must_use]
pub fn stays(block: *const u8, size: usize) -> bool {
    block::serves(block.addr(), size)
}

/// What [`reallocate`] does when [`stays`] says no.
///
/// # Safety
///
/// As for [`reallocate`].
#[must_use = "the block may have moved"]
pub unsafe fn reallocate_otherwise(block: *mut u8, size: usize) -> *mut u8 {
    match block::move_fast(block.addr(), size) {
        0 => reallocate_slowly(block, size),
        new => with_exposed_provenance_mut(new),
    }
}

#[inline(never)]
fn reallocate_slowly(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        return allocate(size);
    }
    let Some(had) = block::usable(block.addr()) else {
        no_block("realloc", block);
        return null_mut();
    };
    with_exposed_provenance_mut(block::reallocate(block.addr(), had, size))
}

/// [`reallocate`] to a block aligned to `align`, which is a power of two. The block need
/// not have been aligned so before; if it was, it stays where it is, or its pages go
/// along, as without an alignment (up to 64 KiB; blocks with a larger one stay or are
/// copied).
///
/// # Safety
///
/// As for [`reallocate`].
#[inline(always)]
#[must_use = "the block may have moved"]
pub unsafe fn reallocate_aligned(block: *mut u8, size: usize, align: usize) -> *mut u8 {
    if align <= 16 {
        // SAFETY: the caller's promise; all blocks are aligned to 16.
        unsafe { reallocate(block, size) }
    } else {
        reallocate_more_aligned(block, size, align)
    }
}

#[inline(never)]
fn reallocate_more_aligned(block: *mut u8, size: usize, align: usize) -> *mut u8 {
    if block.is_null() {
        return allocate_aligned(size, align);
    }
    let Some(had) = block::usable(block.addr()) else {
        no_block("realloc", block);
        return null_mut();
    };
    with_exposed_provenance_mut(block::reallocate_aligned(block.addr(), had, size, align))
}

/// How many bytes of a live block its owner may use; 0 for null and for anything
/// that is no live block's start.
#[inline]
pub fn usable_size(block: *const u8) -> usize {
    block::usable(block.addr()).unwrap_or(0)
}

/// The usable size that a block of `size` bytes would have; 0 when no block can be
/// that large.
pub fn good_size(size: usize) -> usize {
    block::good_size(size, 1)
}

/// The usable size that a block of `size` bytes, aligned to the power of two
/// `align`, would have; 0 when no block can be that large.
pub fn good_size_aligned(size: usize, align: usize) -> usize {
    block::good_size(size, align)
}

/// Gives what is free back to the system now, but for the blocks cached by other
/// threads. Whether there were runs to give.
pub fn trim() -> bool {
    thread::with_heap(|heap| {
        if let Some(heap) = heap {
            heap.retire();
        }
    });
    tending::trim()
}

/// Has a thread of its own give memory back while the program is idle, from the next
/// allocation on that finds no cached block; in forked children, too. It takes no
/// signals. Where it cannot be started, everything is as without it.
pub fn tend_in_background() {
    background::want();
}

/// Reports that `function` was called for something that is not the start of a live
/// block, and aborts.
#[cold]
pub fn no_block(function: &str, block: *const u8) {
    report::misuse(function, block.addr(), diagnosis::at(block.addr()));
}

/// Reports the free of a block with a size that is not its own, and aborts.
#[cold]
pub fn wrong_size(function: &str, block: *const u8, size: usize) {
    report::misuse(
        function,
        block.addr(),
        Misuse::WrongSize { given: size, size: usable_size(block) },
    );
}
