//! Rust's global allocator.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::{null_mut, with_exposed_provenance_mut};

use crate::block;
use crate::report::Caller;

/// The heap, as a global allocator:
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: allotment::Allotment = allotment::Allotment::new();
///
/// assert_eq!(vec![7; 1000].iter().sum::<i32>(), 7000);
/// ```
///
/// A plug-in (a cdylib that is opened at run time) with this allocator must not be
/// unloaded: the C library calls the heap when a thread ends that used it, and when the
/// process forks. Closing it does nothing if its `build.rs` says
/// `println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");`.
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
        if layout.align() <= 16 {
            // The caller vouches for the block: its usable size needs no check.
            let had = block::usable(block.addr()).unwrap_or(layout.size());
            return with_exposed_provenance_mut(block::reallocate(block.addr(), had, size));
        }
        // SAFETY: the caller's size, rounded up to the alignment, is no overflow.
        let layout_new = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the caller's size is not zero.
        let new = unsafe { self.alloc(layout_new) };
        if new.is_null() {
            return null_mut();
        }
        // SAFETY: both blocks are live, different, and at least this long.
        unsafe { new.copy_from_nonoverlapping(block, layout.size().min(size)) };
        block::free(block.addr(), Caller::Dealloc);
        new
    }
}
