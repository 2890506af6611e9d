//! Books in `Vec`s, doubled when full.

use extents::{Arrays, Books, Boundary, Node, Room, Unit};

/// The records of an `Extents`, in memory of the global allocator.
#[derive(Debug)]
pub struct VecBooks<U: Unit, R: Room<U>> {
    boundaries: Vec<Boundary<U>>,
    nodes: Vec<Node<U, R>>,
}

impl<U: Unit, R: Room<U>> Default for VecBooks<U, R> {
    fn default() -> Self {
        Self { boundaries: vec![Boundary::NEW], nodes: vec![Node::NEW] }
    }
}

impl<U: Unit, R: Room<U>> VecBooks<U, R> {
    /// Bytes in use by the records.
    pub fn bytes(&self) -> usize {
        size_of_val(self.boundaries.as_slice()) + size_of_val(self.nodes.as_slice())
    }
}

impl<U: Unit, R: Room<U>> Books for VecBooks<U, R> {
    type Unit = U;
    type Room = R;

    fn boundaries(&self) -> &[Boundary<U>] {
        &self.boundaries
    }

    fn nodes(&self) -> &[Node<U, R>] {
        &self.nodes
    }

    fn arrays_mut(&mut self) -> Arrays<'_, U, R> {
        (&mut self.boundaries, &mut self.nodes)
    }

    fn grow(&mut self, boundaries: usize, nodes: usize) -> bool {
        if boundaries > self.boundaries.len() {
            self.boundaries.resize(boundaries.next_power_of_two(), Boundary::NEW);
        }
        if nodes > self.nodes.len() {
            self.nodes.resize(nodes.next_power_of_two(), Node::NEW);
        }
        true
    }
}
