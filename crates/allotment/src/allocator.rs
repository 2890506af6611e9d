//! The `Allocator` trait of the crate allocator-api2, which collections take as a
//! parameter on stable Rust, in the two lines of it that are in use.

use core::alloc::{GlobalAlloc, Layout};
use core::ptr::NonNull;

use crate::Allotment;

/// A block for a layout, of zero bytes or any. Layouts without bytes get a pointer
/// to nothing, and no block.
fn allocate(layout: Layout, zeroed: bool) -> Option<NonNull<[u8]>> {
    let block = match (layout.size(), zeroed) {
        (0, _) => Some(NonNull::without_provenance(core::num::NonZero::new(layout.align())?)),
        // SAFETY: the layout has bytes.
        (_, false) => NonNull::new(unsafe { Allotment.alloc(layout) }),
        // SAFETY: the layout has bytes.
        (_, true) => NonNull::new(unsafe { Allotment.alloc_zeroed(layout) }),
    };
    Some(NonNull::slice_from_raw_parts(block?, layout.size()))
}

/// # Safety
///
/// The block is one that `allocate` answered for the layout, and not used any more.
unsafe fn deallocate(block: NonNull<u8>, layout: Layout) {
    if layout.size() > 0 {
        // SAFETY: the caller's promise.
        unsafe { Allotment.dealloc(block.as_ptr(), layout) };
    }
}

macro_rules! allocator {
    ($line:ident) => {
        // SAFETY: blocks are live until deallocated, whichever copy of `Allotment`
        // is asked: they all name the one heap there is.
        unsafe impl $line::alloc::Allocator for Allotment {
            fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, $line::alloc::AllocError> {
                allocate(layout, false).ok_or($line::alloc::AllocError)
            }

            fn allocate_zeroed(
                &self,
                layout: Layout,
            ) -> Result<NonNull<[u8]>, $line::alloc::AllocError> {
                allocate(layout, true).ok_or($line::alloc::AllocError)
            }

            unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
                // SAFETY: the caller's promise is the same.
                unsafe { deallocate(block, layout) };
            }
        }
    };
}

#[cfg(feature = "allocator-api2-02")]
allocator!(allocator_api2_02);
#[cfg(feature = "allocator-api2-04")]
allocator!(allocator_api2_04);
