//! The heap of an exact bin: by start, in groups of four.
//!
//! ```text
//!                      root     17  5  40  22         any of these is the least
//!              ┌────────────────┘   │   │   └────────────────┐
//!            18  90  –  56          …   …                   25  –  –  –
//!            └ and so on
//! ```
//!
//! A start is less than all in the group below it. A record knows the place of its entry,
//! or one below from which the entry has risen, so that removing one needs no search, and
//! rising writes to no record. Most entries have no group below them: then a removal
//! leaves a vacant lane, and nothing moves. Else the least below rises, and so on down. What is added goes to the lane that fell vacant last, and up from there,
//! most often nowhere. When no lane is vacant, a new group goes where the digits of a
//! running number lead, the lowest first: to make a path of `n` groups longer takes
//! `4^n` new groups, so paths stay as short as a logarithm.
//!
//! Invariants, of every bin:
//! - the root is the node with the bin's number, whether there are entries or not;
//! - a start is less than all below it;
//! - a vacant lane has a start greater than any, and no group below it;
//! - other groups than the root have an entry;
//! - the groups with a vacant lane are in a list;
//! - an entry is at the place that its record knows, or on the way from there to the root.

use core::hint::select_unpredictable as choose;

use super::node::{LANES, LANES_LOG2, Node};
use crate::boundary::Boundary;
use crate::room::Room;
use crate::slots::Slots;
use crate::unit::Unit;

/// What is kept of a bin next to its groups.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heap {
    /// Head of the list of groups with a vacant lane.
    pub(super) vacant: u32,
    /// Groups that were ever added, modulo 2^32.
    added: u32,
}

/// A place in a heap: a group and a lane of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) group: u32,
    pub(crate) lane: usize,
}

/// Places are numbered in 30 bits, which limits the nodes.
pub(crate) const NODES_MAX: usize = 1 << (30 - LANES_LOG2);

impl Place {
    /// The place with a number.
    #[inline]
    pub(crate) fn of(number: u32) -> Self {
        Self { group: number >> LANES_LOG2, lane: number as usize % LANES }
    }

    #[inline]
    pub(crate) fn number(self) -> u32 {
        self.group << LANES_LOG2 | self.lane as u32
    }
}

impl Heap {
    /// Not ready: all zero, so that a static index costs no file space.
    pub(super) const NEW: Self = Self { vacant: 0, added: 0 };

    /// Empty, with a root.
    pub(super) const fn of(root: u32) -> Self {
        Self { vacant: root, added: 0 }
    }

    /// Adds an entry to the heap with a root.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(super) fn insert<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        slots: &mut Slots,
        root: u32,
        (start, id): (U, u32),
    ) {
        if self.vacant == 0 {
            self.vacant = self.add_group(nodes, slots, root);
        }
        let group = self.vacant;
        let node = &mut nodes[group as usize];
        let (lane, next, full) = (node.occupy_lane(), node.next(), node.is_full());
        // Without a branch: whether a group is full is hard to guess. Node 0 takes what
        // is meant for none.
        self.vacant = choose(full, next, group);
        nodes[next as usize].set_previous(choose(full, 0, group));
        settle(nodes, boundaries, Place { group, lane }, start, id);
    }

    /// Removes the entry at a place; its record is for the caller to change. Says whether
    /// the heap is empty now.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(super) fn remove<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        slots: &mut Slots,
        mut place: Place,
    ) -> bool {
        loop {
            let below = nodes[place.group as usize].below(place.lane);
            if below == 0 {
                break;
            }
            let (start, lane) = nodes[below as usize].least();
            let (_, id) = nodes[below as usize].entry(lane);
            // Its record, far away in memory, keeps the place from which it rises.
            nodes[place.group as usize].set_entry(place.lane, start, id);
            place = Place { group: below, lane };
        }
        let (group, first) = (place.group, self.vacant);
        let node = &mut nodes[group as usize];
        let was_full = node.is_full();
        node.vacate_lane(place.lane);
        let next = node.next();
        node.set_next(choose(was_full, first, next)); // a full one has none before it
        let (goes, empty) = (node.goes(), node.is_empty_root());
        nodes[choose(was_full, first, 0) as usize].set_previous(group);
        self.vacant = choose(was_full, group, first);
        if goes {
            self.drop_group(nodes, boundaries, slots, group);
        }
        empty
    }

    /// Adds a group, all of whose lanes are vacant; there is no other vacant lane.
    #[cold]
    #[inline(never)]
    fn add_group<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        slots: &mut Slots,
        root: u32,
    ) -> u32 {
        self.added = self.added.wrapping_add(1);
        let (mut group, mut digits) = (root, self.added);
        let above = loop {
            let lane = digits as usize % LANES;
            let below = nodes[group as usize].below(lane);
            if below == 0 {
                break Place { group, lane };
            }
            (group, digits) = (below, digits >> LANES_LOG2);
        };
        let new = slots.occupy(nodes);
        nodes[new as usize] = Node::group(above.number());
        nodes[above.group as usize].set_below(above.lane, new);
        new
    }

    /// Gives up a group without entries.
    #[cold]
    #[inline(never)]
    fn drop_group<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        slots: &mut Slots,
        group: u32,
    ) {
        let node = &nodes[group as usize];
        let (previous, next, above) = (node.previous(), node.next(), Place::of(node.above()));
        nodes[next as usize].set_previous(previous);
        if previous == 0 {
            self.vacant = next;
        } else {
            nodes[previous as usize].set_next(next);
        }
        nodes[above.group as usize].set_below(above.lane, 0);
        slots.vacate(nodes, group);
        // Records of what has risen from here may know a place in the group.
        let mut place = above;
        while place.group != 0 {
            let node = &nodes[place.group as usize];
            let (_, id) = node.entry(place.lane);
            boundaries[id as usize].set_free(place.number());
            place = Place::of(node.above());
        }
    }
}

/// The place of an entry, which is at the place that its record knows or above it; no
/// place if it is in no heap.
#[inline]
pub(crate) fn place_of<U: Unit, R: Room<U>>(
    nodes: &[Node<U, R>],
    mut place: Place,
    start: U,
) -> Place {
    while place.group != 0 && nodes[place.group as usize].entry(place.lane).0 != start {
        place = Place::of(nodes[place.group as usize].above());
    }
    place
}

/// Puts an entry at a vacant place, or above it where it belongs.
#[inline]
fn settle<U: Unit, R: Room<U>>(
    nodes: &mut [Node<U, R>],
    boundaries: &mut [Boundary<U>],
    mut place: Place,
    start: U,
    id: u32,
) {
    loop {
        // Above a root there is node 0, whose first start is 0.
        let above = Place::of(nodes[place.group as usize].above());
        let (parent, parent_id) = nodes[above.group as usize].entry(above.lane);
        if parent <= start {
            return put(nodes, boundaries, place, start, id);
        }
        put(nodes, boundaries, place, parent, parent_id);
        place = above;
    }
}

#[inline]
fn put<U: Unit, R: Room<U>>(
    nodes: &mut [Node<U, R>],
    boundaries: &mut [Boundary<U>],
    place: Place,
    start: U,
    id: u32,
) {
    nodes[place.group as usize].set_entry(place.lane, start, id);
    boundaries[id as usize].set_free(place.number());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::node::Node;

    type Nodes = [Node<u32, [u32; 0]>];

    fn place(nodes: &Nodes, record: &Boundary<u32>) -> Place {
        place_of(nodes, Place::of(record.place()), record.start() as u32)
    }

    /// As many groups as a path has, from an entry's own to the root.
    fn path_len(nodes: &Nodes, record: &Boundary<u32>) -> u32 {
        let mut place = place(nodes, record);
        let mut len = 1;
        while nodes[place.group as usize].above() != 0 {
            place = Place::of(nodes[place.group as usize].above());
            len += 1;
        }
        len
    }

    #[test]
    fn paths_are_as_long_as_the_logarithm_also_after_most_entries_have_gone() {
        let mut nodes = [Node::NEW; 200];
        nodes[1] = Node::group(0);
        let mut boundaries = [Boundary::NEW; 342];
        let (mut heap, mut slots) = (Heap::of(1), Slots::with(1));
        for id in 1..342 {
            boundaries[id as usize].set_start(u64::from(342 - id));
            heap.insert(&mut nodes, &mut boundaries, &mut slots, 1, (342 - id, id));
        }
        assert_eq!((slots.live(), nodes[1].least().0), (86, 1));
        for round in 0..4 {
            let longest = boundaries[1..].iter().map(|record| path_len(&nodes, record)).max();
            assert!(longest <= Some(5), "round {round}: {longest:?}");
            for id in 1..341 - round {
                let place = place(&nodes, &boundaries[id as usize]);
                assert!(!heap.remove(&mut nodes, &mut boundaries, &mut slots, place));
            }
            for id in 1..341 - round {
                let start = id * 5 % 342;
                boundaries[id as usize].set_start(u64::from(start));
                heap.insert(&mut nodes, &mut boundaries, &mut slots, 1, (start, id));
            }
        }
    }
}
