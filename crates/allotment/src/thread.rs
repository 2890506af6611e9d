//! Threads come and go.
//!
//! ```text
//!   first frees ──▶ on a heap borrowed each time
//!   first allocation, or one free more ──▶ take a heap: an idle one, or a new one
//!                                          ──▶ name it in the TLS word
//!   thread end ──▶ put its cached blocks back ──▶ the heap is idle; what the thread
//!                  still frees and allocates, it does on a heap borrowed each time
//! ```
//!
//! A heap never ends, so a slab's owner never changes: what other threads still
//! hold of it finds its way back by the usual protocol.
//!
//! The C library frees other threads' memory in threads that end, after their
//! destructors. One that never allocated must not get a heap then, which nobody would
//! give up; hence the borrowed ones.

use core::ffi::{c_int, c_void};
use core::ptr::{null, null_mut};

use crate::fork;
use crate::heap::{Heap, NOBODY};
use crate::once::Once;
use crate::watch::Pace;
use crate::{ground, options, tending, tls};

unsafe extern "C" {
    fn pthread_key_create(
        key: *mut u32,
        destructor: Option<unsafe extern "C" fn(*mut c_void)>,
    ) -> c_int;
    fn pthread_setspecific(key: u32, value: *const c_void) -> c_int;
    safe fn pthread_getspecific(key: u32) -> *mut c_void;
    safe fn __errno_location() -> *mut c_int;
}

/// The key whose destructor tells that a thread ends.
pub(crate) static KEY: Once = Once::new();

/// So many frees a thread makes without a heap of its own.
const FREES_MAX: u32 = 32;

/// What the thread-local word names when the thread's heap has been given up. The C
/// library frees what it keeps for a thread after the last destructor has run, when
/// nobody would give up another heap.
static NOBODY_ANY_MORE: Heap = Heap::new();

/// What the thread-local word names where every call is counted: it has no block and
/// takes none, so that each call comes by here, and finds the thread's heap by its
/// key.
static COUNTED: Heap = Heap::new();

/// The same, while the thread watches each of its calls.
static WATCHED: Heap = Heap::new();

fn is(heap: &Heap, other: &'static Heap) -> bool {
    core::ptr::eq(heap, other)
}

/// The calling thread's heap, or one of those that stand for none.
pub(crate) fn current() -> &'static Heap {
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
    if is(tls::heap(), &WATCHED) {
        watch_on(heap);
    } else if heap.watch.begins() {
        send_by_way_of(&WATCHED);
    }
}

/// Looks at the clock, and watches on as that says.
fn watch_on(heap: &'static Heap) {
    let pace = heap.watch.go_on(tending::is_wanted(), || heap.watch_if_due());
    match pace {
        Pace::Closely => send_by_way_of(&WATCHED),
        // The tick has asked for something to be done; or where calls are counted, each takes
        // the slow path in any case.
        Pace::ByFrees(_) if tending::is_wanted() || options::counts() => send_by_way_of(&WATCHED),
        Pace::ByFrees(frees) => {
            heap.reuse.count(frees);
            tls::set_heap(heap);
        }
        Pace::Over => tls::set_heap(if options::counts() { &COUNTED } else { heap }),
    }
}

/// A free comes by, of the thread that has the heap, whose frees are counted. It watches on
/// after the last.
pub(crate) fn count_free(heap: &'static Heap, block: usize) {
    if heap.reuse.count_down(block) {
        watch_on(heap);
        tending::tend_if_wanted();
    }
}

/// Whether the calling thread has made no call so far that needed a heap of its own.
fn is_new() -> bool {
    core::ptr::eq(tls::heap(), &raw const NOBODY)
}

/// Runs `f` with the calling thread's heap; with none when there is no memory for
/// one.
#[inline]
pub(crate) fn with_heap<T>(f: impl FnOnce(Option<&'static Heap>) -> T) -> T {
    let heap = current();
    let answer = if is(heap, &NOBODY) {
        f(attach())
    } else if is(heap, &NOBODY_ANY_MORE) {
        borrow(null(), f)
    } else {
        let answer = f(Some(heap));
        watch(heap);
        answer
    };
    tending::tend_if_wanted();
    answer
}

/// [`with_heap`] for a free of a block whose slab has an owner, and whether the thread is new:
/// it has no heap yet, and as it has made few calls, needs none.
///
/// A new thread borrows the owner, if that has no thread, and so the owner is the next to be
/// given to one: to this thread, as soon as it allocates. So one that begins by freeing what
/// another has left goes on in the same slabs.
#[inline]
pub(crate) fn with_heap_to_free<T>(
    owner: *const Heap,
    f: impl FnOnce(Option<&'static Heap>, bool) -> T,
) -> T {
    if is_new() && tls::note_free(FREES_MAX) {
        let answer = borrow(owner, |heap| f(heap, true));
        tending::tend_if_wanted();
        answer
    } else {
        with_heap(|heap| f(heap, false))
    }
}

/// Runs `f` with a heap that is the calling thread's for as long.
fn borrow<T>(preferred: *const Heap, f: impl FnOnce(Option<&'static Heap>) -> T) -> T {
    let borrowed = ground::take_heap(preferred);
    let answer = f(borrowed);
    borrowed.into_iter().for_each(ground::leave_heap);
    answer
}

/// Has the C library tell of ends of threads and of forks. As early as possible: of
/// other handlers of a fork, those that are registered later run while no lock is held.
pub(crate) fn listen() {
    let heap = tls::heap();
    // The C library may allocate for it, and with a heap of its own this thread would
    // come by `key` again.
    tls::set_heap(&NOBODY_ANY_MORE);
    key();
    tls::set_heap(heap);
}

#[cold]
fn attach() -> Option<&'static Heap> {
    let heap = ground::take_heap(null())?;
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
    KEY.get_or_make(|hears_of_forks| {
        if !*hears_of_forks {
            *hears_of_forks = fork::listen();
        }
        let mut key = 0;
        // SAFETY: `key` is written before this returns; `detach` is safe on every
        // value that `attach` sets.
        let made = unsafe { pthread_key_create(&raw mut key, Some(detach)) } == 0;
        made.then_some(key)
    })
}

/// A thread ends. Destructors that run after this one find no heap, and borrow one.
unsafe extern "C" fn detach(heap: *mut c_void) {
    // SAFETY: `attach` set the value to a heap, and heaps live for ever.
    let heap = unsafe { &*heap.cast::<Heap>() };
    heap.retire();
    let watches = heap.watch.begins() || is(tls::heap(), &WATCHED) || heap.reuse.is_counting();
    heap.reuse.stop_counting();
    tls::set_heap(&NOBODY_ANY_MORE);
    ground::leave_heap(heap);
    if watches {
        tending::trim(); // there may be nobody else to come by
    } else {
        tending::tend_if_wanted();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::thread::spawn;
    use std::vec::Vec;

    use super::*;
    use crate::alone::alone;
    use crate::block;
    use crate::report::Caller;

    fn heap() -> usize {
        (&raw const *tls::heap()).addr()
    }

    /// What a new thread answers.
    fn in_thread<T: Send + 'static>(f: impl FnOnce() -> T + Send + 'static) -> T {
        spawn(f).join().expect("it ends")
    }

    fn block_and_heap() -> (usize, usize) {
        (block::allocate(48), heap())
    }

    #[test]
    fn a_thread_that_begins_by_freeing_what_another_left_goes_on_with_its_heap() {
        alone(|| {
            static ALL: Barrier = Barrier::new(3);
            let one = || {
                let found = block_and_heap();
                ALL.wait();
                found
            };
            let threads: Vec<_> = (0..3).map(|_| spawn(one)).collect();
            let left: Vec<_> = threads.into_iter().map(|t| t.join().expect("it ends")).collect();
            for &(block, its) in &left {
                let heaps = in_thread(move || {
                    block::free(block, Caller::Free);
                    let none = heap();
                    (none, block_and_heap().1)
                });
                assert_eq!(heaps, ((&raw const NOBODY).addr(), its));
            }
        });
    }

    #[test]
    fn the_preferred_heap_is_found_and_the_others_keep_their_order() {
        alone(|| {
            let take = |preferred| ground::take_heap(preferred).expect("there is memory");
            let heaps: Vec<_> = (0..5).map(|_| take(null())).collect();
            let order = |preferred: &[&Heap]| {
                for heap in &heaps {
                    ground::leave_heap(heap);
                }
                let prefer =
                    |at: usize| preferred.get(at).map_or(null(), |heap: &&Heap| &raw const **heap);
                let taken = (0..5).map(|at| take(prefer(at)));
                taken
                    .map(|heap| {
                        heaps.iter().position(|one| core::ptr::eq(*one, heap)).expect("one")
                    })
                    .collect::<Vec<_>>()
            };
            assert_eq!(order(&[]), [4, 3, 2, 1, 0]);
            assert_eq!(order(&[heaps[4], heaps[3]]), [4, 3, 2, 1, 0]);
            assert_eq!(order(&[heaps[0], heaps[1], heaps[2]]), [0, 1, 2, 4, 3]);
            assert_eq!(order(&[heaps[2], heaps[2], heaps[0]]), [2, 4, 0, 3, 1]);
            assert_eq!(order(&[&NOBODY]), [4, 3, 2, 1, 0]);
        });
    }
}
