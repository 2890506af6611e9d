//! `allotment lab`, from outside: what it shows is what the heap and the kernel
//! did, on the tours and on any other script.
//!
//! No assertion depends on how long anything takes.

#[path = "../common/mod.rs"]
mod common;
mod random;
mod refusals;
mod report;
mod support;
mod tour;
