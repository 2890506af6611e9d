//! Where the records of the extents live: static first, then mapped.

use extents::{Arrays, Books, Boundary, Node};
use os::Os;

use crate::grown::Grown;
use crate::kind::Kind;

type NoRoom = [u32; 0];

/// The books of a heap's extents.
pub(crate) struct Shelf<K: Kind, O> {
    boundaries: Grown<Boundary<u32>, K::Boundaries>,
    nodes: Grown<Node<u32, NoRoom>, K::Nodes>,
    os: O,
}

impl<K: Kind, O: Os> Shelf<K, O> {
    pub(crate) const fn new(os: O) -> Self {
        Self { boundaries: Grown::NEW, nodes: Grown::NEW, os }
    }

    /// Gives mapped books back. What was written is lost: for owners that begin
    /// anew.
    pub(crate) fn shrink(&mut self) {
        self.boundaries.shrink(&self.os);
        self.nodes.shrink(&self.os);
    }
}

impl<K: Kind, O: Os> Books for Shelf<K, O> {
    type Unit = u32;
    type Room = NoRoom;

    fn boundaries(&self) -> &[Boundary<u32>] {
        self.boundaries.get()
    }

    fn nodes(&self) -> &[Node<u32, NoRoom>] {
        self.nodes.get()
    }

    fn arrays_mut(&mut self) -> Arrays<'_, u32, NoRoom> {
        (self.boundaries.get_mut(), self.nodes.get_mut())
    }

    fn grow(&mut self, boundaries: usize, nodes: usize) -> bool {
        K::ON_DEMAND
            && self.boundaries.grow(&self.os, boundaries)
            && self.nodes.grow(&self.os, nodes)
    }
}
