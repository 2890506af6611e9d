//! Threads come, go and fork.
//!
//! ```text
//!   first call ──▶ take a heap: an idle one, or a new one ──▶ name it in the TLS word
//!   thread end ──▶ put its cached blocks back ──▶ the heap is idle; what the thread
//!                  still frees and allocates, it does on a heap borrowed each time
//!   fork ──▶ hold every lock ──▶ parent: let go │ child: let go; every heap but the
//!                                               │ forking thread's becomes idle
//! ```
//!
//! A heap never ends, so a slab's owner never changes: what other threads still
//! hold of it finds its way back by the usual protocol.

use core::ffi::{c_int, c_void};
use core::ptr::{null, null_mut};

use crate::background;
use crate::ground::{self, GROUND};
use crate::heap::{Heap, NOBODY, TEND};
use crate::once::Once;
use crate::sync::Relaxed;
use crate::{options, tls};

unsafe extern "C" {
    fn pthread_key_create(
        key: *mut u32,
        destructor: Option<unsafe extern "C" fn(*mut c_void)>,
    ) -> c_int;
    fn pthread_setspecific(key: u32, value: *const c_void) -> c_int;
    safe fn pthread_getspecific(key: u32) -> *mut c_void;
    /// What `pthread_atfork` calls; exported by the C library, as that is not.
    fn __register_atfork(
        prepare: Option<unsafe extern "C" fn()>,
        parent: Option<unsafe extern "C" fn()>,
        child: Option<unsafe extern "C" fn()>,
        library: *const c_void,
    ) -> c_int;
    safe fn __errno_location() -> *mut c_int;
}

/// The key whose destructor tells that a thread ends.
static KEY: Once = Once::new();

/// What the thread-local word names when the thread's heap has been given up. The C
/// library frees what it keeps for a thread after the last destructor has run, when
/// nobody would give up another heap.
static NOBODY_ANY_MORE: Heap = Heap::new();

/// What the thread-local word names where every call is counted: it has no block and
/// takes none, so that each call comes by here, and finds the thread's heap by its
/// key.
static COUNTED: Heap = Heap::new();

/// The same, while the thread watches.
static WATCHED: Heap = Heap::new();

fn is(heap: &Heap, other: &'static Heap) -> bool {
    core::ptr::eq(heap, other)
}

/// The calling thread's heap, or one of those that stand for none.
fn current() -> &'static Heap {
    let heap = tls::heap();
    if !is(heap, &COUNTED) && !is(heap, &WATCHED) {
        return heap;
    }
    // This thread has set a value by the key.
    let own = KEY.get().map_or(null_mut(), |key| pthread_getspecific(key)).cast::<Heap>();
    // SAFETY: `attach` set the value to a heap, and heaps live for ever.
    unsafe { own.as_ref() }.unwrap_or(&NOBODY_ANY_MORE)
}

/// From now on every call of this thread is counted, if it has a heap that its end
/// gives up.
pub(crate) fn count() {
    send_by_way_of(&COUNTED);
}

/// From now on every call of this thread takes the slow path, if its heap can be found
/// from there.
fn send_by_way_of(sign: &'static Heap) {
    if KEY.get().is_some_and(|key| !pthread_getspecific(key).is_null()) {
        tls::set_heap(sign);
    }
}

/// Looks at the clock, if the thread watches; begins to watch in a new season. Not inlined:
/// it would cost the fast paths around it registers.
#[inline(never)]
fn watch(heap: &'static Heap) {
    if heap.watch.begins() {
        send_by_way_of(&WATCHED);
    } else if is(tls::heap(), &WATCHED) && !heap.watch.goes_on(|| heap.watch_if_due()) {
        tls::set_heap(if options::counts() { &COUNTED } else { heap });
    }
}

/// Runs `f` with the calling thread's heap; with none when there is no memory for
/// one.
#[inline]
pub(crate) fn with_heap<T>(f: impl FnOnce(Option<&'static Heap>) -> T) -> T {
    let heap = current();
    let answer = if is(heap, &NOBODY) {
        f(attach())
    } else if is(heap, &NOBODY_ANY_MORE) {
        let borrowed = ground::take_heap();
        let answer = f(borrowed);
        borrowed.into_iter().for_each(ground::leave_heap);
        answer
    } else {
        let answer = f(Some(heap));
        watch(heap);
        answer
    };
    // Relaxed: a hint; whoever clears it does the work.
    if TEND.load(Relaxed) && TEND.swap(false, Relaxed) {
        ground::tend();
    }
    answer
}

#[cold]
fn attach() -> Option<&'static Heap> {
    let heap = ground::take_heap()?;
    // Before anything else is called: those calls may allocate.
    tls::set_heap(heap);
    // What the C library does here may fail, and is no failure of this call.
    let errno = __errno_location();
    // SAFETY: the thread's own errno, which is there while it runs.
    let kept = unsafe { errno.read() };
    if let Some(key) = key() {
        let heap: *const Heap = heap;
        // SAFETY: the key exists; the value is only handed to `detach`. If the C
        // library has no memory for it, the thread's cached blocks stay where they
        // are when it ends.
        let _ = unsafe { pthread_setspecific(key, heap.cast()) };
    }
    // SAFETY: as above.
    unsafe { errno.write(kept) };
    if options::counts() {
        count();
    }
    Some(heap)
}

fn key() -> Option<u32> {
    KEY.get_or_make(|| {
        let mut key = 0;
        // SAFETY: `key` is written before this returns; `detach` is safe on every
        // value that `attach` sets.
        if unsafe { pthread_key_create(&raw mut key, Some(detach)) } != 0 {
            return None;
        }
        let (before, parent, child) =
            (Some(before_fork as _), Some(after_fork as _), Some(in_child as _));
        // SAFETY: the handlers live as long as the process.
        let _ = unsafe { __register_atfork(before, parent, child, null()) };
        Some(key)
    })
}

/// A thread ends. Destructors that run after this one find no heap, and borrow one.
unsafe extern "C" fn detach(heap: *mut c_void) {
    // SAFETY: `attach` set the value to a heap, and heaps live for ever.
    let heap = unsafe { &*heap.cast::<Heap>() };
    heap.retire();
    let watches = heap.watch.begins() || is(tls::heap(), &WATCHED);
    tls::set_heap(&NOBODY_ANY_MORE);
    ground::leave_heap(heap);
    if watches {
        ground::trim(); // there may be nobody else to come by
    }
}

/// Holds every lock, in lock order: heaps, then the ground.
unsafe extern "C" fn before_fork() {
    KEY.making.lock_and_leave();
    let mut held = null();
    loop {
        let newest = ground::all_heaps().next().map_or(null(), |heap| &raw const *heap);
        for heap in ground::all_heaps().take_while(|heap| !core::ptr::eq(*heap, held)) {
            heap.inner.lock_and_leave();
        }
        held = newest;
        GROUND.lock_and_leave();
        let now = ground::all_heaps().next().map_or(null(), |heap| &raw const *heap);
        if core::ptr::eq(now, held) {
            return;
        }
        // A heap was added meanwhile: its lock comes before the ground's.
        // SAFETY: held a moment ago.
        unsafe { GROUND.unlock() };
    }
}

unsafe extern "C" fn after_fork() {
    // SAFETY: before_fork held all of these, by this thread or its original.
    unsafe { GROUND.unlock() };
    for heap in ground::all_heaps() {
        // SAFETY: as above.
        unsafe { heap.inner.unlock() };
    }
    // SAFETY: as above.
    unsafe { KEY.making.unlock() };
}

unsafe extern "C" fn in_child() {
    // SAFETY: the child's one thread is the copy of the one that called
    // before_fork.
    unsafe { after_fork() };
    ground::adopt_all_but(current());
    background::forked();
}
