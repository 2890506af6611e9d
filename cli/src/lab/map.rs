//! What a heap holds: its pages, each cut into blocks and holes without a gap.

/// Bytes in a page.
pub(crate) const PAGE_BYTES: u64 = page_heap::PAGE_BYTES as u64;

/// A block, or a hole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Extent {
    /// Bytes from the page's start.
    pub(crate) offset: u64,
    /// Bytes, at least one unit.
    pub(crate) size: u64,
    /// Whether it is a block.
    pub(crate) taken: bool,
}

/// A page in use.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Page {
    pub(crate) address: u64,
    /// In order, from the page's first byte to its last.
    pub(crate) extents: Vec<Extent>,
}

/// All pages, in the order in which they were mapped.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Map {
    pub(crate) pages: Vec<Page>,
}

/// An address, as a human reads it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    /// The first page is 1.
    pub(crate) page: usize,
    pub(crate) offset: u64,
}

impl Page {
    /// The holes, in order.
    pub(crate) fn holes(&self) -> impl Iterator<Item = &Extent> {
        self.extents.iter().filter(|extent| !extent.taken)
    }
}

impl Map {
    /// The holes of all pages.
    pub(crate) fn holes(&self) -> impl Iterator<Item = &Extent> {
        self.pages.iter().flat_map(Page::holes)
    }

    /// Bytes in all holes.
    pub(crate) fn free_bytes(&self) -> u64 {
        self.holes().map(|hole| hole.size).sum()
    }

    /// Bytes in the longest hole, 0 without one.
    pub(crate) fn longest_hole(&self) -> u64 {
        self.holes().map(|hole| hole.size).max().unwrap_or(0)
    }

    /// Where an address lies, if it lies in a page.
    pub(crate) fn locate(&self, address: u64) -> Option<Place> {
        let is_in = |page: &Page| (page.address..page.address + PAGE_BYTES).contains(&address);
        let page = self.pages.iter().position(is_in)?;
        Some(Place { page: page + 1, offset: address - self.pages[page].address })
    }
}
