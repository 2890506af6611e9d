//! The lock's protocol under every interleaving that loom can find. Run with
//! `RUSTFLAGS="--cfg loom" cargo test -p allotment-os --release --test loom_lock`.
#![cfg(loom)]

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;
use os::Lock;
use os::lock::Guard;

/// A number behind the lock, in a cell that loom watches.
type Number = UnsafeCell<u32>;

fn number() -> Arc<Lock<Number>> {
    Arc::new(Lock::new(UnsafeCell::new(0)))
}

fn add_one(held: &Guard<'_, Number>) {
    // SAFETY: behind the lock; loom reports it if another thread is there, too.
    held.with_mut(|number| unsafe { *number += 1 });
}

fn value(lock: &Lock<Number>) -> u32 {
    // SAFETY: as above.
    lock.lock().with(|number| unsafe { *number })
}

#[test]
fn two_threads_never_hold_the_lock_at_once_and_none_sleeps_forever() {
    loom::model(|| {
        let lock = number();
        let other = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || {
                for _ in 0..2 {
                    add_one(&lock.lock());
                }
            })
        };
        add_one(&lock.lock());
        other.join().unwrap();
        assert_eq!(value(&lock), 3);
    });
}

#[test]
fn three_threads_each_get_the_lock() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let lock = number();
        let others: Vec<_> = (0..2)
            .map(|_| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || add_one(&lock.lock()))
            })
            .collect();
        add_one(&lock.lock());
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(value(&lock), 3);
    });
}

#[test]
fn who_does_not_get_the_lock_leaves_it_to_its_holder() {
    for try_to in [Lock::try_lock, Lock::lock_soon] {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(3);
        model.check(move || {
            let lock = number();
            let holder = {
                let lock = Arc::clone(&lock);
                thread::spawn(move || add_one(&lock.lock()))
            };
            let trier = {
                let lock = Arc::clone(&lock);
                thread::spawn(move || u32::from(try_to(&lock).as_ref().map(add_one).is_some()))
            };
            add_one(&lock.lock());
            holder.join().unwrap();
            let tried = trier.join().unwrap();
            assert_eq!(value(&lock), 2 + tried);
        });
    }
}
