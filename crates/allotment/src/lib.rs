//! A general-purpose memory allocator with no metadata inside the memory it hands
//! out, and a check on every free.
#![no_std]

mod block;
mod class;
mod clock;
mod flush;
mod global;
mod ground;
mod heap;
mod land;
pub mod raw;
mod report;
mod runs;
mod slab;
mod thread;
mod tls;

pub use global::Allotment;
