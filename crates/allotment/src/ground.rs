//! What all heaps share, behind one lock: the closet, the runs of units, and the
//! list of heaps.

use core::ops::Range;
use core::ptr::null_mut;

use crate::class::{CLASS, CLASS_BYTES_MAX, SMALL_CLASSES};
use crate::fork::ForkLock;
use crate::heap::Heap;
use crate::holes;
use crate::land::{self, Zones};
use crate::marks;
use crate::moving::{self, Ending};
use crate::report;
use crate::roster::Roster;
use crate::runs::{Found, Runs, SHIFT_MAX};
use crate::slab::{self, LINE_BYTES, Marks, Slab};
use crate::stack::{self, CAPACITIES, Entry};
use crate::state;
use crate::sync::{AtomicU8, AtomicU32, Relaxed};
use crate::tally;
use crate::zone::Zone;

/// The closet is committed in steps of this.
const CLOSET_STEP_BYTES: usize = 256 << 10;

/// And ahead of need to this part of the land: where there is a limit to what is committed,
/// blocks of one kind could use it up, and be freed, and others find no room for their books.
const CLOSET_PART: usize = 32;

/// Marks that are longer by no more than this serve a class that needs fewer.
const LONGER_MAX: usize = 4;

const _: () = assert!(
    land::CLOSET_BYTES_MIN >= stack::memory_bytes(CAPACITIES.len() - 1)
        && land::CLOSET_BYTES_MIN >= size_of::<Heap>() + Heap::stacks_bytes()
        && land::CLOSET_BYTES_MIN >= slab::closet_bytes(0),
    "the smallest closet holds the longest piece",
);

/// A block that grows is placed at a multiple of so many times its size.
const ROOM: usize = 4;

/// What exists once per process.
pub(crate) struct Ground {
    /// Metadata that is carved off and never given back, but used again.
    closet: Zone,
    /// The closet that follows the first, while that is in use.
    closet_next: Option<Zone>,
    /// Bytes of the closet in use.
    carved: usize,
    /// Whether it is known by [`land::note_closet`], or needs not be.
    is_noted: bool,
    /// Bytes of the closets that are full, but for the first, which lies in the window.
    closed_bytes: usize,
    /// For each class, marks of ended slabs that were carved for it: a list through what is
    /// behind them.
    marks: [*mut AtomicU8; SMALL_CLASSES],
    /// By size, memory that stacks have grown out of: a list through the first entries.
    stacks: [*mut Entry; CAPACITIES.len()],
    pub(crate) runs: Runs,
    /// Heaps whose thread has ended, by `Heap::next_idle`.
    idle: *mut Heap,
}

// SAFETY: the pointers lead to the closet, and are used under the lock only.
unsafe impl Send for Ground {}

/// What is usable of the reservation.
#[derive(Default)]
pub(crate) struct Parts {
    /// The window with the records and briefs around it,
    window: Range<usize>,
    /// and what does not fit into it any more.
    books: [Range<usize>; 5],
    closet: Range<usize>,
    pub(crate) land: Range<usize>,
}

impl Parts {
    /// All that is not the land.
    pub(crate) fn metadata(&self) -> impl Iterator<Item = &Range<usize>> {
        self.books.iter().chain([&self.window, &self.closet])
    }
}

/// What is there of the ground.
pub(crate) struct Site {
    /// Reserved once, and kept if there is no memory for the ground yet.
    zones: Option<Zones>,
    /// None before the first heap is needed.
    ground: Option<Ground>,
}

pub(crate) static GROUND: ForkLock<Site> = ForkLock::new(Site { zones: None, ground: None });

/// Runs `f` on the ground, reserving it first; none when there is no memory at all.
pub(crate) fn with<T>(f: impl FnOnce(&mut Ground) -> Option<T>) -> Option<T> {
    let mut site = GROUND.lock();
    if site.ground.is_none() {
        begin(&mut site)?;
    }
    f(site.ground.as_mut()?)
}

/// Not inlined: what it builds takes stack, of which a thread may have little.
#[cold]
#[inline(never)]
fn begin(site: &mut Site) -> Option<()> {
    if site.zones.is_none() {
        site.zones = land::reserve();
    }
    let zones = site.zones.as_ref()?;
    if !land::open(zones) {
        return None;
    }
    holes::begin();
    site.ground = Some(Ground {
        closet: zones.closets.0,
        closet_next: Some(zones.closets.1),
        carved: 0,
        is_noted: true,
        closed_bytes: 0,
        marks: [null_mut(); SMALL_CLASSES],
        stacks: [null_mut(); CAPACITIES.len()],
        runs: Runs::new(zones)?,
        idle: null_mut(),
    });
    Some(())
}

/// Runs `f` on the ground, if there is one by now.
pub(crate) fn survey(f: impl FnOnce(&mut Ground)) {
    if let Some(ground) = GROUND.lock().ground.as_mut() {
        f(ground);
    }
}

/// Whether the ground's lock can be had: at the end of a program, its holder may be
/// the very thread that asks, interrupted by a signal whose handler ends the program.
pub(crate) fn is_free() -> bool {
    GROUND.lock_soon().is_some() && all_heaps().all(|heap| heap.inner.lock_soon().is_some())
}

impl Ground {
    /// Bytes of closets that are full.
    pub(crate) fn closed_bytes(&self) -> usize {
        self.closed_bytes
    }

    pub(crate) fn parts(&self) -> Parts {
        let (window, books, land) = self.runs.usable();
        let closet = self.closet_next.as_ref().unwrap_or(&self.closet).usable();
        Parts { window, books, closet, land }
    }

    /// Memory for metadata: zeroed, aligned to a cache line so that slabs of different
    /// owners don't share one, for ever.
    fn carve(&mut self, bytes: usize) -> Option<usize> {
        let bytes = bytes.next_multiple_of(LINE_BYTES);
        if self.closet.ends_within(self.carved.checked_add(bytes)?) {
            self.change_closets(bytes)?;
        }
        let end = self.carved + bytes;
        if !self.closet.commit(end, CLOSET_STEP_BYTES) {
            return None;
        }
        if !core::mem::replace(&mut self.is_noted, true) {
            land::note_closet(&self.closet);
        }
        let at = self.closet.from() + self.carved;
        self.carved = end;
        Some(at)
    }

    /// The closet is full: goes on in the next one, or reserves one for `bytes`.
    fn change_closets(&mut self, bytes: usize) -> Option<()> {
        if let Some(next) = &mut self.closet_next {
            // It is long enough for anything. If it is refused, less may still fit here.
            if !next.commit(bytes, CLOSET_STEP_BYTES) {
                return None;
            }
            (self.closet, self.carved) = (*next, 0);
            self.closet_next = None;
            return Some(());
        }
        let next = land::reserve_closet(bytes)?;
        self.closed_bytes += self.closet.ready_bytes();
        (self.closet, self.carved) = (next, size_of::<land::Closet>());
        self.is_noted = false;
        Some(())
    }

    /// A run of units; see [`Runs::take`].
    fn take_run(&mut self, units: usize, shift: u32) -> Option<Found> {
        let found = self.runs.take(units, shift);
        let part = self.runs.land_bytes() / CLOSET_PART;
        let (closet, bytes) = match &mut self.closet_next {
            Some(next) => (next, part.saturating_sub(self.closet.ready_bytes())),
            None => (&mut self.closet, part),
        };
        if closet.ready_bytes() < bytes && !closet.ends_within(bytes) {
            // Not now, then.
            let _ = closet.commit(bytes, 0);
        }
        found
    }

    /// Marks for a slab of `class`, all `IDLE`: its own class's, or those of a class of
    /// smaller blocks, if they are not much longer, or new ones.
    fn take_marks(&mut self, class: usize) -> Option<Marks> {
        let bytes_max = slab::closet_bytes(class) * LONGER_MAX;
        let fits = |made_for: &usize| slab::closet_bytes(*made_for) <= bytes_max;
        let mut longer = (0..=class).rev().take_while(fits);
        let Some(made_for) = longer.find(|&made_for| !self.marks[made_for].is_null()) else {
            let at = self.carve(slab::closet_bytes(class))?;
            let first = core::ptr::with_exposed_provenance_mut(at);
            return Some(Marks { first, made_for: class });
        };
        let first = self.marks[made_for];
        // SAFETY: what is in the list is nobody's, and has the link that `leave_marks` wrote.
        self.marks[made_for] = unsafe { link_of(first, made_for).read() };
        Some(Marks { first, made_for })
    }

    /// Takes marks that served `class`.
    fn leave_marks(&mut self, class: usize, Marks { first, made_for }: Marks) {
        if class != made_for {
            // What is behind the fewer marks of the other class lies in these.
            let marks = CLASS[made_for].blocks as usize;
            // SAFETY: the slab has ended, so its marks and what is behind them are nobody's.
            unsafe { first.cast::<u8>().write_bytes(marks::IDLE, marks) };
        }
        // SAFETY: as above.
        unsafe { link_of(first, made_for).write(self.marks[made_for]) };
        self.marks[made_for] = first;
    }

    /// Memory for a stack; its bottom is zero.
    fn take_stack(&mut self, size: usize) -> Option<*mut Entry> {
        let memory = self.stacks[size];
        if memory.is_null() {
            let at = self.carve(stack::memory_bytes(size))?;
            return Some(core::ptr::with_exposed_provenance_mut(at));
        }
        let next = memory.cast::<*mut Entry>();
        // SAFETY: what is in the list is nobody's, and has the link that was left there.
        self.stacks[size] = unsafe { next.read() };
        // SAFETY: as above.
        unsafe { next.write(null_mut()) };
        Some(memory)
    }

    /// A heap for a thread: one that lost its thread, or a new one. If possible, the one that
    /// is preferred, among those that lost theirs last.
    fn take_heap(&mut self, preferred: *const Heap) -> Option<&'static Heap> {
        if !self.idle.is_null() {
            self.prefer(preferred);
            // SAFETY: heaps live in the closet, for ever.
            let heap = unsafe { &*self.idle };
            heap.is_idle.store(false, Relaxed); // under the lock
            self.idle = heap.next_idle.load(Relaxed); // under the lock
            IDLE_HEAPS.fetch_sub(1, Relaxed); // a count
            return Some(heap);
        }
        let at = self.carve(size_of::<Heap>() + Heap::stacks_bytes())?;
        let heap = core::ptr::with_exposed_provenance_mut::<Heap>(at);
        // SAFETY: newly carved, aligned, and nobody else's.
        unsafe { heap.write(Heap::new()) };
        // SAFETY: written just now, and there for ever.
        let heap: &'static Heap = unsafe { &*heap };
        heap.inner.begin();
        let stacks = core::ptr::with_exposed_provenance_mut::<Entry>(at + size_of::<Heap>());
        heap.equip(stacks);
        // SAFETY: new, there for ever, and added under the lock of the ground.
        unsafe { HEAPS.add(heap) };
        Some(heap)
    }

    /// Makes a heap the first of those that have no thread, if it is one of the first.
    fn prefer(&mut self, preferred: *const Heap) {
        // SAFETY: null or a heap, and these live in the closet, for ever.
        let heap = unsafe { preferred.as_ref() };
        if !heap.is_some_and(|heap| heap.is_idle.load(Relaxed)) {
            return; // Relaxed: under the lock
        }
        // SAFETY: those in the list are heaps, which live in the closet, for ever.
        let next = |heap: *mut Heap| unsafe { &(*heap).next_idle };
        let mut at = self.idle;
        for _ in 0..PREFERRED_MAX {
            let after = next(at).load(Relaxed); // under the lock, as all of these
            if after.is_null() || core::ptr::eq(at, preferred) {
                return;
            }
            if core::ptr::eq(after, preferred) {
                next(at).store(next(after).load(Relaxed), Relaxed); // as above
                next(after).store(self.idle, Relaxed); // as above
                self.idle = after;
                return;
            }
            at = after;
        }
    }

    fn leave_heap(&mut self, heap: &'static Heap) {
        heap.next_idle.store(self.idle, Relaxed); // under the lock
        heap.is_idle.store(true, Relaxed); // under the lock
        self.idle = (&raw const *heap).cast_mut();
        IDLE_HEAPS.fetch_add(1, Relaxed); // a count
    }
}

/// So many heaps are looked at for the one that is preferred.
const PREFERRED_MAX: usize = 32;

/// Heaps whose thread has ended. Relaxed, as everything here: written under the lock of the
/// ground, or for a message or a hint only.
static IDLE_HEAPS: AtomicU32 = AtomicU32::new(0);

/// Where marks that are nobody's have the link of their list: behind them, so that they
/// go on saying `IDLE` to whoever still asks.
fn link_of(marks: *mut AtomicU8, class: usize) -> *mut *mut AtomicU8 {
    // Aligned, as marks begin on a cache line.
    core::ptr::with_exposed_provenance_mut(marks.expose_provenance() + slab::behind_marks(class))
}

/// All heaps there are.
pub(crate) static HEAPS: Roster<Heap> = Roster::new();

/// Every heap, the newest first.
pub(crate) fn all_heaps() -> impl Iterator<Item = &'static Heap> {
    HEAPS.all()
}

/// Memory for a stack, of one of the [`CAPACITIES`].
pub(crate) fn take_stack(size: usize) -> Option<*mut Entry> {
    with(|ground| ground.take_stack(size))
}

/// Takes memory that a stack has grown out of. The first is a part of its heap, and stays
/// there.
pub(crate) fn leave_stack(size: usize, memory: *mut Entry) {
    if size == 0 {
        return;
    }
    with(|ground| {
        // SAFETY: the memory is nobody's, and longer than a link.
        unsafe { memory.cast::<*mut Entry>().write(ground.stacks[size]) };
        ground.stacks[size] = memory;
        Some(())
    });
}

/// A heap for a thread that has none; the preferred one, if that has no thread and can be found
/// fast.
pub(crate) fn take_heap(preferred: *const Heap) -> Option<&'static Heap> {
    with(|ground| ground.take_heap(preferred))
}

/// Takes a heap whose thread has ended; the next new thread gets it.
pub(crate) fn leave_heap(heap: &'static Heap) {
    with(|ground| {
        ground.leave_heap(heap);
        Some(())
    });
}

/// How many heaps have no thread.
pub(crate) fn idle_heaps() -> u32 {
    IDLE_HEAPS.load(Relaxed) // a count
}

/// A new slab of `class` for a heap, and whether it costs no memory so far. One of which
/// everything will be written gets it, in a huge page, where that is worth it.
pub(crate) fn begin_slab(
    class: usize,
    owner: &Heap,
    will_be_written: bool,
) -> Option<(&'static Slab, bool)> {
    with(|ground| {
        let marks = ground.take_marks(class)?;
        let Some((slab, dirt)) = ground.take_run(1, 0) else {
            ground.leave_marks(class, marks);
            return None;
        };
        slab.begin(class, owner, &marks);
        let filled = will_be_written && dirt.is_none() && ground.runs.fill_huge_page(slab);
        Some((slab, dirt.is_none() && !filled))
    })
}

/// Gives the unit of a slab back, of which no block is in use.
pub(crate) fn end_slab(slab: &'static Slab) {
    with(|ground| {
        let class = slab.class();
        let marks = slab.end();
        ground.leave_marks(class, marks);
        ground.runs.give_back(slab, Ending::Dirty);
        Some(())
    });
}

/// The run of a large block, of at least `bytes`, aligned to `1 << shift` units;
/// and what of it may not be zero.
pub(crate) fn begin_large(bytes: usize, shift: u32) -> Option<Found> {
    let units = bytes.div_ceil(land::UNIT_BYTES);
    with(|ground| {
        let found = ground.take_run(units, shift)?;
        ground.runs.advise_huge_pages(found.0, &found.1);
        Some(begin_large_in(found, bytes))
    })
}

/// The same for a block that is growing: with room above it, if there is such a place,
/// so that it can go on in place. Whatever else needs the room may take it.
pub(crate) fn begin_growing(bytes: usize) -> Option<Found> {
    let units = bytes.div_ceil(land::UNIT_BYTES);
    let roomy = (units.next_power_of_two() * ROOM).ilog2().min(SHIFT_MAX);
    let shift = if land::GROUND.is_aligned(roomy) { roomy } else { 0 };
    with(|ground| {
        let found = ground.take_run(units, shift).or_else(|| ground.take_run(units, 0))?;
        Some(begin_large_in(found, bytes))
    })
}

fn begin_large_in(found: Found, bytes: usize) -> Found {
    found.0.begin_large(bytes);
    tally::publish(bytes.cast_signed());
    found
}

/// A run that is a block of `class`, and what of it may not be zero.
pub(crate) fn begin_run(class: usize) -> Option<Found> {
    with(|ground| {
        let bytes = CLASS[class].size as usize;
        let (slab, dirt) = ground.take_run(bytes / land::UNIT_BYTES, 0)?;
        slab.begin_run(bytes, marks::IDLE);
        tally::publish(bytes.cast_signed());
        Some((slab, dirt))
    })
}

/// Gives the run of a large block back, which is not live any more.
pub(crate) fn end_run(slab: &'static Slab) {
    if !slab.is_ended_run() {
        return catch_second_end(slab);
    }
    end_run_as(slab, moving::end(slab));
}

/// Two threads have freed the run at the same instant, and this is the slower one: what
/// is there now is not its own.
#[cold]
fn catch_second_end(slab: &'static Slab) {
    report::catch(land::GROUND.unit(slab.unit()), slab.bytes.load(Relaxed)); // for a message
}

/// Gives back a run that is the caller's still, unless it is lost.
pub(crate) fn end_run_as(slab: &'static Slab, ending: Ending) {
    with(|ground| {
        if !slab.is_ended_run() {
            catch_second_end(slab);
            return None;
        }
        if slab.state() == state::SLAB {
            slab.end();
        }
        let bytes = slab.bytes.load(Relaxed); // the caller's
        tally::publish(-bytes.cast_signed());
        ground.runs.give_back(slab, ending);
        Some(())
    });
}

/// Makes a live block that is a run longer or shorter where it is.
pub(crate) fn resize_run(slab: &'static Slab, bytes: usize) -> bool {
    let units = bytes.div_ceil(land::UNIT_BYTES);
    let had_bytes = slab.bytes.load(Relaxed); // the caller's
    let had = had_bytes.div_ceil(land::UNIT_BYTES);
    if bytes > CLASS_BYTES_MAX && slab.state() == state::LARGE && had == units {
        slab.bytes.store(bytes, Relaxed); // as above
        tally::publish(bytes.cast_signed() - had_bytes.cast_signed());
        return true;
    }
    with(|ground| {
        if !slab.is_run() || !ground.runs.resize(slab, units) {
            return None;
        }
        slab.begin_run(bytes, marks::LIVE);
        tally::publish(slab.bytes.load(Relaxed).cast_signed() - had_bytes.cast_signed());
        Some(())
    })
    .is_some()
}

/// Runs `f` on the free runs, if there is a ground by now.
pub(crate) fn with_runs<T>(f: impl FnOnce(&mut Runs) -> T) -> Option<T> {
    GROUND.lock().ground.as_mut().map(|ground| f(&mut ground.runs))
}

/// Sees to it that a live large block is in one mapping, if it was not moved before.
pub(crate) fn unite(slab: &Slab) -> bool {
    with_runs(|runs| runs.unite(slab)).unwrap_or(false)
}

/// Makes every heap but one idle: in a forked child, where their threads are not.
pub(crate) fn adopt_all_but(mine: &Heap) {
    with(|ground| {
        ground.idle = null_mut();
        IDLE_HEAPS.store(0, Relaxed); // a count
        all_heaps()
            .filter(|heap| !core::ptr::eq(*heap, mine))
            .for_each(|heap| ground.leave_heap(heap));
        Some(())
    });
}

/// The large block around an offset of the land, or if none is live there, the one that
/// was freed: its first record, the offset of its start, and its size.
pub(crate) fn run_around(offset: usize) -> Option<(&'static Slab, usize, usize)> {
    with(|_| {
        let mut freed = None;
        for unit in (0..=offset / land::UNIT_BYTES).rev() {
            let start = unit * land::UNIT_BYTES;
            let slab = slab::at_offset(start);
            let size = slab.bytes.load(Relaxed); // under the lock
            let found = (offset - start < size).then_some((slab, start, size));
            if slab.is_run() {
                return found.or(freed);
            }
            if slab.state() == state::SLAB {
                break;
            }
            // The latest of several is not known; the nearest is as good as any.
            if slab.was_run() {
                freed = freed.or(found);
            }
        }
        freed
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alone::alone;

    #[test]
    fn a_closet_that_is_refused_leaves_the_one_before_as_it_was() {
        alone(|| {
            let tried = with(|ground| {
                let first = ground.carve(LINE_BYTES)?;
                let next = ground.closet_next.replace(Zone::up(0, 0))?;
                let more = ground.closet.ready_bytes();
                assert_eq!(ground.carve(more), None, "that much needs the next one");
                assert_eq!(ground.carve(LINE_BYTES), Some(first + LINE_BYTES), "and this does not");
                ground.closet_next = Some(next);
                let moved = ground.carve(more)?;
                assert_eq!(moved, next.from());
                assert_eq!(ground.parts().closet.start, next.from());
                Some(())
            });
            assert_eq!(tried, Some(()));
        });
    }
}
