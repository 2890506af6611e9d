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

/// Calls `f` with every name and value, until it has an answer.
///
/// Reads the list as it is at this moment: another thread that changes the
/// environment at the same time races with this, as it does with `getenv`.
#[inline]
fn find<T>(mut f: impl FnMut(&'static [u8], &'static [u8]) -> Option<T>) -> Option<T> {
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
        if let Some(end) = text.iter().position(|&byte| byte == b'=') {
            let answer = f(&text[..end], &text[end + 1..]);
            if answer.is_some() {
                return answer;
            }
        }
        // SAFETY: one past an entry that was not the last.
        entry = unsafe { entry.add(1) };
    }
}

/// The value of the variable `name`, if it is set.
#[inline(never)]
pub fn variable(name: &[u8]) -> Option<&'static [u8]> {
    find(|found, value| (found == name).then_some(value))
}

/// Calls `f` with every name and value.
pub fn each(mut f: impl FnMut(&'static [u8], &'static [u8])) {
    find(|name, value| {
        f(name, value);
        None::<()>
    });
}

/// Whether the kernel gave the process more rights than its user has: as setuid, or
/// by capabilities.
pub fn is_privileged() -> bool {
    const AT_SECURE: c_ulong = 23;
    getauxval(AT_SECURE) != 0
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
