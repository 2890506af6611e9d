//! What is done by whoever comes by, under every interleaving that loom finds: turns at
//! the work, a misuse that was caught, and the wish for a thread. Run like
//! [`models`](crate::models).

use core::sync::atomic::AtomicU32 as Unwatched;
use std::vec::Vec;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use crate::caught::Caught;
use crate::sync::{AtomicU32, Relaxed};
use crate::turns::Turns;
use crate::wish::Wish;

struct Process {
    turns: Turns,
    caught: Caught,
    /// What there is to do, so far.
    asked: AtomicU32,
    /// How much of it has been done: the busy thread's.
    done: UnsafeCell<u32>,
    /// How often something caught was told.
    told: Unwatched,
}

// SAFETY: what was done is for the thread that is busy, which is what the models check.
unsafe impl Sync for Process {}

impl Process {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            turns: Turns::new(),
            caught: Caught::new(),
            asked: AtomicU32::new(0),
            done: UnsafeCell::new(0),
            told: Unwatched::new(0),
        })
    }

    /// A slow path on which there is something to do.
    fn ask(&self) {
        self.asked.fetch_add(1, Relaxed); // Relaxed: published by the want
        self.turns.want();
        self.come_by();
    }

    fn catch(&self) {
        self.caught.put(64, 16);
        self.turns.want();
        self.come_by();
    }

    fn come_by(&self) {
        if self.turns.is_wanted() {
            self.turns.take(|| self.tell(), || self.work());
        }
    }

    fn tell(&self) {
        if let Some(caught) = self.caught.take() {
            assert_eq!(caught, (64, 16));
            self.told.fetch_add(1, Relaxed); // a count
        }
    }

    fn work(&self) -> bool {
        let asked = self.asked.load(Relaxed); // Relaxed: as in ask
        // SAFETY: this thread is busy; loom reports it if another one is, too.
        self.done.with_mut(|done| unsafe { *done = asked.max(*done) });
        true
    }

    fn done(&self) -> u32 {
        // SAFETY: the other threads have ended.
        self.done.with(|done| unsafe { *done })
    }
}

/// Runs both in threads of their own, while this one comes by; and once more at the end.
fn beside_each_other(process: &Arc<Process>, each: [fn(&Process); 2]) {
    let others: Vec<_> = each
        .into_iter()
        .map(|does| {
            let process = Arc::clone(process);
            thread::spawn(move || does(&process))
        })
        .collect();
    process.come_by();
    for other in others {
        other.join().unwrap();
    }
    process.come_by();
}

/// With at most two preemptions: more take long, and find no more.
fn check(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    builder.check(model);
}

#[test]
fn one_thread_at_a_time_is_busy_and_no_want_is_lost() {
    check(|| {
        let process = Process::new();
        beside_each_other(&process, [Process::ask, Process::ask]);
        assert_eq!(process.done(), 2);
        assert!(!process.turns.is_wanted());
    });
}

#[test]
fn what_was_caught_is_told_once_whoever_else_wants_something() {
    check(|| {
        let process = Process::new();
        beside_each_other(&process, [Process::catch, Process::ask]);
        assert_eq!(process.told.load(Relaxed), 1);
        assert_eq!(process.done(), 1);
    });
}

#[test]
fn of_two_that_were_caught_at_once_one_is_told_at_least() {
    check(|| {
        let process = Process::new();
        beside_each_other(&process, [Process::catch, Process::catch]);
        assert!((1..=2).contains(&process.told.load(Relaxed)));
        assert!(process.caught.take().is_none());
    });
}

#[test]
fn what_a_thread_was_busy_with_is_wanted_in_a_forked_child() {
    loom::model(|| {
        let process = Process::new();
        process.turns.forked();
        assert!(!process.turns.is_wanted(), "nobody was busy");
        process.turns.want();
        let mut is_forked = false;
        let part = || {
            process.turns.forked(); // from here on, this is the child
            is_forked = true;
            true
        };
        process.turns.take(|| (), part);
        assert!(is_forked && process.turns.is_wanted());
        process.asked.fetch_add(1, Relaxed); // one thread
        process.come_by();
        assert_eq!(process.done(), 1);
    });
}

#[test]
fn a_wish_is_granted_once_and_once_more_in_a_forked_child() {
    loom::model(|| {
        let wish = Arc::new(Wish::new());
        let others: Vec<_> = (0..2)
            .map(|_| {
                let wish = Arc::clone(&wish);
                thread::spawn(move || {
                    wish.want();
                    u32::from(wish.is_open() && wish.grant())
                })
            })
            .collect();
        wish.want();
        let child = wish.copy();
        child.forked();
        assert!(child.is_open() && child.grant() && !child.grant());
        let granted: u32 = others.into_iter().map(|other| other.join().unwrap()).sum();
        assert_eq!(granted, 1);
        wish.want();
        assert!(!wish.is_open(), "it is there already");
        wish.refuse();
        assert!(!wish.is_open());
        wish.want();
        assert!(wish.is_open() && wish.grant());
    });
}
