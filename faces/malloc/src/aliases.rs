//! The names that the GNU C library has for its own malloc, besides the public
//! ones: programs and libraries that wrap malloc call these.

use core::ffi::{c_int, c_void};

use heap::raw::{self, Caller};

use crate::{aligned, standard};

/// malloc.
#[unsafe(no_mangle)]
pub extern "C" fn __libc_malloc(size: usize) -> *mut c_void {
    standard::allocate(size)
}

/// free.
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __libc_free(block: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { raw::free(block.cast(), Caller::Free) };
}

/// free, by a name that is older than the standard.
///
/// # Safety
///
/// As for free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cfree(block: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { raw::free(block.cast(), Caller::Cfree) };
}

/// calloc.
#[unsafe(no_mangle)]
pub extern "C" fn __libc_calloc(count: usize, size: usize) -> *mut c_void {
    standard::allocate_zeroed(count, size)
}

/// realloc.
///
/// # Safety
///
/// As for realloc.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __libc_realloc(block: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: the caller's promise.
    unsafe { standard::reallocate(block, size) }
}

/// memalign.
#[unsafe(no_mangle)]
pub extern "C" fn __libc_memalign(align: usize, size: usize) -> *mut c_void {
    aligned::memory_aligned(align, size)
}

/// valloc.
#[unsafe(no_mangle)]
pub extern "C" fn __libc_valloc(size: usize) -> *mut c_void {
    aligned::page_aligned(size)
}

/// pvalloc.
#[unsafe(no_mangle)]
pub extern "C" fn __libc_pvalloc(size: usize) -> *mut c_void {
    aligned::whole_pages(size)
}

/// `posix_memalign`.
///
/// # Safety
///
/// As for `posix_memalign`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __posix_memalign(
    place: *mut *mut c_void,
    align: usize,
    size: usize,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { aligned::into_place(place, align, size) }
}
