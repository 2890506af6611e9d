//! A node of a bin's tree: a bag of entries at the bottom, sorted above.

use crate::room::{self, Room};
use crate::slots::Slot;
use crate::unit::Unit;

/// A node: three cache lines when units are stored in 32 bits and no alignment is
/// asked for.
///
/// In a leaf an entry is a free extent: its (length, start) and its record. In a
/// node above, an entry is a child, and its key is a lower bound of the keys in
/// the child and an upper bound of those in the child before; the first child's
/// bound is never read.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Node<U: Unit, R: Room<U>> {
    /// `KEY_MAX` from `count` on. Ascending above the leaves.
    keys: [U::Key; CAPACITY],
    /// Records of free extents in a leaf, nodes above; 0 from `count` on.
    links: [u32; CAPACITY],
    /// Entries in use; at least [`Node::MIN`] but in a root, which may be empty.
    count: u8,
    /// Levels below this node; 0 for a leaf.
    level: u8,
    /// For each alignment, the most that an extent in this subtree can offer.
    room: R,
}

/// Entries in a node: what three cache lines hold.
pub(crate) const CAPACITY: usize = 15;

const _: () = assert!(size_of::<Node<u32, [u32; 0]>>() == 192, "a node is three cache lines");

impl<U: Unit, R: Room<U>> Node<U, R> {
    /// Entries that a node keeps unless it is a root.
    pub const MIN: usize = 6;

    /// A node that was never used, all zero bytes.
    pub const NEW: Self = Self {
        keys: [U::KEY_ZERO; CAPACITY],
        links: [0; CAPACITY],
        count: 0,
        level: 0,
        room: R::NONE,
    };

    /// Begins a life as a node without entries.
    pub(crate) fn reset(&mut self, level: u8) {
        self.keys = [U::KEY_MAX; CAPACITY];
        self.links = [0; CAPACITY];
        self.count = 0;
        self.level = level;
        self.room = R::NONE;
    }

    pub(crate) fn count(&self) -> usize {
        self.count as usize
    }

    pub(crate) fn level(&self) -> u8 {
        self.level
    }

    pub(crate) fn is_leaf(&self) -> bool {
        self.level == 0
    }

    pub(crate) fn is_full(&self) -> bool {
        self.count() == CAPACITY
    }

    pub(crate) fn room(&self) -> &R {
        &self.room
    }

    pub(crate) fn room_mut(&mut self) -> &mut R {
        &mut self.room
    }

    pub(crate) fn links_all(&self) -> &[u32; CAPACITY] {
        &self.links
    }

    pub(crate) fn keys(&self) -> &[U::Key; CAPACITY] {
        &self.keys
    }

    pub(crate) fn links(&self) -> &[u32] {
        &self.links[..self.count().min(CAPACITY)]
    }

    pub(crate) fn entry(&self, at: usize) -> (U::Key, u32) {
        (self.keys[at], self.links[at])
    }

    pub(crate) fn set_key(&mut self, at: usize, key: U::Key) {
        self.keys[at] = key;
    }

    /// Adds an entry after the others.
    pub(crate) fn push(&mut self, (key, link): (U::Key, u32)) {
        let at = self.count();
        self.keys[at] = key;
        self.links[at] = link;
        self.count += 1;
    }

    /// Adds an entry at a position, keeping the order of the others.
    pub(crate) fn insert_at(&mut self, at: usize, (key, link): (U::Key, u32)) {
        let count = self.count();
        self.keys.copy_within(at..count, at + 1);
        self.links.copy_within(at..count, at + 1);
        self.keys[at] = key;
        self.links[at] = link;
        self.count += 1;
    }

    /// Removes the entry at a position, keeping the order of the others.
    pub(crate) fn remove_at(&mut self, at: usize) {
        let count = self.count();
        self.keys.copy_within(at + 1..count, at);
        self.links.copy_within(at + 1..count, at);
        self.count -= 1;
        self.keys[count - 1] = U::KEY_MAX;
        self.links[count - 1] = 0;
    }

    /// Removes the entry at a position of a leaf; the last one takes its place.
    pub(crate) fn swap_remove(&mut self, at: usize) {
        let last = self.count().saturating_sub(1);
        self.keys[at] = self.keys[last];
        self.links[at] = self.links[last];
        self.keys[last] = U::KEY_MAX;
        self.links[last] = 0;
        self.count = last as u8;
    }

    /// Replaces all entries.
    pub(crate) fn fill(&mut self, entries: &[(U::Key, u32)]) {
        self.reset(self.level);
        for &entry in entries {
            self.push(entry);
        }
    }

    /// The position of the child in which a key belongs.
    pub(crate) fn child_at(&self, key: U::Key) -> usize {
        // Unused keys are KEY_MAX, which no extent has, so they never count.
        self.keys[1..].iter().map(|&bound| usize::from(bound <= key)).sum()
    }

    /// In a leaf: the least key at or above `key`, `KEY_MAX` if there is none.
    pub(crate) fn least_from(&self, key: U::Key) -> U::Key {
        // All of the node, used or not, and no early end: conditional moves
        // are cheaper than one branch that is guessed wrong.
        self.keys.iter().fold(U::KEY_MAX, |best, &candidate| {
            let candidate = if candidate >= key { candidate } else { U::KEY_MAX };
            best.min(candidate)
        })
    }

    /// In a leaf: the position of an extent that is known to be there.
    pub(crate) fn position(&self, id: u32) -> usize {
        // Unused links are 0, which no extent has. Without an early end, this is a
        // handful of vector instructions.
        let at = self.links.iter().zip(0u32..);
        let at = at.fold(0, |found, (&link, at)| if link == id { found | at } else { found });
        debug_assert!(self.links[at as usize] == id, "an extent is where its key leads");
        at as usize
    }

    /// In a leaf: the position of a key that is known to be there.
    pub(crate) fn position_of(&self, key: U::Key) -> usize {
        let at = self.keys.iter().zip(0usize..);
        at.fold(0, |found, (&candidate, at)| if candidate == key { found | at } else { found })
    }

    /// In a leaf: the greatest key; `KEY_ZERO` if it is empty.
    pub(crate) fn greatest(&self) -> U::Key {
        self.keys[..self.count()].iter().copied().max().unwrap_or(U::KEY_ZERO)
    }

    /// In a leaf: recomputes what its extents can offer.
    pub(crate) fn recompute_leaf_room(&mut self) {
        let mut room = R::NONE;
        for &key in &self.keys[..self.count as usize] {
            room::raise(&mut room, key);
        }
        self.room = room;
    }
}

impl<U: Unit, R: Room<U>> Slot for Node<U, R> {
    fn next_vacant(&self) -> u32 {
        self.links[0]
    }

    fn vacate(&mut self, next_vacant: u32) {
        self.count = 0;
        self.links[0] = next_vacant;
    }
}
