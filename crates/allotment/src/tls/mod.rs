//! The thread-local word that names the calling thread's heap.
//!
//! Initial-exec, in each architecture's own instructions: `thread_local!` in a
//! shared library would call into the C library on every access, and allocate.
//! The word begins as the address of [`NOBODY`](crate::heap::NOBODY), so that the
//! fast path needs no test for "not yet". It is 8 bytes of static TLS.

#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86_64::{heap, set_heap};

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
pub(crate) use aarch64::{heap, set_heap};

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("allotment has thread-local access for x86-64 and aarch64 only");
