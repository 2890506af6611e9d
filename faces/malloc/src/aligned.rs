//! Blocks with an alignment: five functions, each with its own idea of a wrong one.
//!
//! | function | no power of two | size |
//! |---|---|---|
//! | `posix_memalign` | `EINVAL`, and so is less than a pointer's | any |
//! | `aligned_alloc` | `EINVAL` | any, a multiple or not |
//! | memalign | the next power of two | any |
//! | valloc | the page | any |
//! | pvalloc | the page | rounded up to pages, one at least |

use core::ffi::{c_int, c_void};

use heap::raw;
use os::environment::page_bytes;

use crate::errno::{EINVAL, ENOMEM, fail, or_no_memory};

#[inline(always)]
pub(crate) fn memory_aligned(align: usize, size: usize) -> *mut c_void {
    // Alignments above half the address space have no power of two to become.
    let Some(align) = align.checked_next_power_of_two() else { return fail(EINVAL) };
    or_no_memory(raw::allocate_aligned(size, align))
}

pub(crate) fn page_aligned(size: usize) -> *mut c_void {
    or_no_memory(raw::allocate_aligned(size, page_bytes()))
}

pub(crate) fn whole_pages(size: usize) -> *mut c_void {
    let page = page_bytes();
    match size.max(1).checked_next_multiple_of(page) {
        Some(size) => or_no_memory(raw::allocate_aligned(size, page)),
        None => fail(ENOMEM),
    }
}

/// # Safety
///
/// As for [`posix_memalign`].
pub(crate) unsafe fn into_place(place: *mut *mut c_void, align: usize, size: usize) -> c_int {
    if !align.is_power_of_two() || align < size_of::<*mut c_void>() {
        return EINVAL;
    }
    let block = raw::allocate_aligned(size, align);
    if block.is_null() {
        return ENOMEM;
    }
    // SAFETY: the caller's promise.
    unsafe { place.write(block.cast()) };
    0
}

/// Puts the address of a block into `place`. Returns 0, or `EINVAL` or `ENOMEM`;
/// then `place` is untouched. Leaves `errno` alone.
///
/// # Safety
///
/// A pointer can be written to `place`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn posix_memalign(
    place: *mut *mut c_void,
    align: usize,
    size: usize,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { into_place(place, align, size) }
}

/// A block aligned to a power of two. Null with `EINVAL` or `ENOMEM`.
#[unsafe(no_mangle)]
pub extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut c_void {
    let block = raw::allocate_aligned_fast(size, align);
    if block.is_null() { aligned_otherwise(align, size) } else { block.cast() }
}

/// Apart, so that the way above needs no stack frame.
#[cold]
#[inline(never)]
fn aligned_otherwise(align: usize, size: usize) -> *mut c_void {
    if !align.is_power_of_two() {
        return fail(EINVAL);
    }
    or_no_memory(raw::allocate_aligned(size, align))
}

/// A block aligned to the next power of two. Null with `EINVAL` or `ENOMEM`.
#[unsafe(no_mangle)]
pub extern "C" fn memalign(align: usize, size: usize) -> *mut c_void {
    memory_aligned(align, size)
}

/// A block aligned to the page. Null with `ENOMEM`.
#[unsafe(no_mangle)]
pub extern "C" fn valloc(size: usize) -> *mut c_void {
    page_aligned(size)
}

/// A block of whole pages. Null with `ENOMEM`.
#[unsafe(no_mangle)]
pub extern "C" fn pvalloc(size: usize) -> *mut c_void {
    whole_pages(size)
}
