//! Size classes: which sizes of block there are.
//!
//! ```text
//!   16 32 48 … 128 | 160 192 224 256 | … | 20480 … 32768 | 64 KiB 128 KiB … 512 KiB
//!   steps of 16    | four to a doubling                  | runs of 1 to 8 units
//! ```
//!
//! A slab is one unit of land, cut into blocks of one class from its first byte
//! on, so a block is aligned to every power of two that divides its size. A block
//! of a run class is a run of units to itself: no more of it is ever resident than
//! its owner has touched.

use crate::heap::Heap;
use crate::land::UNIT_BYTES;

/// Number of classes that slabs are cut into.
pub(crate) const SMALL_CLASSES: usize = 40;
/// Number of classes.
pub(crate) const CLASSES: usize = SMALL_CLASSES + RUN_UNITS_MAX;
/// The largest block of a slab.
pub(crate) const SMALL_BYTES_MAX: usize = 32 << 10;
/// The largest block of a class; anything above is a run that no thread keeps.
pub(crate) const CLASS_BYTES_MAX: usize = RUN_UNITS_MAX * UNIT_BYTES;
const RUN_UNITS_MAX: usize = 8;
/// Sizes up to this find their class in a table.
pub(crate) const TABLE_BYTES_MAX: usize = 4096;
/// A stack holds blocks of so many bytes in all, but at least 4 and at most 512.
const STACK_BYTES_MAX: usize = 64 << 10;
/// As much for a stack of runs, which has at least one.
const RUNS_BYTES_MAX: usize = 768 << 10;
const DEPTH_MAX: usize = 512;
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
    /// How [deep](crate::depth) a thread's stack is in general.
    pub(crate) depth: u32,
}

const fn size_of_class(class: usize) -> usize {
    if class < STEPS {
        return (class + 1) * STEP_BYTES;
    }
    if class >= SMALL_CLASSES {
        return (class - SMALL_CLASSES + 1) * UNIT_BYTES;
    }
    let (doubling, step) = ((class - STEPS) / 4, (class - STEPS) % 4);
    ((STEPS * STEP_BYTES) << doubling) / 4 * (5 + step)
}

const fn describe(class: usize) -> Class {
    let size = size_of_class(class);
    let (least, bytes) =
        if class < SMALL_CLASSES { (4, STACK_BYTES_MAX) } else { (1, RUNS_BYTES_MAX) };
    let depth = bytes / size;
    let depth = if depth > DEPTH_MAX {
        DEPTH_MAX
    } else if depth < least {
        least
    } else {
        depth
    };
    // Of a run, only the first byte of the first unit is a block's start, and the
    // other units have no reciprocal.
    let divisor = if size > UNIT_BYTES { UNIT_BYTES } else { size };
    Class {
        size: size as u32,
        blocks: (UNIT_BYTES / divisor) as u32,
        reciprocal: (1u64 << 32).div_ceil(divisor as u64) as u32,
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

const _: () = assert!(size_of_class(SMALL_CLASSES - 1) == SMALL_BYTES_MAX, "slabs end there");
const _: () = assert!(size_of_class(CLASSES - 1) == CLASS_BYTES_MAX, "the classes end there");
const _: () = assert!(UNIT_BYTES / STEP_BYTES <= 64 * 64, "a slab has at most 64 words of bits");

/// The class for each multiple of 16 up to 4096.
const CLASS_OF: [u8; TABLE_BYTES_MAX / STEP_BYTES + 1] = {
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

/// The same, as where the class's stack lies in a heap, for the shortest path: in eighths, which
/// a processor's addresses know how to count. Each heap has its own, which is an instruction less
/// away than one that all share.
pub(crate) struct Ways([u8; TABLE_BYTES_MAX / STEP_BYTES + 1]);

/// What a [way](Ways) counts in.
const WAY_BYTES: u32 = 8;
const _: () = assert!(
    Heap::stack_offset(CLASSES) / WAY_BYTES <= u8::MAX as u32
        && Heap::stack_offset(1).is_multiple_of(WAY_BYTES),
    "the entries suffice"
);

impl Ways {
    pub(crate) const fn new() -> Self {
        let mut ways = [0; TABLE_BYTES_MAX / STEP_BYTES + 1];
        let mut at = 0;
        while at < ways.len() {
            ways[at] = (Heap::stack_offset(CLASS_OF[at] as usize) / WAY_BYTES) as u8;
            at += 1;
        }
        Self(ways)
    }

    /// Where the stack of [`class_of`] lies, if the table has it.
    #[inline(always)]
    pub(crate) fn to(&self, size: usize) -> Option<u32> {
        (size <= TABLE_BYTES_MAX).then(|| u32::from(self.0[size.div_ceil(STEP_BYTES)]) * WAY_BYTES)
    }

    /// Where the stack of the class lies that has blocks of `size` bytes that are aligned to
    /// `align`, as [`size_aligned`] says, if the table has it, and `size` is not zero.
    #[inline(always)]
    pub(crate) fn to_aligned(&self, size: usize, align: usize) -> Option<u32> {
        let last = last_aligned(size, align).filter(|last| *last < TABLE_BYTES_MAX)?;
        Some(u32::from(self.0[last / STEP_BYTES + 1]) * WAY_BYTES)
    }
}

/// The smallest class whose blocks have at least `size` bytes; `size` is at most
/// [`CLASS_BYTES_MAX`].
#[inline(always)]
pub(crate) fn class_of(size: usize) -> usize {
    if size <= TABLE_BYTES_MAX {
        return CLASS_OF[size.div_ceil(STEP_BYTES)] as usize;
    }
    class_of_more(size)
}

/// The last byte of `size` bytes, rounded up to a multiple of `align`. None if `align` is no
/// power of two; no class has it if `size` is zero, or more than any class has.
#[inline(always)]
pub(crate) fn last_aligned(size: usize, align: usize) -> Option<usize> {
    align.is_power_of_two().then(|| size.wrapping_sub(1) | (align - 1))
}

/// [`class_of`] what is more than [`TABLE_BYTES_MAX`].
#[inline(always)]
pub(crate) fn class_of_more(size: usize) -> usize {
    let last = size - 1;
    if size > SMALL_BYTES_MAX {
        return class_of_run(size);
    }
    let doubling = last.ilog2() as usize;
    STEPS + (doubling - 7) * 4 + (last >> (doubling - 2)) - 4
}

/// The smallest class of runs that have at least `size` bytes.
#[inline(always)]
pub(crate) fn class_of_run(size: usize) -> usize {
    SMALL_CLASSES + (size - 1) / UNIT_BYTES
}

/// The least size from `size` up whose class has blocks that are all aligned to
/// `align`: any multiple of it. Between two powers of two the classes
/// are a quarter of the lower one apart, so a multiple of more than that is a class
/// itself, and one of less is rounded up to another. None if that has
/// no class, or `align` is no power of two. Up to 16 every size will do.
#[inline(always)]
pub(crate) fn size_aligned(size: usize, align: usize) -> Option<usize> {
    if !align.is_power_of_two() {
        return None;
    }
    if align <= STEP_BYTES {
        return Some(size); // as all blocks are
    }
    if size > CLASS_BYTES_MAX || align > UNIT_BYTES {
        return None;
    }
    // The length of the longest class is a multiple of every such alignment.
    Some((size.max(1) + align - 1) & !(align - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_holds_it() {
        for size in 0..=CLASS_BYTES_MAX {
            let class = class_of(size);
            assert!(CLASS[class].size as usize >= size, "{size}");
            assert!(class == 0 || (CLASS[class - 1].size as usize) < size, "{size}");
        }
    }

    #[test]
    fn the_product_tells_index_and_divisibility_of_every_offset() {
        for class in &CLASS[..=SMALL_CLASSES] {
            for offset in 0..UNIT_BYTES as u64 {
                let product = offset * u64::from(class.reciprocal);
                assert_eq!(product >> 32, offset / u64::from(class.size));
                let start = (product as u32) < class.reciprocal;
                assert_eq!(start, offset.is_multiple_of(u64::from(class.size)), "{offset}");
            }
        }
    }

    #[test]
    fn the_table_knows_alignments_up_to_its_end() {
        let ways = Ways::new();
        let knows = |size, align| ways.to_aligned(size, align).is_some();
        assert!(knows(1, 4096) && knows(4096, 1) && knows(4096, 4096));
        assert!(!knows(1, 8192) && !knows(4097, 1) && !knows(4033, 128 << 10));
        assert!(!knows(0, 16) && !knows(64, 0) && !knows(64, 48) && !knows(64, usize::MAX));
        for size in [usize::MAX, usize::MAX - 62, usize::MAX - 63] {
            assert!(!knows(size, 64), "{size:#x}");
        }
    }

    #[test]
    fn aligned_classes_are_multiples() {
        let ways = Ways::new();
        for shift in 0..=16 {
            for size in [0, 1, 17, 100, 1000, 5000, 32 << 10, 33 << 10, 512 << 10] {
                let class = class_of(size_aligned(size, 1 << shift).expect("not that large"));
                let fits = |class: &Class| {
                    class.size as usize >= size && class.size.is_multiple_of(1 << shift)
                };
                assert_eq!(CLASS.iter().position(fits), Some(class), "{size}, {shift}");
                if let Some(stack) = ways.to_aligned(size, 1 << shift) {
                    assert_eq!(stack, Heap::stack_offset(class), "{size}, {shift}");
                }
            }
        }
    }
}
