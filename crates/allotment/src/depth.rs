//! How deep the stacks of a heap are, and where their memory is.
//!
//! ```text
//!              │◀── room ───▶│
//!   bottom [0] [e] … [0] … [e] [e] … [e] [ ] … [ ]│[ ] …
//!                     │               │           └ limit: a step above the top
//!                     │               └ top, when they were moved
//!                     └ stop: a step below it
//! ```
//!
//! Each class has a depth; its stack begins with less room, and gets more where the heap
//! has many slabs of the class. That is as deep as it is in general. But a program may allocate
//! thousands of blocks and free them, over and over. Where the last two such rises took more
//! than there is room for, the stack may be as deep as these, within [`BEYOND_BYTES_MAX`] for
//! all stacks of a heap.
//!
//! Memory goes back to the system on slow paths, so a program must not live on a deep stack
//! without one. There is a *stop* in it, therefore: an entry of zero, as at the bottom. The pop
//! that finds it takes the slow path, and so does the push that finds the limit; either moves
//! stop and limit along, which is two entries' work.

use core::ptr::null_mut;

use crate::class::{CLASS, CLASSES};
use crate::ground;
use crate::land::UNIT_BYTES;
use crate::stack::{CAPACITIES, Entry, Stack};

/// A stack has room for this part of the class's memory in the heap, if that is more than the
/// class's depth, but no more than so many times that.
const KEPT_PARTS: usize = 8;
const DEEPER_MAX: usize = 4;
/// What all stacks of a heap may have in all, more than their classes' depths.
const BEYOND_BYTES_MAX: usize = 1 << 20;
/// So often a stack that might be deeper is not, before others give up what they have.
const WAITS: u8 = 64;
/// Entries in the deepest stack that has a stop.
const ENTRIES_MAX: usize = CAPACITIES[CAPACITIES.len() - 1] - 1;

const _: () = assert!(of_class(0) * DEEPER_MAX <= ENTRIES_MAX + 1, "the deepest has memory");

/// How deep a stack is by itself.
pub(crate) const fn of_class(class: usize) -> usize {
    CLASS[class].depth as usize
}

/// Blocks of a class in so many slabs.
fn blocks(class: usize, slabs: usize) -> usize {
    slabs * UNIT_BYTES / CLASS[class].size as usize
}

/// How much room a stack gets in a heap that has so many slabs of the class.
fn room_most(class: usize, slabs: usize) -> usize {
    let least = of_class(class);
    (blocks(class, slabs) / KEPT_PARTS).clamp(least, least * DEEPER_MAX)
}

/// The limit of a stack of so many entries, and a stop.
fn limit_above(len: usize, step: usize) -> usize {
    (len + 1 + step).min(ENTRIES_MAX + 1)
}

/// What so many entries are beyond the class's depth.
fn beyond(class: usize, entries: usize) -> usize {
    entries.saturating_sub(of_class(class)) * CLASS[class].size as usize
}

/// Of one stack.
#[derive(Clone, Copy)]
struct Depth {
    /// The bottom entry, and so the start of its memory.
    bottom: *mut Entry,
    /// Entries that it has room for without a stop.
    room: u16,
    /// Where the stop is; zero if there is none.
    stop: u16,
    /// Blocks that it got in this rise or the last, and in the one before.
    rise: u16,
    rise_before: u16,
    /// Whether it was empty, or at the stop, since it was full last.
    rises: bool,
    /// Which of [`CAPACITIES`] the memory has.
    size: u8,
}

impl Depth {
    const fn new() -> Self {
        Self {
            bottom: null_mut(),
            room: 0,
            stop: 0,
            rise: 0,
            rise_before: 0,
            rises: false,
            size: 0,
        }
    }

    fn capacity(&self) -> usize {
        CAPACITIES[self.size as usize]
    }

    fn rise(&mut self, blocks: usize) {
        if !self.rises {
            self.rises = true;
            self.rise_before = core::mem::take(&mut self.rise);
        }
        self.rise = self.rise.saturating_add(blocks.min(ENTRIES_MAX) as u16);
    }

    /// How deep it may be in a heap that has so many slabs of the class.
    fn most(&self, class: usize, slabs: usize) -> usize {
        let (room, step) = (usize::from(self.room), of_class(class));
        let swing = usize::from(self.rise.min(self.rise_before));
        if swing == 0 || room < step {
            return room;
        }
        // A step more, as what is above the stop when it rises is not counted.
        (room + step + swing).min(blocks(class, slabs)).min(ENTRIES_MAX).max(room)
    }

    /// Goes on in memory of another size, if that can be had. There is no stop, and no more in
    /// it than that has room for.
    fn move_to(&mut self, size: usize, stack: &Stack) {
        let Some(memory) = ground::take_stack(size) else { return };
        let (old, had) = (self.bottom, self.size);
        // SAFETY: the old memory holds so many entries with the bottom, the new one has room
        // for them, and both are this stack's.
        unsafe { old.copy_to_nonoverlapping(memory, stack.len(old) + 1) };
        // Before the top is another: see Stack::push on forks. The child of one has
        // this heap's lock, and finds all of this or nothing.
        stack.move_to(old, memory);
        (self.bottom, self.size) = (memory, size as u8);
        ground::leave_stack(had.into(), old);
    }

    /// Has memory for so many entries, if it can be had. There is no stop.
    fn make_room(&mut self, entries: usize, stack: &Stack) -> bool {
        if let Some(size) = size_for(entries)
            && size > self.size.into()
        {
            self.move_to(size, stack);
        }
        self.capacity() >= entries
    }
}

/// Which of [`CAPACITIES`] suffices for so many entries.
fn size_for(entries: usize) -> Option<usize> {
    CAPACITIES.iter().position(|&capacity| capacity >= entries)
}

/// What becomes of a full stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Growth {
    /// One more may be pushed.
    Room,
    /// It might be deeper if others were less deep.
    NoneLeft,
    /// It is as deep as it may be.
    None,
}

/// Of all stacks of a heap, under its lock. A stack is its heap's of the class.
pub(crate) struct Depths {
    of: [Depth; CLASSES],
    /// What the stacks' limits are beyond their classes' depths.
    beyond_bytes: usize,
    /// How often one might have been deeper if others were less deep.
    waited: u8,
}

impl Depths {
    pub(crate) const fn new() -> Self {
        Self { of: [const { Depth::new() }; CLASSES], beyond_bytes: 0, waited: 0 }
    }

    /// Gives a new stack its first memory.
    pub(crate) fn equip(&mut self, class: usize, stack: &Stack, memory: *mut Entry) {
        self.of[class].bottom = memory;
        self.of[class].room = of_class(class).min(CAPACITIES[0]) as u16;
        stack.set_len(memory, 0);
        stack.set_room(memory, 0);
        self.rest(class, stack);
    }

    /// Where the entries begin.
    pub(crate) fn first(&self, class: usize) -> *mut Entry {
        self.of[class].bottom.wrapping_add(1)
    }

    /// Entries in a stack.
    pub(crate) fn len(&self, class: usize, stack: &Stack) -> usize {
        let depth = &self.of[class];
        stack.len(depth.bottom) - usize::from(depth.stop > 0)
    }

    pub(crate) fn set_len(&self, class: usize, stack: &Stack, len: usize) {
        stack.set_len(self.of[class].bottom, len);
    }

    /// Takes the stop out, if there is one: the entries are in a row then.
    pub(crate) fn lift(&mut self, class: usize, stack: &Stack) {
        let depth = &mut self.of[class];
        if depth.stop > 0 {
            stack.close(depth.bottom, depth.stop.into());
            depth.stop = 0;
        }
    }

    /// Puts a stop into a stack that has none, if it is deeper than its room; sets the limit.
    pub(crate) fn rest(&mut self, class: usize, stack: &Stack) {
        let (step, depth) = (of_class(class), &mut self.of[class]);
        debug_assert!(depth.stop == 0, "one stop is enough");
        let (len, room) = (stack.len(depth.bottom), usize::from(depth.room));
        let mut limit = room;
        if len > room {
            depth.stop = (len - step) as u16;
            stack.open(depth.bottom, len - step);
            limit = limit_above(len, step).min(depth.capacity());
        }
        self.beyond_bytes -= beyond(class, stack.room(depth.bottom));
        stack.set_room(depth.bottom, limit);
        self.beyond_bytes += beyond(class, limit);
    }

    /// A stack has no stop, and is full. Whether one more may be pushed, in a heap that has so
    /// many slabs of the class.
    pub(crate) fn grow(&mut self, class: usize, stack: &Stack, slabs: usize) -> Growth {
        let step = of_class(class);
        let room = self.widen(class, stack, slabs);
        let depth = &mut self.of[class];
        let len = stack.len(depth.bottom);
        if len < room {
            return Growth::Room;
        }
        depth.rises = false;
        if len >= depth.most(class, slabs) {
            return Growth::None;
        }
        let limit = limit_above(len + 1, step);
        let before = beyond(class, stack.room(depth.bottom));
        let more = beyond(class, limit).saturating_sub(before);
        if self.beyond_bytes + more > BEYOND_BYTES_MAX {
            return Growth::NoneLeft;
        }
        if depth.make_room(limit, stack) { Growth::Room } else { Growth::None }
    }

    /// How many entries are to leave a stack that is full, and has no stop.
    pub(crate) fn surplus(&self, class: usize, stack: &Stack, slabs: usize) -> usize {
        let (depth, len) = (&self.of[class], self.len(class, stack));
        let (step, room) = (of_class(class), usize::from(depth.room));
        if len <= room {
            return len.div_ceil(2);
        }
        let most = depth.most(class, slabs);
        (len + step).saturating_sub(most).max(step).min(len - room.div_ceil(2))
    }

    /// A stack might be deeper if others were less deep. Whether these are to give up what they
    /// have beyond their classes' depths: not each time, as that may go to and fro.
    pub(crate) fn are_others_to_yield(&mut self) -> bool {
        self.waited = (self.waited + 1) % WAITS;
        self.waited == 0
    }

    /// Pushes on a stack that has no stop, and memory for one more; and a stop, if it needs one.
    pub(crate) fn push(&mut self, class: usize, stack: &Stack, entry: Entry) {
        let (depth, limit) = (&self.of[class], stack.room(self.of[class].bottom));
        stack.set_room(depth.bottom, depth.capacity());
        let has_room = stack.push(entry);
        debug_assert!(has_room, "the caller's");
        stack.set_room(depth.bottom, limit);
        self.rest(class, stack);
    }

    /// The oldest entries of a stack without a stop are gone, so many.
    pub(crate) fn drop_oldest(&mut self, class: usize, stack: &Stack, count: usize) {
        let (first, left) = (self.first(class), self.len(class, stack) - count);
        // SAFETY: both ranges are entries of the stack.
        unsafe { first.wrapping_add(count).copy_to(first, left) };
        self.set_len(class, stack, left);
    }

    /// A stack that holds no more than its class's depth has no more room, either.
    pub(crate) fn narrow(&mut self, class: usize, stack: &Stack) {
        let least = of_class(class);
        if self.len(class, stack) > least {
            return;
        }
        self.lift(class, stack);
        let depth = &mut self.of[class];
        depth.room = depth.room.min(least as u16);
        // The first memory is a part of the heap, and not to be had again.
        let size = size_for(least).map_or(usize::MAX, |size| size.max(1));
        if size < depth.size.into() {
            depth.move_to(size, stack);
        }
        self.rest(class, stack);
    }

    /// A stack that was empty, or at its stop, got so many blocks.
    pub(crate) fn rise(&mut self, class: usize, blocks: usize) {
        self.of[class].rise(blocks);
    }

    /// Doubles the room of a stack without a stop, as far as it may grow in a heap that has so
    /// many slabs of the class; returns the new room.
    pub(crate) fn widen(&mut self, class: usize, stack: &Stack, slabs: usize) -> usize {
        let depth = &mut self.of[class];
        let room = usize::from(depth.room);
        let want = (2 * room).min(room_most(class, slabs)).max(room);
        let more = beyond(class, want) - beyond(class, room);
        let fits = want > room && self.beyond_bytes + more <= BEYOND_BYTES_MAX;
        if fits && depth.make_room(want, stack) {
            depth.room = want as u16;
        }
        depth.room.into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::vec::Vec;

    use super::*;
    use crate::alone::alone;
    use crate::class::{SMALL_CLASSES, class_of};
    use crate::heap::Heap;
    use crate::report::Caller;
    use crate::{block, tls};

    fn with_depths<T>(f: impl FnOnce(&Heap, &mut Depths) -> T) -> T {
        let heap = tls::heap();
        f(heap, &mut heap.inner.lock().depths)
    }

    fn cached(bytes: usize) -> usize {
        let class = class_of(bytes);
        with_depths(|heap, depths| depths.len(class, heap.stack(class)))
    }

    /// Blocks that the heap has claimed from its slabs and put back, ever.
    fn moved() -> (u64, u64) {
        let inner = tls::heap().inner.lock();
        (inner.tally.claimed, inner.tally.put_back)
    }

    fn free_all(blocks: impl IntoIterator<Item = usize>) {
        blocks.into_iter().for_each(|block| block::free(block, Caller::Free));
    }

    fn turn(blocks: usize, bytes: usize) {
        free_all((0..blocks).map(|_| block::allocate(bytes)).collect::<Vec<_>>());
    }

    #[test]
    fn a_program_that_goes_up_and_down_lives_on_its_stacks_and_comes_by_all_the_same() {
        alone(|| {
            // The last have no room beside each other, and the second time nothing is new.
            let of_a_kilobyte = (900, 1024);
            let all = [(1600, 16), (1600, 64), (1600, 512), of_a_kilobyte, (1600, 512)];
            for (blocks, bytes) in all.into_iter().chain([of_a_kilobyte]) {
                let is_quiet = |_: &i32| {
                    let (before, calls) = (moved(), tls::heap().calls.counted());
                    turn(blocks, bytes);
                    let now = tls::heap().calls.counted();
                    let comes_by = now.0 > calls.0 && now.1 > calls.1;
                    before == moved() && comes_by
                };
                let quiet = (0..100).filter(is_quiet).count();
                assert!(quiet > 10, "{blocks} of {bytes} bytes: {quiet} turns of 100");
                let beyond = with_depths(|_, depths| depths.beyond_bytes);
                assert!(beyond <= BEYOND_BYTES_MAX, "{beyond}");
            }
        });
    }

    #[test]
    fn a_program_that_goes_up_and_down_once_keeps_little() {
        alone(|| {
            for bytes in [64, 1024, 16_000] {
                turn(20_000, bytes);
                let (kept, most) =
                    (cached(bytes), room_most(class_of(bytes), usize::MAX / UNIT_BYTES));
                assert!((1..=most).contains(&kept), "{kept} of {most}");
            }
        });
    }

    #[test]
    fn whatever_goes_up_and_down_no_block_is_lost_or_handed_out_twice() {
        alone(|| {
            let (mut live, mut seed) = (Vec::new(), 1_u64);
            let mut below = |limit: usize| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 33) as usize % limit
            };
            for bytes in [16, 48, 1024, 5000] {
                for _ in 0..300 {
                    let target = below(3 * ENTRIES_MAX / 2);
                    while live.len() < target {
                        live.push(block::allocate(bytes));
                    }
                    free_all(live.drain(target..));
                    let distinct: HashSet<&usize> = live.iter().collect();
                    assert_eq!(distinct.len(), live.len(), "{bytes} bytes");
                }
                let (claimed, put_back) = moved();
                let cached: usize = [16, 48, 1024, 5000].map(cached).iter().sum();
                assert_eq!((claimed - put_back) as usize, live.len() + cached);
                free_all(live.drain(..));
            }
        });
    }

    #[test]
    fn a_stop_is_a_step_below_and_the_limit_a_step_above() {
        let class = class_of(1024);
        let step = of_class(class);
        alone(|| {
            turn(900, 1024);
            turn(900, 1024);
            turn(900, 1024);
            with_depths(|heap, depths| {
                let (depth, stack) = (depths.of[class], heap.stack(class));
                let top = stack.len(depth.bottom);
                assert!(depth.stop > 0 && top > 800, "{top}");
                assert!(top - usize::from(depth.stop) <= 2 * step);
                assert!(stack.room(depth.bottom) <= top + 2 * step);
                depths.lift(class, stack);
                assert_eq!(depths.len(class, stack), top - 1);
                depths.rest(class, stack);
                assert_eq!(usize::from(depths.of[class].stop), top - 1 - step);
            });
        });
    }

    #[test]
    fn what_is_not_in_use_any_more_is_narrow_again() {
        for (blocks, bytes, size) in [(200, 1024, 1), (150, 5000, 1), (1600, 64, 3)] {
            alone(|| {
                let class = class_of(bytes);
                (0..3).for_each(|_| turn(blocks, bytes));
                with_depths(|heap, depths| {
                    let stack = heap.stack(class);
                    let len = depths.len(class, stack);
                    let room = usize::from(depths.of[class].room);
                    assert!(len > 2 * room && depths.of[class].stop > 0);
                    depths.of[class].rise = 1;
                    let surplus = len - room - 1;
                    depths.lift(class, stack);
                    assert_eq!(depths.surplus(class, stack, usize::from(u16::MAX)), surplus);
                    let left = len - depths.surplus(class, stack, 0);
                    assert!(left >= room.div_ceil(2), "of what others own, too: {left}");
                    depths.drop_oldest(class, stack, len - room - 1);
                    depths.rest(class, stack);
                    assert_eq!(usize::from(depths.of[class].stop), room + 1 - of_class(class));
                });
                while cached(bytes) >= of_class(class) {
                    block::allocate(bytes);
                }
                with_depths(|heap, depths| {
                    let (stack, left) = (heap.stack(class), of_class(class) - 1);
                    depths.narrow(class, stack);
                    assert_eq!((depths.len(class, stack), depths.of[class].stop), (left, 0));
                    assert_eq!(depths.of[class].size, size);
                    assert_eq!(depths.beyond_bytes, 0);
                    (0..left).for_each(|_| assert!(stack.pop().is_some()));
                    assert!(stack.pop().is_none());
                });
            });
        }
    }

    #[test]
    fn the_room_grows_with_the_slabs_up_to_four_times_the_depth() {
        for class in 0..SMALL_CLASSES {
            let rooms = [0, 1, 8, 16, 32, 1000].map(|slabs| room_most(class, slabs));
            assert!(rooms.is_sorted());
            assert_eq!((rooms[0], rooms[5]), (of_class(class), 4 * of_class(class)));
        }
    }
}
