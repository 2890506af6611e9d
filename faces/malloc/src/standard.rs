//! The four functions of the C standard.
//!
//! Each has a private twin that the other files use: a call by the exported name
//! could end in another library.

use core::ffi::c_void;
use core::ptr::null_mut;

use heap::raw::{self, Caller};

use crate::errno::or_no_memory;

#[inline(always)]
pub(crate) fn allocate(size: usize) -> *mut c_void {
    let block = raw::allocate_fast(size);
    if block.is_null() { allocate_otherwise(size) } else { block.cast() }
}

/// Apart, as most are short, and so that the way above needs no stack frame.
#[inline(never)]
fn allocate_otherwise(size: usize) -> *mut c_void {
    let block = raw::allocate_longer_fast(size);
    if block.is_null() { allocate_slowly(size) } else { block.cast() }
}

#[cold]
#[inline(never)]
fn allocate_slowly(size: usize) -> *mut c_void {
    or_no_memory(raw::allocate_slowly(size))
}

#[inline(always)]
pub(crate) fn allocate_zeroed(count: usize, size: usize) -> *mut c_void {
    let block = count.checked_mul(size).map_or(null_mut(), raw::allocate_zeroed);
    or_no_memory(block)
}

/// Size 0 frees the block and returns null, as in the GNU C library.
///
/// # Safety
///
/// As for [`raw::reallocate`].
#[inline(always)]
pub(crate) unsafe fn reallocate(block: *mut c_void, size: usize) -> *mut c_void {
    if block.is_null() {
        return allocate(size);
    }
    if size != 0 && raw::stays(block.cast(), size) {
        return block;
    }
    // SAFETY: the caller's promise.
    unsafe { reallocate_otherwise(block, size) }
}

/// Apart, as for [`allocate`].
///
/// # Safety
///
/// As for [`raw::reallocate`].
#[inline(never)]
unsafe fn reallocate_otherwise(block: *mut c_void, size: usize) -> *mut c_void {
    if size == 0 {
        return end(block);
    }
    // SAFETY: the caller's promise.
    or_no_memory(unsafe { raw::reallocate_otherwise(block.cast(), size) })
}

/// What `realloc(block, 0)` does.
#[cold]
fn end(block: *mut c_void) -> *mut c_void {
    if raw::usable_size(block.cast()) == 0 {
        raw::no_block("realloc", block.cast());
    } else {
        // SAFETY: the caller's promise: nothing uses the block any more.
        unsafe { raw::free(block.cast(), Caller::Realloc) };
    }
    null_mut()
}

/// A block of `size` bytes; size 0 is a block too. Null with `ENOMEM`.
#[unsafe(no_mangle)]
pub extern "C" fn malloc(size: usize) -> *mut c_void {
    allocate(size)
}

/// Frees a block; null is nothing. Leaves `errno` alone.
///
/// # Safety
///
/// Nothing uses the block any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(block: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { raw::free(block.cast(), Caller::Free) };
}

/// A block for `count` things of `size` bytes, all zero. Null with `ENOMEM`.
#[unsafe(no_mangle)]
pub extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    allocate_zeroed(count, size)
}

/// Makes a block longer or shorter. Null with `ENOMEM`, and then the block is
/// untouched.
///
/// # Safety
///
/// Nothing uses the block by its old address, unless the answer is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe { reallocate(block, size) }
}
