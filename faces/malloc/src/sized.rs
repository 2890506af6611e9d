//! Sizes of blocks: asked for, and checked where a free says what it frees.
//!
//! A block's usable size follows from what was asked for, so a free with a size is
//! right if a new block of that size would have the same usable size.

use core::ffi::c_void;

use heap::raw::{self, Caller};

/// Frees a block that was allocated with `size` and `align`; reports anything else
/// as a misuse of `function`.
#[inline(always)]
pub(crate) fn free_checked(function: &str, block: *mut c_void, size: usize, align: usize) {
    // SAFETY: the caller of the C function promises not to use the block again.
    let freed = unsafe { raw::free_sized(block.cast(), size, align) };
    if !freed {
        free_otherwise(function, block, size, align);
    }
}

/// The same for null, size 0, large blocks, other alignments, threads that watch, and errors.
#[cold]
#[inline(never)]
fn free_otherwise(function: &str, block: *mut c_void, size: usize, align: usize) {
    if block.is_null() {
        return;
    }
    let usable = raw::usable_size(block.cast());
    let fits = align.is_power_of_two() && block.addr().is_multiple_of(align);
    if usable != 0 && fits && usable == raw::good_size_aligned(size, align) {
        // SAFETY: the caller of the C function promises not to use the block again.
        unsafe { raw::free(block.cast(), Caller::Free) };
    } else if usable == 0 {
        raw::no_block(function, block.cast());
    } else {
        raw::wrong_size(function, block.cast(), size);
    }
}

/// Frees a block of malloc, calloc or realloc, for which `size` was asked.
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free_sized(block: *mut c_void, size: usize) {
    free_checked("free_sized", block, size, 1);
}

/// Frees a block of `aligned_alloc`, for which `align` and `size` were asked.
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free_aligned_sized(block: *mut c_void, align: usize, size: usize) {
    free_checked("free_aligned_sized", block, size, align);
}

/// The bytes that a live block's owner may use; 0 for null, and for what is no
/// block.
#[unsafe(no_mangle)]
pub extern "C" fn malloc_usable_size(block: *mut c_void) -> usize {
    raw::usable_size(block.cast())
}

/// The same, by the name that it has on macOS.
#[unsafe(no_mangle)]
pub extern "C" fn malloc_size(block: *const c_void) -> usize {
    raw::usable_size(block.cast())
}

/// The usable size that a block of `size` bytes would have; `size` itself if there
/// can be no such block.
#[unsafe(no_mangle)]
pub extern "C" fn malloc_good_size(size: usize) -> usize {
    raw::good_size(size).max(size)
}
