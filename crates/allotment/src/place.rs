//! What a foreign address is, in words, for the report of a misuse.
//!
//! ```text
//!   0 ─ a small number ─┬─ the program, its libraries: code, constants, variables
//!                       ├─ this heap's reservation
//!                       ├─ stacks of threads, mappings
//!                       └─ the main thread's stack ─ arguments, environment ─ top
//! ```
//!
//! Found out without a file, a lock of ours or an allocation: the loader has a list
//! of what it has loaded, and the kernel said at the start where the stack's top is.
//! The only system call is a `madvise`, which heaps make anyway, so that a program in
//! a narrow sandbox gets its report, too.

use core::ffi::{CStr, c_char, c_int, c_ulong, c_void};

use os::{Line, environment, reserved};

use crate::fork;
use crate::land::GROUND;

/// No kernel maps anything below this by default.
const SMALL_NUMBERS: usize = 64 << 10;
/// The kernel keeps so much below the stack's top free of mappings, whatever the
/// stack's limit.
const MAIN_STACK_BYTES: usize = 128 << 20;
/// An address so far above the stack pointer, and below the thread's own block, is on
/// the thread's stack; one further away could be anything, as the program may have
/// made the stack itself.
const STACK_BYTES: usize = 8 << 20;
/// Longer names are cut.
const NAME_BYTES_MAX: usize = 64;

unsafe extern "C" {
    safe fn getauxval(kind: c_ulong) -> c_ulong;
    safe fn pthread_self() -> usize;
    fn dl_iterate_phdr(
        each: unsafe extern "C" fn(*const Loaded, usize, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
}

/// What the loader says of a program or library: `struct dl_phdr_info`.
#[repr(C)]
struct Loaded {
    base: usize,
    name: *const c_char,
    segments: *const Segment,
    count: u16,
    adds: u64,
    subs: u64,
    tls_module: usize,
    /// Where this thread's copy of the thread-local variables is, if it has one.
    tls: *const u8,
}

/// `Elf64_Phdr`.
#[repr(C)]
struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: usize,
    physical: usize,
    file_bytes: usize,
    bytes: usize,
    align: usize,
}

const PT_LOAD: u32 = 1;
const PT_TLS: u32 = 7;
const PF_X: u32 = 1;
const PF_W: u32 = 2;

/// What the search for an address has found.
struct Search {
    address: usize,
    found: Option<(&'static str, &'static CStr)>,
}

/// Completes `line` with what is at an address that belongs to no block.
pub(crate) fn describe(line: Line, address: usize) -> Line {
    let line = line.text("not a block of this heap, but ");
    let (what, owner) = look(address);
    let line = line.text(what);
    let Some(owner) = owner else { return line };
    let name = owner.to_bytes().rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    match name.len().min(NAME_BYTES_MAX) {
        0 => line.text(" of the program"), // the loader has no name for it
        shown => line.text(" of ").bytes(&name[..shown]),
    }
}

/// What is there, and in which loaded object, if it is in one.
fn look(address: usize) -> (&'static str, Option<&'static CStr>) {
    if address < SMALL_NUMBERS {
        return ("a small number", None);
    }
    if GROUND.has_reserved(address) {
        return ("an address in its reserve", None);
    }
    if let Some(what) = on_stack(address) {
        return (what, None);
    }
    let mut search = Search { address, found: None };
    // The loader's lock may be that of a thread which is not here.
    if !fork::is_torn() {
        // SAFETY: `visit` gets the address of `search`, which is there until the end.
        unsafe { dl_iterate_phdr(visit, (&raw mut search).cast()) };
    }
    if let Some((what, owner)) = search.found {
        return (what, Some(owner));
    }
    if reserved::is_mapped(address, environment::page_bytes()) {
        ("memory from elsewhere", None)
    } else {
        ("an address where no memory is", None)
    }
}

fn on_stack(address: usize) -> Option<&'static str> {
    /// The address of the program's name, at the very top of the main stack.
    const AT_EXECFN: c_ulong = 31;
    /// The address of some bytes that lie below the arguments and the environment.
    const AT_RANDOM: c_ulong = 25;
    let here = (&raw const address).addr();
    let top = (getauxval(AT_EXECFN) as usize).next_multiple_of(environment::page_bytes());
    let main = top.saturating_sub(MAIN_STACK_BYTES)..top;
    if main.contains(&address) {
        let strings = getauxval(AT_RANDOM) as usize;
        return Some(if (strings..top).contains(&address) {
            "an argument or a variable of the environment"
        } else {
            "an address on the main thread's stack"
        });
    }
    // The C library puts a thread's own block at the top of its stack.
    let own = here..pthread_self().min(here.saturating_add(STACK_BYTES));
    let is_own = !main.contains(&here) && own.contains(&address);
    is_own.then_some("an address on this thread's stack")
}

/// Looks whether the address is in one loaded object.
unsafe extern "C" fn visit(loaded: *const Loaded, _bytes: usize, data: *mut c_void) -> c_int {
    // SAFETY: the loader passes what it was given: the address of a `Search`.
    let search = unsafe { &mut *data.cast::<Search>() };
    // SAFETY: the loader passes a description that is there during this call.
    let loaded = unsafe { &*loaded };
    let count = usize::from(loaded.count);
    // SAFETY: the loader's list of so many segments.
    let segments = unsafe { core::slice::from_raw_parts(loaded.segments, count) };
    let what = segments.iter().find_map(|segment| what_of(segment, loaded, search.address));
    let Some(what) = what else { return 0 };
    let name = if loaded.name.is_null() {
        c""
    } else {
        // SAFETY: a string of the loader's, there as long as the object; ours cannot go
        // while this runs, and another that goes meanwhile would have to be unloaded in
        // the midst of its own call to free.
        unsafe { CStr::from_ptr(loaded.name) }
    };
    search.found = Some((what, name));
    1
}

fn what_of(segment: &Segment, loaded: &Loaded, address: usize) -> Option<&'static str> {
    let start = match segment.kind {
        PT_LOAD => loaded.base.wrapping_add(segment.address),
        PT_TLS if !loaded.tls.is_null() => loaded.tls.addr(),
        _ => return None,
    };
    (start..start.checked_add(segment.bytes)?).contains(&address).then_some(
        if segment.kind == PT_TLS {
            "a thread-local variable"
        } else if segment.flags & PF_W != 0 {
            "a static variable"
        } else if segment.flags & PF_X != 0 {
            "code"
        } else {
            "constant data"
        },
    )
}
