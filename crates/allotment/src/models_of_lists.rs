//! What is made once and read by all, under every interleaving that loom finds: the
//! roster of heaps, who holds all of them to fork, and the thread key. Run like [`models`](crate::models).

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;
use os::Lock;

use crate::once::Once;
use crate::roster::{Enlist, Roster};
use crate::sync::AtomicPtr;

struct Item {
    older: AtomicPtr<Item>,
    /// Written before the item is added, and read by who walks the roster.
    contents: UnsafeCell<u32>,
}

impl Enlist for Item {
    fn older(&self) -> &AtomicPtr<Item> {
        &self.older
    }
}

struct Process {
    items: [Item; 2],
    roster: Roster<Item>,
}

// SAFETY: the contents are written before the item is added, and read from then on, which
// is what the model checks.
unsafe impl Sync for Process {}

impl Process {
    fn add(&self, which: usize) {
        let item = &self.items[which];
        // SAFETY: nobody knows the item yet; loom reports it if that is not so.
        item.contents.with_mut(|at| unsafe { *at = 1 });
        // SAFETY: each item once, by one thread, and as long-lived as the roster.
        unsafe { self.roster.add(item) };
    }

    /// How many there are; all of them complete.
    fn count(&self) -> u32 {
        // SAFETY: nobody writes what has been added; loom reports it if that is not so.
        self.roster.all().map(|item| item.contents.with(|at| unsafe { *at })).sum()
    }
}

#[test]
fn what_is_on_the_roster_is_complete_and_stays() {
    loom::model(|| {
        let item =
            || Item { older: AtomicPtr::new(core::ptr::null_mut()), contents: UnsafeCell::new(0) };
        let process = Arc::new(Process { items: [item(), item()], roster: Roster::new() });
        let walking: std::vec::Vec<_> = (0..2)
            .map(|_| {
                let process = Arc::clone(&process);
                thread::spawn(move || {
                    let (first, second) = (process.count(), process.count());
                    assert!(first <= second);
                })
            })
            .collect();
        process.add(0);
        process.add(1);
        for walker in walking {
            walker.join().unwrap();
        }
        assert_eq!(process.count(), 2);
    });
}

/// A heap as a fork sees it: a lock, and what is behind it.
struct Held {
    older: AtomicPtr<Held>,
    inner: Lock<()>,
    contents: UnsafeCell<u32>,
}

impl Enlist for Held {
    fn older(&self) -> &AtomicPtr<Held> {
        &self.older
    }
}

struct Forking {
    heaps: [Held; 3],
    roster: Roster<Held>,
    ground: Lock<()>,
}

// SAFETY: the contents are accessed under the lock, which is what the model checks.
unsafe impl Sync for Forking {}

impl Forking {
    fn new() -> Arc<Self> {
        let heap = || Held {
            older: AtomicPtr::new(core::ptr::null_mut()),
            inner: Lock::new(()),
            contents: UnsafeCell::new(0),
        };
        let roster = Roster::new();
        Arc::new(Self { heaps: [heap(), heap(), heap()], roster, ground: Lock::new(()) })
    }

    /// A thread's first call: a heap, which is added under the lock of the ground.
    fn begin(&self, which: usize) {
        let _ground = self.ground.lock();
        // SAFETY: each heap once, under the lock, and as long-lived as the roster.
        unsafe { self.roster.add(&self.heaps[which]) };
    }

    /// A slow path: the heap's lock, then the ground's.
    fn work(&self, which: usize) {
        let _inner = self.heaps[which].inner.lock();
        self.write(&self.heaps[which]);
        let _ground = self.ground.lock();
    }

    fn write(&self, heap: &Held) {
        // SAFETY: the caller holds the lock; loom reports it if that is not so.
        heap.contents.with_mut(|at| unsafe { *at += 1 });
    }

    fn fork(&self) {
        let (hold, open) = (Lock::lock_and_leave, Lock::unlock);
        self.roster.visit_and_close(
            |heap| hold(&heap.inner),
            || hold(&self.ground),
            // SAFETY: held a moment ago.
            || unsafe { open(&self.ground) },
        );
        for heap in self.roster.all() {
            assert!(heap.inner.try_lock().is_none(), "every heap is held");
            self.write(heap);
        }
        for heap in self.roster.all() {
            // SAFETY: held above.
            unsafe { open(&heap.inner) };
        }
        // SAFETY: as above.
        unsafe { open(&self.ground) };
    }
}

#[test]
fn a_fork_holds_every_heap_once_while_two_threads_add_theirs() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3); // fewer find less, and all take minutes
    model.check(|| {
        let process = Forking::new();
        process.begin(0);
        let others: std::vec::Vec<_> = [1, 2]
            .into_iter()
            .map(|which| {
                let process = Arc::clone(&process);
                thread::spawn(move || {
                    process.begin(which);
                    process.work(which);
                })
            })
            .collect();
        process.fork();
        for other in others {
            other.join().unwrap();
        }
        process.work(0);
    });
}

struct Made {
    once: Once,
    /// What the number stands for: made before it is known, and once.
    thing: UnsafeCell<u32>,
}

// SAFETY: written while the number is made, and read by who has the number, which is what
// the model checks.
unsafe impl Sync for Made {}

impl Made {
    fn make(&self) -> Option<u32> {
        // SAFETY: as above; loom reports it if that is not so.
        self.thing.with_mut(|thing| unsafe { *thing += 1 });
        Some(7)
    }

    fn thing(&self) -> u32 {
        // SAFETY: as above.
        self.thing.with(|thing| unsafe { *thing })
    }
}

#[test]
fn a_number_is_made_once_and_what_it_stands_for_is_there() {
    loom::model(|| {
        let made = Arc::new(Made { once: Once::new(), thing: UnsafeCell::new(0) });
        let other = {
            let made = Arc::clone(&made);
            thread::spawn(move || {
                assert_eq!(made.once.get_or_make(|_| made.make()), Some(7));
                assert_eq!(made.thing(), 1);
            })
        };
        if made.once.get().is_some() {
            assert_eq!(made.thing(), 1);
        }
        assert_eq!(made.once.get_or_make(|_| made.make()), Some(7));
        assert_eq!(made.thing(), 1);
        other.join().unwrap();
    });
}
