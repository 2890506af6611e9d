//! Forks: whatever other threads do meanwhile, the child finds the heap in order.
//!
//! ```text
//!   before ──▶ hold every lock ──▶ parent: let go
//!              in lock order:  └─▶ child:  let go; every heap but the forking
//!              heaps, ground               thread's becomes idle
//! ```
//!
//! Between `before_fork` and what ends it, the C library calls handlers that others
//! registered before ours, and these may allocate and free. The forking thread is the
//! only one that runs then, so what is behind the locks that it holds is its own: a
//! [`ForkLock`] lets it pass, and stays held. One such handler must not do: wait for
//! another thread that allocates. So ours are registered before nearly all others, as soon
//! as the library is loaded, or with the first allocation if that comes earlier.
//!
//! A thread that is alone holds nothing and lets nothing go: nobody else is in the heap, but
//! it may be itself, interrupted by a signal whose handler forks. Then parent and child go
//! on where they were, each in its own copy.

use core::ffi::{c_int, c_void};
use core::mem::ManuallyDrop;
use core::ops::{Deref, DerefMut};
use core::ptr::null;
use core::sync::atomic::AtomicBool;

use os::thread::is_alone;
use os::{Lock, lock};

use crate::ground::{self, GROUND};
use crate::sync::{AtomicU32, Relaxed};
use crate::{background, tending, thread, tls};

/// Forks of a thread that is alone, of which it is in the midst. Relaxed, both of these: for
/// that one thread, and its copy in the child.
static ALONE: AtomicU32 = AtomicU32::new(0);
/// Whether this is a child in which other threads are missing.
static IS_TORN: AtomicBool = AtomicBool::new(false);

unsafe extern "C" {
    /// What `pthread_atfork` calls; exported by the C library, as that is not.
    fn __register_atfork(
        prepare: Option<unsafe extern "C" fn()>,
        parent: Option<unsafe extern "C" fn()>,
        child: Option<unsafe extern "C" fn()>,
        library: *const c_void,
    ) -> c_int;
}

/// A lock that the handlers hold over a fork; the thread that forks may use what is
/// behind it all the same.
pub(crate) struct ForkLock<T>(Lock<T>);

/// Exclusive access to what is behind a [`ForkLock`].
pub(crate) struct Guard<'a, T> {
    guard: ManuallyDrop<lock::Guard<'a, T>>,
    /// Whether the lock was held before, and is held after.
    stays_held: bool,
}

impl<T> ForkLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Lock::new(value))
    }

    /// As [`Lock::lock`].
    #[inline]
    pub(crate) fn lock(&self) -> Guard<'_, T> {
        let stays_held = tls::forks();
        // SAFETY: a thread that forks holds every such lock by `hold`. It is in no other
        // call to the heap, so there is no second guard; and this one is never dropped.
        let guard = if stays_held { unsafe { self.0.guard() } } else { self.0.lock() };
        Guard { guard: ManuallyDrop::new(guard), stays_held }
    }

    /// As [`Lock::try_lock`].
    pub(crate) fn try_lock(&self) -> Option<Guard<'_, T>> {
        if tls::forks() {
            return Some(self.lock());
        }
        let guard = self.0.try_lock()?;
        Some(Guard { guard: ManuallyDrop::new(guard), stays_held: false })
    }

    /// As [`Lock::lock_soon`].
    pub(crate) fn lock_soon(&self) -> Option<Guard<'_, T>> {
        if tls::forks() {
            return Some(self.lock());
        }
        let guard = self.0.lock_soon()?;
        Some(Guard { guard: ManuallyDrop::new(guard), stays_held: false })
    }

    /// A new lock, which nobody knows of: held from the start if this thread forks, as
    /// all the others are.
    pub(crate) fn begin(&self) {
        if tls::forks() {
            self.hold();
        }
    }

    fn hold(&self) {
        self.0.lock_and_leave();
    }

    /// # Safety
    ///
    /// Held by [`hold`](Self::hold), by this thread or the one of which it is the copy.
    unsafe fn let_go(&self) {
        // SAFETY: the caller's promise; the guards of a thread that forks have ended.
        unsafe { self.0.unlock() };
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T> Drop for Guard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if !self.stays_held {
            // SAFETY: dropped here, and used nowhere afterwards.
            unsafe { ManuallyDrop::drop(&mut self.guard) };
        }
    }
}

/// Whether this process is a copy in which other threads are missing, and locks of the C
/// library may be held for ever.
pub(crate) fn is_torn() -> bool {
    IS_TORN.load(Relaxed)
}

/// Has the C library call the handlers; whether it will.
pub(crate) fn listen() -> bool {
    let (before, parent, child) =
        (Some(before_fork as _), Some(after_fork as _), Some(in_child as _));
    // SAFETY: the handlers live as long as the process.
    unsafe { __register_atfork(before, parent, child, null()) == 0 }
}

/// Holds every lock, in lock order: heaps, then the ground.
unsafe extern "C" fn before_fork() {
    // A handler that forks itself holds them already.
    if tls::forks() {
        tls::begin_fork();
        return;
    }
    if is_alone() {
        ALONE.fetch_add(1, Relaxed);
        return;
    }
    thread::KEY.making.hold();
    // A heap is added under the ground's lock, and its own comes before that.
    ground::HEAPS.visit_and_close(
        |heap| heap.inner.hold(),
        || GROUND.hold(),
        // SAFETY: held a moment ago.
        || unsafe { GROUND.let_go() },
    );
    tls::begin_fork();
}

unsafe extern "C" fn after_fork() {
    if !tls::forks() {
        ALONE.fetch_sub(1, Relaxed);
        return;
    }
    if !tls::end_fork() {
        return;
    }
    // The ground last: without its lock no heap is added that was not held.
    for heap in ground::all_heaps() {
        // SAFETY: before_fork held all of these, by this thread or its original, and
        // heaps that were added since were held from the start.
        unsafe { heap.inner.let_go() };
    }
    // SAFETY: as above.
    unsafe { GROUND.let_go() };
    // SAFETY: as above.
    unsafe { thread::KEY.making.let_go() };
}

unsafe extern "C" fn in_child() {
    let is_whole = !tls::forks();
    // SAFETY: the child's one thread is the copy of the one that called
    // before_fork.
    unsafe { after_fork() };
    if is_whole {
        return;
    }
    IS_TORN.store(true, Relaxed);
    ground::adopt_all_but(thread::current());
    background::forked();
    tending::forked();
}
