//! jemalloc. Its operators of C++ are built on `sdallocx`, as here; what these don't do
//! is throw.

#![no_std]

use face::Pointer;
use tikv_jemalloc_sys as _; // links the archive

face::without_std!();

unsafe extern "C" {
    fn _rjem_malloc(size: usize) -> Pointer;
    fn _rjem_calloc(count: usize, size: usize) -> Pointer;
    fn _rjem_realloc(pointer: Pointer, size: usize) -> Pointer;
    fn _rjem_free(pointer: Pointer);
    fn _rjem_memalign(alignment: usize, size: usize) -> Pointer;
    fn _rjem_posix_memalign(place: *mut Pointer, alignment: usize, size: usize) -> i32;
    fn _rjem_malloc_usable_size(pointer: Pointer) -> usize;
    fn _rjem_sdallocx(pointer: Pointer, size: usize, flags: i32);
}

unsafe extern "C" fn aligned(size: usize, alignment: usize) -> Pointer {
    // SAFETY: the caller's arguments, and `memalign` checks the alignment.
    unsafe { _rjem_memalign(alignment, size) }
}

unsafe extern "C" fn sized(pointer: Pointer, size: usize) {
    if !pointer.is_null() {
        // SAFETY: a block of the caller's, of this size.
        unsafe { _rjem_sdallocx(pointer, size, 0) }
    }
}

unsafe extern "C" fn delete_aligned(pointer: Pointer, _alignment: usize) {
    // SAFETY: a block of the caller's.
    unsafe { _rjem_free(pointer) }
}

unsafe extern "C" fn sized_aligned(pointer: Pointer, size: usize, alignment: usize) {
    if !pointer.is_null() {
        // SAFETY: a block of the caller's, of this size and alignment (jemalloc's flag
        // is its logarithm).
        unsafe { _rjem_sdallocx(pointer, size, alignment.trailing_zeros().cast_signed()) }
    }
}

face::face! {
    malloc(size) = _rjem_malloc,
    calloc(count, size) = _rjem_calloc,
    realloc(pointer, size) = _rjem_realloc,
    free(pointer) = _rjem_free,
    memalign(alignment, size) = _rjem_memalign,
    posix_memalign(place, alignment, size) = _rjem_posix_memalign,
    usable_size(pointer) = _rjem_malloc_usable_size,
    new(size) = _rjem_malloc,
    new_nothrow(size) = _rjem_malloc,
    new_aligned(size, alignment) = aligned,
    new_aligned_nothrow(size, alignment) = aligned,
    delete(pointer) = _rjem_free,
    delete_sized(pointer, size) = sized,
    delete_aligned(pointer, alignment) = delete_aligned,
    delete_sized_aligned(pointer, size, alignment) = sized_aligned,
}
