//! How wide a unit number is stored: the owner's choice between small books and
//! a long range. All arithmetic is done in `u64`.

use core::fmt::Debug;

use crate::index::WAYS;

/// A stored unit number, `u32` or `u64`; the range ends at [`Unit::MAX`].
pub trait Unit: Copy + Ord + Debug + sealed::Sealed + 'static {
    /// A length and a start in one value that orders by length, then by start.
    type Key: Copy + Ord + Debug;

    /// Zero, as stored.
    const ZERO: Self;
    /// The last number, as stored; no extent starts there.
    const GREATEST: Self;
    /// The largest number that can be stored.
    const MAX: u64;
    /// The key of no extent, all zero bytes.
    const KEY_ZERO: Self::Key;
    /// Orders after every key of an extent, because an extent starts below the last
    /// number.
    const KEY_MAX: Self::Key;
    /// Bits of a stored number.
    const BITS: u32;

    /// Stores a number that is known to be at most [`Unit::MAX`].
    fn narrow(wide: u64) -> Self;
    /// Reads a number.
    fn wide(self) -> u64;
    /// Joins a length and a start.
    fn key(len: u64, start: u64) -> Self::Key;
    /// Splits a key into the length and the start.
    fn parts(key: Self::Key) -> (u64, u64);
    /// The digit of a key from bit `shift` on.
    fn digit(key: Self::Key, shift: u32) -> usize;
    /// How far a key is beyond another; a lesser one is beyond all others.
    fn beyond(key: Self::Key, other: Self::Key) -> Self::Key;
    /// The bits of a key from bit `shift` on.
    fn prefix(key: Self::Key, shift: u32) -> Self::Key;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u32 {}
    impl Sealed for u64 {}
}

impl Unit for u32 {
    type Key = u64;

    const ZERO: u32 = 0;
    const GREATEST: u32 = u32::MAX;
    const MAX: u64 = u32::MAX as u64;
    const KEY_ZERO: u64 = 0;
    const KEY_MAX: u64 = u64::MAX;
    const BITS: u32 = u32::BITS;

    fn narrow(wide: u64) -> u32 {
        debug_assert!(wide <= <u32 as Unit>::MAX);
        wide as u32
    }

    fn wide(self) -> u64 {
        u64::from(self)
    }

    fn key(len: u64, start: u64) -> u64 {
        len << 32 | start
    }

    fn parts(key: u64) -> (u64, u64) {
        (key >> 32, key & <u32 as Unit>::MAX)
    }

    fn digit(key: u64, shift: u32) -> usize {
        (key >> (shift % u64::BITS)) as usize % WAYS
    }

    fn beyond(key: u64, other: u64) -> u64 {
        key.wrapping_sub(other)
    }

    fn prefix(key: u64, shift: u32) -> u64 {
        key >> shift
    }
}

impl Unit for u64 {
    type Key = u128;

    const ZERO: u64 = 0;
    const GREATEST: u64 = u64::MAX;
    const MAX: u64 = u64::MAX;
    const KEY_ZERO: u128 = 0;
    const KEY_MAX: u128 = u128::MAX;
    const BITS: u32 = u64::BITS;

    fn narrow(wide: u64) -> u64 {
        wide
    }

    fn wide(self) -> u64 {
        self
    }

    fn key(len: u64, start: u64) -> u128 {
        u128::from(len) << 64 | u128::from(start)
    }

    fn parts(key: u128) -> (u64, u64) {
        ((key >> 64) as u64, key as u64)
    }

    fn digit(key: u128, shift: u32) -> usize {
        (key >> (shift % u128::BITS)) as usize % WAYS
    }

    fn beyond(key: u128, other: u128) -> u128 {
        key.wrapping_sub(other)
    }

    fn prefix(key: u128, shift: u32) -> u128 {
        key >> shift
    }
}
