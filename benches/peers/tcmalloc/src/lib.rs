//! Google's tcmalloc (not the one of gperftools): every function of C and operator of
//! C++ has a twin of its own. A `nothrow` operator's last argument carries nothing.

use face::Pointer;
use libtcmalloc_sys as _; // links the archive

unsafe extern "C" {
    fn TCMallocInternalMalloc(size: usize) -> Pointer;
    fn TCMallocInternalCalloc(count: usize, size: usize) -> Pointer;
    fn TCMallocInternalRealloc(pointer: Pointer, size: usize) -> Pointer;
    fn TCMallocInternalFree(pointer: Pointer);
    fn TCMallocInternalMemalign(alignment: usize, size: usize) -> Pointer;
    fn TCMallocInternalPosixMemalign(place: *mut Pointer, alignment: usize, size: usize) -> i32;
    fn TCMallocInternalMallocSize(pointer: Pointer) -> usize;
    fn TCMallocInternalNew(size: usize) -> Pointer;
    fn TCMallocInternalNewNothrow(size: usize) -> Pointer;
    fn TCMallocInternalNewAligned(size: usize, alignment: usize) -> Pointer;
    fn TCMallocInternalNewAlignedNothrow(size: usize, alignment: usize) -> Pointer;
    fn TCMallocInternalDelete(pointer: Pointer);
    fn TCMallocInternalDeleteSized(pointer: Pointer, size: usize);
    fn TCMallocInternalDeleteAligned(pointer: Pointer, alignment: usize);
    fn TCMallocInternalDeleteSizedAligned(pointer: Pointer, size: usize, alignment: usize);
}

face::face! {
    malloc(size) = TCMallocInternalMalloc,
    calloc(count, size) = TCMallocInternalCalloc,
    realloc(pointer, size) = TCMallocInternalRealloc,
    free(pointer) = TCMallocInternalFree,
    memalign(alignment, size) = TCMallocInternalMemalign,
    posix_memalign(place, alignment, size) = TCMallocInternalPosixMemalign,
    usable_size(pointer) = TCMallocInternalMallocSize,
    new(size) = TCMallocInternalNew,
    new_nothrow(size) = TCMallocInternalNewNothrow,
    new_aligned(size, alignment) = TCMallocInternalNewAligned,
    new_aligned_nothrow(size, alignment) = TCMallocInternalNewAlignedNothrow,
    delete(pointer) = TCMallocInternalDelete,
    delete_sized(pointer, size) = TCMallocInternalDeleteSized,
    delete_aligned(pointer, alignment) = TCMallocInternalDeleteAligned,
    delete_sized_aligned(pointer, size, alignment) = TCMallocInternalDeleteSizedAligned,
}
