//! A node of the index: a group of a heap, or a node of a tree.
//!
//! ```text
//!              numbers           ids              links
//!   group      17 5 40 –         #8 #3 #1 –       n3 n7 – –   above previous next vacant
//!   tree       start length – –  #8 present – –   n3 – – n7 – – n4 –
//! ```
//!
//! Eight ways are a compromise for trees. A path is a chain of loads, each of which
//! waits for the last, and ends with a branch that is hard to guess, so more ways are
//! faster. But owners reserve a node for every second boundary.

use core::hint::select_unpredictable as choose;

use crate::room::{self, Room};
use crate::slots::Slot;
use crate::unit::Unit;

/// Subtrees of a tree's node: one per value of a digit.
pub(crate) const WAYS: usize = 8;
/// Places for entries in a group.
pub(crate) const LANES: usize = 1 << LANES_LOG2;
pub(super) const LANES_LOG2: u32 = 2;

/// Links of a group beyond those to the groups below: the number of the place above,
/// 0 for a root; neighbours in the list of groups with a vacant lane; and the vacant
/// lanes, as bits.
const ABOVE: usize = LANES;
const PREVIOUS: usize = LANES + 1;
const NEXT: usize = LANES + 2;
const VACANT: usize = LANES + 3;
const LANES_ALL: u32 = (1 << LANES) - 1;
/// Next to the vacant lanes: set in all groups but roots, which stay when empty.
const GOES: u32 = 1 << LANES;

/// A node: 64 bytes, a cache line, when units are stored in 32 bits and no alignment is
/// asked for. All zero bytes are a valid node that was never used.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Node<U: Unit, R: Room<U>> {
    /// In a group the starts of its entries; in a tree the free extent's start and
    /// length, the least of the subtree.
    pub(super) numbers: [U; LANES],
    /// In a group the records of its entries; in a tree the free extent's record, and
    /// the digits for which there are subtrees, as bits.
    pub(super) ids: [u32; LANES],
    /// In a group the groups below its entries, and how it hangs with others; in a
    /// tree the roots of the subtrees. 0 for none. In a vacant node the first is the
    /// next vacant one.
    pub(super) links: [u32; WAYS],
    /// For each alignment, the most that an extent in this subtree can offer.
    pub(super) room: R,
}

const _: () = assert!(size_of::<Node<u32, [u32; 0]>>() == 64, "as lib.rs says");
const _: () = assert!(VACANT < WAYS, "a group's links fit where a tree's do");

/// A group of a heap.
impl<U: Unit, R: Room<U>> Node<U, R> {
    /// A node that was never used.
    pub const NEW: Self =
        Self { numbers: [U::ZERO; LANES], ids: [0; LANES], links: [0; WAYS], room: R::NONE };

    /// A group without entries, below a place or none.
    pub(super) const fn group(above: u32) -> Self {
        let mut links = [0; WAYS];
        let goes = if above == 0 { 0 } else { GOES };
        (links[ABOVE], links[VACANT]) = (above, LANES_ALL | goes);
        Self { numbers: [U::GREATEST; LANES], links, ..Self::NEW }
    }

    #[inline]
    pub(crate) fn above(&self) -> u32 {
        self.links[ABOVE]
    }

    #[inline]
    pub(crate) fn previous(&self) -> u32 {
        self.links[PREVIOUS]
    }

    #[inline]
    pub(crate) fn next(&self) -> u32 {
        self.links[NEXT]
    }

    #[inline]
    pub(super) fn set_previous(&mut self, previous: u32) {
        self.links[PREVIOUS] = previous;
    }

    #[inline]
    pub(super) fn set_next(&mut self, next: u32) {
        self.links[NEXT] = next;
    }

    /// The vacant lanes, as bits.
    #[inline]
    pub(crate) fn vacant(&self) -> u32 {
        self.links[VACANT] & LANES_ALL
    }

    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.vacant() == 0
    }

    /// Whether this is a root without entries.
    #[inline]
    pub(crate) fn is_empty_root(&self) -> bool {
        self.links[VACANT] == LANES_ALL
    }

    /// Whether this is another group without entries.
    #[inline]
    pub(crate) fn goes(&self) -> bool {
        self.links[VACANT] == LANES_ALL | GOES
    }

    /// Brings the first vacant lane into use; there is one.
    #[inline]
    pub(super) fn occupy_lane(&mut self) -> usize {
        let vacant = self.links[VACANT];
        self.links[VACANT] = vacant & vacant.wrapping_sub(1);
        vacant.trailing_zeros() as usize % LANES
    }

    /// Takes a lane out of use.
    #[inline]
    pub(super) fn vacate_lane(&mut self, lane: usize) {
        self.links[VACANT] |= 1 << lane;
        self.numbers[lane] = U::GREATEST;
    }

    /// The least start, and its lane.
    #[inline]
    pub(super) fn least(&self) -> (U, usize) {
        let lesser = |one: (U, usize), other: (U, usize)| {
            let first = one.0 < other.0;
            (choose(first, one.0, other.0), choose(first, one.1, other.1))
        };
        let [a, b, c, d] = self.numbers;
        lesser(lesser((a, 0), (b, 1)), lesser((c, 2), (d, 3)))
    }

    /// The entry of a lane.
    #[inline]
    pub(crate) fn entry(&self, lane: usize) -> (U, u32) {
        (self.numbers[lane], self.ids[lane])
    }

    #[inline]
    pub(super) fn set_entry(&mut self, lane: usize, start: U, id: u32) {
        (self.numbers[lane], self.ids[lane]) = (start, id);
    }

    /// The group below a lane, 0 for none.
    #[inline]
    pub(crate) fn below(&self, lane: usize) -> u32 {
        self.links[lane % LANES]
    }

    #[inline]
    pub(super) fn set_below(&mut self, lane: usize, group: u32) {
        self.links[lane % LANES] = group;
    }
}

/// A node of a tree.
impl<U: Unit, R: Room<U>> Node<U, R> {
    /// A node without children.
    #[inline]
    pub(super) fn leaf(key: U::Key, id: u32) -> Self {
        let mut node = Self::NEW;
        node.set_extent(key, id);
        room::raise(&mut node.room, key);
        node
    }

    #[inline]
    pub(super) fn key(&self) -> U::Key {
        U::key(self.numbers[1].wide(), self.numbers[0].wide())
    }

    #[inline]
    pub(super) fn present(&self) -> u32 {
        self.ids[1]
    }

    #[inline]
    pub(super) fn set_extent(&mut self, key: U::Key, id: u32) {
        let (len, start) = U::parts(key);
        (self.numbers[0], self.numbers[1], self.ids[0]) = (U::narrow(start), U::narrow(len), id);
    }

    /// The child with the least keys, and its digit; the node has one.
    #[inline]
    pub(super) fn first_child(&self) -> (usize, u32) {
        let digit = self.present().trailing_zeros() as usize % WAYS;
        (digit, self.links[digit])
    }

    /// The digits for which there are children.
    pub(super) fn digits(&self) -> impl Iterator<Item = usize> + use<U, R> {
        let mut left = self.present();
        core::iter::from_fn(move || {
            let digit = (left != 0).then(|| left.trailing_zeros() as usize % WAYS);
            left &= left.wrapping_sub(1);
            digit
        })
    }

    #[inline]
    pub(super) fn set_child(&mut self, digit: usize, child: u32) {
        self.links[digit] = child;
        self.ids[1] |= 1 << digit;
    }

    #[inline]
    pub(super) fn clear_child(&mut self, digit: usize) {
        self.links[digit] = 0;
        self.ids[1] &= !(1 << digit);
    }

    /// The free extent's key and record.
    #[inline]
    pub(crate) fn extent(&self) -> (U::Key, u32) {
        (self.key(), self.ids[0])
    }

    pub(crate) fn children(&self) -> &[u32; WAYS] {
        &self.links
    }

    pub(crate) fn room(&self) -> &R {
        &self.room
    }

    /// Whether the bits say which children there are.
    pub(crate) fn knows_its_children(&self) -> bool {
        let bits = (0..WAYS).filter(|&digit| self.links[digit] != 0);
        bits.fold(0, |bits, digit| bits | 1 << digit) == self.present()
    }
}

impl<U: Unit, R: Room<U>> Slot for Node<U, R> {
    fn next_vacant(&self) -> u32 {
        self.links[0]
    }

    fn vacate(&mut self, next_vacant: u32) {
        self.links[0] = next_vacant;
    }
}
