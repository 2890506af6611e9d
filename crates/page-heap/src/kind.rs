//! What sets Part A and Part B apart: sizes, and how much of the books is static.

use extents::{Boundary, Node, nodes_for};

use crate::PAGE_BYTES;
use crate::grown::First;

/// The rules of a heap, and the static part of its books.
pub trait Kind {
    /// Sizes are multiples of this.
    const UNIT_BYTES: usize;
    /// Whether pages are mapped when an allocation needs one. If not, one page is
    /// mapped by `init`, and stays the only one.
    const ON_DEMAND: bool;
    /// Units in a page.
    const PAGE_UNITS: usize = PAGE_BYTES / Self::UNIT_BYTES;

    /// Boundary records: one per block or hole, and one per page.
    type Boundaries: First<Boundary<u32>>;
    /// Nodes of the index of holes.
    type Nodes: First<Node<u32, [u32; 0]>>;
    /// For each unit the boundary record of the block that starts there.
    type Starts: First<u32>;
    /// Addresses of the pages.
    type Addresses: First<usize>;
    /// Regions of the pages.
    type Regions: First<u32>;
    /// Hash table from addresses to pages: at least two buckets per page.
    type Buckets: First<u32>;
}

/// Boundary records for so many pages whose every unit is a block of its own.
const fn boundaries(pages: usize, page_units: usize) -> usize {
    1 + pages * (page_units + 1)
}

/// Part A: one page, in units of 8 bytes.
#[derive(Debug)]
pub enum Fixed {}

const FIXED_UNITS: usize = PAGE_BYTES / 8;
const FIXED_BOUNDARIES: usize = boundaries(1, FIXED_UNITS);

impl Kind for Fixed {
    const UNIT_BYTES: usize = 8;
    const ON_DEMAND: bool = false;

    type Boundaries = [Boundary<u32>; FIXED_BOUNDARIES];
    type Nodes = [Node<u32, [u32; 0]>; nodes_for(FIXED_BOUNDARIES)];
    type Starts = [u32; FIXED_UNITS];
    type Addresses = [usize; 1];
    type Regions = [u32; 1];
    type Buckets = [u32; 2];
}

/// Part B: pages on demand, in units of 256 bytes.
#[derive(Debug)]
pub enum Elastic {}

const ELASTIC_UNITS: usize = PAGE_BYTES / 256;
/// Pages whose books are static: 256 MiB of blocks.
const ELASTIC_PAGES: usize = 65_536;
const _: () = assert!(ELASTIC_PAGES.is_power_of_two(), "and so is the hash table's length");
const ELASTIC_BOUNDARIES: usize = boundaries(ELASTIC_PAGES, ELASTIC_UNITS);

impl Kind for Elastic {
    const UNIT_BYTES: usize = 256;
    const ON_DEMAND: bool = true;

    type Boundaries = [Boundary<u32>; ELASTIC_BOUNDARIES];
    type Nodes = [Node<u32, [u32; 0]>; nodes_for(ELASTIC_BOUNDARIES)];
    type Starts = [u32; ELASTIC_PAGES * ELASTIC_UNITS];
    type Addresses = [usize; ELASTIC_PAGES];
    type Regions = [u32; ELASTIC_PAGES];
    type Buckets = [u32; 2 * ELASTIC_PAGES];
}
