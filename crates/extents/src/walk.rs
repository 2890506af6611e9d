//! Walking the extents in address order, region by region in the order added.

use crate::books::Books;
use crate::boundary::State;
use crate::extents::{Extents, Handle, Region};
use crate::ring::ANCHOR;

/// An extent as a walk sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    /// The region it lies in.
    pub region: Region,
    /// Its first unit.
    pub start: u64,
    /// Its length in units.
    pub len: u64,
    /// Its record, until it changes.
    pub index: u32,
    /// What gives it back, if it is taken.
    pub taken: Option<Handle>,
}

/// The extents from some boundary on.
#[derive(Debug)]
pub struct Walk<'a, B: Books> {
    extents: &'a Extents<B>,
    /// The next boundary to look at.
    at: u32,
    /// The region of the last extent; none before the region's first extent.
    region: Option<Region>,
    /// Whether to stop at the region's edge.
    one_region: bool,
}

impl<B: Books> Extents<B> {
    /// All extents, region by region in the order in which they were added.
    pub fn walk(&self) -> Walk<'_, B> {
        let empty = self.slots.fresh() == 0;
        let at = if empty { ANCHOR } else { self.record(ANCHOR).next() };
        Walk { extents: self, at, region: None, one_region: false }
    }

    /// The extents of one region, as `add_region` named it.
    pub fn walk_region(&self, region: Region) -> Walk<'_, B> {
        let known = region.index <= self.slots.fresh();
        let at = if known { region.index } else { ANCHOR };
        Walk { extents: self, at, region: None, one_region: true }
    }
}

impl<B: Books> Iterator for Walk<'_, B> {
    type Item = Extent;

    fn next(&mut self) -> Option<Extent> {
        loop {
            if self.at == ANCHOR {
                return None;
            }
            let (id, record) = (self.at, self.extents.record(self.at));
            let taken = match record.state() {
                State::Edge | State::Vacant if self.one_region => return None,
                State::Edge | State::Vacant => {
                    self.region = None;
                    self.at = record.next();
                    continue;
                }
                State::Free => None,
                State::Taken => Some(Handle { index: id, serial: record.serial() }),
            };
            let region = *self.region.get_or_insert(Region { index: id });
            self.at = record.next();
            let (start, end) = (record.start(), self.extents.record(record.next()).start());
            return Some(Extent { region, start, len: end - start, index: id, taken });
        }
    }
}
