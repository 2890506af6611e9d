//! The operating system, as allotment sees it: the only crate that makes
//! system calls.
//!
//! Memory is in one of two states here, and every call is named after the
//! transition it makes:
//!
//! ```text
//!            map                      None   the address belongs to nobody
//!   None ──────────▶ Ready            Ready  readable, writable, zero at first;
//!     ▲                │                     costs address space (VSZ) at once and
//!     └────────────────┘                     a physical page (RSS) on first touch
//!            unmap
//! ```
//!
//! Heaps take their operating system as a type parameter ([`Os`]): [`Linux`] in
//! the libraries, [`fault::Faulty`] around it in tests that make the nth call
//! fail. Calls go straight to the kernel, so that a heap needs no C library, is
//! never interposed, and leaves `errno` alone.
//!
//! What is absent: this crate knows no blocks, no sizes of blocks and no heaps;
//! it never allocates and never panics.

#![no_std]
#![cfg_attr(loom, allow(dead_code, reason = "under loom only the lock is built for use"))]

#[cfg(loom)]
extern crate std;

pub mod environment;
pub mod fault;
pub mod file;
pub mod line;
mod linux;
pub mod lock;
pub mod options;
pub mod reserved;
mod sync;
#[cfg(not(loom))]
pub mod thread;
mod unwinding;

pub use line::Line;
pub use linux::{Linux, abort};
pub use lock::Lock;

use core::ptr::NonNull;

/// Why the kernel refused, as its `errno` number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

impl Errno {
    /// The kernel has no memory, no address space or no mapping left.
    pub const NOMEM: Errno = Errno(12);
    /// A range has a hole, or a seam that matters.
    pub const FAULT: Errno = Errno(14);
    /// What was asked for makes no sense to the kernel.
    pub const INVAL: Errno = Errno(22);
    /// Something is there already.
    pub const EXIST: Errno = Errno(17);
}

/// The calls a heap makes.
///
/// # Safety
///
/// `map` returns memory that nothing else in the process refers to, zeroed,
/// readable and writable for the whole length, until `unmap` is called on it.
pub unsafe trait Os {
    /// None → Ready: maps `bytes` of zeroed private memory backed by no file,
    /// at an address of the kernel's choice.
    ///
    /// # Errors
    ///
    /// The kernel's reason, most often [`Errno::NOMEM`]; nothing is mapped then.
    fn map(&self, bytes: usize) -> Result<NonNull<u8>, Errno>;

    /// Ready → None: gives the memory back.
    ///
    /// # Errors
    ///
    /// The kernel's reason; the memory is as it was then.
    ///
    /// # Safety
    ///
    /// The range lies in memory that `map` returned, and nothing refers to it.
    unsafe fn unmap(&self, at: NonNull<u8>, bytes: usize) -> Result<(), Errno>;

    /// Writes one line to standard error; what cannot be written is lost.
    fn report(&self, line: &[u8]);
}

// SAFETY: every call is handed on to the same operating system.
unsafe impl<O: Os> Os for &O {
    fn map(&self, bytes: usize) -> Result<NonNull<u8>, Errno> {
        (**self).map(bytes)
    }

    unsafe fn unmap(&self, at: NonNull<u8>, bytes: usize) -> Result<(), Errno> {
        // SAFETY: handed on under the same contract.
        unsafe { (**self).unmap(at, bytes) }
    }

    fn report(&self, line: &[u8]) {
        (**self).report(line);
    }
}
