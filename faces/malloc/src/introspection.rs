//! What the heap says about itself, in the shapes of the GNU C library.
//!
//! | here | in glibc's words |
//! |---|---|
//! | slabs, free runs, and large blocks in threads' caches | arena |
//! | live blocks of slabs | uordblks |
//! | everything else of the arena | fordblks |
//! | of that, blocks in threads' caches | smblks, fsmblks |
//! | live large blocks, each a run of its own | hblks, hblkhd |
//! | free runs that trimming gives back | keepcost |
//!
//! Everything is counted when it is asked for; see `allotment::statistics`.

use core::ffi::{c_char, c_int, c_void};

use heap::raw;
use heap::statistics::{self, Size, Statistics};
use os::{Line, Linux, Os};

use crate::errno::EINVAL;

/// `struct mallinfo`, with numbers that stop at what an int holds.
#[repr(C)]
pub struct MallInfo([c_int; 10]);

/// `struct mallinfo2`.
#[repr(C)]
pub struct MallInfo2([usize; 10]);

fn info() -> MallInfo2 {
    let now = statistics::gather_from_books();
    let arena = now.land_bytes.saturating_sub(now.large_live_run_bytes());
    let live = now.live_bytes().saturating_sub(now.large_bytes);
    MallInfo2([
        arena,
        now.free_blocks(),
        now.cached_blocks(),
        now.large_blocks,
        now.large_live_run_bytes(),
        0, // usmblks: nobody has filled it in for decades
        now.cached_bytes(),
        live,
        arena.saturating_sub(live),
        now.dirty_bytes,
    ])
}

/// Counts and bytes of the heap.
#[unsafe(no_mangle)]
pub extern "C" fn mallinfo2() -> MallInfo2 {
    info()
}

/// The same in ints: what is more than one can hold is the most it can hold.
#[unsafe(no_mangle)]
pub extern "C" fn mallinfo() -> MallInfo {
    MallInfo(info().0.map(|number| c_int::try_from(number).unwrap_or(c_int::MAX)))
}

/// Gives free memory back to the system. 1 if there was any.
#[unsafe(no_mangle)]
pub extern "C" fn malloc_trim(_keep: usize) -> c_int {
    c_int::from(raw::trim())
}

/// Takes glibc's parameters, none of which this heap has a use for. 1 for one of
/// them, 0 for anything else.
#[unsafe(no_mangle)]
pub extern "C" fn mallopt(parameter: c_int, _value: c_int) -> c_int {
    const M_MXFAST: c_int = 1;
    const M_ARENA_MAX: c_int = -8; // down to here from M_TRIM_THRESHOLD, -1
    c_int::from(matches!(parameter, M_MXFAST | M_ARENA_MAX..=-1))
}

/// Prints a summary on standard error.
#[unsafe(no_mangle)]
pub extern "C" fn malloc_stats() {
    summarize(&statistics::gather(), &mut |mut line| Linux.report(line.finish()));
}

fn summarize(now: &Statistics, print: &mut impl FnMut(Line)) {
    let mut say = |what: &str, bytes: usize, blocks: Option<usize>| {
        let line = Line::new().text("allotment: ").text(what).number(bytes).text(" bytes");
        print(match blocks {
            Some(blocks) => line.text(" in ").number(blocks).text(" blocks"),
            None => line,
        });
    };
    say("live           ", now.live_bytes(), Some(now.live_blocks()));
    say("  of them large", now.large_bytes, Some(now.large_blocks));
    say("cached         ", now.cached_bytes(), Some(now.cached_blocks()));
    say("slabs          ", now.slabs_bytes(), None);
    say("free runs      ", now.free_run_bytes(), None);
    say("to trim        ", now.dirty_bytes, None);
    say("metadata       ", now.metadata_bytes, None);
    say("committed      ", now.committed_bytes(), None);
    say("in RAM         ", now.resident_bytes.unwrap_or(0), None);
    say("peak live      ", now.peak_live_bytes, None);
}

unsafe extern "C" {
    fn fwrite(from: *const c_void, size: usize, count: usize, to: *mut c_void) -> usize;
}

/// Writes the statistics to a stream as XML. 0, or `EINVAL` for options other than
/// 0, or -1 if the stream takes no more.
///
/// # Safety
///
/// `stream` is an open `FILE *`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn malloc_info(options: c_int, stream: *mut c_void) -> c_int {
    if options != 0 {
        return EINVAL;
    }
    // Counted first: writing allocates, and no lock is held then.
    let now = statistics::gather_from_books();
    let mut complete = true;
    describe(&now, &mut |mut line| {
        let line = line.finish();
        // SAFETY: the caller's stream, and a line's bytes.
        complete &= unsafe { fwrite(line.as_ptr().cast(), 1, line.len(), stream) } == line.len();
    });
    if complete { 0 } else { -1 }
}

/// `<total type="…" count="…" size="…"/>`
fn total(kind: &str, blocks: usize, bytes: usize) -> Line {
    let line = Line::new().text("<total type=\"").text(kind).text("\" count=\"").number(blocks);
    line.text("\" size=\"").number(bytes).text("\"/>")
}

/// `<system type="…" size="…"/>`
fn size(element: &str, kind: &str, bytes: usize) -> Line {
    let line = Line::new().text("<").text(element).text(" type=\"").text(kind);
    line.text("\" size=\"").number(bytes).text("\"/>")
}

/// What glibc writes of its arenas, of one that is this heap. Its `sizes` are those of
/// free blocks.
fn describe(now: &Statistics, print: &mut impl FnMut(Line)) {
    print(Line::new().text("<malloc version=\"1\">"));
    print(Line::new().text("<heap nr=\"0\">"));
    print(Line::new().text("<sizes>"));
    let mut from = 1;
    for Size { block_bytes, free, .. } in now.sizes {
        if free > 0 {
            let line = Line::new().text("<size from=\"").number(from).text("\" to=\"");
            let line = line.number(block_bytes).text("\" total=\"").number(free * block_bytes);
            print(line.text("\" count=\"").number(free).text("\"/>"));
        }
        from = block_bytes + 1;
    }
    print(Line::new().text("</sizes>"));
    sums(now, print);
    print(Line::new().text("</heap>"));
    sums(now, print);
    print(Line::new().text("</malloc>"));
}

fn sums(now: &Statistics, print: &mut impl FnMut(Line)) {
    let rest_bytes = now.slabs_free_bytes() + now.free_run_bytes();
    print(total("fast", now.cached_blocks(), now.cached_bytes()));
    print(total("rest", now.free_blocks(), rest_bytes));
    print(total("mmap", now.large_blocks, now.large_live_run_bytes()));
    print(size("system", "current", now.committed_bytes()));
    print(size("system", "max", now.land_bytes));
    print(size("aspace", "total", now.land_bytes));
    print(size("aspace", "mprotect", now.land_bytes));
}

/// Writes the statistics as JSON into `buffer`, with a zero at the end. Returns how
/// many bytes the whole text has, without the zero; if that is `size` or more, the
/// buffer holds its beginning.
///
/// # Safety
///
/// `buffer` has room for `size` bytes; it may be null if that is 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn allotment_statistics_json(buffer: *mut c_char, size: usize) -> usize {
    let now = statistics::gather();
    if size == 0 {
        return now.write_json(&mut []);
    }
    // SAFETY: the caller's promise.
    unsafe { buffer.write_bytes(0, size) };
    // SAFETY: the caller's promise, and all of it is written.
    let buffer = unsafe { core::slice::from_raw_parts_mut(buffer.cast::<u8>(), size) };
    now.write_json(&mut buffer[..size - 1])
}
