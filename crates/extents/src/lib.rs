//! Split and merge of an address range, with the books kept outside of it.
//!
//! ```text
//!                  take(3)          give back the middle     give back the left
//!   [..........]  [###.......]  …  [###....##...]         →  [.......##...]
//!    one extent    split: 3 + 7     merged with its free      merged on both
//!                                   neighbour at once         sides it can
//! ```
//!
//! An [`Extents`] keeps, for one or more *regions* of abstract units, which
//! *extents* are taken and which are free. It knows no pointers and touches no
//! memory but its records, which live where its owner wants them ([`Books`]).
//!
//! - **Complete**: a request is refused only when no free extent can hold it, at
//!   the alignment asked for.
//! - **Best fit, lowest address among equals**, exactly.
//! - **Merged at once**: no two neighbouring extents of a region are both free;
//!   extents of different regions never merge, even when adjacent.
//! - **Bounded**: an operation walks a few short paths in the index. Free extents of up
//!   to 63 units are in heaps, whose paths are as long as the logarithm, to base four, of
//!   how often such a heap was extended. Longer ones, and all in books that know
//!   alignments, are in trees: a path there is as long as the logarithm, to base eight, of
//!   the number of free extents of about its length when these lie evenly, and at worst
//!   one node per three bits of a unit number (of length and start, for lengths from 64
//!   on). None scans the extents, and none pays for another.
//! - **Small**: 16 bytes per boundary, and at most 64 per free extent (32-bit units, no
//!   alignment; about 20 in heaps) and 4 KiB for good. At most half of the extents are
//!   free, in use for long a tenth; the length of the range costs nothing.
//! - **Intact**: what is refused changes nothing. Giving back twice, or what was
//!   never taken, is refused; giving back never needs memory.
//!
//! | term | meaning |
//! |---|---|
//! | unit | the abstract quantum of the range: 8 bytes, a page, a byte; the owner's choice |
//! | region | a run of units added as a whole; merging ends at its edges |
//! | extent | a run of units within one region, free or taken as a whole |
//! | boundary | where an extent begins or a region ends; has a record |
//! | handle | names a taken extent: its record and the serial number of its taking |
//! | books | the arrays of records, owned by the owner |
//!
//! # Example
//!
//! ```
//! use extents::{Extents, Fixed, Refusal};
//!
//! let mut page = Extents::new(Fixed::<u32, [u32; 0], 64, 96>::NEW);
//! page.add_region(0, 512)?;
//! let low = page.take(100)?;
//! let rest = page.take(412)?; // all of it can be given out
//! assert_eq!(page.take(1), Err(Refusal::NoRoom));
//! page.give_back(low.handle)?;
//! assert_eq!(page.give_back(low.handle), Err(Refusal::NotTaken));
//! page.give_back(rest.handle)?;
//! assert_eq!(page.largest_free(), 512);
//! # Ok::<(), Refusal>(())
//! ```
//!
//! What is absent: unsafe code, dependencies, the standard library, allocation.

#![no_std]
#![forbid(unsafe_code)]

mod books;
mod boundary;
mod check;
mod extents;
mod index;
mod refusal;
mod ring;
mod room;
mod slots;
mod unit;
mod walk;

pub use books::{Arrays, Books, Fixed, nodes_for};
pub use boundary::Boundary;
pub use check::Broken;
pub use extents::{Extents, Handle, Hole, Region, Taken};
pub use index::Node;
pub use refusal::Refusal;
pub use room::Room;
pub use unit::Unit;
pub use walk::{Extent, Walk};
