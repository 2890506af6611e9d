//! A node of a bin's tree: one free extent, and a subtree for every digit.
//!
//! ```text
//!   key 5@17   id #8   present 01001001
//!   children   n3 · · n7 · · n4 ·
//! ```
//!
//! Eight ways are a compromise. A path is a chain of loads, each of which waits for
//! the last, and ends with a branch that is hard to guess, so more ways are faster:
//! with four, a replacement among 10^5 extents takes a sixth longer, with sixteen a
//! tenth less. But owners reserve a node for every second boundary, and with sixteen
//! ways the books of small blocks come to a quarter of the blocks.

use crate::room::{self, Room};
use crate::slots::Slot;
use crate::unit::Unit;

/// Subtrees of a node: one per value of a digit.
pub(crate) const WAYS: usize = 8;

/// A node: 48 bytes when units are stored in 32 bits and no alignment is asked for.
/// All zero bytes are a valid node that was never used.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Node<U: Unit, R: Room<U>> {
    /// The free extent's length and start: the least key of the subtree.
    pub(super) key: U::Key,
    /// The free extent's record.
    pub(super) id: u32,
    /// Bit `i` is set if and only if `children[i]` is not 0.
    pub(super) present: u32,
    /// The root of the subtree of keys with each digit, 0 for none; in a vacant
    /// node the first is the next vacant one.
    pub(super) children: [u32; WAYS],
    /// For each alignment, the most that an extent in this subtree can offer.
    pub(super) room: R,
}

const _: () = assert!(size_of::<Node<u32, [u32; 0]>>() == 48, "as lib.rs says");

impl<U: Unit, R: Room<U>> Node<U, R> {
    /// A node that was never used.
    pub const NEW: Self =
        Self { key: U::KEY_ZERO, id: 0, present: 0, children: [0; WAYS], room: R::NONE };

    /// A node without children.
    #[inline]
    pub(super) fn leaf(key: U::Key, id: u32) -> Self {
        let mut node = Self { key, id, ..Self::NEW };
        room::raise(&mut node.room, key);
        node
    }

    /// The child with the least keys, and its digit; the node has one.
    #[inline]
    pub(super) fn first_child(&self) -> (usize, u32) {
        let digit = self.present.trailing_zeros() as usize % WAYS;
        (digit, self.children[digit])
    }

    /// The digits for which there are children.
    pub(super) fn digits(&self) -> impl Iterator<Item = usize> + use<U, R> {
        let mut left = self.present;
        core::iter::from_fn(move || {
            let digit = (left != 0).then(|| left.trailing_zeros() as usize % WAYS);
            left &= left.wrapping_sub(1);
            digit
        })
    }

    #[inline]
    pub(super) fn set_child(&mut self, digit: usize, child: u32) {
        self.children[digit] = child;
        self.present |= 1 << digit;
    }

    #[inline]
    pub(super) fn clear_child(&mut self, digit: usize) {
        self.children[digit] = 0;
        self.present &= !(1 << digit);
    }

    /// The free extent's key and record.
    #[inline]
    pub(crate) fn extent(&self) -> (U::Key, u32) {
        (self.key, self.id)
    }

    pub(crate) fn children(&self) -> &[u32; WAYS] {
        &self.children
    }

    pub(crate) fn room(&self) -> &R {
        &self.room
    }

    /// Whether the bits say which children there are.
    pub(crate) fn knows_its_children(&self) -> bool {
        let bits = (0..WAYS).filter(|&digit| self.children[digit] != 0);
        bits.fold(0, |bits, digit| bits | 1 << digit) == self.present
    }
}

impl<U: Unit, R: Room<U>> Slot for Node<U, R> {
    fn next_vacant(&self) -> u32 {
        self.children[0]
    }

    fn vacate(&mut self, next_vacant: u32) {
        self.children[0] = next_vacant;
    }
}
