//! Collections that take their allocator as a parameter, in a program whose global
//! allocator is another.

use std::alloc::Layout;

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

const MIB: usize = 1 << 20;

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).unwrap()
}

macro_rules! resizing {
    ($name:ident, $line:ident) => {
        /// The trait's functions themselves, in one line of it.
        mod $name {
            use std::alloc::Layout;
            use std::ptr::NonNull;

            use allotment::{Allotment, raw};
            use $line::alloc::Allocator;

            use super::{MIB, layout};

            fn all_are(block: NonNull<[u8]>, value: u8) -> bool {
                // SAFETY: the tests have written the bytes of a live block.
                unsafe { block.as_ref() }.iter().all(|&byte| byte == value)
            }

            fn filled(layout: Layout, value: u8) -> NonNull<u8> {
                let block = Allotment.allocate(layout).unwrap();
                assert_eq!(block.len(), layout.size());
                // SAFETY: the block is so long.
                unsafe { block.cast::<u8>().write_bytes(value, layout.size()) };
                block.cast()
            }

            #[test]
            fn a_block_stays_where_it_is_when_it_can() {
                for (had, wanted) in [(100, 112), (70 << 10, 127 << 10), (64 * MIB - 90, 64 * MIB)]
                {
                    let (had, wanted) = (layout(had, 8), layout(wanted, 8));
                    let block = filled(had, 1);
                    // SAFETY: the block is live and of this layout.
                    let longer = unsafe { Allotment.grow(block, had, wanted) }.unwrap();
                    assert_eq!((longer.cast(), longer.len()), (block, wanted.size()));
                    // SAFETY: as above.
                    let shorter = unsafe { Allotment.shrink(longer.cast(), wanted, had) }.unwrap();
                    assert_eq!((shorter.cast(), shorter.len()), (block, had.size()));
                    assert!(all_are(shorter, 1));
                    // SAFETY: as above, and not used any more.
                    unsafe { Allotment.deallocate(block, had) };
                }
            }

            #[test]
            fn a_block_can_get_another_alignment() {
                let (had, wanted) = (layout(48, 16), layout(48, 4096));
                // Neighbours, not all of which are aligned by chance.
                for block in [filled(had, 3), filled(had, 3), filled(had, 3)] {
                    // SAFETY: the block is live and of this layout.
                    let aligned = unsafe { Allotment.grow(block, had, wanted) }.unwrap();
                    assert!(aligned.cast::<u8>().addr().get().is_multiple_of(4096));
                    assert!(all_are(aligned, 3));
                    // SAFETY: as above, and not used any more.
                    unsafe { Allotment.deallocate(aligned.cast(), wanted) };
                }
            }

            #[test]
            fn what_is_added_can_be_zero() {
                for (had, wanted) in
                    [(0, 100), (8, 16), (100, 120), (1000, 300_000), (MIB, 2 * MIB)]
                {
                    for align in [1, 64] {
                        let (had, wanted) = (layout(had, align), layout(wanted, align));
                        let dirty = filled(wanted, 9);
                        // SAFETY: the block is live, of this layout, and not used any more.
                        unsafe { Allotment.deallocate(dirty, wanted) };
                        let block = filled(had, 5);
                        // SAFETY: the slack behind the block is the block's.
                        unsafe {
                            block.write_bytes(
                                5,
                                raw::usable_size(block.as_ptr()).min(wanted.size()),
                            );
                        }
                        // SAFETY: the block is live and of this layout.
                        let longer = unsafe { Allotment.grow_zeroed(block, had, wanted) }.unwrap();
                        // SAFETY: the block is live, and all of it was written.
                        let bytes = unsafe { longer.as_ref() };
                        let (old, added) = bytes.split_at(had.size());
                        assert!(old.iter().all(|&byte| byte == 5), "{had:?} to {wanted:?}");
                        assert!(added.iter().all(|&byte| byte == 0), "{had:?} to {wanted:?}");
                        // SAFETY: as above, and not used any more.
                        unsafe { Allotment.deallocate(longer.cast(), wanted) };
                    }
                }
            }

            #[test]
            fn from_nothing_and_to_nothing() {
                let (none, some) = (layout(0, 64), layout(100, 64));
                let nothing = Allotment.allocate(none).unwrap().cast::<u8>();
                assert_eq!(raw::usable_size(nothing.as_ptr()), 0, "no block");
                // SAFETY: what was answered for this layout.
                let block = unsafe { Allotment.grow(nothing, none, some) }.unwrap();
                assert_eq!(raw::usable_size(block.cast().as_ptr()), 128);
                // SAFETY: the block is live and of this layout.
                let nothing = unsafe { Allotment.shrink(block.cast(), some, none) }.unwrap();
                assert_eq!(nothing.len(), 0);
                assert_eq!(raw::usable_size(nothing.cast().as_ptr()), 0, "no block");
                // SAFETY: what was answered for this layout.
                unsafe { Allotment.deallocate(nothing.cast(), none) };
            }

            #[test]
            fn what_cannot_grow_is_as_it_was() {
                let (had, wanted) = (layout(100, 8), layout(isize::MAX as usize - 7, 8));
                let block = filled(had, 4);
                // SAFETY: the block is live and of this layout.
                assert!(unsafe { Allotment.grow(block, had, wanted) }.is_err());
                assert!(all_are(NonNull::slice_from_raw_parts(block, 100), 4));
                // SAFETY: as above, and not used any more.
                unsafe { Allotment.deallocate(block, had) };
            }
        }
    };
}

resizing!(older, allocator_api2_02);
resizing!(newer, allocator_api2_04);
