//! `allotment observe`, from outside: each claim of the handout is a test.
//!
//! No assertion depends on how long anything takes: processes are waited for, and
//! where time has to pass, it is the count of samples that decides.

#[path = "../common/mod.rs"]
mod common;
mod experiment;
mod follow;
mod refusals;
mod subject;
mod support;
