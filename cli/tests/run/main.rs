//! `allotment run`, from outside: programs, and what comes out of them.
//!
//! No assertion depends on how long anything takes: a program says on stdout when
//! it is ready, and a signal that was sent later is seen later.

#[path = "../common/mod.rs"]
mod common;
mod figures;
mod library;
mod outcome;
mod reach;
mod signals;
mod support;
