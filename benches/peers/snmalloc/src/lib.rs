//! snmalloc. Its operators of C++ are `malloc` and `free`, as here; what these don't do
//! is throw.

#![no_std]

use snmalloc_sys as _; // links the archive

face::without_std!();

unsafe extern "C" {
    fn __cxa_thread_atexit_impl();
}

// The one function snmalloc wants of the C++ library, which would only pass it on to the
// C library: so the C++ library, and what it costs every start, stays out.
face::forward! {
    __cxa_thread_atexit = __cxa_thread_atexit_impl;
}

face::face_of_c! {
    malloc = sn_malloc,
    calloc = sn_calloc,
    realloc = sn_realloc,
    free = sn_free,
    memalign = sn_memalign,
    posix_memalign = sn_posix_memalign,
    usable_size = sn_malloc_usable_size,
}
