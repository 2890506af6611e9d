//! Size classes: which sizes of block there are.
//!
//! ```text
//!   16 32 48 … 128 | 160 192 224 256 | 320 384 448 512 | … | 20480 … 32768
//!   steps of 16    | four to a doubling: at most 25 % more than asked for
//! ```
//!
//! A slab is one unit of land, cut into blocks of one class from its first byte
//! on, so a block is aligned to every power of two that divides its size.

use crate::land::UNIT_BYTES;

/// Number of classes.
pub(crate) const CLASSES: usize = 40;
/// The largest block of a class; anything above is a run of units.
pub(crate) const SMALL_BYTES_MAX: usize = 32 << 10;
/// Sizes up to this find their class in a table.
const TABLE_BYTES_MAX: usize = 1024;
/// A stack holds blocks of so many bytes in all, but at least 4 and at most 256.
const STACK_BYTES_MAX: usize = 128 << 10;
const STEP_BYTES: usize = 16;
const STEPS: usize = 8;

/// What is known of a class at compile time.
#[derive(Clone, Copy)]
pub(crate) struct Class {
    /// Bytes in a block.
    pub(crate) size: u32,
    /// Blocks in a slab.
    pub(crate) blocks: u32,
    /// `ceil(2^32 / size)`: an offset times this has the block's index in its upper
    /// half, and a lower half below this if the offset is a block's start
    /// (Lemire, Kaser and Kurz, "Faster remainder by direct computation").
    pub(crate) reciprocal: u32,
    /// Entries in a thread's stack, at most.
    pub(crate) depth: u32,
}

const fn size_of_class(class: usize) -> usize {
    if class < STEPS {
        return (class + 1) * STEP_BYTES;
    }
    let (doubling, step) = ((class - STEPS) / 4, (class - STEPS) % 4);
    ((STEPS * STEP_BYTES) << doubling) / 4 * (5 + step)
}

const fn describe(class: usize) -> Class {
    let size = size_of_class(class);
    let depth = STACK_BYTES_MAX / size;
    let depth = if depth > 256 {
        256
    } else if depth < 4 {
        4
    } else {
        depth
    };
    Class {
        size: size as u32,
        blocks: (UNIT_BYTES / size) as u32,
        reciprocal: (1u64 << 32).div_ceil(size as u64) as u32,
        depth: depth as u32,
    }
}

/// All classes, by number.
pub(crate) static CLASS: [Class; CLASSES] = {
    let mut all = [describe(0); CLASSES];
    let mut class = 0;
    while class < CLASSES {
        all[class] = describe(class);
        class += 1;
    }
    all
};

const _: () = assert!(size_of_class(CLASSES - 1) == SMALL_BYTES_MAX, "the classes end there");
const _: () = assert!(UNIT_BYTES / STEP_BYTES <= 64 * 64, "a slab has at most 64 groups");

/// The class for each multiple of 16 up to 1024; a table for the shortest path.
static TABLE: [u8; TABLE_BYTES_MAX / STEP_BYTES + 1] = {
    let mut table = [0; TABLE_BYTES_MAX / STEP_BYTES + 1];
    let (mut at, mut class) = (1, 0);
    while at < table.len() {
        while size_of_class(class) < at * STEP_BYTES {
            class += 1;
        }
        table[at] = class as u8;
        at += 1;
    }
    table
};

/// The smallest class whose blocks have at least `size` bytes; `size` is at most
/// [`SMALL_BYTES_MAX`].
#[inline(always)]
pub(crate) fn class_of(size: usize) -> usize {
    if size <= TABLE_BYTES_MAX {
        return TABLE[size.div_ceil(STEP_BYTES)] as usize;
    }
    let last = size - 1;
    let doubling = last.ilog2() as usize;
    STEPS + (doubling - 7) * 4 + (last >> (doubling - 2)) - 4
}

/// The smallest class whose blocks have at least `size` bytes and are all aligned
/// to `align`, a power of two.
pub(crate) fn class_aligned(size: usize, align: usize) -> Option<usize> {
    let size = size.max(1);
    if size > SMALL_BYTES_MAX {
        return None;
    }
    (class_of(size)..CLASSES).find(|&class| (CLASS[class].size as usize).is_multiple_of(align))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_holds_it() {
        for size in 0..=SMALL_BYTES_MAX {
            let class = class_of(size);
            assert!(CLASS[class].size as usize >= size, "{size}");
            assert!(class == 0 || (CLASS[class - 1].size as usize) < size, "{size}");
        }
    }

    #[test]
    fn the_product_tells_index_and_divisibility_of_every_offset() {
        for class in CLASS {
            for offset in 0..UNIT_BYTES as u64 {
                let product = offset * u64::from(class.reciprocal);
                assert_eq!(product >> 32, offset / u64::from(class.size));
                let start = (product as u32) < class.reciprocal;
                assert_eq!(start, offset.is_multiple_of(u64::from(class.size)), "{offset}");
            }
        }
    }

    #[test]
    fn aligned_classes_are_multiples() {
        for shift in 0..=15 {
            for size in [0, 1, 17, 100, 1000, 5000, 32 << 10] {
                let class = class_aligned(size, 1 << shift).expect("a power of two is a class");
                assert!(CLASS[class].size as usize >= size);
                assert!(CLASS[class].size.is_multiple_of(1 << shift));
            }
        }
    }
}
