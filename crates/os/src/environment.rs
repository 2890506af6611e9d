//! The process's environment: variables and page size, read without the C library's `getenv`
//! and without allocating.

use core::ffi::{CStr, c_char, c_ulong};

unsafe extern "C" {
    /// The C library's list of `NAME=value` strings, ended by null; null itself
    /// before the C library has started.
    static environ: *const *const c_char;

    /// What the kernel told the process when it started; 0 for what it did not.
    safe fn getauxval(kind: c_ulong) -> c_ulong;
}

/// The value of the variable `name`, if it is set.
///
/// Reads the list as it is at this moment: another thread that changes the
/// environment at the same time races with this, as it does with `getenv`.
pub fn variable(name: &[u8]) -> Option<&'static [u8]> {
    // SAFETY: reading a pointer-sized variable of the C library.
    let mut entry = unsafe { environ };
    if entry.is_null() {
        return None;
    }
    loop {
        // SAFETY: the list is ended by null, and this has not met its end yet.
        let text = unsafe { *entry };
        if text.is_null() {
            return None;
        }
        // SAFETY: every entry before the end is a string ended by zero.
        let text = unsafe { CStr::from_ptr(text) }.to_bytes();
        let (found, rest) = text.split_at_checked(name.len()).unwrap_or((&[], &[]));
        if found == name && rest.first() == Some(&b'=') {
            return rest.get(1..);
        }
        // SAFETY: one past an entry that was not the last.
        entry = unsafe { entry.add(1) };
    }
}

/// Bytes in a page of this machine, as the kernel told the process when it started.
pub fn page_bytes() -> usize {
    const AT_PAGESZ: c_ulong = 6;
    match getauxval(AT_PAGESZ) as usize {
        0 => 4096, // never, on Linux
        bytes => bytes,
    }
}

/// Whether the variable `name` is set to something other than nothing and `0`.
pub fn flag(name: &[u8]) -> bool {
    !matches!(variable(name), None | Some(b"" | b"0"))
}
