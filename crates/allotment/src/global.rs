//! Rust's global allocator.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::with_exposed_provenance_mut;

use crate::block;
use crate::raw;
use crate::report::Caller;

/// The heap, as a global allocator:
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: allotment::Allotment = allotment::Allotment::new();
///
/// assert_eq!(vec![7; 1000].iter().sum::<i32>(), 7000);
/// ```
#[derive(Clone, Copy, Default, Debug)]
pub struct Allotment;

impl Allotment {
    /// The one heap there is; every value of this type is the same.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

// SAFETY: blocks are at least as long and as aligned as the layout says, are live
// until freed, and allocating neither unwinds nor depends on another allocator.
unsafe impl GlobalAlloc for Allotment {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        with_exposed_provenance_mut(block::allocate_aligned(layout.size(), layout.align()))
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        block::free(block.addr(), Caller::Dealloc);
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= 16 {
            return with_exposed_provenance_mut(block::allocate_zeroed(layout.size()));
        }
        // SAFETY: the same layout.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: allocated just now, for this size.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller uses the new block from now on, if there is one.
        unsafe { raw::reallocate_aligned(block, size, layout.align()) }
    }
}
