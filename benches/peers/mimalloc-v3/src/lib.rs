//! mimalloc, v3 here and v2 beside: every function of C and operator of C++ has a twin of its own.

#![no_std]

use face::Pointer;
use libmimalloc_sys as _; // links the archive

face::without_std!();

unsafe extern "C" {
    fn mi_malloc(size: usize) -> Pointer;
    fn mi_calloc(count: usize, size: usize) -> Pointer;
    fn mi_realloc(pointer: Pointer, size: usize) -> Pointer;
    fn mi_free(pointer: Pointer);
    fn mi_memalign(alignment: usize, size: usize) -> Pointer;
    fn mi_posix_memalign(place: *mut Pointer, alignment: usize, size: usize) -> i32;
    fn mi_usable_size(pointer: Pointer) -> usize;
    fn mi_new(size: usize) -> Pointer;
    fn mi_new_nothrow(size: usize) -> Pointer;
    fn mi_new_aligned(size: usize, alignment: usize) -> Pointer;
    fn mi_new_aligned_nothrow(size: usize, alignment: usize) -> Pointer;
    fn mi_free_size(pointer: Pointer, size: usize);
    fn mi_free_aligned(pointer: Pointer, alignment: usize);
    fn mi_free_size_aligned(pointer: Pointer, size: usize, alignment: usize);
}

face::face! {
    malloc(size) = mi_malloc,
    calloc(count, size) = mi_calloc,
    realloc(pointer, size) = mi_realloc,
    free(pointer) = mi_free,
    memalign(alignment, size) = mi_memalign,
    posix_memalign(place, alignment, size) = mi_posix_memalign,
    usable_size(pointer) = mi_usable_size,
    new(size) = mi_new,
    new_nothrow(size) = mi_new_nothrow,
    new_aligned(size, alignment) = mi_new_aligned,
    new_aligned_nothrow(size, alignment) = mi_new_aligned_nothrow,
    delete(pointer) = mi_free,
    delete_sized(pointer, size) = mi_free_size,
    delete_aligned(pointer, alignment) = mi_free_aligned,
    delete_sized_aligned(pointer, size, alignment) = mi_free_size_aligned,
}
