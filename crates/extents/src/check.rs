//! The self-check: every invariant, by a full walk. For tests, fuzzing, and
//! owners that suspect their books.

use crate::books::{Books, nodes_for};
use crate::boundary::State;
use crate::extents::Extents;
use crate::index::{BINS, Node};
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

/// What a walk over the index counts.
#[derive(Default)]
struct Trees {
    nodes: u32,
    entries: u32,
}

/// The keys that a subtree may hold: from the first on, before the second.
type Bounds<K> = (K, K);

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
        let trees = self.check_trees()?;
        hold(ring.units == self.units, "the regions' lengths make up the units")?;
        hold(ring.units_free == self.units_free, "the free extents make up the free units")?;
        hold(ring.free == trees.entries, "every free extent is in the index once")?;
        hold(ring.boundaries == self.slots.live(), "every boundary in use is in the ring")?;
        let vacant = self.slots.count_vacant(self.books.boundaries());
        let unused = self.slots.fresh() - self.slots.live();
        hold(vacant == Some(unused), "every other boundary record is vacant")?;
        let slots = self.index.slots();
        hold(trees.nodes == slots.live(), "every node in use is in a tree")?;
        let unused = slots.fresh() - slots.live();
        hold(slots.count_vacant(self.nodes()) == Some(unused), "every other node is vacant")?;
        let bound = nodes_for(ring.boundaries as usize + 1, self.longest_region);
        hold(trees.nodes as usize <= bound, "the trees have no more nodes than promised")
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

    /// Whether the best fit for a free extent's length, from its start on, is the
    /// extent itself.
    fn index_has(&self, id: u32) -> bool {
        let record = self.record(id);
        let len = self.record(record.next()).start().saturating_sub(record.start());
        self.index.find(self.nodes(), len, record.start()) == Some(id)
    }

    fn check_trees(&self) -> Result<Trees, Broken> {
        let mut trees = Trees::default();
        for bin in 0..BINS {
            let root = self.index.root(bin);
            let (marked, summarised) = self.index.marked(bin);
            let used = root != 0 && self.nodes()[root as usize].count() > 0;
            hold(marked == used, "the bitmap tells which bins are in use")?;
            hold(summarised, "the summary tells which words are in use")?;
            if root != 0 {
                let bounds = (<B::Unit>::KEY_ZERO, <B::Unit>::KEY_MAX);
                let level = self.nodes()[root as usize].level();
                self.check_node(root, level, bounds, true, &mut trees)?;
            }
        }
        Ok(trees)
    }

    fn check_node(
        &self,
        id: u32,
        level: u8,
        (low, high): Bounds<<B::Unit as Unit>::Key>,
        root: bool,
        trees: &mut Trees,
    ) -> Result<(), Broken> {
        let node = &self.nodes()[id as usize];
        trees.nodes += 1;
        hold(trees.nodes <= self.index.slots().fresh(), "no node is in two places")?;
        hold(node.level() == level, "all leaves are equally deep")?;
        let min = match (root, node.is_leaf()) {
            (false, _) => Node::<B::Unit, B::Room>::MIN,
            (true, true) => 0,
            (true, false) => 2,
        };
        hold(node.count() >= min, "a node has enough entries")?;
        let unused = &node.keys()[node.count()..];
        hold(unused.iter().all(|&key| key == <B::Unit>::KEY_MAX), "unused keys are KEY_MAX")?;
        let unused = &node.links_all()[node.count()..];
        hold(unused.iter().all(|&link| link == 0), "unused links are 0")?;
        let mut best = B::Room::NONE;
        for at in 0..node.count() {
            let (key, link) = node.entry(at);
            if node.is_leaf() {
                trees.entries += 1;
                hold(low <= key && key < high, "an entry lies within its node's bounds")?;
                hold(self.describes(key, link), "an entry describes a free extent")?;
                hold(self.record(link).leaf() == id, "a free extent knows its leaf")?;
                room::raise(&mut best, key);
                continue;
            }
            let low = if at == 0 { low } else { key };
            let last = at + 1 == node.count();
            let high = if last { high } else { node.keys()[at + 1] };
            hold(low < high, "bounds ascend")?;
            self.check_node(link, level - 1, (low, high), false, trees)?;
            room::join(&mut best, self.nodes()[link as usize].room());
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
