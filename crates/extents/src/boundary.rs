//! The record of one boundary: where an extent begins.
//!
//! ```text
//!  anchor ─▶ 0 ────▶ 3 ──▶ 10 ────▶ 16 ─▶ 40 ───────▶ 48 ─▶ anchor
//!            taken   free  taken    edge  free        edge
//!            └──── region 0..16 ────┘     └ region 40..48 ┘
//! ```
//!
//! Boundaries form one ring through all regions, in address order within each.
//! An extent is as long as the way to the next boundary, so lengths are stored
//! nowhere. A region ends with an *edge*, which is neither free nor taken:
//! merging looks at a neighbour's state and stops there by itself.

use crate::slots::Slot;
use crate::unit::Unit;

/// What begins at a boundary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum State {
    /// Nothing: the region before it ends here.
    Edge,
    /// A free extent; both neighbours are taken or edges.
    Free,
    /// A taken extent.
    Taken,
    /// The record is not in use.
    Vacant,
}

/// The state's share of the tag.
const STATE_BITS: u32 = 2;
const STATE_MASK: u32 = (1 << STATE_BITS) - 1;
/// What the rest of the tag can hold.
pub(crate) const TAG_MASK: u32 = u32::MAX >> STATE_BITS;

/// The record of one boundary, as the owner stores it. All zero bytes are a
/// valid record that was never used.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Boundary<U: Unit> {
    /// The unit at which the extent begins, or the region ends.
    start: U,
    /// Neighbour below in the ring: the region's previous boundary, or the edge
    /// of the region before.
    prev: u32,
    /// Neighbour above in the ring; for a vacant record the next vacant one.
    next: u32,
    /// State, and above it the serial number of the taking for a taken extent, a place in
    /// the index for a free one.
    tag: u32,
}

impl<U: Unit> Boundary<U> {
    /// A record that was never used.
    pub const NEW: Self = Self { start: U::ZERO, prev: 0, next: 0, tag: 0 };

    pub(crate) fn start(&self) -> u64 {
        self.start.wide()
    }

    pub(crate) fn set_start(&mut self, start: u64) {
        self.start = U::narrow(start);
    }

    pub(crate) fn prev(&self) -> u32 {
        self.prev
    }

    pub(crate) fn set_prev(&mut self, prev: u32) {
        self.prev = prev;
    }

    pub(crate) fn next(&self) -> u32 {
        self.next
    }

    pub(crate) fn set_next(&mut self, next: u32) {
        self.next = next;
    }

    pub(crate) fn state(&self) -> State {
        match self.tag & STATE_MASK {
            0 => State::Edge,
            1 => State::Free,
            2 => State::Taken,
            _ => State::Vacant,
        }
    }

    pub(crate) fn is_free(&self) -> bool {
        self.tag & STATE_MASK == State::Free as u32
    }

    /// Whether a taken extent begins here, by the taking with this serial number.
    pub(crate) fn is_taken_by(&self, serial: u32) -> bool {
        self.tag & STATE_MASK == State::Taken as u32 && self.serial() == serial
    }

    /// For a taken extent: the serial number of its taking, modulo 2^30.
    pub(crate) fn serial(&self) -> u32 {
        self.tag >> STATE_BITS
    }

    pub(crate) fn set_edge(&mut self) {
        self.tag = State::Edge as u32;
    }

    /// For a free extent in a heap of the index: where in the heap it is, or was before it
    /// rose.
    pub(crate) fn place(&self) -> u32 {
        self.tag >> STATE_BITS
    }

    pub(crate) fn set_free(&mut self, place: u32) {
        self.tag = place << STATE_BITS | State::Free as u32;
    }

    pub(crate) fn set_taken(&mut self, serial: u32) {
        self.tag = serial << STATE_BITS | State::Taken as u32;
    }
}

impl<U: Unit> Slot for Boundary<U> {
    fn next_vacant(&self) -> u32 {
        self.next
    }

    fn vacate(&mut self, next_vacant: u32) {
        self.tag = State::Vacant as u32;
        self.next = next_vacant;
    }
}
