//! Insertion: append to a bag; split the bag, and the nodes above, when full.
//!
//! ```text
//!              ┌─ … ─┐                     ┌─ … ─┬──┐
//!   full bag ▶ 15 entries   + 1    ▶    8 least   8 greatest
//! ```

use super::node::{CAPACITY, Node};
use super::{Entry, LEVELS_MAX};
use crate::books::Arrays;
use crate::room::{self, Room};
use crate::slots::Slots;
use crate::unit::Unit;

/// Entries that stay in the lower half of a split.
const LOWER: usize = CAPACITY.div_ceil(2);

/// The way from the root to a leaf: nodes, and the position taken in each.
pub(super) struct Path {
    nodes: [u32; LEVELS_MAX],
    positions: [u8; LEVELS_MAX],
    len: u8,
}

impl Path {
    pub(super) const EMPTY: Self =
        Self { nodes: [0; LEVELS_MAX], positions: [0; LEVELS_MAX], len: 0 };

    pub(super) fn push(&mut self, node: u32, at: usize) {
        self.nodes[self.len as usize] = node;
        self.positions[self.len as usize] = at as u8;
        self.len += 1;
    }

    pub(super) fn pop(&mut self) -> Option<(u32, usize)> {
        self.len = self.len.checked_sub(1)?;
        let at = self.len as usize;
        Some((self.nodes[at], self.positions[at] as usize))
    }
}

/// Adds an entry to a tree (0 for none yet) and returns the tree's root.
#[inline]
pub(super) fn insert<U: Unit, R: Room<U>>(
    (boundaries, nodes): Arrays<'_, U, R>,
    slots: &mut Slots,
    root: u32,
    entry: Entry<U::Key>,
) -> u32 {
    if root != 0 {
        let top = &mut nodes[root as usize];
        if top.is_leaf() && !top.is_full() {
            add(top, entry);
            boundaries[entry.1 as usize].set_free(root);
            return root;
        }
        return insert_below((boundaries, nodes), slots, root, entry);
    }
    let leaf = begin(nodes, slots, 0);
    add(&mut nodes[leaf as usize], entry);
    boundaries[entry.1 as usize].set_free(leaf);
    leaf
}

/// Adds an entry to a tree of more than one node, or soon to be.
fn insert_below<U: Unit, R: Room<U>>(
    (boundaries, nodes): Arrays<'_, U, R>,
    slots: &mut Slots,
    root: u32,
    entry: Entry<U::Key>,
) -> u32 {
    let mut path = Path::EMPTY;
    let mut at = root;
    while !nodes[at as usize].is_leaf() {
        let node = &mut nodes[at as usize];
        room::raise(node.room_mut(), entry.0);
        let child = node.child_at(entry.0);
        path.push(at, child);
        at = node.entry(child).1;
    }
    let leaf = &mut nodes[at as usize];
    if !leaf.is_full() {
        add(leaf, entry);
        boundaries[entry.1 as usize].set_free(at);
        return root;
    }
    let (bound, upper) = split_leaf((boundaries, nodes), slots, at, entry);
    link(nodes, slots, path, root, (bound, upper))
}

fn add<U: Unit, R: Room<U>>(leaf: &mut Node<U, R>, entry: Entry<U::Key>) {
    leaf.push(entry);
    room::raise(leaf.room_mut(), entry.0);
}

fn begin<U: Unit, R: Room<U>>(nodes: &mut [Node<U, R>], slots: &mut Slots, level: u8) -> u32 {
    let node = slots.occupy(nodes);
    nodes[node as usize].reset(level);
    node
}

/// Splits a full leaf around one more entry; returns the new upper half.
#[cold]
fn split_leaf<U: Unit, R: Room<U>>(
    (boundaries, nodes): Arrays<'_, U, R>,
    slots: &mut Slots,
    leaf: u32,
    entry: Entry<U::Key>,
) -> Entry<U::Key> {
    let mut all = [entry; CAPACITY + 1];
    for (i, slot) in all.iter_mut().take(CAPACITY).enumerate() {
        *slot = nodes[leaf as usize].entry(i);
    }
    all.sort_unstable();
    let upper = begin(nodes, slots, 0);
    fill_leaf((boundaries, nodes), leaf, &all[..LOWER]);
    fill_leaf((boundaries, nodes), upper, &all[LOWER..]);
    (all[LOWER].0, upper)
}

/// Replaces the entries of a leaf, and tells their records.
pub(super) fn fill_leaf<U: Unit, R: Room<U>>(
    (boundaries, nodes): Arrays<'_, U, R>,
    leaf: u32,
    entries: &[Entry<U::Key>],
) {
    let node = &mut nodes[leaf as usize];
    node.fill(entries);
    node.recompute_leaf_room();
    for &(_, id) in entries {
        let record = &mut boundaries[id as usize];
        if record.leaf() != leaf {
            record.set_free(leaf);
        }
    }
}

/// Links a new node to the right of the path; splits what is full on the way up.
#[cold]
fn link<U: Unit, R: Room<U>>(
    nodes: &mut [Node<U, R>],
    slots: &mut Slots,
    mut path: Path,
    root: u32,
    mut new: Entry<U::Key>,
) -> u32 {
    while let Some((parent, at)) = path.pop() {
        let node = &mut nodes[parent as usize];
        if !node.is_full() {
            node.insert_at(at + 1, new);
            return root;
        }
        let mut all = [new; CAPACITY + 1];
        for i in 0..CAPACITY {
            all[if i <= at { i } else { i + 1 }] = node.entry(i);
        }
        let level = node.level();
        let upper = begin(nodes, slots, level);
        for (node, half) in [(parent, &all[..LOWER]), (upper, &all[LOWER..])] {
            nodes[node as usize].fill(half);
            recompute_room(nodes, node);
        }
        new = (all[LOWER].0, upper);
    }
    let level = nodes[root as usize].level() + 1;
    let top = begin(nodes, slots, level);
    nodes[top as usize].push((U::KEY_ZERO, root));
    nodes[top as usize].push(new);
    recompute_room(nodes, top);
    top
}

/// Recomputes what the extents below a node can offer, from its children.
pub(super) fn recompute_room<U: Unit, R: Room<U>>(nodes: &mut [Node<U, R>], at: u32) {
    if R::SHIFT_MAX == 0 {
        return;
    }
    let mut room = R::NONE;
    for &child in nodes[at as usize].links() {
        room::join(&mut room, nodes[child as usize].room());
    }
    *nodes[at as usize].room_mut() = room;
}
