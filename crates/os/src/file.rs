//! A file that is written once, from its beginning to its end.
//!
//! ```text
//!   create ──▶ write … write ──▶ close (drop)
//! ```
//!
//! Straight to the kernel, like everything here: it works at the end of a program
//! that has closed its streams, and allocates nothing.

use core::ffi::CStr;

use syscalls::{Sysno, syscall};

use crate::Errno;
use crate::linux::errno;

/// Relative paths begin at the process's folder.
const AT_FDCWD: usize = (-100_isize).cast_unsigned();
const O_WRONLY: usize = 1;
const O_CREAT: usize = 0o100;
const O_TRUNC: usize = 0o1000;
const O_CLOEXEC: usize = 0o2_000_000;
/// The user's umask takes from this.
const MODE: usize = 0o666;
const W_OK: usize = 2;
const STDERR: usize = 2;

/// An open file, or standard error.
#[derive(Debug)]
pub struct File {
    descriptor: usize,
}

impl File {
    /// Standard error, which is not closed.
    pub const STDERR: Self = Self { descriptor: STDERR };

    /// Makes an empty file, or empties the one that is there.
    ///
    /// # Errors
    ///
    /// The kernel's reason.
    pub fn create(path: &CStr) -> Result<Self, Errno> {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
        // SAFETY: the path ends with a zero, and the kernel only reads it.
        unsafe { syscall!(Sysno::openat, AT_FDCWD, path.as_ptr(), flags, MODE) }
            .map(|descriptor| Self { descriptor })
            .map_err(errno)
    }

    /// Appends all of `bytes`.
    ///
    /// # Errors
    ///
    /// The kernel's reason; some of the bytes may have been written.
    pub fn write(&self, mut bytes: &[u8]) -> Result<(), Errno> {
        while !bytes.is_empty() {
            // SAFETY: the kernel reads `bytes.len()` bytes of a live slice.
            match unsafe { syscall!(Sysno::write, self.descriptor, bytes.as_ptr(), bytes.len()) } {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(syscalls::Errno::EINTR) => {}
                Err(why) => return Err(errno(why)),
            }
        }
        Ok(())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        if self.descriptor != STDERR {
            // SAFETY: the descriptor is this file's, and nobody uses it from now on.
            let _ = unsafe { syscall!(Sysno::close, self.descriptor) };
        }
    }
}

/// Whether files can be made in a folder.
///
/// # Errors
///
/// The kernel's reason why not.
pub fn is_writable(folder: &CStr) -> Result<(), Errno> {
    // SAFETY: the path ends with a zero, and the kernel only reads it.
    unsafe { syscall!(Sysno::faccessat, AT_FDCWD, folder.as_ptr(), W_OK) }.map(drop).map_err(errno)
}

/// The number of this process.
pub fn process() -> usize {
    // SAFETY: takes nothing.
    unsafe { syscall!(Sysno::getpid) }.unwrap_or(0)
}
