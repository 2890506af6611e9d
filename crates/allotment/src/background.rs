//! A thread that gives memory back while the program is idle. Nobody has it who did
//! not ask for it.
//!
//! ```text
//!   want ──▶ the wish is open ── an allocation comes by ──▶ the thread runs
//!                   ▲                                          │
//!                   └───────────────── forked ─────────────────┘
//! ```
//!
//! It is started by an allocation that takes the slow path anyway, never by a free:
//! the C library frees a thread's last memory while it holds the lock that starting a
//! thread needs. It does what the slow paths do twice a second, and less and less
//! often when there is nothing to do.

use core::ffi::{c_int, c_void};
use core::ptr::null_mut;

use os::thread::{nap, with_signals_blocked};

use crate::wish::Wish;
use crate::{tending, tls};

/// Room for the C library's `pthread_attr_t`: 56 bytes, 64 on aarch64.
#[repr(C, align(16))]
struct Attributes([u64; 16]);

unsafe extern "C" {
    fn pthread_attr_init(attributes: *mut Attributes) -> c_int;
    fn pthread_attr_setstacksize(attributes: *mut Attributes, bytes: usize) -> c_int;
    fn pthread_attr_setdetachstate(attributes: *mut Attributes, state: c_int) -> c_int;
    fn pthread_create(
        thread: *mut usize,
        attributes: *const Attributes,
        run: extern "C" fn(*mut c_void) -> *mut c_void,
        argument: *mut c_void,
    ) -> c_int;
    safe fn __errno_location() -> *mut c_int;
}

const PTHREAD_CREATE_DETACHED: c_int = 1;
const STACK_BYTES: usize = 64 << 10;
const NAP_MS_MIN: u64 = 500;
const NAP_MS_MAX: u64 = 8000;

static WISH: Wish = Wish::new();

/// Asks for the thread: the next allocation that finds no cached block starts it.
pub(crate) fn want() {
    WISH.want();
}

/// In a forked child, where the thread is not.
pub(crate) fn forked() {
    WISH.forked();
}

/// Starts the thread if it is wanted. The caller holds no lock, unless it forks.
#[inline]
pub(crate) fn start_if_wanted() {
    if WISH.is_open() && !tls::forks() {
        start();
    }
}

#[cold]
fn start() {
    if !WISH.grant() {
        return; // another thread does it
    }
    let errno = __errno_location();
    // SAFETY: the thread's own errno, which is there while it runs.
    let kept = unsafe { errno.read() };
    // The program's signals are not for this thread.
    if !with_signals_blocked(create) {
        WISH.refuse();
    }
    // SAFETY: as above.
    unsafe { errno.write(kept) };
}

/// The thread-local variables of a program may need more than our stack has.
fn create() -> bool {
    create_with(Some(STACK_BYTES)) || create_with(None)
}

/// A thread with so large a stack, or with the usual one.
fn create_with(stack_bytes: Option<usize>) -> bool {
    let mut attributes = Attributes([0; 16]);
    let at = &raw mut attributes;
    // SAFETY: there is room for the C library's type.
    if unsafe { pthread_attr_init(at) } != 0 {
        return false;
    }
    if let Some(bytes) = stack_bytes {
        // SAFETY: initialized; a size it does not like leaves the usual one.
        let _ = unsafe { pthread_attr_setstacksize(at, bytes) };
    }
    // SAFETY: as above.
    let _ = unsafe { pthread_attr_setdetachstate(at, PTHREAD_CREATE_DETACHED) };
    let mut thread = 0;
    // SAFETY: `run` lives as long as the process, and takes no argument.
    unsafe { pthread_create(&raw mut thread, at, run, null_mut()) == 0 }
}

extern "C" fn run(_: *mut c_void) -> *mut c_void {
    let mut pause_ms = NAP_MS_MIN;
    loop {
        nap(pause_ms);
        let more = tending::sweep();
        pause_ms = if more { NAP_MS_MIN } else { (pause_ms * 2).min(NAP_MS_MAX) };
    }
}
