//! The lab's heaps: blocks out of 4 KiB pages, with every byte of bookkeeping kept
//! outside of the pages.
//!
//! ```text
//!                    PageHeap
//!    alloc ────▶ extents.take ── fits ──▶ page address + unit · unit size
//!                    │
//!                    └ nothing fits ──▶ Part A, Fixed:   no
//!                                       Part B, Elastic: map one page, take again
//! ```
//!
//! One heap, two answers to "nothing fits". The pages are numbered in the order in
//! which they were mapped; page `p` is the region of units `p · U` to `(p + 1) · U`
//! of one [`extents::Extents`], so blocks split and merge there, and pages that
//! happen to be neighbours never merge.
//!
//! | | Part A: [`Fixed`] | Part B: [`Elastic`] |
//! |---|---|---|
//! | unit | 8 bytes, 512 a page | 256 bytes, 16 a page |
//! | pages | one, mapped by `init` | as many as needed, each mapped by an `alloc` |
//! | books | static | static for 65,536 pages, then mapped |
//!
//! Every operation takes constant time on average and logarithmic time at worst,
//! but for the growth of the books past their static part (amortised) and
//! `cleanup` (linear in the pages).
//!
//! What is absent: a read or write of page memory. The heap hands out addresses
//! and never looks behind them.

#![no_std]

mod complaint;
mod grown;
mod heap;
mod kind;
mod pages;
mod shelf;

pub use complaint::{Complaint, report};
pub use grown::{First, Zero};
pub use heap::{Block, NotDone, PageHeap};
pub use kind::{Elastic, Fixed, Kind};

/// Bytes in a page.
pub const PAGE_BYTES: usize = 4096;
