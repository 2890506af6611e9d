//! Memory runs out at every call there is, and comes back.

mod support;

use os::Linux;
use page_heap::{Fixed, NotDone};
use support::{Judge, Kernel, Random, Tiny};

/// A life with growth in it: what it returns is how many blocks were refused.
fn live(judge: &mut Judge<'_, Tiny>, steps: usize) -> usize {
    let mut random = Random(11);
    let mut refused = 0;
    for _ in 0..steps {
        if random.below(4) == 0 {
            judge.dealloc(random.below(1000));
        } else if judge.alloc(256 * (1 + random.below(16))).is_none() {
            refused += 1;
        }
        judge.check();
    }
    refused
}

#[test]
fn any_map_from_any_point_on_may_fail_and_nothing_is_lost() {
    let calls = {
        let kernel = Kernel::new(Linux);
        let mut judge = Judge::<Tiny>::new(&kernel);
        judge.heap.init().expect("init maps nothing");
        assert_eq!(live(&mut judge, 120), 0);
        kernel.maps.get()
    };
    assert!(calls > 40, "the life maps pages and books: {calls}");
    for n in 0..calls {
        let kernel = Kernel::new(Linux);
        let mut judge = Judge::<Tiny>::new(&kernel);
        judge.heap.init().expect("init maps nothing");
        kernel.fail_maps_after(Some(n));
        assert!(live(&mut judge, 120) > 0, "fails from call {n} on");
        kernel.fail_maps_after(None);
        assert_eq!(live(&mut judge, 60), 0, "works again when memory is back");
        judge.cleanup();
    }
}

#[test]
fn a_single_failing_map_is_one_refusal_at_most() {
    for n in 0..60 {
        let kernel = Kernel::new(Linux);
        let mut judge = Judge::<Tiny>::new(&kernel);
        judge.heap.init().expect("init maps nothing");
        for i in 0..60 {
            let failing = i == n;
            kernel.fail_maps_after(failing.then_some(0));
            assert_eq!(judge.alloc(4096).is_none(), failing, "allocation {i}");
            judge.check();
        }
        judge.cleanup();
    }
}

#[test]
fn books_that_cannot_be_unmapped_stay_in_use_and_nothing_leaks() {
    for n in 0..16 {
        let kernel = Kernel::new(Linux);
        let mut judge = Judge::<Tiny>::new(&kernel);
        judge.heap.init().expect("init maps nothing");
        kernel.fail_one_unmap_after(n);
        let mut refused = 0;
        for _ in 0..40 {
            refused += usize::from(judge.alloc(4096).is_none());
            judge.check();
        }
        assert_eq!(refused, 1, "unmap {n} is of books that have grown");
        judge.cleanup();
    }
}

#[test]
fn part_a_without_a_page_is_not_initialised_and_can_try_again() {
    let kernel = Kernel::new(Linux);
    let mut judge = Judge::<Fixed>::new(&kernel);
    kernel.fail_maps_after(Some(0));
    assert_eq!(judge.heap.init(), Err(NotDone::Refused));
    assert!(judge.heap.alloc(8).is_none());
    assert_eq!(judge.heap.cleanup(), Err(NotDone::NotReady));
    kernel.fail_maps_after(None);
    assert_eq!(judge.heap.init(), Ok(()));
    assert!(judge.alloc(4096).is_some());
    judge.cleanup();
}

#[test]
fn part_a_goes_on_when_its_page_cannot_be_unmapped() {
    let kernel = Kernel::new(Linux);
    let mut judge = Judge::<Fixed>::new(&kernel);
    judge.heap.init().expect("a page");
    for size in [8, 800, 16] {
        judge.alloc(size);
    }
    judge.dealloc(1);
    kernel.fail_unmaps_after(Some(0));
    for _ in 0..3 {
        assert_eq!(judge.heap.cleanup(), Err(NotDone::Refused));
        judge.check();
        assert!(judge.alloc(24).is_some());
        judge.dealloc(0);
    }
    kernel.fail_unmaps_after(None);
    assert_eq!(kernel.maps.get(), 1, "the page was never mapped anew");
    judge.cleanup();
}

#[test]
fn part_b_uses_pages_that_cannot_be_unmapped_in_its_next_life() {
    for n in 0..12 {
        let kernel = Kernel::new(Linux);
        let mut judge = Judge::<Tiny>::new(&kernel);
        judge.heap.init().expect("init maps nothing");
        for _ in 0..10 {
            judge.alloc(4096).expect("a page");
        }
        kernel.fail_unmaps_after(Some(n));
        assert_eq!(judge.heap.cleanup(), Ok(()));
        judge.forget();
        kernel.fail_unmaps_after(None);
        judge.heap.init().expect("init maps nothing");
        assert_eq!(judge.heap.pages(), 0);
        for _ in 0..15 {
            judge.alloc(2048).expect("half a page");
            judge.check();
        }
        judge.cleanup();
    }
}
