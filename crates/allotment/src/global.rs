//! Rust's global allocator.

use core::alloc::{GlobalAlloc, Layout};

use crate::raw::{self, Caller};

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
///
/// With a [feature](crate#features), it is an allocator for single collections, too,
/// in a program whose global allocator is any:
///
#[cfg_attr(not(feature = "allocator-api2-04"), doc = "```text")]
#[cfg_attr(feature = "allocator-api2-04", doc = "```")]
/// # use allocator_api2_04 as allocator_api2;
/// use allocator_api2::vec::Vec;
/// use allotment::Allotment;
///
/// let mut numbers = Vec::new_in(Allotment);
/// numbers.extend(0..1000);
/// assert!(allotment::raw::usable_size(numbers.as_ptr().cast()) >= 4000);
/// ```
///
/// Blocks with any alignment grow and shrink where they are if they can, and large ones
/// take their pages along if they must move.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
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
        raw::allocate_aligned(layout.size(), layout.align())
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        // The record knows the size. To compare it with the layout's, which is no constant
        // here (a call lies between), would be 8 instructions more than the 53 that a box
        // takes from its allocation to its free.
        // SAFETY: the caller's promise.
        unsafe { raw::free(block, Caller::Dealloc) };
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        raw::allocate_aligned_zeroed(layout.size(), layout.align())
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller uses the new block from now on, if there is one.
        unsafe { raw::reallocate_aligned(block, size, layout.align()) }
    }
}
