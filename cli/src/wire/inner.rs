//! The observed process's end: bare `read` and `write` on memory of the stack.

use rustix::io::{Errno, read, write};
use rustix::stdio::{stdin, stdout};
use rustix::thread;

/// The longest request, newline included.
pub(crate) const REQUEST_BYTES_MAX: usize = 64;

/// Asks the kernel for no transparent huge pages: a single write could bring in
/// 512 pages at once and hide what there is to see.
pub(crate) fn want_no_huge_pages() {
    // Kernels older than 3.15 have no such switch; the observer looks for huge
    // pages in smaps and says so when it finds any.
    let _ = thread::disable_transparent_huge_pages(true);
}

/// Reads one request; none at the end of stdin.
pub(crate) fn hear(request: &mut [u8; REQUEST_BYTES_MAX]) -> Option<usize> {
    let mut used = 0;
    loop {
        match read(stdin(), &mut request[used..]) {
            Ok(0) => return None,
            Ok(more) => used += more,
            Err(Errno::INTR) => continue,
            Err(_) => return None,
        }
        if request[used - 1] == b'\n' {
            return Some(used - 1);
        }
        if used == REQUEST_BYTES_MAX {
            return Some(used);
        }
    }
}

/// Writes an answer; the observer who no longer listens closes stdin, too.
pub(crate) fn say(mut rest: &[u8]) {
    while !rest.is_empty() {
        match write(stdout(), rest) {
            Ok(wrote) => rest = &rest[wrote..],
            Err(Errno::INTR) => {}
            Err(_) => return,
        }
    }
}
