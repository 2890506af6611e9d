//! `liballotment`: the general heap as a replacement for the C library's malloc.

#![no_std]

use core::ffi::{c_int, c_void};

use heap::raw;

const ENOMEM: c_int = 12;

unsafe extern "C" {
    fn __errno_location() -> *mut c_int;
}

#[cold]
fn fail(code: c_int) -> *mut c_void {
    // SAFETY: the C library's errno of this thread.
    unsafe { *__errno_location() = code };
    core::ptr::null_mut()
}

/// As in C.
#[unsafe(no_mangle)]
pub extern "C" fn malloc(size: usize) -> *mut c_void {
    let block = raw::allocate(size);
    if block.is_null() { fail(ENOMEM) } else { block.cast() }
}

/// As in C.
///
/// # Safety
///
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn free(block: *mut c_void) {
    // SAFETY: the caller's promise.
    unsafe { raw::free(block.cast()) };
}

/// As in C.
#[unsafe(no_mangle)]
pub extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    let block = count.checked_mul(size).map_or(core::ptr::null_mut(), raw::allocate_zeroed);
    if block.is_null() { fail(ENOMEM) } else { block.cast() }
}

/// As in C.
///
/// # Safety
///
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
    if size == 0 && !block.is_null() {
        // SAFETY: the caller's promise.
        unsafe { raw::free(block.cast()) };
        return core::ptr::null_mut();
    }
    // SAFETY: the caller's promise.
    let block = unsafe { raw::reallocate(block.cast(), size) };
    if block.is_null() { fail(ENOMEM) } else { block.cast() }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    os::abort()
}
