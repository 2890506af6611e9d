//! What the heap says about itself, in the shapes of the GNU C library.
//!
//! | here | in glibc's words |
//! |---|---|
//! | slabs and free runs | arena |
//! | live blocks of slabs | uordblks |
//! | everything else of the arena | fordblks |
//! | blocks in threads' caches | smblks, fsmblks |
//! | large blocks, each a run of its own | hblks, hblkhd |
//! | free runs that trimming gives back | keepcost |
//!
//! Everything is counted when it is asked for; see `allotment::statistics`.

use core::ffi::{c_int, c_void};

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
    let now = statistics::gather();
    let arena = now.land_bytes.saturating_sub(now.large_run_bytes);
    let live = now.live_bytes().saturating_sub(now.large_bytes);
    MallInfo2([
        arena,
        now.free_blocks(),
        now.cached_blocks(),
        now.large_blocks,
        now.large_run_bytes,
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
    let now = statistics::gather();
    let mut complete = true;
    describe(&now, &mut |mut line| {
        let line = line.finish();
        // SAFETY: the caller's stream, and a line's bytes.
        complete &= unsafe { fwrite(line.as_ptr().cast(), 1, line.len(), stream) } == line.len();
    });
    if complete { 0 } else { -1 }
}

/// ` name="number"`
fn attribute(line: Line, name: &str, number: usize) -> Line {
    line.text(" ").text(name).text("=\"").number(number).text("\"")
}

fn element(name: &str, attributes: &[(&str, usize)]) -> Line {
    let line = Line::new().text("<").text(name);
    let with = |line, &(name, number): &(&str, usize)| attribute(line, name, number);
    attributes.iter().fold(line, with).text("/>")
}

fn describe(now: &Statistics, print: &mut impl FnMut(Line)) {
    print(Line::new().text("<malloc version=\"allotment-1\">"));
    print(Line::new().text("<sizes>"));
    for size in now.sizes.iter().filter(|size| size.slabs > 0) {
        let Size { block_bytes, slabs, live, cached, free } = *size;
        let numbers = [
            ("bytes", block_bytes),
            ("slabs", slabs),
            ("live", live),
            ("cached", cached),
            ("free", free),
        ];
        print(element("size", &numbers));
    }
    print(Line::new().text("</sizes>"));
    let large = [
        ("live", now.large_blocks),
        ("bytes", now.large_bytes),
        ("run-bytes", now.large_run_bytes),
    ];
    print(element("large", &large));
    print(element("live", &[("blocks", now.live_blocks()), ("bytes", now.live_bytes())]));
    print(element("cached", &[("blocks", now.cached_blocks()), ("bytes", now.cached_bytes())]));
    print(element(
        "runs",
        &[("free-bytes", now.free_run_bytes()), ("dirty-bytes", now.dirty_bytes)],
    ));
    print(element("land", &[("bytes", now.land_bytes)]));
    print(element("metadata", &[("bytes", now.metadata_bytes), ("heaps", now.heaps)]));
    print(Line::new().text("</malloc>"));
}
