//! The tree of one bin: a heap by key whose subtrees are told apart by digits of
//! the key.
//!
//! ```text
//!                       0x0123                     the least of all
//!        0───┌────────────┼───────────┐f───        by the first digit
//!         0x0180       0x4001      0xf7a0
//!   02──┌───┴───┐07──                 └──┐fc──     by the second
//!    0x0250  0x07ff                   0xfc00
//! ```
//!
//! A node's extent is the least of its subtree; its subtrees hold the rest, each
//! those keys that have one digit in the node's place. So the least of all is at the
//! root, and a path is no longer than a key has digits. On the way in the greater of
//! two keys goes on down; on the way out the least below rises. Nodes stay where they
//! are, extents move between them, and nothing is balanced.
//!
//! Invariants, of every node:
//! - its key is less than all keys below it;
//! - all keys below it agree with its own in the digits above its place;
//! - a child's keys have the child's digit in the node's place;
//! - its room is what the extents of its subtree can offer.

use core::hint::select_unpredictable as choose;

use super::node::{Node, WAYS};
use crate::room::{self, Room};
use crate::slots::Slots;
use crate::unit::Unit;

/// The bits of a digit.
pub(crate) const DIGIT_BITS: u32 = WAYS.ilog2();

/// As many nodes as a path can have: one per digit of a key of 128 bits, and one.
const PATH_MAX: usize = 128 / DIGIT_BITS as usize + 1;

/// A node and how it hangs: below `parent` at `digit`, or as the root if there is
/// no parent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(super) at: u32,
    pub(super) parent: u32,
    pub(super) digit: usize,
}

impl Spot {
    #[inline]
    pub(super) const fn root(at: u32) -> Self {
        Self { at, parent: 0, digit: 0 }
    }
}

/// Adds an extent to a tree; `shift` is the place of the digit that tells the root's
/// subtrees apart.
#[inline]
pub(super) fn insert<U: Unit, R: Room<U>>(
    nodes: &mut [Node<U, R>],
    slots: &mut Slots,
    root: u32,
    mut shift: u32,
    (mut key, mut id): (U::Key, u32),
) {
    let mut at = root;
    loop {
        let node = &mut nodes[at as usize];
        room::raise(&mut node.room, key);
        // The lesser stays, the greater goes on: by moves, without a branch.
        let (own, own_id) = node.extent();
        let stays = own < key;
        node.set_extent(choose(stays, own, key), choose(stays, own_id, id));
        (key, id) = (choose(stays, key, own), choose(stays, id, own_id));
        let digit = U::digit(key, shift);
        let child = node.links[digit];
        if child == 0 {
            let leaf = begin(nodes, slots, (key, id));
            nodes[at as usize].set_child(digit, leaf);
            return;
        }
        shift = shift.wrapping_sub(DIGIT_BITS);
        at = child;
    }
}

/// Brings a node into use for an extent.
#[inline]
pub(super) fn begin<U: Unit, R: Room<U>>(
    nodes: &mut [Node<U, R>],
    slots: &mut Slots,
    (key, id): (U::Key, u32),
) -> u32 {
    let leaf = slots.occupy(nodes);
    nodes[leaf as usize] = Node::leaf(key, id);
    leaf
}

/// Finds the node of an extent that is known to be in the tree.
#[inline]
pub(super) fn find<U: Unit, R: Room<U>>(
    nodes: &[Node<U, R>],
    root: u32,
    mut shift: u32,
    key: U::Key,
) -> Spot {
    let mut spot = Spot::root(root);
    loop {
        let node = &nodes[spot.at as usize];
        let digit = U::digit(key, shift);
        let child = node.links[digit];
        if node.key() == key || child == 0 {
            return spot;
        }
        spot = Spot { at: child, parent: spot.at, digit };
        shift = shift.wrapping_sub(DIGIT_BITS);
    }
}

/// Removes the extent of a node: the least below it rises into its place, and so
/// on down; the last node of that path is given up.
#[inline]
pub(super) fn remove<U: Unit, R: Room<U>>(
    nodes: &mut [Node<U, R>],
    slots: &mut Slots,
    root: &mut u32,
    shift: u32,
    mut spot: Spot,
) {
    let path = (R::SHIFT_MAX > 0).then(|| Path::of(nodes, *root, shift, spot.at));
    while nodes[spot.at as usize].present() != 0 {
        let (digit, child) = nodes[spot.at as usize].first_child();
        let (key, id) = nodes[child as usize].extent();
        nodes[spot.at as usize].set_extent(key, id);
        spot = Spot { at: child, parent: spot.at, digit };
    }
    slots.vacate(nodes, spot.at);
    if spot.parent == 0 {
        *root = 0;
    } else {
        nodes[spot.parent as usize].clear_child(spot.digit);
    }
    if let Some(path) = path {
        path.recompute_rooms(nodes);
    }
}

/// Puts a new root above a tree's root when all keys have the same digit there: for the
/// start a 0, and in the last digit of all, bits of the length, which the bin has in common.
pub(super) fn raise<U: Unit, R: Room<U>>(
    nodes: &mut [Node<U, R>],
    slots: &mut Slots,
    root: &mut u32,
    shift: u32,
) {
    let (key, id) = nodes[*root as usize].extent();
    remove(nodes, slots, root, shift, Spot::root(*root));
    let new = begin(nodes, slots, (key, id));
    if *root != 0 {
        nodes[new as usize].set_child(U::digit(key, shift + DIGIT_BITS), *root);
        let below = nodes[*root as usize].room;
        room::join(&mut nodes[new as usize].room, &below);
    }
    *root = new;
}

/// The nodes whose subtrees lose an extent when it is removed, and which stay: from
/// the root to the extent's, and on as others rise.
struct Path {
    nodes: [u32; PATH_MAX],
    len: usize,
    /// How many of the nodes are above the extent's.
    above: usize,
}

impl Path {
    fn of<U: Unit, R: Room<U>>(
        nodes: &[Node<U, R>],
        root: u32,
        mut shift: u32,
        extent: u32,
    ) -> Self {
        let mut path = Self { nodes: [0; PATH_MAX], len: 0, above: 0 };
        let key = nodes[extent as usize].key();
        let mut at = root;
        while at != extent {
            path.push(at);
            at = nodes[at as usize].links[U::digit(key, shift)];
            shift = shift.wrapping_sub(DIGIT_BITS);
        }
        path.above = path.len;
        while nodes[at as usize].present() != 0 {
            path.push(at);
            at = nodes[at as usize].first_child().1;
        }
        path
    }

    fn push(&mut self, at: u32) {
        self.nodes[self.len] = at;
        self.len += 1;
    }

    fn recompute_rooms<U: Unit, R: Room<U>>(&self, nodes: &mut [Node<U, R>]) {
        for (depth, &at) in self.nodes[..self.len].iter().enumerate().rev() {
            let node = &nodes[at as usize];
            let mut room = R::NONE;
            room::raise(&mut room, node.key());
            for digit in node.digits() {
                room::join(&mut room, &nodes[node.links[digit] as usize].room);
            }
            let same = room.maxima() == node.room.maxima();
            nodes[at as usize].room = room;
            if same && depth <= self.above {
                return; // they all lost the same extent, which was not the best
            }
        }
    }
}

/// The least extent with a key at or above `key`.
#[inline]
pub(super) fn at_least<U: Unit, R: Room<U>>(
    nodes: &[Node<U, R>],
    root: u32,
    mut shift: u32,
    key: U::Key,
) -> Option<Spot> {
    let mut spot = Spot::root(root);
    // The subtree right of the path that is nearest to it: all keys in there are
    // above `key`, and those of the tree between are below it.
    let mut right = None;
    loop {
        let node = &nodes[spot.at as usize];
        if node.key() >= key {
            return Some(spot); // and the rest of the subtree is above
        }
        let digit = U::digit(key, shift);
        let beyond = node.present() >> digit >> 1;
        if beyond != 0 {
            let digit = digit + 1 + beyond.trailing_zeros() as usize;
            right = Some(Spot { at: node.links[digit % WAYS], parent: spot.at, digit });
        }
        let child = node.links[digit];
        if child == 0 {
            return right;
        }
        spot = Spot { at: child, parent: spot.at, digit };
        shift = shift.wrapping_sub(DIGIT_BITS);
    }
}

/// The least extent that holds `len` units from a multiple of `1 << shift`.
pub(super) fn aligned<U: Unit, R: Room<U>>(
    nodes: &[Node<U, R>],
    root: u32,
    len: u64,
    shift: u32,
) -> Option<Spot> {
    let holds = |id: u32| id != 0 && room::holds(&nodes[id as usize].room, len, shift);
    if !holds(root) {
        return None;
    }
    let mut spot = Spot::root(root);
    loop {
        let node = &nodes[spot.at as usize];
        let (have, start) = U::parts(node.key());
        if room::usable(have, start, shift) >= len {
            return Some(spot);
        }
        let digit = node.digits().find(|&digit| holds(node.links[digit]))?;
        spot = Spot { at: node.links[digit], parent: spot.at, digit };
    }
}

/// The greatest key of a tree that is not empty.
pub(super) fn greatest<U: Unit, R: Room<U>>(nodes: &[Node<U, R>], root: u32) -> U::Key {
    let mut node = &nodes[root as usize];
    while let Some(digit) = node.present().checked_ilog2() {
        node = &nodes[node.links[digit as usize % WAYS] as usize];
    }
    node.key()
}
