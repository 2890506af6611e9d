//! Large blocks that end, under every interleaving that loom finds: two threads free the
//! same one, or one makes it longer, while a third takes what is free. Run like
//! [`models`](crate::models).

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;
use os::Lock;

use crate::state::{LARGE, LARGE_FREED, State};

/// A run of the land, and what the ground knows of it.
struct Process {
    state: State,
    ground: Lock<()>,
    /// Whether the run is free; under the lock.
    is_free: UnsafeCell<bool>,
    /// What lies in it: 1 while it is a new block, 0 when it was given back.
    contents: UnsafeCell<u32>,
}

// SAFETY: both are accessed under the lock, or by who begins or ends the block, which is
// what the models check.
unsafe impl Sync for Process {}

/// How a free ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Told {
    Freed,
    FreedAlready,
}

impl Process {
    /// The run is a live block.
    fn new() -> Arc<Self> {
        Arc::new(Self {
            state: State::new(LARGE),
            ground: Lock::new(()),
            is_free: UnsafeCell::new(false),
            contents: UnsafeCell::new(1),
        })
    }

    /// Whether the run was free, which it is not any more; or was not, and is now.
    fn set_free(&self, to: bool) -> bool {
        // SAFETY: under the lock; loom reports it if that is not so.
        self.is_free.with_mut(|is_free| unsafe { is_free.replace(to) != to })
    }

    fn set_contents(&self, to: u32) -> u32 {
        // SAFETY: as above.
        self.contents.with_mut(|contents| unsafe { contents.replace(to) })
    }

    /// What a free does that finds a live large block.
    fn free(&self) -> Told {
        if self.state.get() != LARGE || !self.state.change(LARGE, LARGE_FREED) {
            return Told::FreedAlready;
        }
        let _ground = self.ground.lock();
        if self.state.get() != LARGE_FREED {
            return Told::FreedAlready; // it was made longer meanwhile, by who had it still
        }
        assert!(self.set_free(true), "a run is given back once");
        assert_eq!(self.set_contents(0), 1, "and is what was begun");
        Told::Freed
    }

    /// Takes the run for a new block, if it is free.
    fn take(&self) -> bool {
        let _ground = self.ground.lock();
        if !self.set_free(false) {
            return false;
        }
        assert_eq!(self.set_contents(1), 0, "a new block is new");
        self.state.set(LARGE);
        true
    }

    /// Makes the block longer where it is, if it is live still.
    fn resize(&self) -> bool {
        let _ground = self.ground.lock();
        let is_live = self.state.get() == LARGE;
        if is_live {
            assert_eq!(self.set_contents(1), 1, "it is there");
            self.state.set(LARGE);
        }
        is_live
    }

    /// Nobody is at work: what is free is not live, and the other way round.
    fn check(&self) {
        let is_free = self.state.get() == LARGE_FREED;
        let _ground = self.ground.lock();
        assert_eq!(self.set_free(is_free), false, "state and run agree");
    }
}

/// Another thread does something.
fn beside<T: 'static>(
    process: &Arc<Process>,
    work: impl FnOnce(&Process) -> T + 'static,
) -> thread::JoinHandle<T> {
    let process = Arc::clone(process);
    thread::spawn(move || work(&process))
}

#[test]
fn of_two_threads_that_free_a_large_block_one_is_told() {
    loom::model(|| {
        let process = Process::new();
        let other = beside(&process, Process::free);
        let told = [process.free(), other.join().unwrap()];
        assert_eq!(told.iter().filter(|told| **told == Told::Freed).count(), 1, "{told:?}");
        process.check();
    });
}

/// The second of the two frees may be that of the new block: its address is live again.
#[test]
fn a_run_that_two_threads_free_and_a_third_takes_is_given_back_once_for_each_block() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3); // all of them take minutes
    model.check(|| {
        let process = Process::new();
        let others = [(); 2].map(|()| beside(&process, Process::free));
        let taken = process.take();
        let told = others.map(|other| other.join().unwrap());
        let freed = told.iter().filter(|told| **told == Told::Freed).count();
        assert!((1..=1 + usize::from(taken)).contains(&freed), "{told:?}");
        process.check();
    });
}

#[test]
fn a_block_that_one_thread_frees_and_another_makes_longer_is_live_or_free_not_both() {
    loom::model(|| {
        let process = Process::new();
        let other = beside(&process, Process::resize);
        let told = process.free();
        let resized = other.join().unwrap();
        assert!(resized || told == Told::Freed, "one of them has it");
        process.check();
    });
}
