//! The process that is observed: maps, writes, unmaps, each when it is told to,
//! and does nothing else.
//!
//! One line on stdin is one request, one line on stdout its answer:
//!
//! | request | answer |
//! |---|---|
//! | `map BYTES` | `mapped 0xADDRESS` |
//! | `touch FIRST COUNT` (pages, the first is 0) | `touched` |
//! | `unmap` | `unmapped` |
//! | any of these, refused by the kernel | `refused ERRNO` |
//! | anything else | `misunderstood` |
//!
//! It ends when stdin does, so that it never outlives whoever started it. From
//! the first request on it allocates nothing and buffers nothing: requests and
//! answers live on the stack, and go through bare `read` and `write`.

use std::ptr::NonNull;

use os::{Errno, Linux, Os};
use rustix::param;

use crate::wire::inner::{self, REQUEST_BYTES_MAX};

/// What the process has mapped: the one thing it knows.
struct Mapping {
    at: NonNull<u8>,
    /// A multiple of the page size, not 0.
    bytes: usize,
}

/// The answer to a request.
enum Answer {
    Mapped(usize),
    Touched,
    Unmapped,
    Refused(Errno),
    Misunderstood,
}

/// `allotment observe-subject`.
pub(crate) fn run() {
    inner::want_no_huge_pages();
    let page_bytes = param::page_size();
    let mut mapping = None;
    let mut request = [0; REQUEST_BYTES_MAX];
    while let Some(used) = inner::hear(&mut request) {
        say(&obey(&request[..used], &mut mapping, page_bytes));
    }
}

fn say(answer: &Answer) {
    let line = os::Line::new();
    let mut line = match *answer {
        Answer::Mapped(address) => line.text("mapped ").address(address),
        Answer::Touched => line.text("touched"),
        Answer::Unmapped => line.text("unmapped"),
        Answer::Refused(errno) => line.text("refused ").number(errno.0.unsigned_abs() as usize),
        Answer::Misunderstood => line.text("misunderstood"),
    };
    inner::say(line.finish());
}

fn obey(request: &[u8], mapping: &mut Option<Mapping>, page_bytes: usize) -> Answer {
    let mut words = str::from_utf8(request).unwrap_or("").split(' ');
    let verb = words.next();
    let mut number = || words.next().and_then(|word| word.parse::<usize>().ok());
    match (verb, mapping.as_ref()) {
        (Some("map"), None) => match number() {
            Some(bytes) if bytes > 0 && bytes.is_multiple_of(page_bytes) => map(mapping, bytes),
            _ => Answer::Misunderstood,
        },
        (Some("touch"), Some(mapping)) => match (number(), number()) {
            (Some(first), Some(count)) => touch(mapping, first, count, page_bytes),
            _ => Answer::Misunderstood,
        },
        (Some("unmap"), Some(_)) => unmap(mapping),
        _ => Answer::Misunderstood,
    }
}

fn map(mapping: &mut Option<Mapping>, bytes: usize) -> Answer {
    match Linux.map(bytes) {
        Ok(at) => {
            *mapping = Some(Mapping { at, bytes });
            Answer::Mapped(at.addr().get())
        }
        Err(errno) => Answer::Refused(errno),
    }
}

/// Writes one byte to each of `count` pages, one after the other.
fn touch(mapping: &Mapping, first: usize, count: usize, page_bytes: usize) -> Answer {
    let pages = mapping.bytes / page_bytes;
    let Some(end) = first.checked_add(count).filter(|&end| end <= pages) else {
        return Answer::Misunderstood;
    };
    for page in first..end {
        // SAFETY: page < pages, so the offset stays below the mapping's length.
        let byte = unsafe { mapping.at.add(page * page_bytes) };
        // SAFETY: the mapping is readable and writable from `map` to `unmap`, and
        // only this function writes to it. Volatile: the fault is the point.
        unsafe { byte.write_volatile(1) };
    }
    Answer::Touched
}

fn unmap(mapping: &mut Option<Mapping>) -> Answer {
    let Some(Mapping { at, bytes }) = *mapping else {
        return Answer::Misunderstood;
    };
    // SAFETY: `map` returned exactly this range, no reference into it exists, and
    // it is forgotten below, so that nothing writes to it afterwards.
    match unsafe { Linux.unmap(at, bytes) } {
        Ok(()) => {
            *mapping = None;
            Answer::Unmapped
        }
        Err(errno) => Answer::Refused(errno),
    }
}
