//! A general-purpose memory allocator with no metadata inside the memory it hands
//! out, and a check on every free.
#![no_std]
#![cfg_attr(loom, allow(dead_code, reason = "under loom only the protocols are built"))]
#![allow(
    clippy::inline_always,
    reason = "the fast path is a handful of instructions, and has to be inlined to stay that"
)]

#[cfg(any(loom, test))]
extern crate std;

mod marks;
mod once;
mod remote;
mod roster;
mod sync;

// Under loom, only the protocols between threads are built, with their models.
#[cfg(loom)]
mod models;
#[cfg(loom)]
mod models_of_heaps;
#[cfg(loom)]
mod models_of_lists;

#[cfg(all(not(loom), any(feature = "allocator-api2-02", feature = "allocator-api2-04")))]
mod allocator;
#[cfg(not(loom))]
mod background;
#[cfg(not(loom))]
mod block;
#[cfg(not(loom))]
mod class;
#[cfg(not(loom))]
mod clock;
#[cfg(not(loom))]
mod flush;
#[cfg(not(loom))]
mod global;
#[cfg(not(loom))]
mod ground;
#[cfg(not(loom))]
mod heap;
#[cfg(not(loom))]
mod holes;
#[cfg(not(loom))]
mod json;
#[cfg(not(loom))]
mod land;
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
mod runs;
#[cfg(not(loom))]
mod slab;
#[cfg(not(loom))]
pub mod statistics;
#[cfg(not(loom))]
mod tally;
#[cfg(not(loom))]
mod thread;
#[cfg(not(loom))]
mod tls;
#[cfg(not(loom))]
mod watch;

#[cfg(not(loom))]
pub use global::Allotment;
