//! What a thread of this house asks of the kernel for itself.

use core::sync::atomic::AtomicU32;

use syscalls::{Sysno, syscall};

/// Whether the calling thread is the only one, and was told so by the C library; a C library
/// that does not tell (glibc before 2.32) has others, as far as is known.
pub fn is_alone() -> bool {
    let at: *const u8;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads an entry of this library's own table: an address, or 0 for a name that
    // nobody has.
    unsafe {
        core::arch::asm!(
            ".weak __libc_single_threaded",
            "mov {}, qword ptr [rip + __libc_single_threaded@GOTPCREL]",
            out(reg) at,
            options(pure, readonly, nostack, preserves_flags),
        );
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: as above.
    unsafe {
        core::arch::asm!(
            ".weak __libc_single_threaded",
            "adrp {0}, :got:__libc_single_threaded",
            "ldr {0}, [{0}, #:got_lo12:__libc_single_threaded]",
            out(reg) at,
            options(pure, readonly, nostack, preserves_flags),
        );
    }
    // SAFETY: the C library's variable, a `char`; it changes when this thread starts another.
    !at.is_null() && unsafe { at.read_volatile() } != 0
}

/// Sleeps for about so long, by a call that even strict filters allow.
pub fn nap(milliseconds: u64) {
    const WAIT_PRIVATE: usize = 128;
    let word = AtomicU32::new(0);
    let time = [milliseconds / 1000, milliseconds % 1000 * 1_000_000];
    // SAFETY: the kernel reads a live word, which nobody changes, and the time.
    let _ = unsafe { syscall!(Sysno::futex, word.as_ptr(), WAIT_PRIVATE, 0, &raw const time) };
}

/// Runs `f` while the calling thread takes no signals; a thread started by it takes
/// none ever.
pub fn with_signals_blocked<T>(f: impl FnOnce() -> T) -> T {
    const SIG_SETMASK: usize = 2;
    const SET_BYTES: usize = 8;
    let (all, mut before) = (u64::MAX, 0u64);
    // SAFETY: the kernel reads one set and writes the other.
    let blocked = unsafe {
        syscall!(Sysno::rt_sigprocmask, SIG_SETMASK, &raw const all, &raw mut before, SET_BYTES)
    };
    let answer = f();
    if blocked.is_ok() {
        // SAFETY: the kernel reads the set that it wrote.
        let _ = unsafe {
            syscall!(Sysno::rt_sigprocmask, SIG_SETMASK, &raw const before, 0, SET_BYTES)
        };
    }
    answer
}
