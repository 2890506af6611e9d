//! `errno`: how the C library's functions say why they returned null.

use core::ffi::{c_int, c_void};
use core::ptr::null_mut;

/// There is no memory.
pub(crate) const ENOMEM: c_int = 12;
/// An argument makes no sense.
pub(crate) const EINVAL: c_int = 22;

unsafe extern "C" {
    safe fn __errno_location() -> *mut c_int;
}

/// Sets the calling thread's `errno`, and is null.
#[cold]
#[inline(never)]
pub(crate) fn fail(code: c_int) -> *mut c_void {
    // SAFETY: the address of the thread's own errno, which is there while it runs.
    unsafe { *__errno_location() = code };
    null_mut()
}

/// The block, or null with `ENOMEM`.
#[inline(always)]
pub(crate) fn or_no_memory(block: *mut u8) -> *mut c_void {
    if block.is_null() { fail(ENOMEM) } else { block.cast() }
}
