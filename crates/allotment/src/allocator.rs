//! The `Allocator` trait of the crate allocator-api2, which collections take as a
//! parameter on stable Rust, in the two lines of it that are in use.
//!
//! Both are the functions of this file; the trait's own `grow` and `shrink` would copy
//! always.

use core::alloc::Layout;
use core::ptr::NonNull;

use crate::Allotment;
use crate::raw::{self, Caller};

/// When a block becomes so many times as long, zero bytes come cheaper with a new block:
/// if it is large, what was never in use is zero already.
const ZERO_ANEW_TIMES: usize = 4;

/// A block for a layout, of zero bytes or any. Layouts without bytes get a pointer
/// to nothing, and no block.
#[inline]
fn allocate(layout: Layout, zeroed: bool) -> Option<NonNull<[u8]>> {
    let block = match (layout.size(), zeroed) {
        (0, _) => Some(NonNull::without_provenance(core::num::NonZero::new(layout.align())?)),
        (size, false) => NonNull::new(raw::allocate_aligned(size, layout.align())),
        (size, true) => NonNull::new(raw::allocate_aligned_zeroed(size, layout.align())),
    };
    Some(NonNull::slice_from_raw_parts(block?, layout.size()))
}

/// # Safety
///
/// The block is one that was answered for the layout, and not used any more.
#[inline]
unsafe fn deallocate(block: NonNull<u8>, layout: Layout) {
    if layout.size() > 0 {
        // SAFETY: the caller's promise.
        unsafe { raw::free(block.as_ptr(), Caller::Dealloc) };
    }
}

/// Makes a block longer or shorter; none, and the block is untouched, if there is no
/// memory.
///
/// # Safety
///
/// The block is one that was answered for the layout `had`, and is not used by its old
/// address if there is an answer.
#[inline]
unsafe fn resize(block: NonNull<u8>, had: Layout, wanted: Layout) -> Option<NonNull<[u8]>> {
    if had.size() == 0 || wanted.size() == 0 {
        let new = allocate(wanted, false)?;
        // SAFETY: the caller's promise; of no bytes there are none to keep.
        unsafe { deallocate(block, had) };
        return Some(new);
    }
    // SAFETY: the caller's promise; the block is one, as its layout has bytes.
    let new = unsafe { raw::reallocate_aligned(block.as_ptr(), wanted.size(), wanted.align()) };
    Some(NonNull::slice_from_raw_parts(NonNull::new(new)?, wanted.size()))
}

/// The same, with zero bytes from where the block ended.
///
/// # Safety
///
/// As for [`resize`], and `wanted` is not shorter than `had`.
#[inline]
unsafe fn grow_zeroed(block: NonNull<u8>, had: Layout, wanted: Layout) -> Option<NonNull<[u8]>> {
    if wanted.size() / ZERO_ANEW_TIMES >= had.size() {
        let new = allocate(wanted, true)?;
        // SAFETY: both are live, different, and at least as long as the old one is.
        unsafe { new.cast::<u8>().copy_from_nonoverlapping(block, had.size()) };
        // SAFETY: the caller's promise.
        unsafe { deallocate(block, had) };
        return Some(new);
    }
    // SAFETY: the caller's promise.
    let new = unsafe { resize(block, had, wanted) }?;
    // SAFETY: the block is at least as long as what was asked for before.
    let end = unsafe { new.cast::<u8>().add(had.size()) };
    // SAFETY: the rest of what has been asked for now.
    unsafe { end.write_bytes(0, wanted.size() - had.size()) };
    Some(new)
}

macro_rules! allocator {
    ($line:ident) => {
        // SAFETY: blocks are live until deallocated, whichever copy of `Allotment`
        // is asked: they all name the one heap there is.
        unsafe impl $line::alloc::Allocator for Allotment {
            #[inline]
            fn allocate(&self, layout: Layout) -> Result<NonNull<[u8]>, $line::alloc::AllocError> {
                allocate(layout, false).ok_or($line::alloc::AllocError)
            }

            #[inline]
            fn allocate_zeroed(
                &self,
                layout: Layout,
            ) -> Result<NonNull<[u8]>, $line::alloc::AllocError> {
                allocate(layout, true).ok_or($line::alloc::AllocError)
            }

            #[inline]
            unsafe fn deallocate(&self, block: NonNull<u8>, layout: Layout) {
                // SAFETY: the caller's promise is the same.
                unsafe { deallocate(block, layout) };
            }

            #[inline]
            unsafe fn grow(
                &self,
                block: NonNull<u8>,
                had: Layout,
                wanted: Layout,
            ) -> Result<NonNull<[u8]>, $line::alloc::AllocError> {
                // SAFETY: the caller's promise is the same.
                unsafe { resize(block, had, wanted) }.ok_or($line::alloc::AllocError)
            }

            #[inline]
            unsafe fn grow_zeroed(
                &self,
                block: NonNull<u8>,
                had: Layout,
                wanted: Layout,
            ) -> Result<NonNull<[u8]>, $line::alloc::AllocError> {
                // SAFETY: the caller's promise is the same.
                unsafe { grow_zeroed(block, had, wanted) }.ok_or($line::alloc::AllocError)
            }

            #[inline]
            unsafe fn shrink(
                &self,
                block: NonNull<u8>,
                had: Layout,
                wanted: Layout,
            ) -> Result<NonNull<[u8]>, $line::alloc::AllocError> {
                // SAFETY: the caller's promise is the same.
                unsafe { resize(block, had, wanted) }.ok_or($line::alloc::AllocError)
            }
        }
    };
}

#[cfg(feature = "allocator-api2-02")]
allocator!(allocator_api2_02);
#[cfg(feature = "allocator-api2-04")]
allocator!(allocator_api2_04);
