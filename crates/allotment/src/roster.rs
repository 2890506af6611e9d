//! A list that only grows: added to by one thread at a time, walked by any at any time.
//!
//! ```text
//!   add (under a lock)        all
//!   newest ─▶ … ─▶ oldest     from the newest there is, without a lock
//! ```
//!
//! Who needs all items for certain [closes](Roster::visit_and_close) the roster.

use core::ptr::null_mut;

use crate::sync::{Acquire, AtomicPtr, Relaxed, Release};

/// What can be on a roster.
pub(crate) trait Enlist: Sized {
    /// The one that was added before; written once.
    fn older(&self) -> &AtomicPtr<Self>;
}

pub(crate) struct Roster<T>(AtomicPtr<T>);

impl<T: Enlist> Roster<T> {
    #[cfg(not(loom))]
    pub(crate) const fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    #[cfg(loom)]
    pub(crate) fn new() -> Self {
        Self(AtomicPtr::new(null_mut()))
    }

    /// Adds an item.
    ///
    /// # Safety
    ///
    /// The item is on no roster, and there for as long as this one. No other thread adds
    /// at the same time.
    pub(crate) unsafe fn add(&self, item: &T) {
        // Relaxed: this thread's turn to add; the link is published below.
        item.older().store(self.0.load(Relaxed), Relaxed);
        // Release: pairs with the Acquire in newest, publishing the item and its link.
        self.0.store((&raw const *item).cast_mut(), Release);
    }

    /// The item added last, or null.
    fn newest(&self) -> *mut T {
        // Acquire: pairs with the Release in add.
        self.0.load(Acquire)
    }

    /// All items there are now, the newest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &T> {
        // SAFETY: null, or an item, which is there for as long as the roster.
        let item = |at: *mut T| unsafe { at.as_ref() };
        // Relaxed: written before this or a newer item was published.
        core::iter::successors(item(self.newest()), move |last| item(last.older().load(Relaxed)))
    }

    /// Visits every item once, however many are added meanwhile, then closes the roster:
    /// nobody adds an item until it is open again. It is open during the visits.
    pub(crate) fn visit_and_close(&self, visit: impl Fn(&T), close: impl Fn(), open: impl Fn()) {
        let mut visited = null_mut();
        loop {
            let newest = self.newest();
            // What is added from here on is visited the next time.
            self.all()
                .skip_while(|item| !core::ptr::eq(*item, newest))
                .take_while(|item| !core::ptr::eq(*item, visited))
                .for_each(&visit);
            visited = newest;
            close();
            if core::ptr::eq(self.newest(), visited) {
                return;
            }
            open();
        }
    }
}
