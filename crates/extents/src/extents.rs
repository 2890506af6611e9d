//! Taking, giving back and resizing: the ring of boundaries and the index kept in
//! step.

use crate::books::{Books, nodes_for};
use crate::boundary::{Boundary, State, TAG_MASK};
use crate::index::{Found, Index, Node};
use crate::refusal::Refusal;
use crate::ring::{self, ANCHOR};
use crate::room::{Room, align_up};
use crate::slots::Slots;
use crate::unit::Unit;

/// Free and taken extents of some regions; see the [crate] for the properties.
#[derive(Debug)]
pub struct Extents<B: Books> {
    /// The records. Those of boundaries form the ring, those of nodes the index.
    pub(crate) books: B,
    /// Which boundary records are in use; the anchor is not counted.
    pub(crate) slots: Slots,
    /// Every free extent, by length and start; nothing else.
    pub(crate) index: Index,
    /// Units in all regions.
    pub(crate) units: u64,
    /// Units in free extents.
    pub(crate) units_free: u64,
    /// At least the longest region that was ever added: bounds the bins in use.
    pub(crate) longest_region: u64,
    /// The serial number of the next taking.
    serial: u32,
}

/// Names a taken extent, and no other extent before or after it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Handle {
    /// The record, for owners that keep their own tables by address.
    pub index: u32,
    /// The serial number of the taking, modulo 2^30: tells this extent from others
    /// that the record describes before and after it.
    pub serial: u32,
}

/// Names a region: the record of its first boundary, which never changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Region {
    /// The record.
    pub index: u32,
}

/// An extent that was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taken {
    /// What gives it back.
    pub handle: Handle,
    /// Its first unit.
    pub start: u64,
}

/// A free extent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hole {
    /// Its first unit.
    pub start: u64,
    /// Its length in units.
    pub len: u64,
}

impl<B: Books> Extents<B> {
    /// Books without a region, in `books` as the owner provides them: never used
    /// before, all zero bytes.
    pub const fn new(books: B) -> Self {
        Self {
            books,
            slots: Slots::NEW,
            index: Index::NEW,
            units: 0,
            units_free: 0,
            longest_region: 0,
            serial: 0,
        }
    }

    /// Forgets every region, and returns the books: the owner may exchange their
    /// memory now, because nothing that is written there will be read.
    pub fn clear(&mut self) -> &mut B {
        self.slots = Slots::NEW;
        self.index = Index::NEW;
        self.units = 0;
        self.units_free = 0;
        self.longest_region = 0;
        &mut self.books
    }

    /// Units in all regions.
    pub fn units(&self) -> u64 {
        self.units
    }

    /// Units in free extents.
    pub fn units_free(&self) -> u64 {
        self.units_free
    }

    /// Boundary records in use: one per extent and one per region.
    pub fn boundaries(&self) -> u32 {
        self.slots.live()
    }

    /// The owner's memory.
    pub fn books(&self) -> &B {
        &self.books
    }

    /// The length of the longest free extent, 0 when nothing is free. Logarithmic.
    pub fn largest_free(&self) -> u64 {
        self.index.longest(self.books.nodes()).unwrap_or(0)
    }

    /// Adds the units from `start` on as one free extent.
    ///
    /// Regions must not overlap, which the owner knows; they may touch, and do not
    /// merge.
    ///
    /// # Errors
    ///
    /// [`Refusal::Range`], [`Refusal::NoRecords`].
    pub fn add_region(&mut self, start: u64, len: u64) -> Result<Region, Refusal> {
        let end = start.checked_add(len).filter(|&end| len > 0 && end <= <B::Unit>::MAX);
        let end = end.ok_or(Refusal::Range)?;
        self.reserve(2, len)?;
        let (boundaries, nodes) = self.books.arrays_mut();
        if self.slots.fresh() == 0 {
            boundaries[ANCHOR as usize] = Boundary::NEW;
        }
        let last = boundaries[ANCHOR as usize].prev();
        let first = ring::insert_after(boundaries, &mut self.slots, last, start);
        let edge = ring::insert_after(boundaries, &mut self.slots, first, end);
        boundaries[edge as usize].set_edge();
        self.index.insert((boundaries, nodes), len, start, first);
        self.units += len;
        self.units_free += len;
        Ok(Region { index: first })
    }

    /// Removes a region of which nothing is taken.
    ///
    /// # Errors
    ///
    /// [`Refusal::InUse`], or [`Refusal::Range`] when there is no such region.
    pub fn remove_region(&mut self, region: Region) -> Result<Hole, Refusal> {
        let first = region.index;
        let known = first != ANCHOR && first <= self.slots.fresh();
        let record = if known { self.record(first) } else { return Err(Refusal::Range) };
        if record.state() == State::Vacant || self.record(record.prev()).state() != State::Edge {
            return Err(Refusal::Range);
        }
        let edge = record.next();
        if record.state() != State::Free || self.record(edge).state() != State::Edge {
            return Err(Refusal::InUse);
        }
        let (boundaries, nodes) = self.books.arrays_mut();
        let start = boundaries[first as usize].start();
        let hole = Hole { start, len: ring::len(boundaries, first) };
        self.index.remove((boundaries, nodes), hole.len, start, first);
        ring::unlink(boundaries, &mut self.slots, edge);
        ring::unlink(boundaries, &mut self.slots, first);
        self.units -= hole.len;
        self.units_free -= hole.len;
        Ok(hole)
    }

    /// Takes `len` units: from the shortest free extent that holds them, the
    /// lowest among equals, at its low end.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRoom`], [`Refusal::NoRecords`], [`Refusal::Empty`].
    #[inline]
    pub fn take(&mut self, len: u64) -> Result<Taken, Refusal> {
        if len == 0 {
            return Err(Refusal::Empty);
        }
        if len > self.units_free {
            return Err(Refusal::NoRoom);
        }
        let found = self.index.best(self.books.nodes(), len);
        let found = found.ok_or(Refusal::NoRoom)?;
        let Found { len: have, start, id, .. } = found;
        if have > len {
            self.reserve(1, 0)?;
        }
        let (boundaries, nodes) = self.books.arrays_mut();
        self.index.remove_found((boundaries, nodes), &found);
        if have > len {
            let above = start + len;
            let rest = ring::insert_after(boundaries, &mut self.slots, id, above);
            self.index.insert((boundaries, nodes), have - len, above, rest);
        }
        Ok(self.mark_taken(id, start, len))
    }

    /// Takes `len` units from a multiple of `1 << shift` units.
    ///
    /// The extent is the shortest that can hold them, the lowest among equals.
    ///
    /// # Errors
    ///
    /// As [`take`](Self::take), and [`Refusal::Alignment`] for a shift beyond the
    /// books' [`Room::SHIFT_MAX`].
    pub fn take_aligned(&mut self, len: u64, shift: u32) -> Result<Taken, Refusal> {
        if shift == 0 {
            return self.take(len);
        }
        if shift > <B::Room as Room<B::Unit>>::SHIFT_MAX {
            return Err(Refusal::Alignment);
        }
        if len == 0 {
            return Err(Refusal::Empty);
        }
        if len > self.units_free {
            return Err(Refusal::NoRoom);
        }
        let found = self.index.best_aligned(self.books.nodes(), len, shift);
        let found = found.ok_or(Refusal::NoRoom)?;
        let Found { len: have, start, id, .. } = found;
        let aligned = align_up(start, shift).ok_or(Refusal::NoRoom)?;
        let (below, above) = (aligned - start, have - len - (aligned - start));
        self.reserve(u32::from(below > 0) + u32::from(above > 0), 0)?;
        let (boundaries, nodes) = self.books.arrays_mut();
        self.index.remove_found((boundaries, nodes), &found);
        let mut taken = id;
        if below > 0 {
            taken = ring::insert_after(boundaries, &mut self.slots, id, aligned);
            self.index.insert((boundaries, nodes), below, start, id);
        }
        if above > 0 {
            let end = aligned + len;
            let rest = ring::insert_after(boundaries, &mut self.slots, taken, end);
            self.index.insert((boundaries, nodes), above, end, rest);
        }
        Ok(self.mark_taken(taken, aligned, len))
    }

    /// Gives a taken extent back; it merges with its free neighbours. Returns the
    /// free extent that it became part of.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotTaken`].
    #[inline]
    pub fn give_back(&mut self, handle: Handle) -> Result<Hole, Refusal> {
        let id = handle.index;
        let record = *self.taken(handle)?;
        let (boundaries, nodes) = self.books.arrays_mut();
        let (mut first, mut start) = (id, record.start());
        let upper = boundaries[record.next() as usize];
        let mut end = upper.start();
        self.units_free += end - start;

        if upper.state() == State::Free {
            let beyond = boundaries[upper.next() as usize].start();
            self.index.remove((boundaries, nodes), beyond - end, end, record.next());
            ring::unlink(boundaries, &mut self.slots, record.next());
            end = beyond;
        }
        let lower = boundaries[record.prev() as usize];
        if lower.state() == State::Free {
            first = record.prev();
            let below = lower.start();
            self.index.remove((boundaries, nodes), start - below, below, first);
            ring::unlink(boundaries, &mut self.slots, id);
            start = below;
        }
        self.index.insert((boundaries, nodes), end - start, start, first);
        Ok(Hole { start, len: end - start })
    }

    /// Makes a taken extent longer or shorter where it is. Growing takes from the
    /// neighbour above, if that is free and long enough.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotTaken`], [`Refusal::Empty`], [`Refusal::NoRoom`],
    /// [`Refusal::NoRecords`].
    pub fn resize(&mut self, handle: Handle, len: u64) -> Result<(), Refusal> {
        let record = *self.taken(handle)?;
        let (start, above) = (record.start(), record.next());
        let upper = *self.record(above);
        let had = upper.start() - start;
        let free = match upper.state() {
            State::Free => ring::len(self.books.boundaries(), above),
            _ => 0,
        };
        if len == 0 {
            return Err(Refusal::Empty);
        }
        if len > had + free {
            return Err(Refusal::NoRoom);
        }
        if len == had {
            return Ok(());
        }
        if free == 0 {
            self.reserve(1, 0)?;
        }
        let (boundaries, nodes) = self.books.arrays_mut();
        let (end, left) = (start + len, had + free - len);
        if free > 0 {
            self.index.remove((boundaries, nodes), free, start + had, above);
        }
        if left == 0 {
            ring::unlink(boundaries, &mut self.slots, above);
        } else if free > 0 {
            boundaries[above as usize].set_start(end);
            self.index.insert((boundaries, nodes), left, end, above);
        } else {
            let rest = ring::insert_after(boundaries, &mut self.slots, handle.index, end);
            self.index.insert((boundaries, nodes), left, end, rest);
        }
        self.units_free = self.units_free + had - len;
        Ok(())
    }

    /// The handle of the taken extent that starts at `start`, if the record
    /// `index` is its record: for owners that find records by address, in tables
    /// that may be out of date.
    #[inline]
    pub fn taken_at(&self, index: u32, start: u64) -> Option<Handle> {
        if index == ANCHOR || index > self.slots.fresh() {
            return None;
        }
        let record = self.record(index);
        let found = record.state() == State::Taken && record.start() == start;
        found.then(|| Handle { index, serial: record.serial() })
    }

    /// Where a taken extent starts and how long it is.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotTaken`].
    pub fn span(&self, handle: Handle) -> Result<(u64, u64), Refusal> {
        let record = self.taken(handle)?;
        Ok((record.start(), self.record(record.next()).start() - record.start()))
    }

    /// The record of a taken extent, or a refusal.
    fn taken(&self, handle: Handle) -> Result<&Boundary<B::Unit>, Refusal> {
        if handle.index == ANCHOR || handle.index > self.slots.fresh() {
            return Err(Refusal::NotTaken);
        }
        let record = self.record(handle.index);
        if record.state() == State::Taken && record.serial() == handle.serial {
            Ok(record)
        } else {
            Err(Refusal::NotTaken)
        }
    }

    /// Free → Taken for an extent that is in no index any more.
    fn mark_taken(&mut self, id: u32, start: u64, len: u64) -> Taken {
        self.units_free -= len;
        let serial = self.serial;
        self.serial = (serial + 1) & TAG_MASK;
        self.books.arrays_mut().0[id as usize].set_taken(serial);
        Taken { handle: Handle { index: id, serial }, start }
    }

    /// Sees to it that the books have room for so many boundaries, in regions of
    /// up to `longest` units: up to there, no operation is refused for want of
    /// records.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRecords`].
    pub fn provide(&mut self, boundaries: usize, longest: u64) -> Result<(), Refusal> {
        self.longest_region = self.longest_region.max(longest);
        self.make_room(boundaries + 1)
    }

    /// Sees to it that `more` boundaries can be added, together with all the
    /// index nodes that giving back may ever need for them.
    #[inline]
    fn reserve(&mut self, more: u32, region: u64) -> Result<(), Refusal> {
        if self.slots.has_vacant(more) && region <= self.longest_region {
            return Ok(());
        }
        self.longest_region = self.longest_region.max(region);
        self.make_room(self.slots.len_for(more))
    }

    /// Sees to it that the boundary array has this length, and the node array the
    /// one that goes with it.
    fn make_room(&mut self, boundaries: usize) -> Result<(), Refusal> {
        let nodes = nodes_for(boundaries, self.longest_region);
        let enough =
            |books: &B| books.boundaries().len() >= boundaries && books.nodes().len() >= nodes;
        if enough(&self.books) || (self.books.grow(boundaries, nodes) && enough(&self.books)) {
            Ok(())
        } else {
            Err(Refusal::NoRecords)
        }
    }

    pub(crate) fn record(&self, id: u32) -> &Boundary<B::Unit> {
        &self.books.boundaries()[id as usize]
    }

    pub(crate) fn nodes(&self) -> &[Node<B::Unit, B::Room>] {
        self.books.nodes()
    }
}
