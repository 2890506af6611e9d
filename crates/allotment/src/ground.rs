//! What all heaps share, behind one lock: the closet, the runs of units, and the
//! list of heaps.

use core::ptr::null_mut;

use os::Lock;

use crate::class::{CLASS, SMALL_CLASSES};
use crate::clock::Clock;
use crate::heap::{Entry, Heap};
use crate::holes;
use crate::land::{self, Zone, Zones};
use crate::marks;
use crate::moving::{self, Ending};
use crate::roster::Roster;
use crate::runs::Runs;
use crate::slab::{self, LINE_BYTES, Slab};
use crate::sync::{AtomicU8, Relaxed};
use crate::tally;
use crate::watch::Balance;

/// The closet is committed in steps of this.
const CLOSET_STEP_BYTES: usize = 256 << 10;

/// What exists once per process.
pub(crate) struct Ground {
    /// Metadata that is carved off and never given back, but used again.
    closet: Zone,
    /// Bytes of the closet in use.
    carved: usize,
    /// Bytes of the closets before this one, which are full.
    closed_bytes: usize,
    /// For each class, marks of ended slabs: a list through their first bytes.
    marks: [*mut AtomicU8; SMALL_CLASSES],
    pub(crate) runs: Runs,
    balance: Balance,
    /// Heaps whose thread has ended, by `Heap::next_idle`.
    idle: *mut Heap,
    /// When the heaps were tended whose threads do not come by.
    others: Clock,
}

// SAFETY: the pointers lead to the closet, and are used under the lock only.
unsafe impl Send for Ground {}

/// Start and length of what is usable of each zone.
pub(crate) type Parts = [(usize, usize); 7];

/// What is there of the ground.
pub(crate) struct Site {
    /// Reserved once, and kept if there is no memory for the ground yet.
    zones: Option<Zones>,
    /// None before the first heap is needed.
    ground: Option<Ground>,
}

pub(crate) static GROUND: Lock<Site> = Lock::new(Site { zones: None, ground: None });

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
    land::open(zones);
    holes::begin();
    site.ground = Some(Ground {
        closet: zones.closet,
        carved: 0,
        closed_bytes: 0,
        marks: [null_mut(); SMALL_CLASSES],
        runs: Runs::new(zones)?,
        balance: Balance::new(),
        idle: null_mut(),
        others: Clock::new(),
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
    /// Heaps whose thread has ended.
    pub(crate) fn idle_heaps(&self) -> usize {
        // SAFETY: heaps live in the closet, for ever.
        let heap = |heap: *mut Heap| unsafe { heap.as_ref() };
        // Relaxed: written under the lock.
        core::iter::successors(heap(self.idle), |last| heap(last.next_idle.load(Relaxed))).count()
    }

    /// Bytes of closets that are full.
    pub(crate) fn closed_bytes(&self) -> usize {
        self.closed_bytes
    }

    /// What is usable of each zone, the land last: start and bytes.
    pub(crate) fn parts(&self) -> Parts {
        self.runs.zones(self.closet).map(|zone| (zone.start, zone.ready_bytes()))
    }

    /// Memory for metadata: zeroed, aligned to a cache line so that slabs of different
    /// owners don't share one, for ever.
    fn carve(&mut self, bytes: usize) -> Option<usize> {
        let bytes = bytes.next_multiple_of(LINE_BYTES);
        if self.closet.ends_within(self.carved.checked_add(bytes)?) {
            let next = land::reserve_closet(bytes)?;
            self.closed_bytes += self.closet.ready_bytes();
            (self.closet, self.carved) = (next, 0);
        }
        let end = self.carved + bytes;
        if !self.closet.commit(end, CLOSET_STEP_BYTES) {
            return None;
        }
        let at = self.closet.start + self.carved;
        self.carved = end;
        Some(at)
    }

    /// Marks for a slab of `class`, all `IDLE`.
    fn take_marks(&mut self, class: usize) -> Option<*mut AtomicU8> {
        let head = self.marks[class];
        if head.is_null() {
            let at = self.carve(slab::closet_bytes(class))?;
            return Some(core::ptr::with_exposed_provenance_mut(at));
        }
        let link = link_of(head);
        // SAFETY: marks in the list are nobody's, at least a cache line long, and
        // hold the link that `leave_marks` wrote.
        self.marks[class] = unsafe { link.read() };
        // SAFETY: as above; zero is `IDLE` again.
        unsafe { link.write(null_mut()) };
        Some(head)
    }

    fn leave_marks(&mut self, class: usize, marks: *mut AtomicU8) {
        // SAFETY: the slab has ended, so its marks are nobody's.
        unsafe { link_of(marks).write(self.marks[class]) };
        self.marks[class] = marks;
    }

    /// Gives a run of `units` back; whether all of it reads as zero.
    fn give_back(&mut self, slab: &Slab, units: usize, clean: bool) {
        self.runs.give_back(slab, clean);
        self.settle(units * land::UNIT_BYTES);
    }

    /// Land has been given back.
    fn settle(&mut self, bytes: usize) {
        let Self { runs, balance, .. } = self;
        balance.give_back(bytes, runs.land_bytes(), || runs.dirty_bytes());
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
        // SAFETY: new, there for ever, and added under the lock of the ground.
        unsafe { HEAPS.add(heap) };
        Some(heap)
    }
}

/// Where marks that are nobody's hold the link of their list.
fn link_of(marks: *mut AtomicU8) -> *mut *mut AtomicU8 {
    // Marks begin on a cache line.
    core::ptr::with_exposed_provenance_mut(marks.expose_provenance())
}

/// All heaps there are.
static HEAPS: Roster<Heap> = Roster::new();

/// Every heap, the newest first.
pub(crate) fn all_heaps() -> impl Iterator<Item = &'static Heap> {
    HEAPS.all()
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
        ground.balance.take(land::UNIT_BYTES);
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
        ground.give_back(slab, 1, false);
        Some(())
    });
}

/// The run of a large block, of at least `bytes`, aligned to `1 << shift` units;
/// and whether it is known to be zero.
pub(crate) fn begin_large(bytes: usize, shift: u32) -> Option<(&'static Slab, bool)> {
    let units = bytes.div_ceil(land::UNIT_BYTES);
    with(|ground| {
        let (slab, zero) = ground.runs.take(units, shift)?;
        ground.balance.take(units * land::UNIT_BYTES);
        slab.begin_large(bytes);
        tally::publish(bytes.cast_signed());
        Some((slab, zero))
    })
}

/// A run that is a block of `class`, and whether it is known to be zero.
pub(crate) fn begin_run(class: usize) -> Option<(&'static Slab, bool)> {
    with(|ground| {
        let bytes = CLASS[class].size as usize;
        let (slab, zero) = ground.runs.take(bytes / land::UNIT_BYTES, 0)?;
        ground.balance.take(bytes);
        slab.begin_run(bytes, marks::IDLE);
        tally::publish(bytes.cast_signed());
        Some((slab, zero))
    })
}

/// Gives the run of a large block back, which is not live any more.
pub(crate) fn end_run(slab: &'static Slab) {
    match moving::end(slab) {
        Ending::Lost => {}
        ending => end_run_as(slab, ending),
    }
}

/// Gives back a run that is the caller's still.
pub(crate) fn end_run_as(slab: &'static Slab, ending: Ending) {
    with(|ground| {
        if slab.state() == slab::state::SLAB {
            slab.end();
        }
        let bytes = slab.bytes.load(Relaxed); // the caller's
        tally::publish(-bytes.cast_signed());
        ground.give_back(slab, bytes.div_ceil(land::UNIT_BYTES), ending == Ending::Clean);
        Some(())
    });
}

/// Makes a live block that is a run longer or shorter where it is.
pub(crate) fn resize_run(slab: &'static Slab, bytes: usize) -> bool {
    let units = bytes.div_ceil(land::UNIT_BYTES);
    with(|ground| {
        let had_bytes = slab.bytes.load(Relaxed); // under the lock, as below
        let had = had_bytes.div_ceil(land::UNIT_BYTES);
        if !slab.is_run() || !ground.runs.resize(slab, units) {
            return None;
        }
        if !moving::resized(slab, had, units) {
            ground.runs.resize(slab, had); // into what was freed a moment ago
            return None;
        }
        if units > had {
            ground.balance.take((units - had) * land::UNIT_BYTES);
        } else {
            ground.settle((had - units) * land::UNIT_BYTES);
        }
        slab.begin_run(bytes, marks::LIVE);
        tally::publish(slab.bytes.load(Relaxed).cast_signed() - had_bytes.cast_signed());
        Some(())
    })
    .is_some()
}

/// Tends the free runs, every heap without a thread, and about every half second those
/// whose threads do not come by. The former are nobody's meanwhile: a new thread that
/// comes just then gets a new heap.
pub(crate) fn tend() {
    let mut next = null_mut();
    let mut others = false;
    with(|ground| {
        ground.runs.tick();
        next = core::mem::replace(&mut ground.idle, null_mut());
        others = ground.others.has_ticked();
        Some(())
    });
    if others {
        all_heaps().filter(|heap| heap.is_dormant()).for_each(Heap::tend);
    }
    // SAFETY: heaps live in the closet, for ever.
    while let Some(heap) = unsafe { next.as_ref() } {
        next = heap.next_idle.load(Relaxed); // this thread took the list
        heap.tend();
        leave_heap(heap);
    }
}

/// What a thread for that alone does: tends every heap and the free runs, whoever's
/// they are. Whether there is anything left that may go back.
pub(crate) fn sweep() -> bool {
    all_heaps().for_each(Heap::tend);
    with(|ground| {
        ground.runs.tick();
        Some(ground.runs.dirty_bytes() > 0)
    })
    .unwrap_or(false)
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

/// The large block around an offset of the land: its first record, the offset of
/// its start, and its size.
pub(crate) fn run_around(offset: usize) -> Option<(&'static Slab, usize, usize)> {
    with(|_| {
        let mut unit = offset / land::UNIT_BYTES;
        loop {
            let start = unit * land::UNIT_BYTES;
            let slab = slab::at_offset(start);
            if slab.is_run() {
                let size = slab.bytes.load(Relaxed); // under the lock
                return (offset - start < size).then_some((slab, start, size));
            }
            if slab.state() == slab::state::SLAB {
                return None;
            }
            unit = unit.checked_sub(1)?;
        }
    })
}

/// Gives up what the heaps keep, and purges every free run; whether any run went
/// back to the system.
pub(crate) fn trim() -> bool {
    all_heaps().for_each(Heap::trim);
    with(|ground| Some(ground.runs.trim())).unwrap_or(false)
}
