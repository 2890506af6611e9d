//! Reserved memory: a large range claimed once and made usable piece by piece.
//!
//! ```text
//!          reserve               commit
//!   None ──────────▶ Reserved ──────────▶ Ready ◀─┐
//!                    costs nothing        │       │ purge: contents dropped,
//!                    but addresses        └───────┘        zero when read again
//! ```

use syscalls::{Sysno, syscall};

use crate::Errno;
use crate::linux::errno;

const PROT_NONE: usize = 0;
const PROT_READ_WRITE: usize = 3;
const MAP_PRIVATE: usize = 2;
const MAP_ANONYMOUS: usize = 0x20;
const MAP_NORESERVE: usize = 0x4000;
const MADV_DONTNEED: usize = 4;

/// None → Reserved: claims `bytes` of addresses at a place of the kernel's choice.
///
/// # Errors
///
/// The kernel's reason: an address space limit, most often.
pub fn reserve(bytes: usize) -> Result<usize, Errno> {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    // SAFETY: without MAP_FIXED a new mapping disturbs no other memory.
    unsafe { syscall!(Sysno::mmap, 0, bytes, PROT_NONE, flags, usize::MAX, 0) }.map_err(errno)
}

/// Reserved → Ready: makes whole pages usable; they read as zero.
///
/// # Errors
///
/// The kernel's reason: a commit limit, or too many mappings.
///
/// # Safety
///
/// The range lies in memory that [`reserve`] returned.
pub unsafe fn commit(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: the caller owns the range; making it accessible takes nothing away.
    unsafe { syscall!(Sysno::mprotect, at, bytes, PROT_READ_WRITE) }.map(drop).map_err(errno)
}

/// Ready → Ready: gives the physical pages back; the range reads as zero again.
///
/// # Errors
///
/// The kernel's reason (locked pages, most often); the contents may be kept then.
///
/// # Safety
///
/// The range consists of whole committed pages, and nothing in them is needed.
pub unsafe fn purge(at: usize, bytes: usize) -> Result<(), Errno> {
    // SAFETY: the caller gives up the contents.
    unsafe { syscall!(Sysno::madvise, at, bytes, MADV_DONTNEED) }.map(drop).map_err(errno)
}
