//! The line between this process and one that it observes.
//!
//! ```text
//!   this process (outer)                 the observed process (inner)
//!
//!     ask("alloc 1024") ── stdin ──▶  hear
//!                                     does it
//!     "block 0x7f…"   ◀── stdout ──   say
//!     reads /proc/PID                 stands still, waiting in read
//! ```
//!
//! The observed process is this very program, started anew. One line is one
//! request; the answer begins with a line. Between requests the observed process
//! does nothing, and its end of the line neither allocates nor buffers: what
//! changes in `/proc/PID` from one look to the next is what was asked for.

pub(crate) mod inner;
pub(crate) mod outer;
