//! A general-purpose memory allocator with no metadata inside the memory it hands
//! out, and a check on every free.
//!
//! | to | use |
//! |---|---|
//! | have every allocation of a program in the heap | [`Allotment`] as `#[global_allocator]` |
//! | have single collections in it | [`Allotment`] as their allocator: the features below |
//! | allocate without a layout, as C does | [`raw`] |
//! | know what the heap holds | [`statistics`] |
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: allotment::Allotment = allotment::Allotment::new();
//!
//! let numbers: Vec<u64> = (0..1000).collect();
//! assert!(allotment::statistics::gather().live_bytes() >= 8 * numbers.len());
//! ```
//!
//! There is one heap in a process, which all of these are ways to. It is there before
//! `main`, after it, and in forked children; it needs `std` nowhere, but the C library of
//! Linux (x86-64; aarch64 compiles). What is freed and is not the start of a live block
//! is reported, and ends the process. A few things can be set by environment variables:
//! `ALLOTMENT_ON_MISUSE`, `ALLOTMENT_STATISTICS`, `ALLOTMENT_COUNT`, `ALLOTMENT_DECAY_MS`,
//! `ALLOTMENT_BACKGROUND` and `ALLOTMENT_HUGE_PAGES`, which the README explains.
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | [`Allotment`] is an `Allocator` of | for |
//! |---|---|---|
//! | `allocator-api2-02` | allocator-api2 0.2 | hashbrown 0.15, bumpalo, … |
//! | `allocator-api2-04` | allocator-api2 0.4 | what has gone on to it |
#![no_std]
#![cfg_attr(loom, allow(dead_code, reason = "under loom only the protocols are built"))]
#![allow(
    clippy::inline_always,
    reason = "the fast path is a handful of instructions, and has to be inlined to stay that"
)]

#[cfg(any(loom, test))]
extern crate std;

mod caught;
mod marks;
mod once;
mod remote;
mod roster;
mod state;
mod sync;
mod turns;
mod wish;

// Under loom, only the protocols between threads are built, with their models.
#[cfg(loom)]
mod models;
#[cfg(loom)]
mod models_of_heaps;
#[cfg(loom)]
mod models_of_lists;
#[cfg(loom)]
mod models_of_runs;
#[cfg(loom)]
mod models_of_tending;

#[cfg(all(not(loom), any(feature = "allocator-api2-02", feature = "allocator-api2-04")))]
mod allocator;
#[cfg(all(test, not(loom)))]
mod alone;
#[cfg(not(loom))]
mod asm;
#[cfg(not(loom))]
mod background;
#[cfg(not(loom))]
mod block;
#[cfg(not(loom))]
mod brief;
#[cfg(not(loom))]
mod checks;
#[cfg(not(loom))]
mod class;
#[cfg(not(loom))]
mod clock;
#[cfg(not(loom))]
mod depth;
#[cfg(not(loom))]
mod diagnosis;
#[cfg(not(loom))]
mod dirt;
#[cfg(not(loom))]
mod flush;
#[cfg(not(loom))]
mod fork;
#[cfg(not(loom))]
mod global;
#[cfg(not(loom))]
mod ground;
#[cfg(not(loom))]
mod heap;
#[cfg(not(loom))]
mod holes;
#[cfg(not(loom))]
mod huge;
#[cfg(not(loom))]
mod json;
#[cfg(not(loom))]
mod land;
#[cfg(not(loom))]
mod look;
#[cfg(not(loom))]
mod mending;
#[cfg(not(loom))]
mod moving;
#[cfg(not(loom))]
mod options;
#[cfg(not(loom))]
mod place;
#[cfg(not(loom))]
pub mod raw;
#[cfg(not(loom))]
mod report;
#[cfg(not(loom))]
mod reuse;
#[cfg(not(loom))]
mod runs;
#[cfg(not(loom))]
mod slab;
#[cfg(not(loom))]
mod stack;
#[cfg(not(loom))]
pub mod statistics;
#[cfg(not(loom))]
mod tally;
#[cfg(not(loom))]
mod tending;
#[cfg(not(loom))]
mod thread;
#[cfg(not(loom))]
mod tls;
#[cfg(not(loom))]
mod watch;
#[cfg(not(loom))]
mod zone;

#[cfg(not(loom))]
pub use global::Allotment;
