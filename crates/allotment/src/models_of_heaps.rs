//! Heaps that change threads, under every interleaving that loom finds: a thread ends
//! and leaves its heap, another takes it, or borrows it for one call, while a third
//! puts blocks back. Run like [`models`](crate::models).

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;
use os::Lock;

use crate::remote::{Announced, Pend, Pending};
use crate::sync::AtomicPtr;

struct Slab {
    announced: Announced,
    next: AtomicPtr<Slab>,
    /// Free blocks: the heap's thread counts them, and nobody else.
    free: UnsafeCell<u32>,
}

impl Pend for Slab {
    fn next(&self) -> &AtomicPtr<Slab> {
        &self.next
    }
}

/// A heap of one slab, and the list of heaps without a thread, which is behind the
/// ground's lock.
struct Process {
    slab: Slab,
    pending: Pending<Slab>,
    idle: Lock<bool>,
}

// SAFETY: the count is for the thread that has the heap, which is what the models
// check.
unsafe impl Sync for Process {}

impl Process {
    /// The heap has a thread.
    fn new() -> Arc<Self> {
        Arc::new(Self {
            slab: Slab {
                announced: Announced::new(),
                next: AtomicPtr::new(core::ptr::null_mut()),
                free: UnsafeCell::new(0),
            },
            pending: Pending::new(),
            idle: Lock::new(false),
        })
    }

    /// What a slow path of the heap's thread does.
    fn collect(&self) {
        if !self.pending.take_all().is_null() {
            let blocks = self.slab.announced.collect();
            self.count(blocks);
        }
    }

    fn count(&self, blocks: u32) {
        // SAFETY: the caller has the heap; loom reports it if that is not so.
        self.slab.free.with_mut(|free| unsafe { *free += blocks });
    }

    fn counted(&self) -> u32 {
        // SAFETY: as above.
        self.slab.free.with(|free| unsafe { *free })
    }

    /// What a thread that is not the heap's does to free a block.
    fn put_back(&self) {
        if self.slab.announced.announce(1) {
            self.pending.push(&self.slab);
        }
    }

    fn leave(&self) {
        *self.idle.lock() = true;
    }

    /// Whether the heap was there to be taken.
    fn take(&self) -> bool {
        core::mem::replace(&mut *self.idle.lock(), false)
    }
}

#[test]
fn a_heap_that_is_left_is_taken_with_all_that_was_counted_and_announced() {
    loom::model(|| {
        let process = Process::new();
        let ending = {
            let process = Arc::clone(&process);
            thread::spawn(move || {
                process.count(1); // a block of its own goes back
                process.collect();
                process.leave();
            })
        };
        let freeing = {
            let process = Arc::clone(&process);
            thread::spawn(move || process.put_back())
        };
        if process.take() {
            process.collect();
            process.leave();
        }
        ending.join().unwrap();
        freeing.join().unwrap();
        assert!(process.take());
        process.collect();
        assert_eq!(process.counted(), 2, "nothing is lost, nothing is counted twice");
    });
}

#[test]
fn two_threads_that_borrow_a_heap_never_have_it_at_once() {
    loom::model(|| {
        let process = Process::new();
        process.leave();
        let other = {
            let process = Arc::clone(&process);
            thread::spawn(move || borrow(&process))
        };
        let mut calls = borrow(&process);
        calls += other.join().unwrap();
        assert!(process.take());
        assert_eq!(process.counted(), calls);
        assert!(calls >= 1);
    });
}

/// One call of a thread whose heap has been given up; a new heap would serve it when
/// this one is away.
fn borrow(process: &Process) -> u32 {
    if !process.take() {
        return 0;
    }
    process.count(1);
    process.leave();
    1
}
