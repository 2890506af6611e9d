//! What all heaps share, behind one lock: the closet, the runs of units, and the
//! list of heaps.

use core::ptr::null_mut;

use os::Lock;

use crate::class::{CLASS, CLASSES};
use crate::heap::{Entry, Heap};
use crate::holes;
use crate::land::{self, Zone};
use crate::runs::Runs;
use crate::slab::{self, Slab};
use crate::sync::{Acquire, AtomicPtr, AtomicU8, Relaxed, Release};

/// Marks begin on a cache line of their own: slabs of different owners don't share
/// one.
const LINE_BYTES: usize = 64;
/// The closet is committed in steps of this.
const CLOSET_STEP_BYTES: usize = 256 << 10;

/// What exists once per process.
pub(crate) struct Ground {
    /// Metadata that is carved off and never given back, but used again.
    closet: Zone,
    /// Bytes of the closet in use.
    carved: usize,
    /// For each class, marks of ended slabs: a list through their first bytes.
    marks: [*mut AtomicU8; CLASSES],
    pub(crate) runs: Runs,
    /// Heaps whose thread has ended, by `Heap::next_idle`.
    idle: *mut Heap,
}

// SAFETY: the pointers lead to the closet, and are used under the lock only.
unsafe impl Send for Ground {}

/// None before the first heap is needed.
pub(crate) static GROUND: Lock<Option<Ground>> = Lock::new(None);

/// Runs `f` on the ground, reserving it first; none when there is no memory at all.
pub(crate) fn with<T>(f: impl FnOnce(&mut Ground) -> Option<T>) -> Option<T> {
    let mut ground = GROUND.lock();
    if ground.is_none() {
        begin(&mut ground)?;
    }
    f(ground.as_mut()?)
}

/// Not inlined: what it builds takes stack, of which a thread may have little.
#[cold]
#[inline(never)]
fn begin(ground: &mut Option<Ground>) -> Option<()> {
    let zones = land::reserve()?;
    land::open(&zones);
    holes::begin();
    *ground = Some(Ground {
        closet: zones.closet,
        carved: 0,
        marks: [null_mut(); CLASSES],
        runs: Runs::new(&zones)?,
        idle: null_mut(),
    });
    Some(())
}

/// Runs `f` on the ground, if there is one by now.
pub(crate) fn survey(f: impl FnOnce(&mut Ground)) {
    if let Some(ground) = GROUND.lock().as_mut() {
        f(ground);
    }
}

impl Ground {
    /// Bytes of the closet that are usable.
    pub(crate) fn closet_bytes(&self) -> usize {
        self.closet.ready_bytes()
    }

    /// Memory for metadata: zeroed, aligned to a cache line, for ever.
    fn carve(&mut self, bytes: usize) -> Option<usize> {
        let bytes = bytes.next_multiple_of(LINE_BYTES);
        let end = self.carved.checked_add(bytes)?;
        if !self.closet.commit(end, CLOSET_STEP_BYTES) {
            return None;
        }
        let at = self.closet.start + self.carved;
        self.carved = end;
        Some(at)
    }

    /// Marks for a slab of `class`, all `FREE`.
    fn take_marks(&mut self, class: usize) -> Option<*mut AtomicU8> {
        let head = self.marks[class];
        if head.is_null() {
            let at = self.carve(CLASS[class].blocks as usize)?;
            return Some(core::ptr::with_exposed_provenance_mut(at));
        }
        let link = link_of(head);
        // SAFETY: marks in the list are nobody's, at least a cache line long, and
        // hold the link that `leave_marks` wrote.
        self.marks[class] = unsafe { link.read() };
        // SAFETY: as above; zero is `FREE` again.
        unsafe { link.write(null_mut()) };
        Some(head)
    }

    fn leave_marks(&mut self, class: usize, marks: *mut AtomicU8) {
        // SAFETY: the slab has ended, so its marks are nobody's.
        unsafe { link_of(marks).write(self.marks[class]) };
        self.marks[class] = marks;
    }

    /// A heap for a thread: one that lost its thread, or a new one.
    fn take_heap(&mut self) -> Option<&'static Heap> {
        if !self.idle.is_null() {
            // SAFETY: heaps live in the closet, for ever.
            let heap = unsafe { &*self.idle };
            self.idle = heap.next_idle.load(Relaxed); // under the lock
            return Some(heap);
        }
        let at = self.carve(size_of::<Heap>() + Heap::stacks_bytes())?;
        let heap = core::ptr::with_exposed_provenance_mut::<Heap>(at);
        // SAFETY: newly carved, aligned, and nobody else's.
        unsafe { heap.write(Heap::new()) };
        // SAFETY: written just now, and there for ever.
        let heap: &'static Heap = unsafe { &*heap };
        let stacks = core::ptr::with_exposed_provenance_mut::<Entry>(at + size_of::<Heap>());
        heap.equip(stacks);
        heap.next.store(HEAPS.load(Relaxed), Relaxed); // written under the lock only
        // Release: pairs with the Acquire in all_heaps, publishing the new heap.
        HEAPS.store((&raw const *heap).cast_mut(), Release);
        Some(heap)
    }
}

/// Where marks that are nobody's hold the link of their list.
fn link_of(marks: *mut AtomicU8) -> *mut *mut AtomicU8 {
    // Marks begin on a cache line.
    core::ptr::with_exposed_provenance_mut(marks.expose_provenance())
}

/// All heaps there are, the newest first, by `Heap::next`. Never shorter than before.
static HEAPS: AtomicPtr<Heap> = AtomicPtr::new(null_mut());

/// Every heap, the newest first.
pub(crate) fn all_heaps() -> impl Iterator<Item = &'static Heap> {
    // Acquire: pairs with the Release in take_heap.
    let first = HEAPS.load(Acquire);
    // SAFETY: heaps live in the closet, for ever.
    let heap = |heap: *mut Heap| unsafe { heap.as_ref() };
    // Relaxed: written before the heap was published.
    core::iter::successors(heap(first), move |last| heap(last.next.load(Relaxed)))
}

/// A heap for a thread that has none.
pub(crate) fn take_heap() -> Option<&'static Heap> {
    with(Ground::take_heap)
}

/// Takes a heap whose thread has ended; the next new thread gets it.
pub(crate) fn leave_heap(heap: &'static Heap) {
    with(|ground| {
        heap.next_idle.store(ground.idle, Relaxed); // under the lock
        ground.idle = (&raw const *heap).cast_mut();
        Some(())
    });
}

/// A new slab of `class` for a heap.
pub(crate) fn begin_slab(class: usize, owner: &Heap) -> Option<&'static Slab> {
    with(|ground| {
        let marks = ground.take_marks(class)?;
        let Some((slab, _)) = ground.runs.take(1, 0) else {
            ground.leave_marks(class, marks);
            return None;
        };
        slab.begin(class, owner, marks);
        Some(slab)
    })
}

/// Gives the unit of a slab back, of which no block is in use.
pub(crate) fn end_slab(slab: &'static Slab) {
    with(|ground| {
        let class = slab.class();
        let marks = slab.end();
        ground.leave_marks(class, marks);
        ground.runs.give_back(slab);
        Some(())
    });
}

/// The run of a large block, of at least `bytes`, aligned to `1 << shift` units;
/// and whether it is known to be zero.
pub(crate) fn begin_large(bytes: usize, shift: u32) -> Option<(&'static Slab, bool)> {
    let units = bytes.div_ceil(land::UNIT_BYTES);
    with(|ground| {
        if !land::GROUND.is_aligned(shift) {
            return None;
        }
        let (slab, zero) = ground.runs.take(units, shift)?;
        slab.bytes.store(bytes, Relaxed); // seen through the block's address
        slab.set_state(slab::state::LARGE);
        Some((slab, zero))
    })
}

/// Gives the run of a large block back, which has ended.
pub(crate) fn end_run(slab: &'static Slab) {
    with(|ground| {
        ground.runs.give_back(slab);
        Some(())
    });
}

/// Makes a large block longer or shorter where it is.
pub(crate) fn resize_large(slab: &'static Slab, bytes: usize) -> bool {
    let units = bytes.div_ceil(land::UNIT_BYTES);
    with(|ground| {
        if slab.state() != slab::state::LARGE || !ground.runs.resize(slab, units) {
            return None;
        }
        slab.bytes.store(bytes, Relaxed); // seen through the block's address
        Some(())
    })
    .is_some()
}

/// Tends every heap without a thread. They are nobody's meanwhile: a new thread
/// that comes just then gets a new heap.
pub(crate) fn tend_idle_heaps() {
    let mut next = null_mut();
    with(|ground| {
        next = core::mem::replace(&mut ground.idle, null_mut());
        Some(())
    });
    // SAFETY: heaps live in the closet, for ever.
    while let Some(heap) = unsafe { next.as_ref() } {
        next = heap.next_idle.load(Relaxed); // this thread took the list
        heap.tend();
        leave_heap(heap);
    }
}

/// Makes every heap but one idle: in a forked child, where their threads are not.
pub(crate) fn adopt_all_but(mine: &Heap) {
    with(|ground| {
        ground.idle = null_mut();
        for heap in all_heaps().filter(|heap| !core::ptr::eq(*heap, mine)) {
            heap.next_idle.store(ground.idle, Relaxed); // under the lock
            ground.idle = (&raw const *heap).cast_mut();
        }
        Some(())
    });
}

/// The live large block around an offset of the land: its offset and its size.
pub(crate) fn run_around(offset: usize) -> Option<(usize, usize)> {
    with(|_| {
        let mut unit = offset / land::UNIT_BYTES;
        loop {
            let slab = slab::at_offset(unit * land::UNIT_BYTES);
            let size = slab.bytes.load(Relaxed); // under the lock
            let start = unit * land::UNIT_BYTES;
            match slab.state() {
                slab::state::LARGE if offset - start < size => return Some((start, size)),
                slab::state::LARGE | slab::state::SLAB => return None,
                _ => unit = unit.checked_sub(1)?,
            }
        }
    })
}

/// Gives up what the heaps keep, and purges every free run; whether any run went
/// back to the system.
pub(crate) fn trim() -> bool {
    all_heaps().for_each(Heap::trim);
    with(|ground| Some(ground.runs.trim())).unwrap_or(false)
}
