//! Removal: swap the last entry of the bag into the gap; a node left with too few
//! entries joins its neighbour or evens out with it.

use super::insert::{Path, fill_leaf, recompute_room};
use super::node::{CAPACITY, Node};
use super::search::Spot;
use super::{Entry, LEVELS_MAX};
use crate::books::Arrays;
use crate::room::Room;
use crate::slots::Slots;
use crate::unit::Unit;

/// Two neighbours with no more entries than this become one node. Less than a
/// full node, so that the next insertion doesn't split it again.
const JOINED_MAX: usize = CAPACITY - 2;

/// Removes the entry at a position of a leaf of the tree and returns the tree's
/// root.
#[inline]
pub(super) fn remove<U: Unit, R: Room<U>>(
    (boundaries, nodes): Arrays<'_, U, R>,
    slots: &mut Slots,
    root: u32,
    Spot { leaf, at }: Spot,
    key: U::Key,
) -> u32 {
    let node = &mut nodes[leaf as usize];
    node.swap_remove(at);
    if R::SHIFT_MAX > 0 {
        node.recompute_leaf_room();
    }
    let enough = R::SHIFT_MAX == 0 && node.count() >= Node::<U, R>::MIN;
    if leaf == root || enough { root } else { mend((boundaries, nodes), slots, root, key) }
}

/// Walks to the leaf from which `key` was removed and back up: evens out what has
/// become too small, and recomputes rooms.
#[cold]
fn mend<U: Unit, R: Room<U>>(
    (boundaries, nodes): Arrays<'_, U, R>,
    slots: &mut Slots,
    root: u32,
    key: U::Key,
) -> u32 {
    let mut path = Path::EMPTY;
    let mut at = root;
    while !nodes[at as usize].is_leaf() {
        let node = &nodes[at as usize];
        let child = node.child_at(key);
        path.push(at, child);
        at = node.entry(child).1;
    }
    while let Some((parent, at)) = path.pop() {
        let child = nodes[parent as usize].entry(at).1;
        if nodes[child as usize].count() < Node::<U, R>::MIN {
            even_out((boundaries, nodes), slots, parent, at);
        }
        recompute_room(nodes, parent);
    }
    let top = &nodes[root as usize];
    if top.count() > 1 {
        return root;
    }
    let only = top.entry(0).1;
    slots.vacate(nodes, root);
    only
}

/// Joins a child with a neighbour, or shares their entries between the two.
fn even_out<U: Unit, R: Room<U>>(
    (boundaries, nodes): Arrays<'_, U, R>,
    slots: &mut Slots,
    parent: u32,
    at: usize,
) {
    let node = &nodes[parent as usize];
    let right_at = if at + 1 < node.count() { at + 1 } else { at };
    let (bound, right) = node.entry(right_at);
    let left = node.entry(right_at - 1).1;
    let leaf = nodes[left as usize].is_leaf();

    let mut all = [(U::KEY_MAX, 0); 2 * CAPACITY];
    let lefts = nodes[left as usize].count();
    let count = lefts + nodes[right as usize].count();
    for (i, slot) in all.iter_mut().take(count).enumerate() {
        *slot = if i < lefts {
            nodes[left as usize].entry(i)
        } else {
            nodes[right as usize].entry(i - lefts)
        };
    }
    let all = &mut all[..count];
    if leaf {
        all.sort_unstable();
    } else {
        all[lefts].0 = bound; // a node doesn't keep its first child's bound
    }
    let mut refill = |node: u32, entries: &[Entry<U::Key>]| {
        if leaf {
            fill_leaf((boundaries, nodes), node, entries);
        } else {
            nodes[node as usize].fill(entries);
            recompute_room(nodes, node);
        }
    };
    if count <= JOINED_MAX {
        refill(left, all);
        slots.vacate(nodes, right);
        nodes[parent as usize].remove_at(right_at);
        return;
    }
    let (lower, upper) = all.split_at(count / 2);
    refill(left, lower);
    refill(right, upper);
    nodes[parent as usize].set_key(right_at, upper[0].0);
}

const _: () = assert!(LEVELS_MAX >= 13, "6^13 entries are more than 32 bits can number");
