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
pub(crate) fn futex_wait(word: &core::sync::atomic::AtomicU32, expected: u32) {
    const FUTEX_WAIT_PRIVATE: usize = 128;
    // SAFETY: the kernel compares and sleeps on a live, aligned 32-bit word; every
    // outcome (woken, changed, interrupted) sends the caller back to look again.
    let _ = unsafe { syscall!(Sysno::futex, word.as_ptr(), FUTEX_WAIT_PRIVATE, expected, 0) };
}

/// Wakes one sleeper on `word`, if there is one.
#[cfg(not(loom))]
pub(crate) fn futex_wake_one(word: &core::sync::atomic::AtomicU32) {
    const FUTEX_WAKE_PRIVATE: usize = 129;
    // SAFETY: the kernel uses the address as a key only.
    let _ = unsafe { syscall!(Sysno::futex, word.as_ptr(), FUTEX_WAKE_PRIVATE, 1) };
}

/// Ends the process: by SIGABRT, or if that is blocked or handled, by exiting.
pub fn abort() -> ! {
    const SIGABRT: usize = 6;
    const EXIT_ABORTED: usize = 134;
    // SAFETY: takes nothing.
    let process = unsafe { syscall!(Sysno::getpid) }.unwrap_or(0);
    // SAFETY: takes nothing.
    let thread = unsafe { syscall!(Sysno::gettid) }.unwrap_or(0);
    // SAFETY: takes numbers only; a signal to this very thread.
    let _ = unsafe { syscall!(Sysno::tgkill, process, thread, SIGABRT) };
    loop {
        // SAFETY: takes a number only, and does not return.
        let _ = unsafe { syscall!(Sysno::exit_group, EXIT_ABORTED) };
    }
}
