//! Where the records live: the owner's memory, as arrays.

use crate::boundary::Boundary;
use crate::index::{EXACT, Node};
use crate::room::Room;
use crate::unit::Unit;

/// The memory in which an owner keeps the records: a static, a mapping, a `Vec`.
///
/// The arrays may be zeroed memory: all zero bytes are valid records. They only
/// ever grow, and keep what was written to them.
pub trait Books {
    /// How unit numbers are stored.
    type Unit: Unit;
    /// Which alignments can be asked for; `[Self::Unit; 0]` for none.
    type Room: Room<Self::Unit>;

    /// One record per boundary. Record 0 is the ring's anchor.
    fn boundaries(&self) -> &[Boundary<Self::Unit>];
    /// The nodes of the index of free extents. Node 0 is not used.
    fn nodes(&self) -> &[Node<Self::Unit, Self::Room>];
    /// Both, to be changed.
    fn arrays_mut(&mut self) -> Arrays<'_, Self::Unit, Self::Room>;

    /// Makes the arrays at least this long, or says no and changes nothing.
    ///
    /// The default says no: the books have a fixed size.
    fn grow(&mut self, boundaries: usize, nodes: usize) -> bool {
        let _ = (boundaries, nodes);
        false
    }
}

/// The boundaries and the nodes.
pub type Arrays<'a, U, R> = (&'a mut [Boundary<U>], &'a mut [Node<U, R>]);

/// The length of the node array that goes with a boundary array of length
/// `boundaries`.
///
/// Two neighbours are never both free, so at most half of the boundaries begin a
/// free extent, and for each of these there is a node, next to those that each length
/// below 64 has for good.
pub const fn nodes_for(boundaries: usize) -> usize {
    EXACT as usize + boundaries / 2
}

/// Books of a fixed size: `B` boundaries and `N` nodes, each counting record 0.
///
/// [`Fixed::NEW`] is all zero bytes, so a static of this type costs no file space
/// and no memory before its first use.
#[derive(Debug)]
pub struct Fixed<U: Unit, R: Room<U>, const B: usize, const N: usize> {
    boundaries: [Boundary<U>; B],
    nodes: [Node<U, R>; N],
}

impl<U: Unit, R: Room<U>, const B: usize, const N: usize> Fixed<U, R, B, N> {
    /// Books in which nothing is written.
    pub const NEW: Self = Self { boundaries: [Boundary::NEW; B], nodes: [Node::NEW; N] };
}

impl<U: Unit, R: Room<U>, const B: usize, const N: usize> Books for Fixed<U, R, B, N> {
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
}
