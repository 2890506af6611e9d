//! `libealloc`: Part B of the lab as a C library. `include/ealloc.h` is the
//! contract; this face translates and does nothing else.

#![no_std]

use core::ffi::{c_char, c_int};
use core::ptr::null_mut;

use os::{Linux, Lock};
use page_heap::{Elastic, PageHeap};

static HEAP: Lock<PageHeap<Elastic, Linux>> = Lock::new(PageHeap::new(Linux));

/// Begins with no page mapped.
#[unsafe(no_mangle)]
pub extern "C" fn init_alloc() {
    // Initialised twice: the contract has no way to say so, and nothing changes.
    let _ = HEAP.lock().init();
}

/// Forgets every block and unmaps every page.
#[unsafe(no_mangle)]
pub extern "C" fn cleanup() {
    // Not initialised: as above.
    let _ = HEAP.lock().cleanup();
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
