//! The self-check: every invariant, by a full walk. For tests, fuzzing, and
//! owners that suspect their books.

use crate::books::{Books, nodes_for};
use crate::boundary::State;
use crate::extents::Extents;
use crate::index::{BINS, DIGIT_BITS, EXACT, LANES, Place, bin_of, is_heap, place_of};
use crate::ring::ANCHOR;
use crate::room::{self, Room};
use crate::unit::Unit;

/// An invariant that does not hold, in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken(pub &'static str);

fn hold(condition: bool, what: &'static str) -> Result<(), Broken> {
    if condition { Ok(()) } else { Err(Broken(what)) }
}

/// What a walk over the bins counts.
#[derive(Default)]
struct Counts {
    nodes: u32,
    entries: u32,
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
        let Counts { nodes, entries } = self.check_bins()?;
        hold(ring.units == self.units, "the regions' lengths make up the units")?;
        hold(ring.units_free == self.units_free, "the free extents make up the free units")?;
        hold(ring.free == entries, "every free extent is in the index once")?;
        hold(ring.boundaries == self.slots.live(), "every boundary in use is in the ring")?;
        let vacant = self.slots.count_vacant(self.books.boundaries());
        let unused = self.slots.fresh() - self.slots.live();
        hold(vacant == Some(unused), "every other boundary record is vacant")?;
        let slots = self.index.slots();
        hold(nodes == slots.live(), "every node in use is in a heap or a tree")?;
        let unused = slots.fresh() - slots.live();
        hold(slots.count_vacant(self.nodes()) == Some(unused), "every other node is vacant")?;
        let bound = nodes_for(ring.boundaries as usize + 1);
        hold((nodes as usize) < bound, "the bins have no more nodes than promised")
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
        self.index.has(self.nodes(), (len, record.start()), (id, record.place()))
    }

    fn check_bins(&self) -> Result<Counts, Broken> {
        let entries = u32::from(self.index.aside().len != 0);
        let mut counts = Counts { nodes: EXACT as u32 - 1, entries };
        let least = self.nodes()[0].entry(0).0 == <B::Unit>::ZERO;
        hold(least, "nothing is less than what is above the roots")?;
        for bin in 1..BINS {
            let root = self.index.root(bin);
            let (marked, summarised) = self.index.marked(bin);
            hold(summarised, "the summary tells which words are in use")?;
            if is_heap::<B::Unit, B::Room>(bin as u64) {
                let used = !self.nodes()[bin].is_empty_root();
                hold(marked == used, "the bitmap tells which heaps have entries")?;
                self.check_heap(bin, &mut counts)?;
                continue;
            }
            hold(marked == (root != 0), "the bitmap tells which bins have a tree")?;
            if root != 0 {
                let (key, _) = self.nodes()[root as usize].extent();
                let (len, start) = <B::Unit>::parts(key);
                hold(bin_of(len) == bin, "an extent is in the bin of its length")?;
                let above = start >> self.index.top() >> DIGIT_BITS;
                hold(above == 0, "starts differ in no higher digit")?;
                let shift = self.index.shift::<B::Unit>(len);
                self.check_node(root, Some(shift), &mut counts)?;
            }
        }
        Ok(counts)
    }

    /// Checks the heap of an exact bin, and its list of groups with vacant lanes.
    fn check_heap(&self, bin: usize, counts: &mut Counts) -> Result<(), Broken> {
        let mut vacant = 0;
        counts.nodes -= 1; // the root is counted again
        self.check_group(bin, (bin as u32, 0), &mut vacant, counts)?;
        let (mut at, mut previous) = (self.index.vacant(bin), 0);
        while at != 0 {
            hold(at <= self.index.slots().fresh(), "a link leads to a node in use")?;
            let group = &self.nodes()[at as usize];
            hold(group.previous() == previous, "a group knows the one before in the list")?;
            hold(group.vacant() != 0 && vacant > 0, "groups in the list have a vacant lane")?;
            (previous, at, vacant) = (at, group.next(), vacant - 1);
        }
        hold(vacant == 0, "groups with a vacant lane are in the list")
    }

    /// Checks a group that hangs below a place, and what hangs below it.
    fn check_group(
        &self,
        bin: usize,
        (at, above): (u32, u32),
        vacant: &mut u32,
        counts: &mut Counts,
    ) -> Result<(), Broken> {
        counts.nodes += 1;
        hold(counts.nodes <= self.index.slots().live(), "no node is in two places")?;
        let group = &self.nodes()[at as usize];
        hold(group.above() == above, "a group knows the place above")?;
        hold(!group.goes(), "other groups than the root have an entry")?;
        *vacant += u32::from(group.vacant() != 0);
        for lane in 0..LANES {
            let ((start, id), below) = (group.entry(lane), group.below(lane));
            if group.vacant() >> lane & 1 == 1 {
                let empty = start == <B::Unit>::GREATEST && below == 0;
                hold(empty, "a vacant lane is empty")?;
                continue;
            }
            counts.entries += 1;
            let place = Place { group: at, lane };
            hold(id != 0 && id <= self.slots.fresh(), "an entry leads to a record in use")?;
            let hint = Place::of(self.record(id).place());
            let found = place_of(self.nodes(), hint, start);
            hold(found == place, "a record knows its place, or one on the way there")?;
            let key = <B::Unit>::key(bin as u64, start.wide());
            hold(self.describes(key, id), "an entry describes a free extent of its length")?;
            if below != 0 {
                let lanes = self.nodes()[below as usize];
                let mut starts = (0..LANES).map(|lane| lanes.entry(lane).0);
                hold(starts.all(|below| start < below), "an entry is less than all below it")?;
                self.check_group(bin, (below, place.number()), vacant, counts)?;
            }
        }
        Ok(())
    }

    /// Checks a subtree; `shift` is the place of the digit that tells the subtrees of
    /// its root apart.
    fn check_node(&self, at: u32, shift: Option<u32>, counts: &mut Counts) -> Result<(), Broken> {
        counts.nodes += 1;
        counts.entries += 1;
        hold(counts.nodes <= self.index.slots().live(), "no node is in two places")?;
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
            self.check_node(child, shift.checked_sub(DIGIT_BITS), counts)?;
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
