//! `liballoc`: Part A of the lab as a C library. `include/alloc.h` is the
//! contract; this face translates and does nothing else.

#![no_std]

use core::ffi::{c_char, c_int};
use core::ptr::null_mut;

use os::{Linux, Lock};
use page_heap::{Fixed, PageHeap};

static HEAP: Lock<PageHeap<Fixed, Linux>> = Lock::new(PageHeap::new(Linux));

/// Maps the page. 0 on success.
#[unsafe(no_mangle)]
pub extern "C" fn init_alloc() -> c_int {
    c_int::from(HEAP.lock().init().is_err())
}

/// Unmaps the page. 0 on success.
#[unsafe(no_mangle)]
pub extern "C" fn cleanup() -> c_int {
    c_int::from(HEAP.lock().cleanup().is_err())
}

/// A block of `size` bytes, or null.
#[unsafe(no_mangle)]
pub extern "C" fn alloc(size: c_int) -> *mut c_char {
    let block = usize::try_from(size).ok().and_then(|size| HEAP.lock().alloc(size));
    block.map_or(null_mut(), |block| block.as_ptr().cast())
}

/// Frees a block; null is ignored, and a bad pointer is reported.
#[unsafe(no_mangle)]
pub extern "C" fn dealloc(block: *mut c_char) {
    if !block.is_null() {
        let freed = HEAP.lock().dealloc(block.addr());
        page_heap::report(&Linux, block.addr(), freed);
    }
}

os::nothing_unwinds!();

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    os::abort()
}
