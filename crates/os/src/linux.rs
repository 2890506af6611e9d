//! Linux: the kernel itself, through raw system calls.

use core::ptr::NonNull;

use syscalls::{Sysno, syscall};

use crate::{Errno, Os};

const PROT_READ: usize = 1;
const PROT_WRITE: usize = 2;
const MAP_PRIVATE: usize = 2;
const MAP_ANONYMOUS: usize = 0x20;
const STDERR: usize = 2;

/// The kernel this program runs on.
#[derive(Clone, Copy, Default, Debug)]
pub struct Linux;

pub(crate) fn errno(e: syscalls::Errno) -> Errno {
    Errno(e.into_raw())
}

// SAFETY: mmap returns a fresh, zeroed, private mapping of at least `bytes`.
unsafe impl Os for Linux {
    fn map(&self, bytes: usize) -> Result<NonNull<u8>, Errno> {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS;
        // SAFETY: without MAP_FIXED a new mapping disturbs no other memory.
        let at = unsafe {
            syscall!(Sysno::mmap, 0, bytes, PROT_READ | PROT_WRITE, flags, usize::MAX, 0)
        }
        .map_err(errno)?;
        NonNull::new(core::ptr::with_exposed_provenance_mut(at)).ok_or(Errno::NOMEM)
    }

    unsafe fn unmap(&self, at: NonNull<u8>, bytes: usize) -> Result<(), Errno> {
        // SAFETY: the caller owns the range and holds no reference into it.
        unsafe { syscall!(Sysno::munmap, at.as_ptr().expose_provenance(), bytes) }
            .map(drop)
            .map_err(errno)
    }

    fn report(&self, mut line: &[u8]) {
        while !line.is_empty() {
            // SAFETY: the kernel reads `line.len()` bytes of a live slice.
            let wrote = unsafe { syscall!(Sysno::write, STDERR, line.as_ptr(), line.len()) };
            match wrote {
                Ok(n) if n > 0 => line = line.get(n..).unwrap_or(&[]),
                Err(syscalls::Errno::EINTR) => {}
                _ => return,
            }
        }
    }
}

/// Sleeps until woken, unless `word` no longer holds `expected`; may also return
/// for no reason.
#[cfg(not(loom))]
#[cold]
#[inline(never)]
pub(crate) fn futex_wait(word: &core::sync::atomic::AtomicU32, expected: u32) {
    const FUTEX_WAIT_PRIVATE: usize = 128;
    // SAFETY: the kernel compares and sleeps on a live, aligned 32-bit word; every
    // outcome (woken, changed, interrupted) sends the caller back to look again.
    let _ = unsafe { syscall!(Sysno::futex, word.as_ptr(), FUTEX_WAIT_PRIVATE, expected, 0) };
}

/// Wakes one sleeper on `word`, if there is one.
#[cfg(not(loom))]
#[cold]
#[inline(never)]
pub(crate) fn futex_wake_one(word: &core::sync::atomic::AtomicU32) {
    const FUTEX_WAKE_PRIVATE: usize = 129;
    // SAFETY: the kernel uses the address as a key only.
    let _ = unsafe { syscall!(Sysno::futex, word.as_ptr(), FUTEX_WAKE_PRIVATE, 1) };
}

/// Ends the process by SIGABRT: by the program's handler, if it has one that ends it,
/// or else by the signal itself, blocked or not. What prevents that, as a filter of
/// system calls may, leaves an exit.
pub fn abort() -> ! {
    const EXIT_ABORTED: usize = 134;
    const SIG_UNBLOCK: usize = 1;
    const SET_BYTES: usize = 8;
    raise_abort();
    // It was blocked, or handled by somebody who came back.
    // The kernel's `struct sigaction`: SIG_DFL, no flags, no restorer, no mask.
    let default = [0_u64; 4];
    // SAFETY: the kernel reads as much as its structure has.
    let _ = unsafe { syscall!(Sysno::rt_sigaction, SIGABRT, &raw const default, 0, SET_BYTES) };
    let set = 1_u64 << (SIGABRT - 1);
    // SAFETY: the kernel reads the set.
    let _ = unsafe { syscall!(Sysno::rt_sigprocmask, SIG_UNBLOCK, &raw const set, 0, SET_BYTES) };
    raise_abort();
    loop {
        // SAFETY: takes a number only, and does not return.
        let _ = unsafe { syscall!(Sysno::exit_group, EXIT_ABORTED) };
        // SAFETY: as above. A filter may allow this one alone.
        let _ = unsafe { syscall!(Sysno::exit, EXIT_ABORTED) };
    }
}

const SIGABRT: usize = 6;

/// Sends SIGABRT to this very thread.
fn raise_abort() {
    // SAFETY: takes nothing.
    let process = unsafe { syscall!(Sysno::getpid) }.unwrap_or(0);
    // SAFETY: takes nothing.
    let thread = unsafe { syscall!(Sysno::gettid) }.unwrap_or(0);
    // SAFETY: takes numbers only.
    let _ = unsafe { syscall!(Sysno::tgkill, process, thread, SIGABRT) };
}
