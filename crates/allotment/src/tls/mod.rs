//! The thread-local word that names the calling thread's heap, and a second one with
//! notes on the thread, for slow paths.
//!
//! Initial-exec, in each architecture's own instructions: `thread_local!` in a
//! shared library would call into the C library on every access, and allocate.
//! The word begins as the address of [`NOBODY`](crate::heap::NOBODY), so that the
//! fast path needs no test for "not yet"; the second one begins as 0. They are 16 bytes
//! of static TLS.
//!
//! ```text
//!   notes:  forks that this thread is in the midst of │ frees without a heap
//!           upper half                                │ lower half
//! ```

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{heap, set_heap};
#[cfg(target_arch = "x86_64")]
use x86_64::{notes, set_notes};

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::{heap, set_heap};
#[cfg(target_arch = "aarch64")]
use aarch64::{notes, set_notes};

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("allotment has thread-local access for x86-64 and aarch64 only");

/// One fork, in the notes.
const FORK: u64 = 1 << 32;

/// Notes a free that the calling thread makes without a heap; false if there were so
/// many already.
pub(crate) fn note_free(max: u32) -> bool {
    let notes = notes();
    let is_early = (notes as u32) < max;
    if is_early {
        set_notes(notes + 1);
    }
    is_early
}

/// Whether the calling thread forks: its fork handlers hold every lock.
#[inline]
pub(crate) fn forks() -> bool {
    notes() >= FORK
}

/// The calling thread begins to fork, perhaps in the midst of another fork.
pub(crate) fn begin_fork() {
    set_notes(notes() + FORK);
}

/// It has forked; whether it is in the midst of no other fork.
pub(crate) fn end_fork() -> bool {
    set_notes(notes() - FORK);
    !forks()
}
