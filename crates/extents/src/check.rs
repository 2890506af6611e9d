//! The self-check: every invariant, by a full walk. For tests, fuzzing, and
//! owners that suspect their books.

use crate::books::{Books, nodes_for};
use crate::boundary::State;
use crate::extents::Extents;
use crate::index::{BINS, DIGIT_BITS, bin_of};
use crate::ring::ANCHOR;
use crate::room::{self, Room};
use crate::unit::Unit;

/// An invariant that does not hold, in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken(pub &'static str);

fn hold(condition: bool, what: &'static str) -> Result<(), Broken> {
    if condition { Ok(()) } else { Err(Broken(what)) }
}

/// What a walk over the ring counts.
#[derive(Default)]
struct Ring {
    boundaries: u32,
    units: u64,
    units_free: u64,
    free: u32,
}

impl<B: Books> Extents<B> {
    /// Checks that every invariant of the books holds. Linear in the records.
    ///
    /// # Errors
    ///
    /// The first invariant that does not.
    pub fn check(&self) -> Result<(), Broken> {
        if self.slots.fresh() == 0 {
            return hold(self.units == 0, "units without a boundary");
        }
        let ring = self.check_ring()?;
        let nodes = self.check_trees()?;
        hold(ring.units == self.units, "the regions' lengths make up the units")?;
        hold(ring.units_free == self.units_free, "the free extents make up the free units")?;
        hold(ring.free == nodes, "every free extent is in the index once")?;
        hold(ring.boundaries == self.slots.live(), "every boundary in use is in the ring")?;
        let vacant = self.slots.count_vacant(self.books.boundaries());
        let unused = self.slots.fresh() - self.slots.live();
        hold(vacant == Some(unused), "every other boundary record is vacant")?;
        let slots = self.index.slots();
        hold(nodes == slots.live(), "every node in use is in a tree")?;
        let unused = slots.fresh() - slots.live();
        hold(slots.count_vacant(self.nodes()) == Some(unused), "every other node is vacant")?;
        let bound = nodes_for(ring.boundaries as usize + 1);
        hold((nodes as usize) < bound, "the trees have no more nodes than promised")
    }

    fn check_ring(&self) -> Result<Ring, Broken> {
        let mut ring = Ring::default();
        let mut below = ANCHOR;
        hold(self.record(ANCHOR).state() == State::Edge, "the anchor is an edge")?;
        loop {
            let id = self.record(below).next();
            hold(id <= self.slots.fresh(), "a link leads to a record in use")?;
            let (record, lower) = (self.record(id), self.record(below));
            hold(record.prev() == below, "links lead both ways")?;
            if lower.state() == State::Edge {
                let begins = id == ANCHOR || record.state() != State::Edge;
                hold(begins, "a region has an extent")?;
            } else {
                hold(record.start() > lower.start(), "starts ascend within a region")?;
                ring.units += record.start() - lower.start();
            }
            if id == ANCHOR {
                return hold(lower.state() == State::Edge, "the last region ends").map(|()| ring);
            }
            if record.state() == State::Free {
                hold(lower.state() != State::Free, "free neighbours have merged")?;
                hold(self.index_has(id), "a free extent is found in the index by its key")?;
                ring.free += 1;
                ring.units_free += self.record(record.next()).start() - record.start();
            }
            hold(record.state() != State::Vacant, "a vacant record is in no ring")?;
            ring.boundaries += 1;
            hold(ring.boundaries <= self.slots.fresh(), "the ring closes")?;
            below = id;
        }
    }

    /// Whether a search for a free extent's length and start leads to it.
    fn index_has(&self, id: u32) -> bool {
        let record = self.record(id);
        let len = self.record(record.next()).start().saturating_sub(record.start());
        self.index.has(self.nodes(), len, record.start(), id)
    }

    fn check_trees(&self) -> Result<u32, Broken> {
        let mut count = 0;
        for bin in 0..BINS {
            let root = self.index.root(bin);
            let (marked, summarised) = self.index.marked(bin);
            hold(marked == (root != 0), "the bitmap tells which bins are in use")?;
            hold(summarised, "the summary tells which words are in use")?;
            if root != 0 {
                let (key, _) = self.nodes()[root as usize].extent();
                let (len, start) = <B::Unit>::parts(key);
                hold(bin_of(len) == bin, "an extent is in the bin of its length")?;
                let above = start >> self.index.top() >> DIGIT_BITS;
                hold(above == 0, "starts differ in no higher digit")?;
                self.check_node(root, Some(self.index.shift::<B::Unit>(len)), &mut count)?;
            }
        }
        Ok(count)
    }

    /// Checks a subtree; `shift` is the place of the digit that tells the subtrees of
    /// its root apart.
    fn check_node(&self, at: u32, shift: Option<u32>, count: &mut u32) -> Result<(), Broken> {
        *count += 1;
        hold(*count <= self.index.slots().live(), "no node is in two places")?;
        let node = &self.nodes()[at as usize];
        let (key, id) = node.extent();
        hold(self.describes(key, id), "a node describes a free extent")?;
        hold(node.knows_its_children(), "a node knows which children it has")?;
        let mut best = B::Room::NONE;
        room::raise(&mut best, key);
        for (digit, &child) in node.children().iter().enumerate() {
            if child == 0 {
                continue;
            }
            let shift = shift.ok_or(Broken("a path ends with its key"))?;
            let (below, below_room) = {
                let node = &self.nodes()[child as usize];
                (node.extent().0, node.room())
            };
            hold(key < below, "a node's extent is the least of its subtree")?;
            hold(<B::Unit>::digit(below, shift) == digit, "a child's key has its digit")?;
            let prefix = |key| <B::Unit>::prefix(key, shift + DIGIT_BITS);
            hold(prefix(key) == prefix(below), "a subtree agrees in the digits above")?;
            self.check_node(child, shift.checked_sub(DIGIT_BITS), count)?;
            room::join(&mut best, below_room);
        }
        hold(best.maxima() == node.room().maxima(), "a node knows the room below it")
    }

    fn describes(&self, key: <B::Unit as Unit>::Key, id: u32) -> bool {
        let (len, start) = <B::Unit>::parts(key);
        let record = self.record(id);
        record.state() == State::Free
            && record.start() == start
            && self.record(record.next()).start().checked_sub(start) == Some(len)
    }
}
