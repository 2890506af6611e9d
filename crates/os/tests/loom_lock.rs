//! The lock's protocol under every interleaving that loom can find. Run with
//! `RUSTFLAGS="--cfg loom" cargo test -p allotment-os --release --test loom_lock`.
#![cfg(loom)]

use loom::sync::Arc;
use loom::thread;
use os::Lock;

#[test]
fn two_threads_never_hold_the_lock_at_once_and_none_sleeps_forever() {
    loom::model(|| {
        let lock = Arc::new(Lock::new(0u32));
        let other = {
            let lock = Arc::clone(&lock);
            thread::spawn(move || {
                for _ in 0..2 {
                    *lock.lock() += 1;
                }
            })
        };
        *lock.lock() += 1;
        other.join().unwrap();
        assert_eq!(*lock.lock(), 3);
    });
}

#[test]
fn three_threads_each_get_the_lock() {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(|| {
        let lock = Arc::new(Lock::new(0u32));
        let others: Vec<_> = (0..2)
            .map(|_| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || *lock.lock() += 1)
            })
            .collect();
        *lock.lock() += 1;
        for other in others {
            other.join().unwrap();
        }
        assert_eq!(*lock.lock(), 3);
    });
}
