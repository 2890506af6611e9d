//! The heap: sizes to units, units to addresses, and what happens when nothing
//! fits.

use core::ptr::NonNull;

use extents::{Extent, Extents};
use os::Os;

use crate::PAGE_BYTES;
use crate::complaint::Complaint;
use crate::grown::Grown;
use crate::kind::Kind;
use crate::pages::Pages;
use crate::shelf::Shelf;

/// A heap of 4 KiB pages.
pub struct PageHeap<K: Kind, O: Os> {
    /// Page `p` is the region of units from `p · PAGE_UNITS` on.
    extents: Extents<Shelf<K, O>>,
    pages: Pages<K>,
    /// For each unit at which a block starts, its boundary record; elsewhere 0, or
    /// what held once. Never trusted: `extents` has the last word.
    starts: Grown<u32, K::Starts>,
    os: O,
    /// Set from `init` to `cleanup`.
    ready: bool,
}

/// Why `init` or `cleanup` was not done; nothing has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotDone {
    /// The heap is initialised already.
    Ready,
    /// The heap is not initialised.
    NotReady,
    /// The operating system refused.
    Refused,
}

/// A part of a page, as a walk sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    /// The page's number, in the order of mapping.
    pub page: usize,
    /// Bytes from the page's start.
    pub offset: usize,
    /// Bytes in the block, or in the hole.
    pub size: usize,
    /// Whether it is a block; if not, a hole.
    pub taken: bool,
}

impl<K: Kind, O: Os + Copy> PageHeap<K, O> {
    /// A heap that is not initialised; all zero bytes but for `os`.
    pub const fn new(os: O) -> Self {
        Self {
            extents: Extents::new(Shelf::new(os)),
            pages: Pages::NEW,
            starts: Grown::NEW,
            os,
            ready: false,
        }
    }

    /// Begins: maps the page of a heap that has just one, and nothing otherwise.
    ///
    /// # Errors
    ///
    /// [`NotDone::Ready`], [`NotDone::Refused`].
    pub fn init(&mut self) -> Result<(), NotDone> {
        if self.ready {
            return Err(NotDone::Ready);
        }
        if !K::ON_DEMAND && self.add_page().is_none() {
            return Err(NotDone::Refused);
        }
        self.ready = true;
        Ok(())
    }

    /// Ends: unmaps every page and forgets every block.
    ///
    /// # Errors
    ///
    /// [`NotDone::NotReady`]. [`NotDone::Refused`] when the one page of a
    /// [`Fixed`](crate::Fixed) heap cannot be unmapped: the heap goes on then. An
    /// [`Elastic`](crate::Elastic) heap ends in any case, and keeps pages that
    /// cannot be unmapped for its next life.
    pub fn cleanup(&mut self) -> Result<(), NotDone> {
        if !self.ready {
            return Err(NotDone::NotReady);
        }
        let used = self.pages.in_use() * K::PAGE_UNITS;
        let refused = self.pages.unmap_all(&self.os);
        if refused && !K::ON_DEMAND {
            // The page is a spare one now, and comes back as it was.
            let region = self.pages.region(0);
            self.pages.add(&self.os, region);
            return Err(NotDone::Refused);
        }
        self.extents.clear().shrink();
        self.starts.shrink(&self.os);
        let known = self.starts.get().len();
        self.starts.get_mut()[..used.min(known)].fill(0);
        self.ready = false;
        Ok(())
    }

    /// A block of `size` bytes; none when the size is no positive multiple of the
    /// unit up to a page, when nothing fits and no page can be mapped, or when the
    /// heap is not initialised.
    pub fn alloc(&mut self, size: usize) -> Option<NonNull<u8>> {
        if !self.ready || size == 0 || size > PAGE_BYTES || !size.is_multiple_of(K::UNIT_BYTES) {
            return None;
        }
        let units = (size / K::UNIT_BYTES) as u64;
        let taken = match self.extents.take(units) {
            Ok(taken) => taken,
            Err(extents::Refusal::NoRoom) if K::ON_DEMAND => {
                self.add_page()?;
                self.extents.take(units).ok()?
            }
            Err(_) => return None,
        };
        let unit = taken.start as usize;
        self.starts.get_mut()[unit] = taken.handle.index;
        let (page, within) = (unit / K::PAGE_UNITS, unit % K::PAGE_UNITS);
        let address = self.pages.address(page) + within * K::UNIT_BYTES;
        NonNull::new(core::ptr::with_exposed_provenance_mut(address))
    }

    /// Frees the block that starts at `address`.
    ///
    /// # Errors
    ///
    /// What is at the address instead; nothing has changed then.
    pub fn dealloc(&mut self, address: usize) -> Result<(), Complaint> {
        if !self.ready {
            return Err(Complaint::NotInitialised);
        }
        let page = self.pages.find(address).ok_or(Complaint::Foreign)?;
        let offset = address - self.pages.address(page);
        let unit = page * K::PAGE_UNITS + offset / K::UNIT_BYTES;
        let start = self.starts.get()[unit];
        match self.extents.taken_at(start, unit as u64) {
            Some(handle) if offset.is_multiple_of(K::UNIT_BYTES) => {
                self.extents.give_back(handle).map(drop).map_err(|_| Complaint::FreedAlready)
            }
            _ => Err(self.complain(page, offset)),
        }
    }

    /// Pages in use.
    pub fn pages(&self) -> usize {
        self.pages.in_use()
    }

    /// The address of a page in use.
    pub fn page_address(&self, page: usize) -> usize {
        self.pages.address(page)
    }

    /// The blocks and holes, page by page.
    pub fn walk(&self) -> impl Iterator<Item = Block> + '_ {
        self.extents.walk().map(block::<K>)
    }

    /// Checks every invariant of the books. Linear.
    ///
    /// # Errors
    ///
    /// The first invariant that does not hold.
    pub fn check(&self) -> Result<(), extents::Broken> {
        self.extents.check()
    }

    /// Brings one more page into use, all of it free, with all the records that its
    /// blocks may ever need.
    fn add_page(&mut self) -> Option<()> {
        let pages = self.pages.in_use();
        let (first, units) = (pages * K::PAGE_UNITS, K::PAGE_UNITS as u64);
        if !self.starts.grow(&self.os, first + K::PAGE_UNITS) {
            return None;
        }
        self.extents.provide((pages + 1) * (K::PAGE_UNITS + 1)).ok()?;
        let region = self.extents.add_region(first as u64, units).ok()?;
        if !self.pages.add(&self.os, region) {
            // All of the region is free: it was added just now.
            let _ = self.extents.remove_region(region);
            return None;
        }
        Some(())
    }

    /// What is at an offset of a page where no block starts.
    #[cold]
    fn complain(&self, page: usize, offset: usize) -> Complaint {
        let unit = offset / K::UNIT_BYTES;
        let inside = |block: &Block| (block.offset..block.offset + block.size).contains(&offset);
        let mut blocks = self.extents.walk_region(self.pages.region(page)).map(block::<K>);
        match blocks.find(inside) {
            Some(block) if block.taken => Complaint::Interior {
                offset: offset - block.offset,
                size: block.size,
                start: self.pages.address(page) + block.offset,
            },
            _ if !offset.is_multiple_of(K::UNIT_BYTES) => {
                Complaint::Unaligned { unit: K::UNIT_BYTES }
            }
            _ if self.starts.get()[page * K::PAGE_UNITS + unit] != 0 => Complaint::FreedAlready,
            _ => Complaint::NeverGiven,
        }
    }
}

fn block<K: Kind>(extent: Extent) -> Block {
    let unit = extent.start as usize;
    Block {
        page: unit / K::PAGE_UNITS,
        offset: unit % K::PAGE_UNITS * K::UNIT_BYTES,
        size: extent.len as usize * K::UNIT_BYTES,
        taken: extent.taken.is_some(),
    }
}

impl<K: Kind, O: Os> Drop for PageHeap<K, O> {
    fn drop(&mut self) {
        self.pages.unmap_all(&self.os);
        self.starts.shrink(&self.os);
        self.extents.clear().shrink();
    }
}
