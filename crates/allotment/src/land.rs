//! The land: one reserved range, cut into units, with a record for each.
//!
//! ```text
//!  reservation, low addresses first
//!  ├ closet ───┤├ books ┤├ tidy ┤├ briefs ─┤├ records ─┤├ land ───────────────┤
//!  marks, heaps, run      which   16 bytes   256 bytes   64 KiB units: all that
//!  stacks        records  units   for each   for each    is ever handed out
//!                         dirty,  unit       unit
//!                         advised
//! ```
//!
//! The way from an address to its record is arithmetic on two globals, and an
//! address outside of the land is foreign: no map, no header, no lookup. Every zone
//! is committed from its low end on, as it is needed.
//!
//! A system that refuses the full reservation gives a smaller one, and then the land
//! is extended piece by piece at its end, as far as briefs and records were made for. The
//! closet needs not be in one piece: what is carved from it has absolute addresses.

use core::ops::Range;
use core::ptr::null_mut;

use extents::{Boundary, Node};
use os::reserved;

use crate::roster::{Enlist, Roster};
use crate::runs::Alignments;
use crate::sync::{AtomicPtr, AtomicUsize, Relaxed};

/// A slab, and the granule of runs.
pub(crate) const UNIT_BYTES: usize = 64 << 10;
pub(crate) const UNIT_LOG2: u32 = UNIT_BYTES.ilog2();
/// A unit's record: four cache lines.
pub(crate) const RECORD_BYTES: usize = 256;
const RECORD_LOG2: u32 = RECORD_BYTES.ilog2();
/// What a free reads of it.
pub(crate) const BRIEF_BYTES: usize = 16;
const BRIEF_LOG2: u32 = BRIEF_BYTES.ilog2();

/// The land asked for first; halved until the kernel agrees.
const LAND_BYTES_MAX: usize = if usize::BITS == 64 { 8 << 40 } else { 1 << 30 };
/// With less than this there is no point in starting.
const LAND_BYTES_MIN: usize = 1 << 20;
/// Records are reserved for so many times the land, where the first was refused.
const EXTENSION: usize = 32;
/// Pieces by which the land is extended, at least.
const PIECE_BYTES_MIN: usize = 1 << 20;
/// The closet is continued in pieces of this.
const CLOSET_PIECE_BYTES: usize = 2 << 20;
/// The land starts at a multiple of this, so that units of the land are aligned as
/// their numbers are; a small land, at a multiple of a sixteenth of it.
const ALIGN_BYTES_MAX: usize = 64 << 20;

const _: () = assert!(LAND_BYTES_MIN / 16 >= UNIT_BYTES, "the land consists of whole units");

/// What the fast path reads: written once, before the first block is handed out.
pub(crate) struct Ground {
    land: AtomicUsize,
    /// How much of the land has briefs and records: all that was ever in use, and a little
    /// more. Only grows. Addresses from there on are as foreign as any.
    bytes: AtomicUsize,
    briefs: AtomicUsize,
    records: AtomicUsize,
    /// The whole reservation: start and end, which goes up when the land is extended. For
    /// reports.
    reserved: (AtomicUsize, AtomicUsize),
}

pub(crate) static GROUND: Ground = Ground {
    land: AtomicUsize::new(0),
    bytes: AtomicUsize::new(0),
    briefs: AtomicUsize::new(0),
    records: AtomicUsize::new(0),
    reserved: (AtomicUsize::new(0), AtomicUsize::new(0)),
};

impl Ground {
    /// The offset of an address from the land's start; foreign addresses are at or
    /// beyond [`bytes`](Self::bytes).
    #[inline(always)]
    pub(crate) fn offset(&self, address: usize) -> usize {
        // Relaxed, here and below: whoever has a block to ask about got it after
        // these were written, through whatever passed the block on.
        address.wrapping_sub(self.land.load(Relaxed))
    }

    #[inline(always)]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Relaxed)
    }

    /// Briefs and records are committed for this much of the land.
    pub(crate) fn set_bytes(&self, bytes: usize) {
        self.bytes.store(bytes, Relaxed);
    }

    /// The address of the brief for an offset in the land.
    #[inline(always)]
    pub(crate) fn brief(&self, offset: usize) -> usize {
        let units_apart = (offset >> (UNIT_LOG2 - BRIEF_LOG2)) & !(BRIEF_BYTES - 1);
        self.briefs.load(Relaxed) + units_apart
    }

    /// The address of the record for an offset in the land.
    #[inline(always)]
    pub(crate) fn record(&self, offset: usize) -> usize {
        let units_apart = (offset >> (UNIT_LOG2 - RECORD_LOG2)) & !(RECORD_BYTES - 1);
        self.records.load(Relaxed) + units_apart
    }

    /// Whether a multiple of `1 << shift` units in the land is a multiple in memory.
    pub(crate) fn is_aligned(&self, shift: u32) -> bool {
        self.land.load(Relaxed).trailing_zeros() >= UNIT_LOG2 + shift
    }

    /// The addresses that this heap has reserved in one piece: its books, and the land.
    fn reserved(&self) -> Range<usize> {
        self.reserved.0.load(Relaxed)..self.reserved.1.load(Relaxed)
    }

    /// Whether this heap has reserved an address, for whatever.
    pub(crate) fn has_reserved(&self, address: usize) -> bool {
        self.reserved().contains(&address)
            || closets().any(|closet| closet.addresses().contains(&address))
    }

    /// How many bytes of addresses this heap has reserved.
    pub(crate) fn reserved_bytes(&self) -> usize {
        self.reserved().len() + closets().map(|closet| closet.bytes).sum::<usize>()
    }

    /// The address of a unit.
    pub(crate) fn unit(&self, unit: usize) -> usize {
        self.land.load(Relaxed) + (unit << UNIT_LOG2)
    }

    /// The unit that a record describes.
    pub(crate) fn unit_of_record(&self, record: usize) -> usize {
        (record - self.records.load(Relaxed)) >> RECORD_LOG2
    }
}

/// A part of the reservation, usable up to `ready`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zone {
    pub(crate) start: usize,
    /// Committed up to here.
    ready: usize,
    /// Reserved up to here.
    end: usize,
    /// May be reserved up to here, when the time comes; `end` for all but the land.
    limit: usize,
}

impl Zone {
    /// Bytes that can be used.
    pub(crate) fn ready_bytes(&self) -> usize {
        self.ready - self.start
    }

    /// Units of the whole zone, as far as it may ever reach.
    pub(crate) fn units(&self) -> usize {
        (self.limit - self.start) / UNIT_BYTES
    }

    /// Whether the zone is shorter than this, and cannot be extended so far.
    pub(crate) fn ends_within(&self, bytes: usize) -> bool {
        self.limit - self.start < bytes
    }

    /// Makes the first `bytes` usable, and some more in one go: at least `step`.
    /// Says no, and changes nothing, when the zone ends or the kernel refuses.
    pub(crate) fn commit(&mut self, bytes: usize, step: usize) -> bool {
        let Some(need) = self.start.checked_add(bytes).filter(|&need| need <= self.limit) else {
            return false;
        };
        if need <= self.ready {
            return true;
        }
        if need > self.end && !self.extend_to(need) {
            return false;
        }
        let generous = need.max(self.ready + step).min(self.end);
        self.commit_to(generous) || self.commit_to(need)
    }

    /// Reserves more at the end of the land: in pieces of an eighth of what there is, or as
    /// large as the kernel grants. What was gained stays, even if it is not enough.
    #[cold]
    fn extend_to(&mut self, need: usize) -> bool {
        let mut piece = ((self.end - self.start) / 8).max(PIECE_BYTES_MIN).max(need - self.end);
        while self.end < need && piece >= UNIT_BYTES {
            // The reservation may end behind the last whole unit.
            let from = GROUND.reserved().end;
            let to = (self.end + piece).next_multiple_of(UNIT_BYTES).min(self.limit);
            if reserved::reserve_at(from, to - from).is_ok() {
                self.end = to;
                GROUND.reserved.1.store(to, Relaxed); // for reports only
            } else {
                piece /= 2;
            }
        }
        self.end >= need
    }

    fn commit_to(&mut self, to: usize) -> bool {
        let to = to.next_multiple_of(UNIT_BYTES).min(self.end);
        // SAFETY: the zone is a part of the reservation.
        let done = unsafe { reserved::commit(self.ready, to - self.ready) }.is_ok();
        if done {
            self.ready = to;
        }
        done
    }
}

/// The zones, as cut from the reservation.
pub(crate) struct Zones {
    /// All of it.
    reserved: Range<usize>,
    pub(crate) closet: Zone,
    pub(crate) boundaries: Zone,
    pub(crate) nodes: Zone,
    pub(crate) dirty: Zone,
    pub(crate) stale: Zone,
    pub(crate) advised: Zone,
    pub(crate) briefs: Zone,
    pub(crate) records: Zone,
    pub(crate) land: Zone,
}

/// Reserves and cuts. None when even the smallest land is refused.
pub(crate) fn reserve() -> Option<Zones> {
    let (mut land, mut limit) = (LAND_BYTES_MAX, LAND_BYTES_MAX);
    while land >= LAND_BYTES_MIN {
        let (sizes, align) = (sizes(land, limit), (land / 16).min(ALIGN_BYTES_MAX));
        let all = sizes.iter().sum::<usize>();
        if let Ok(at) = reserved::reserve(place_below(all + align, limit - land), all + align) {
            let metadata = all - land;
            let mut zones = cut((at + metadata).next_multiple_of(align) - metadata, sizes);
            // What the alignment left over at the end is land, too.
            zones.land.limit = zones.land.start + limit;
            zones.land.end = zones.land.limit.min((at + all + align) & !(UNIT_BYTES - 1));
            zones.reserved = at..at + all + align;
            return Some(zones);
        }
        land /= 2;
        limit = land.saturating_mul(EXTENSION).min(LAND_BYTES_MAX);
    }
    None
}

/// A place for `bytes` with `above` bytes above it that will be free for long: below
/// this library, since the kernel fills gaps from the top; for a program at the bottom
/// of the address space, far above it. 0, the kernel's choice, when nothing is needed
/// above.
fn place_below(bytes: usize, above: usize) -> usize {
    const FAR_ABOVE: usize = if usize::BITS == 64 { 1 << 40 } else { 0 };
    let here = (&raw const GROUND).addr() & !(UNIT_BYTES - 1);
    match above {
        0 => 0,
        _ => here.checked_sub(bytes + 2 * above).unwrap_or(FAR_ABOVE),
    }
}

/// Continues the closet: at least `bytes`, and a line for [`note_closet`], anywhere.
pub(crate) fn reserve_closet(bytes: usize) -> Option<Zone> {
    let bytes = (bytes + size_of::<Closet>()).next_multiple_of(UNIT_BYTES);
    let generous = bytes.max(CLOSET_PIECE_BYTES);
    [generous, bytes].into_iter().find_map(|bytes| {
        let start = reserved::reserve(0, bytes).ok()?;
        Some(Zone { start, ready: start, end: start + bytes, limit: start + bytes })
    })
}

/// What stands at the beginning of each closet but the first.
#[repr(C, align(64))]
pub(crate) struct Closet {
    bytes: usize,
    /// The one before this one.
    older: AtomicPtr<Closet>,
}

impl Enlist for Closet {
    fn older(&self) -> &AtomicPtr<Closet> {
        &self.older
    }
}

impl Closet {
    fn addresses(&self) -> Range<usize> {
        let start = (&raw const *self).addr();
        start..start + self.bytes
    }
}

/// All closets but the first, the newest first.
static CLOSETS: Roster<Closet> = Roster::new();

fn closets() -> impl Iterator<Item = &'static Closet> {
    CLOSETS.all()
}

/// Remembers a closet that [`reserve_closet`] returned, of which the first line is usable
/// by now. Under the lock of the ground.
pub(crate) fn note_closet(zone: &Zone) {
    let closet = core::ptr::with_exposed_provenance_mut::<Closet>(zone.start);
    let bytes = zone.end - zone.start;
    // SAFETY: the line is usable, aligned, and nobody else's.
    unsafe { closet.write(Closet { bytes, older: AtomicPtr::new(null_mut()) }) };
    // SAFETY: written just now, and there for ever.
    let closet = unsafe { &*closet };
    // SAFETY: new, there for ever, and added under the lock of the ground.
    unsafe { CLOSETS.add(closet) };
}

/// Bytes of each zone, in the order of [`Zones`]. For a land that may grow up to
/// `limit`: enough for its worst use, so that only the land itself ever runs out, but
/// for the closet, which can be continued.
const fn sizes(land: usize, limit: usize) -> [usize; 9] {
    const fn whole(bytes: usize) -> usize {
        bytes.next_multiple_of(UNIT_BYTES)
    }
    let units = limit / UNIT_BYTES;
    [
        whole(land / 8), // marks are a sixteenth at most; heaps share the rest
        whole(units * size_of::<Boundary<u32>>() + UNIT_BYTES),
        whole(units * size_of::<Node<u32, Alignments>>() / 2 + UNIT_BYTES),
        whole(units.div_ceil(8)),
        whole(units.div_ceil(8)),
        whole(units.div_ceil(8)),
        whole(units * BRIEF_BYTES),
        whole(units * RECORD_BYTES),
        land,
    ]
}

fn cut(start: usize, sizes: [usize; 9]) -> Zones {
    let mut at = start;
    let [closet, boundaries, nodes, dirty, stale, advised, briefs, records, land] =
        sizes.map(|bytes| {
            let zone = Zone { start: at, ready: at, end: at + bytes, limit: at + bytes };
            at = zone.end;
            zone
        });
    let reserved = start..at;
    Zones { reserved, closet, boundaries, nodes, dirty, stale, advised, briefs, records, land }
}

/// Opens the land for the fast path.
pub(crate) fn open(zones: &Zones) {
    GROUND.land.store(zones.land.start, Relaxed);
    GROUND.briefs.store(zones.briefs.start, Relaxed);
    GROUND.records.store(zones.records.start, Relaxed);
    GROUND.reserved.0.store(zones.reserved.start, Relaxed);
    GROUND.reserved.1.store(zones.reserved.end, Relaxed);
}
