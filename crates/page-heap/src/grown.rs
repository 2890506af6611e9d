//! An array that begins in static memory and moves to mapped memory when it must
//! grow beyond it.
//!
//! ```text
//!   first: [T; N]  ──grow──▶  mapped: at least twice as long  ──grow──▶  …
//!   (in the heap itself)      (copied; what was mapped before is unmapped)
//! ```

use core::marker::PhantomData;
use core::ptr::NonNull;

use extents::{Boundary, Node};
use os::Os;

/// A value for which all zero bytes are valid.
///
/// # Safety
///
/// Memory of zero bytes, of the type's size and alignment, is a value of the type,
/// and the same value as [`Zero::ZERO`]. The alignment is at most a page's.
pub unsafe trait Zero: Copy {
    /// The value of zero bytes.
    const ZERO: Self;
}

// SAFETY: zero bytes are the number 0.
unsafe impl Zero for u32 {
    const ZERO: u32 = 0;
}

// SAFETY: zero bytes are the number 0.
unsafe impl Zero for usize {
    const ZERO: usize = 0;
}

// SAFETY: a boundary consists of four `u32`, all 0 when new.
unsafe impl Zero for Boundary<u32> {
    const ZERO: Self = Self::NEW;
}

// SAFETY: a node consists of integers, all 0 when new.
unsafe impl Zero for Node<u32, [u32; 0]> {
    const ZERO: Self = Self::NEW;
}

/// The static part of an array: `[T; N]`.
pub trait First<T> {
    /// All zero.
    const ZERO: Self;
    /// The elements.
    fn elements(&self) -> &[T];
    /// The elements, to be changed.
    fn elements_mut(&mut self) -> &mut [T];
}

impl<T: Zero, const N: usize> First<T> for [T; N] {
    const ZERO: Self = [T::ZERO; N];

    fn elements(&self) -> &[T] {
        self
    }

    fn elements_mut(&mut self) -> &mut [T] {
        self
    }
}

/// Memory from the operating system that holds an array.
struct Mapped<T> {
    at: NonNull<T>,
    len: usize,
}

/// An array of `T`, of which the elements up to `F`'s length need no mapping.
pub(crate) struct Grown<T, F> {
    first: F,
    /// Holds all elements once there are more than `first` has room for.
    mapped: Option<Mapped<T>>,
    element: PhantomData<T>,
}

// SAFETY: the mapping is owned like a `Vec`'s memory, so it may move with its owner.
unsafe impl<T: Send, F: Send> Send for Grown<T, F> {}

impl<T: Zero, F: First<T>> Grown<T, F> {
    pub(crate) const NEW: Self = Self { first: F::ZERO, mapped: None, element: PhantomData };

    #[inline]
    pub(crate) fn get(&self) -> &[T] {
        match &self.mapped {
            None => self.first.elements(),
            // SAFETY: the mapping holds `len` elements, zeroed or copied, and is
            // borrowed with `self`.
            Some(mapped) => unsafe { core::slice::from_raw_parts(mapped.at.as_ptr(), mapped.len) },
        }
    }

    #[inline]
    pub(crate) fn get_mut(&mut self) -> &mut [T] {
        match &self.mapped {
            None => self.first.elements_mut(),
            // SAFETY: as in `get`, and `self` is borrowed exclusively.
            Some(mapped) => unsafe {
                core::slice::from_raw_parts_mut(mapped.at.as_ptr(), mapped.len)
            },
        }
    }

    /// Makes room for `len` elements, or says no and changes nothing.
    pub(crate) fn grow(&mut self, os: &impl Os, len: usize) -> bool {
        let had = self.get().len();
        if len <= had {
            return true;
        }
        let Some(len) = had.checked_mul(2).map(|doubled| doubled.max(len)) else { return false };
        let Some(bytes) = len.checked_mul(size_of::<T>()) else { return false };
        let Ok(at) = os.map(bytes) else { return false };
        let at = at.cast::<T>();
        // SAFETY: a new mapping of zero bytes, aligned to a page, is `len` valid
        // elements, and nothing else refers to it.
        let new = unsafe { core::slice::from_raw_parts_mut(at.as_ptr(), len) };
        new[..had].copy_from_slice(self.get());
        let new = Mapped { at, len };
        if !self.unmap(os) {
            // Two mappings, one of them too many: stay with the old one.
            new.unmap(os);
            return false;
        }
        self.mapped = Some(new);
        true
    }

    /// Goes back to the static part, whose elements are those of before the first
    /// growth; says whether it has done so. If the mapping cannot be unmapped, it
    /// stays in use as it is.
    pub(crate) fn shrink(&mut self, os: &impl Os) -> bool {
        let shrinks = self.mapped.is_some() && self.unmap(os);
        if shrinks {
            self.mapped = None;
        }
        shrinks
    }

    /// Whether there is no mapping any more.
    fn unmap(&self, os: &impl Os) -> bool {
        self.mapped.as_ref().is_none_or(|mapped| mapped.unmap(os))
    }
}

impl<T> Mapped<T> {
    fn unmap(&self, os: &impl Os) -> bool {
        // SAFETY: `grow` mapped these bytes, and its callers end all use of them
        // when the answer is yes.
        unsafe { os.unmap(self.at.cast(), self.len * size_of::<T>()) }.is_ok()
    }
}
