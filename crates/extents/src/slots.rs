//! Which records of an array are in use: those given up are used again first,
//! then one is taken that never was.

/// A record that can be out of use.
pub(crate) trait Slot {
    /// The next vacant record after this vacant one; 0 ends the list.
    fn next_vacant(&self) -> u32;
    /// Takes the record out of use.
    fn vacate(&mut self, next_vacant: u32);
}

/// The books of an array of records. Record 0 is never handed out: 0 means none.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Slots {
    /// Records 1 to `fresh` have been in use at some time; those above never.
    fresh: u32,
    /// Records in use.
    live: u32,
    /// Head of the list of vacant records among the first `fresh`.
    vacant: u32,
}

impl Slots {
    pub(crate) const NEW: Self = Self::with(0);

    /// Of an array in which the first so many records after record 0 are in use for
    /// good.
    pub(crate) const fn with(kept: u32) -> Self {
        Self { fresh: kept, live: kept, vacant: 0 }
    }

    pub(crate) fn fresh(&self) -> u32 {
        self.fresh
    }

    /// Whether a record was in use at some time; record 0 never is.
    #[inline]
    pub(crate) fn ever_used(&self, slot: u32) -> bool {
        slot.wrapping_sub(1) < self.fresh
    }

    pub(crate) fn live(&self) -> u32 {
        self.live
    }

    /// The number of records, record 0 included, that an array must have before
    /// `more` can be brought into use.
    pub(crate) fn len_for(&self, more: u32) -> usize {
        self.live as usize + more as usize + 1
    }

    /// Whether `more` records come out of those that were in use before.
    pub(crate) fn has_vacant(&self, more: u32) -> bool {
        self.fresh - self.live >= more
    }

    /// Brings a record into use; the array is known to have one.
    pub(crate) fn occupy<T: Slot>(&mut self, records: &[T]) -> u32 {
        self.live += 1;
        if self.vacant == 0 {
            self.fresh += 1;
            return self.fresh;
        }
        let slot = self.vacant;
        self.vacant = records[slot as usize].next_vacant();
        slot
    }

    /// Takes a record out of use.
    pub(crate) fn vacate<T: Slot>(&mut self, records: &mut [T], slot: u32) {
        records[slot as usize].vacate(self.vacant);
        self.vacant = slot;
        self.live -= 1;
    }

    /// The length of the vacant list, or none if it is longer than it can be.
    pub(crate) fn count_vacant<T: Slot>(&self, records: &[T]) -> Option<u32> {
        let mut count = 0;
        let mut slot = self.vacant;
        while slot != 0 {
            count += 1;
            if count > self.fresh {
                return None;
            }
            slot = records.get(slot as usize)?.next_vacant();
        }
        Some(count)
    }
}
