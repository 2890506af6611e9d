//! Collections that take their allocator as a parameter, in a program whose global
//! allocator is another.

use allocator_api2_04::vec::Vec;
use allotment::Allotment;
use hashbrown::HashMap;

#[test]
fn a_vector_of_the_newer_line_grows_and_shrinks() {
    let mut numbers = Vec::new_in(Allotment);
    for n in 0..100_000u32 {
        numbers.push(n);
    }
    numbers.truncate(10);
    numbers.shrink_to_fit();
    assert_eq!(numbers.as_slice(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn a_map_of_the_older_line_lives_in_the_heap() {
    let mut names = HashMap::new_in(Allotment);
    for n in 0..10_000 {
        names.insert(n, n.to_string());
    }
    assert!((0..10_000).all(|n| names[&n] == n.to_string()));
    let address = std::ptr::from_ref(&names[&77]).cast::<u8>();
    assert_eq!(allotment::raw::usable_size(address), 0, "the inside of a block is no block");
}

#[test]
fn zero_bytes_take_no_block() {
    let nothing: Vec<(), _> = Vec::new_in(Allotment);
    assert_eq!(nothing.len(), 0);
    let zeroed = allocator_api2_04::boxed::Box::<[u64; 1000], _>::new_zeroed_in(Allotment);
    // SAFETY: zero bytes are numbers.
    assert!(unsafe { zeroed.assume_init() }.iter().all(|&n| n == 0));
}
