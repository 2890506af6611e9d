//! hardened_malloc, GrapheneOS's, here and its light variant beside. Its operators of C++
//! are these functions, as here; what these don't do is throw.

#![no_std]

use hardened_malloc_sys as _; // links the archive

face::without_std!();

face::face_of_c! {
    malloc = h_malloc,
    calloc = h_calloc,
    realloc = h_realloc,
    free = h_free,
    memalign = h_memalign,
    posix_memalign = h_posix_memalign,
    usable_size = h_malloc_usable_size,
    free_sized = h_free_sized,
}
