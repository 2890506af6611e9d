//! What a subtree of free extents can offer to an aligned request.
//!
//! A free extent of length 10 at start 3 holds 10 units, but only 8 from an even
//! start, 6 from a multiple of 4, and none from a multiple of 16. A node keeps
//! the best of its entries for every power of two that the owner wants to ask
//! for, so that an aligned request finds its extent by one descent and is refused
//! only when none fits.

use core::fmt::Debug;

use crate::unit::Unit;

/// One maximum per alignment 2, 4, 8, …: an array `[U; N]`, where `N` is the
/// owner's choice and 0 costs nothing.
pub trait Room<U: Unit>: Copy + Debug + 'static {
    /// Alignments up to `1 << SHIFT_MAX` units can be asked for.
    const SHIFT_MAX: u32;
    /// Whether free extents of up to 63 units are kept in heaps, which are faster than
    /// trees, but cannot be searched for alignments.
    const HEAPS: bool = Self::SHIFT_MAX == 0;
    /// Room for nothing.
    const NONE: Self;

    /// The maxima; entry `i` is for alignment `1 << (i + 1)`.
    fn maxima(&self) -> &[U];
    /// The maxima, to be raised or replaced.
    fn maxima_mut(&mut self) -> &mut [U];
}

impl<U: Unit, const N: usize> Room<U> for [U; N] {
    const SHIFT_MAX: u32 = {
        assert!(N < 64, "an alignment of 2^64 units is no number");
        N as u32
    };
    const NONE: Self = [U::ZERO; N];

    fn maxima(&self) -> &[U] {
        self
    }

    fn maxima_mut(&mut self) -> &mut [U] {
        self
    }
}

/// The first multiple of `1 << shift` at or after `start`, if there is one.
pub(crate) fn align_up(start: u64, shift: u32) -> Option<u64> {
    let mask = (1u64 << shift) - 1;
    start.checked_add(mask).map(|past| past & !mask)
}

/// How many units of the extent lie at or after its first aligned unit.
pub(crate) fn usable(len: u64, start: u64, shift: u32) -> u64 {
    align_up(start, shift).map_or(0, |first| len.saturating_sub(first - start))
}

/// Takes one more extent into account.
pub(crate) fn raise<U: Unit, R: Room<U>>(room: &mut R, key: U::Key) {
    let (len, start) = U::parts(key);
    for (shift, best) in (1..).zip(room.maxima_mut()) {
        *best = (*best).max(U::narrow(usable(len, start, shift)));
    }
}

/// Takes all extents of another room into account.
pub(crate) fn join<U: Unit, R: Room<U>>(room: &mut R, other: &R) {
    for (best, other) in room.maxima_mut().iter_mut().zip(other.maxima()) {
        *best = (*best).max(*other);
    }
}

/// Whether a request of `len` units aligned to `1 << shift` fits somewhere.
pub(crate) fn holds<U: Unit, R: Room<U>>(room: &R, len: u64, shift: u32) -> bool {
    room.maxima().get(shift as usize - 1).is_some_and(|best| best.wide() >= len)
}
