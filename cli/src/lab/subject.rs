//! The process that holds the heap: makes each call when it is told to, and
//! nothing else.
//!
//! One line on stdin is one request; the answer goes to stdout:
//!
//! | request | answer |
//! |---|---|
//! | `init`, `cleanup` | `done` or `failed` |
//! | `alloc SIZE` | `block 0xADDRESS` or `null` |
//! | `dealloc 0xADDRESS` | `freed`, or the line that the C library writes to stderr |
//! | `fill 0xADDRESS BYTES VALUE` (within a block) | `filled` |
//! | `dump 0xADDRESS` (a page) | `bytes`, and then the 4096 bytes themselves |
//! | `walk` | `page 0xADDRESS`, `block OFFSET SIZE`, `hole OFFSET SIZE`, …, `end` |
//! | anything else | `misunderstood` |
//!
//! The heaps are those of the C libraries, in static memory as there: the process
//! maps nothing but what its heap maps. It ends when stdin does.

use std::ptr;

use os::{Line, Linux, Lock};
use page_heap::{Elastic, Fixed, Kind, PAGE_BYTES, PageHeap};

use super::Part;
use crate::wire::inner::{REQUEST_BYTES_MAX, hear, say, want_no_huge_pages};

static FIXED: Lock<PageHeap<Fixed, Linux>> = Lock::new(PageHeap::new(Linux));
static ELASTIC: Lock<PageHeap<Elastic, Linux>> = Lock::new(PageHeap::new(Linux));

/// Bytes of static memory that hold the books of Part B: address space of every
/// process of this program.
pub(crate) const ELASTIC_BOOKS_BYTES: u64 = size_of::<PageHeap<Elastic, Linux>>() as u64;

/// `allotment lab-subject PART`.
pub(crate) fn run(part: Part) {
    want_no_huge_pages();
    match part {
        Part::A => serve(&mut FIXED.lock()),
        Part::B => serve(&mut ELASTIC.lock()),
    }
}

fn serve<K: Kind>(heap: &mut PageHeap<K, Linux>) {
    let mut request = [0; REQUEST_BYTES_MAX];
    while let Some(used) = hear(&mut request) {
        if obey(heap, &request[..used]).is_none() {
            say(b"misunderstood\n");
        }
    }
}

/// Does what is asked and answers; none when the request makes no sense.
fn obey<K: Kind>(heap: &mut PageHeap<K, Linux>, request: &[u8]) -> Option<()> {
    let mut words = str::from_utf8(request).ok()?.split(' ');
    match words.next()? {
        "init" => say(if heap.init().is_ok() { b"done\n" } else { b"failed\n" }),
        "cleanup" => say(if heap.cleanup().is_ok() { b"done\n" } else { b"failed\n" }),
        "alloc" => {
            // As the C face does it: an int, of which a negative one is no size.
            let size: i32 = words.next()?.parse().ok()?;
            match usize::try_from(size).ok().and_then(|size| heap.alloc(size)) {
                Some(block) => {
                    say(Line::new().text("block ").address(block.addr().get()).finish());
                }
                None => say(b"null\n"),
            }
        }
        "dealloc" => {
            let address = address(words.next()?)?;
            match heap.dealloc(address) {
                Ok(()) => say(b"freed\n"),
                Err(complaint) => say(complaint.line(address).finish()),
            }
        }
        "fill" => {
            let (address, bytes) = (address(words.next()?)?, words.next()?.parse().ok()?);
            fill(heap, address, bytes, words.next()?.parse().ok()?)?;
            say(b"filled\n");
        }
        "dump" => dump(heap, address(words.next()?)?)?,
        "walk" => walk(heap),
        _ => return None,
    }
    Some(())
}

fn address(word: &str) -> Option<usize> {
    usize::from_str_radix(word.strip_prefix("0x")?, 16).ok()
}

/// Writes to a live block as its user would.
fn fill<K: Kind>(
    heap: &mut PageHeap<K, Linux>,
    address: usize,
    bytes: usize,
    value: u8,
) -> Option<()> {
    let end = address.checked_add(bytes)?;
    let is_inside = heap.walk().any(|block| {
        let start = heap.page_address(block.page) + block.offset;
        block.taken && start <= address && end <= start + block.size
    });
    if !is_inside {
        return None;
    }
    let at = ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: the range lies within a live block, which is mapped, writable, and
    // this process's to use; no reference into it exists.
    unsafe { ptr::write_bytes(at, value, bytes) };
    Some(())
}

/// Says what a page holds, byte by byte.
fn dump<K: Kind>(heap: &PageHeap<K, Linux>, address: usize) -> Option<()> {
    if !(0..heap.pages()).any(|page| heap.page_address(page) == address) {
        return None;
    }
    say(b"bytes\n");
    let at = ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: a page in use is mapped and readable for its whole length, and zero
    // or written by `fill`; nothing writes to it while the slice lives.
    say(unsafe { std::slice::from_raw_parts(at, PAGE_BYTES) });
    Some(())
}

fn walk<K: Kind>(heap: &PageHeap<K, Linux>) {
    let mut page = None;
    for block in heap.walk() {
        if page != Some(block.page) {
            page = Some(block.page);
            say(Line::new().text("page ").address(heap.page_address(block.page)).finish());
        }
        let line = Line::new().text(if block.taken { "block " } else { "hole " });
        say(line.number(block.offset).text(" ").number(block.size).finish());
    }
    say(b"end\n");
}
