//! Finding an entry: one descent, at most one step aside.

use super::LEVELS_MAX;
use super::node::Node;
use crate::room::{self, Room};
use crate::unit::Unit;

/// Where an entry is: the leaf and the position in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(super) leaf: u32,
    pub(super) at: usize,
}

/// The least entry of a tree that is not empty.
pub(super) fn first<U: Unit, R: Room<U>>(nodes: &[Node<U, R>], root: u32) -> Spot {
    let mut leaf = root;
    while !nodes[leaf as usize].is_leaf() {
        leaf = nodes[leaf as usize].entry(0).1;
    }
    let node = &nodes[leaf as usize];
    Spot { leaf, at: node.position_of(node.least_from(U::KEY_ZERO)) }
}

/// The greatest key of a tree that is not empty.
pub(super) fn last<U: Unit, R: Room<U>>(nodes: &[Node<U, R>], root: u32) -> U::Key {
    let mut node = &nodes[root as usize];
    while !node.is_leaf() {
        node = &nodes[node.entry(node.count() - 1).1 as usize];
    }
    node.greatest()
}

/// The least entry at or above `key`.
pub(super) fn at_least<U: Unit, R: Room<U>>(
    nodes: &[Node<U, R>],
    root: u32,
    key: U::Key,
) -> Option<Spot> {
    let mut leaf = root;
    // The subtree right of the path that is nearest to it: everything in there
    // is above `key`, and nothing lies between.
    let mut right = 0;
    while !nodes[leaf as usize].is_leaf() {
        let node = &nodes[leaf as usize];
        let at = node.child_at(key);
        if at + 1 < node.count() {
            right = node.entry(at + 1).1;
        }
        leaf = node.entry(at).1;
    }
    let node = &nodes[leaf as usize];
    let least = node.least_from(key);
    if least != U::KEY_MAX {
        return Some(Spot { leaf, at: node.position_of(least) });
    }
    (right != 0).then(|| first(nodes, right))
}

/// The least entry whose extent holds `len` units from a multiple of `1 << shift`.
pub(super) fn aligned<U: Unit, R: Room<U>>(
    nodes: &[Node<U, R>],
    root: u32,
    len: u64,
    shift: u32,
) -> Option<Spot> {
    let holds = |id: u32| room::holds(nodes[id as usize].room(), len, shift);
    if !holds(root) {
        return None;
    }
    let mut leaf = root;
    for _ in 0..LEVELS_MAX {
        if nodes[leaf as usize].is_leaf() {
            break;
        }
        leaf = *nodes[leaf as usize].links().iter().find(|&&child| holds(child))?;
    }
    let node = &nodes[leaf as usize];
    let fits = |key: &U::Key| {
        let (have, start) = U::parts(*key);
        room::usable(have, start, shift) >= len
    };
    let key = node.keys()[..node.count()].iter().copied().filter(fits).min()?;
    Some(Spot { leaf, at: node.position_of(key) })
}
