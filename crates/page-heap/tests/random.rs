//! Long random lives of each kind of heap, judged block by block.

mod support;

use os::Linux;
use page_heap::{Elastic, Fixed, Kind};
use proptest::prelude::*;
use support::{Judge, Kernel, Random, Tiny};

#[derive(Clone, Copy, Debug)]
enum Step {
    Alloc { units: u8 },
    AllocOdd { size: u16 },
    Dealloc { which: u16 },
    DeallocBad { which: u16, offset: i16 },
    NewLife,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (1u8..9).prop_map(|units| Step::Alloc { units }),
        3 => any::<u8>().prop_map(|units| Step::Alloc { units }),
        1 => any::<u16>().prop_map(|size| Step::AllocOdd { size }),
        10 => any::<u16>().prop_map(|which| Step::Dealloc { which }),
        2 => (any::<u16>(), -600i16..600)
            .prop_map(|(which, offset)| Step::DeallocBad { which, offset }),
        1 => Just(Step::NewLife),
    ]
}

fn live<K: Kind>(steps: &[Step]) {
    let kernel = Kernel::new(Linux);
    let mut judge = Judge::<K>::new(&kernel);
    judge.heap.init().expect("a first life");
    for &step in steps {
        match step {
            Step::Alloc { units } => drop(judge.alloc(usize::from(units) * K::UNIT_BYTES)),
            Step::AllocOdd { size } => drop(judge.alloc(usize::from(size))),
            Step::Dealloc { which } => judge.dealloc(usize::from(which)),
            Step::DeallocBad { which, offset } => {
                let near = judge.live.keys().nth(usize::from(which) % judge.live.len().max(1));
                let near = near.copied().unwrap_or(1 << 20);
                judge.dealloc_bad(near.wrapping_add_signed(isize::from(offset)));
            }
            Step::NewLife => {
                judge.cleanup();
                judge.heap.init().expect("a new life");
            }
        }
        judge.check();
    }
    judge.cleanup();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn one_page_in_units_of_8_bytes(steps in prop::collection::vec(step(), 1..300)) {
        live::<Fixed>(&steps);
    }

    #[test]
    fn pages_on_demand_with_books_that_grow(steps in prop::collection::vec(step(), 1..300)) {
        live::<Tiny>(&steps);
    }
}

/// The kind that ships is too large for the stack of a test.
static ELASTIC: os::Lock<page_heap::PageHeap<Elastic, Linux>> =
    os::Lock::new(page_heap::PageHeap::new(Linux));

#[test]
fn part_b_gives_out_and_takes_back_a_thousand_pages() {
    let mut heap = ELASTIC.lock();
    heap.init().expect("a first life");
    let mut random = Random(7);
    let mut blocks: Vec<usize> =
        (0..16_000).map(|_| heap.alloc(256).expect("memory for a block").as_ptr().addr()).collect();
    assert_eq!(heap.pages(), 1000);
    while !blocks.is_empty() {
        let at = blocks.swap_remove(random.below(blocks.len()));
        assert_eq!(heap.dealloc(at), Ok(()));
    }
    assert_eq!(heap.check(), Ok(()));
    assert!((0..1000).all(|_| heap.alloc(4096).is_some()), "every page is whole again");
    assert_eq!(heap.pages(), 1000);
    heap.cleanup().expect("the end");
}
