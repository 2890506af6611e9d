//! Taking, giving back and resizing: the ring of boundaries and the index kept in
//! step.

use crate::books::{Books, nodes_for};
use crate::boundary::{Boundary, State, TAG_MASK};
use crate::index::{Aside, Found, Index, NODES_MAX, Node};
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
        Self { books, slots: Slots::NEW, index: Index::NEW, units: 0, units_free: 0, serial: 0 }
    }

    /// Forgets every region, and returns the books: the owner may exchange their
    /// memory now, because nothing that is written there will be read.
    pub fn clear(&mut self) -> &mut B {
        self.slots = Slots::NEW;
        self.index = Index::NEW;
        self.units = 0;
        self.units_free = 0;
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

    /// Nodes of the index in use.
    pub fn nodes_in_use(&self) -> u32 {
        self.index.slots().live()
    }

    /// The owner's memory.
    pub fn books(&self) -> &B {
        &self.books
    }

    /// The length of the longest free extent, 0 when nothing is free. Logarithmic.
    pub fn largest_free(&self) -> u64 {
        self.index.longest(self.books.nodes())
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
        self.reserve(2)?;
        let mut records = self.records();
        if records.slots.fresh() == 0 {
            records.boundaries[ANCHOR as usize] = Boundary::NEW;
        }
        let last = records.boundaries[ANCHOR as usize].prev();
        records.index.widen(records.nodes, end);
        let first = records.insert_after(last, start);
        let edge = records.insert_after(first, end);
        records.boundaries[edge as usize].set_edge();
        records.list(first, start, len);
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
        let mut records = self.records();
        let start = records.boundaries[first as usize].start();
        let hole = Hole { start, len: ring::len(records.boundaries, first) };
        records.unlist(first, start, hole.len);
        records.unlink(edge);
        records.unlink(first);
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
        let id = match self.index.best_in_heaps(self.books.nodes(), len) {
            None => self.take_from_trees(len)?,
            Some(found) if self.index.is_better_aside::<B::Unit>(len, &found) => {
                self.take_aside(len)?
            }
            Some(found) => return self.take_found(&found, len),
        };
        let record = self.record(id);
        let handle = Handle { index: id, serial: record.serial() };
        Ok(Taken { handle, start: record.start() })
    }

    /// Takes the low end of the free extent that is aside; the rest stays there. Returns
    /// the record.
    #[inline(never)]
    fn take_aside(&mut self, len: u64) -> Result<u32, Refusal> {
        let Aside { len: have, start, id } = self.index.aside();
        if have > len {
            self.reserve(1)?;
        }
        let mut records = self.records();
        let mut rest = Aside::NONE;
        if have > len {
            let id = records.insert_after(id, start + len);
            records.boundaries[id as usize].set_free(0);
            rest = Aside { len: have - len, start: start + len, id };
        }
        records.index.set_aside(rest);
        records.take_free(id, start, len);
        Ok(id)
    }

    /// Takes `len` units when no heap has them. Returns the record.
    #[inline(never)]
    fn take_from_trees(&mut self, len: u64) -> Result<u32, Refusal> {
        if len > self.units_free {
            return Err(Refusal::NoRoom);
        }
        self.records().enter_aside();
        let nodes = self.books.nodes();
        let found = match self.index.best_in_heaps(nodes, len) {
            None => self.index.best_in_trees(nodes, len).ok_or(Refusal::NoRoom)?,
            Some(found) => found,
        };
        Ok(self.take_found(&found, len)?.handle.index)
    }

    /// Takes the low end of a free extent.
    #[expect(clippy::inline_always, reason = "where the extent stands is known then")]
    #[inline(always)]
    fn take_found(&mut self, found: &Found, len: u64) -> Result<Taken, Refusal> {
        let &Found { len: have, id, .. } = found;
        let splits = have > len;
        if splits & !self.slots.has_vacant(1) {
            self.make_room(self.slots.len_for(1))?;
        }
        let mut records = self.records();
        // The record is far away in memory, and what comes first here is asked for while
        // what follows waits for branches that are hard to guess.
        let start = records.boundaries[id as usize].start();
        let mut rest = id;
        if splits {
            rest = records.insert_after(id, start + len);
        }
        records.index.remove_found(records.nodes, records.boundaries, found);
        if splits {
            let rest_of = (have - len, start + len);
            records.index.enter(records.nodes, records.boundaries, rest_of, rest);
        }
        Ok(records.take_free(id, start, len))
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
        self.reserve(u32::from(below > 0) + u32::from(above > 0))?;
        let mut records = self.records();
        records.index.remove_found(records.nodes, records.boundaries, &found);
        let mut taken = id;
        if below > 0 {
            taken = records.insert_after(id, aligned);
            records.list(id, start, below);
        }
        if above > 0 {
            let end = aligned + len;
            let rest = records.insert_after(taken, end);
            records.list(rest, end, above);
        }
        Ok(records.take_free(taken, aligned, len))
    }

    /// Takes the first `len` units of the free extent that starts at `start`, if the
    /// record `index` is its record, as a walk tells: for owners that cannot use these
    /// units any more.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRoom`] when there is no such extent, or it is shorter;
    /// [`Refusal::NoRecords`], [`Refusal::Empty`].
    pub fn take_at(&mut self, index: u32, start: u64, len: u64) -> Result<Taken, Refusal> {
        if len == 0 {
            return Err(Refusal::Empty);
        }
        if index == ANCHOR || index > self.slots.fresh() {
            return Err(Refusal::NoRoom);
        }
        let record = self.record(index);
        if record.state() != State::Free || record.start() != start {
            return Err(Refusal::NoRoom);
        }
        let have = ring::len(self.books.boundaries(), index);
        if len > have {
            return Err(Refusal::NoRoom);
        }
        self.reserve(u32::from(have > len))?;
        let mut records = self.records();
        records.unlist(index, start, have);
        if have > len {
            let rest = records.insert_after(index, start + len);
            records.list(rest, start + len, have - len);
        }
        Ok(records.take_free(index, start, len))
    }

    /// Gives a taken extent back; it merges with its free neighbours. Returns the
    /// free extent that it became part of.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotTaken`].
    #[inline]
    pub fn give_back(&mut self, handle: Handle) -> Result<Hole, Refusal> {
        let record = *self.taken(handle)?;
        let mut records = self.records();
        // While the record is on its way from memory.
        records.enter_aside();
        // Both neighbours at once: far apart in memory, they arrive together.
        let upper = records.boundaries[record.next() as usize];
        let lower = records.boundaries[record.prev() as usize];
        let (mut first, mut start, mut end) = (handle.index, record.start(), upper.start());
        *records.units_free += end - start;

        if upper.is_free() {
            let beyond = records.boundaries[upper.next() as usize].start();
            records.unlist(record.next(), end, beyond - end);
            records.unlink(record.next());
            end = beyond;
        }
        if lower.is_free() {
            first = record.prev();
            records.unlist(first, lower.start(), start - lower.start());
            records.unlink(handle.index);
            start = lower.start();
        }
        records.list_next(first, start, end - start);
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
            self.reserve(1)?;
        }
        let mut records = self.records();
        let (end, left) = (start + len, had + free - len);
        if free > 0 {
            records.unlist(above, start + had, free);
        }
        if left == 0 {
            records.unlink(above);
        } else if free > 0 {
            records.boundaries[above as usize].set_start(end);
            records.list(above, end, left);
        } else {
            let rest = records.insert_after(handle.index, end);
            records.list(rest, end, left);
        }
        self.units_free = self.units_free + had - len;
        Ok(())
    }

    /// Splits a taken extent: its first `len` units keep the handle, the rest is an
    /// extent of its own from now on, taken as well.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotTaken`], [`Refusal::NoRecords`], and [`Refusal::Empty`] when one
    /// of the two would have no units.
    pub fn split(&mut self, handle: Handle, len: u64) -> Result<Taken, Refusal> {
        let (start, had) = self.span(handle)?;
        if len == 0 || len >= had {
            return Err(Refusal::Empty);
        }
        self.reserve(1)?;
        let mut records = self.records();
        let rest = records.insert_after(handle.index, start + len);
        Ok(records.mark_taken(rest, start + len))
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

    /// How many units directly above a taken extent are free: by so many it can grow.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotTaken`].
    pub fn free_above(&self, handle: Handle) -> Result<u64, Refusal> {
        let above = self.taken(handle)?.next();
        let is_free = self.record(above).state() == State::Free;
        Ok(if is_free { ring::len(self.books.boundaries(), above) } else { 0 })
    }

    /// The record of a taken extent, or a refusal.
    fn taken(&self, handle: Handle) -> Result<&Boundary<B::Unit>, Refusal> {
        if !self.slots.ever_used(handle.index) {
            return Err(Refusal::NotTaken);
        }
        let record = self.record(handle.index);
        if record.is_taken_by(handle.serial) { Ok(record) } else { Err(Refusal::NotTaken) }
    }

    /// Sees to it that the books have room for so many boundaries: up to there, no
    /// operation is refused for want of records.
    ///
    /// # Errors
    ///
    /// [`Refusal::NoRecords`].
    pub fn provide(&mut self, boundaries: usize) -> Result<(), Refusal> {
        self.make_room(boundaries + 1)
    }

    /// Sees to it that `more` boundaries can be added, together with all the
    /// index nodes that giving back may ever need for them.
    #[inline]
    fn reserve(&mut self, more: u32) -> Result<(), Refusal> {
        if self.slots.has_vacant(more) {
            return Ok(());
        }
        self.make_room(self.slots.len_for(more))
    }

    /// Sees to it that the boundary array has this length, and the node array the
    /// one that goes with it.
    #[cold]
    fn make_room(&mut self, boundaries: usize) -> Result<(), Refusal> {
        let nodes = nodes_for(boundaries);
        let enough =
            |books: &B| books.boundaries().len() >= boundaries && books.nodes().len() >= nodes;
        if nodes > NODES_MAX {
            return Err(Refusal::NoRecords);
        }
        if enough(&self.books) || (self.books.grow(boundaries, nodes) && enough(&self.books)) {
            Ok(())
        } else {
            Err(Refusal::NoRecords)
        }
    }

    #[inline]
    fn records(&mut self) -> Records<'_, B::Unit, B::Room> {
        let (boundaries, nodes) = self.books.arrays_mut();
        let Self { slots, index, units_free, serial, .. } = self;
        Records { boundaries, nodes, slots, index, units_free, serial }
    }

    pub(crate) fn record(&self, id: u32) -> &Boundary<B::Unit> {
        &self.books.boundaries()[id as usize]
    }

    pub(crate) fn nodes(&self) -> &[Node<B::Unit, B::Room>] {
        self.books.nodes()
    }
}

/// What an operation changes, with the arrays at hand.
struct Records<'a, U: Unit, R: Room<U>> {
    boundaries: &'a mut [Boundary<U>],
    nodes: &'a mut [Node<U, R>],
    slots: &'a mut Slots,
    index: &'a mut Index,
    units_free: &'a mut u64,
    serial: &'a mut u32,
}

impl<U: Unit, R: Room<U>> Records<'_, U, R> {
    /// Makes the extent that begins at a boundary free.
    #[inline]
    fn list(&mut self, id: u32, start: u64, len: u64) {
        self.enter_aside();
        self.list_next(id, start, len);
    }

    /// The same, when nothing is aside.
    #[inline]
    fn list_next(&mut self, id: u32, start: u64, len: u64) {
        self.index.insert(self.nodes, self.boundaries, (len, start), id);
    }

    #[inline]
    fn enter_aside(&mut self) {
        self.index.enter_aside(self.nodes, self.boundaries);
    }

    /// Takes a free extent out of the index; its record is for the caller to change.
    #[inline]
    fn unlist(&mut self, id: u32, start: u64, len: u64) {
        self.index.remove(self.nodes, self.boundaries, (len, start), id);
    }

    /// Taken from now on, an extent that was free and is in the index no more.
    #[inline]
    fn take_free(&mut self, id: u32, start: u64, len: u64) -> Taken {
        *self.units_free -= len;
        self.mark_taken(id, start)
    }

    /// Taken from now on, an extent that is not in the index.
    #[inline]
    fn mark_taken(&mut self, id: u32, start: u64) -> Taken {
        let serial = *self.serial;
        self.boundaries[id as usize].set_taken(serial);
        *self.serial = (serial + 1) & TAG_MASK;
        Taken { handle: Handle { index: id, serial }, start }
    }

    #[inline]
    fn insert_after(&mut self, below: u32, start: u64) -> u32 {
        ring::insert_after(self.boundaries, self.slots, below, start)
    }

    #[inline]
    fn unlink(&mut self, id: u32) {
        ring::unlink(self.boundaries, self.slots, id);
    }
}
