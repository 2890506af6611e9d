//! The judge of the C libraries.
//!
//! ```text
//!   situation.c ──directives──▶ what to expect
//!        │
//!     toolchain   gcc, g++, -static; against liballoc.a, liballoc.so, …
//!        │
//!     process     runs it, never longer than the time limit
//!        │
//!     program     compares exit code or signal, and every line of stderr
//! ```
//!
//! A program is one situation. It says in its first lines, as comments, what it
//! shows and what must come of it (see [`directives`]); it exits 0 when it is
//! content, 1 with a line on stderr when it is not, and 77 when the situation
//! could not be brought about on this machine, which counts as skipped.
//!
//! Real programs, which no one wrote for this, are judged by their own output: see
//! [`real`].
//!
//! What is absent: this crate depends on no crate of the workspace and links no
//! library under test. It sees what a C programmer sees: headers, archives and
//! shared objects in one directory.

pub mod directives;
pub mod faces;
pub mod general;
pub mod harness;
pub mod headers;
pub mod libraries;
pub mod process;
pub mod program;
pub mod real;
pub mod stage;
pub mod symbols;
pub mod toolchain;
pub mod trace;
