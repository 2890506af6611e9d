//! The land: one reserved range, cut into units, with a record for each.
//!
//! ```text
//!  reservation, low addresses first
//!  ├ closet ─┤├ books ─┤├ records ──┤├ window ─┤├ briefs ──┤├ land ───────────────┤
//!  marks,     of runs;   256 bytes    the first  16 bytes    64 KiB units: all that
//!  heaps,     which      for each     books and  for each    is ever handed out
//!  stacks     units are  unit, from   the first  unit
//!             dirty …    the top down closet
//! ```
//!
//! The way from an address to its record is arithmetic on two globals, and an
//! address outside of the land is foreign: no map, no header, no lookup. Every zone
//! is committed as it is needed, from its low end on, and the records from their high end.
//!
//! What a small program needs of all this but the land lies side by side, around the
//! window: one call makes it usable, and one table of the kernel's maps it. What outgrows
//! the window goes on in a zone of its own, where there is room for the worst case.
//!
//! A system that refuses the full reservation gives a smaller one, and then the land
//! is extended piece by piece at its end, as far as briefs and records were made for. The
//! closet needs not be in one piece: what is carved from it has absolute addresses.

use core::ops::Range;
use core::ptr::null_mut;

use extents::{Boundary, Node, nodes_for};
use os::reserved;

use crate::asm;
use crate::marks::WORD_BLOCKS;
use crate::roster::{Enlist, Roster};
use crate::runs::Alignments;
use crate::slab::LINE_BYTES;
use crate::sync::{AtomicPtr, AtomicUsize, Relaxed};
use crate::zone::Zone;

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
/// The closet is continued in pieces of this.
const CLOSET_PIECE_BYTES: usize = 2 << 20;
/// Of the least land.
pub(crate) const CLOSET_BYTES_MIN: usize = sizes(LAND_BYTES_MIN, LAND_BYTES_MIN)[0];
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
    /// The first unit's record; the others are below it.
    first_record: AtomicUsize,
    /// The whole reservation: start and end, which goes up when the land is extended. For
    /// reports.
    reserved: (AtomicUsize, AtomicUsize),
}

pub(crate) static GROUND: Ground = Ground {
    land: AtomicUsize::new(0),
    bytes: AtomicUsize::new(0),
    briefs: AtomicUsize::new(0),
    first_record: AtomicUsize::new(0),
    reserved: (AtomicUsize::new(0), AtomicUsize::new(0)),
};

impl Ground {
    /// The offset of an address from the land's start; foreign addresses are at or
    /// beyond [`bytes`](Self::bytes).
    #[expect(clippy::unused_self, reason = "there is one ground, and its name is its address")]
    #[inline(always)]
    pub(crate) fn offset(&self, address: usize) -> usize {
        // Relaxed, here and below: whoever has a block to ask about got it after
        // these were written, through whatever passed the block on.
        asm::less!(address, GROUND, core::mem::offset_of!(Ground, land))
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

    /// The address of the record for an offset in the land: the higher the offset, the lower.
    #[inline(always)]
    pub(crate) fn record(&self, offset: usize) -> usize {
        let units_apart = (offset >> (UNIT_LOG2 - RECORD_LOG2)) & !(RECORD_BYTES - 1);
        self.first_record.load(Relaxed) - units_apart
    }

    /// Whether a multiple of `1 << shift` units in the land is a multiple in memory.
    pub(crate) fn is_aligned(&self, shift: u32) -> bool {
        self.land.load(Relaxed).trailing_zeros() >= UNIT_LOG2 + shift
    }

    /// The addresses that this heap has reserved in one piece: its books, and the land.
    pub(crate) fn reserved(&self) -> Range<usize> {
        self.reserved.0.load(Relaxed)..self.reserved.1.load(Relaxed)
    }

    /// The land was extended.
    pub(crate) fn set_reserved_end(&self, end: usize) {
        self.reserved.1.store(end, Relaxed); // for reports only
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
        (self.first_record.load(Relaxed) - record) >> RECORD_LOG2
    }
}

/// What a small program needs of the closet and of the books.
const WINDOW_BYTES: usize = 256 << 10;
/// The first books: the bits of so many units,
const FIRST_UNITS: usize = 1024;
/// and so many boundaries, with their nodes.
const FIRST_BOUNDARIES: usize = 128;
/// What one of the kernel's tables maps: the window does not lie at the end of one.
const TABLE_BYTES: usize = 2 << 20;

/// The zones, as cut from the reservation: what is usable of them when they are
/// [open](open).
pub(crate) struct Zones {
    /// All of it.
    reserved: Range<usize>,
    /// The first closet, and the one after it.
    pub(crate) closets: (Zone, Zone),
    pub(crate) books: Places,
    pub(crate) briefs: Zone,
    pub(crate) records: Zone,
    pub(crate) land: Zone,
}

/// Where the books are, at first and later on.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    pub(crate) boundaries: (Zone, Zone),
    pub(crate) nodes: (Zone, Zone),
    pub(crate) dirty: (Zone, Zone),
    pub(crate) stale: (Zone, Zone),
    pub(crate) advised: (Zone, Zone),
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
            let end = (at + all + align) & !(UNIT_BYTES - 1);
            zones.land = zones.land.with_limit(end - zones.land.from(), limit);
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
        Some(Zone::up(start, bytes))
    })
}

/// What stands at the beginning of each closet outside of the reservation.
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

/// All of those, the newest first.
static CLOSETS: Roster<Closet> = Roster::new();

fn closets() -> impl Iterator<Item = &'static Closet> {
    CLOSETS.all()
}

/// Remembers a closet that [`reserve_closet`] returned, of which the first line is usable
/// by now. Under the lock of the ground.
pub(crate) fn note_closet(zone: &Zone) {
    let closet = core::ptr::with_exposed_provenance_mut::<Closet>(zone.from());
    let bytes = zone.reserved_bytes();
    // SAFETY: the line is usable, aligned, and nobody else's.
    unsafe { closet.write(Closet { bytes, older: AtomicPtr::new(null_mut()) }) };
    // SAFETY: written just now, and there for ever.
    let closet = unsafe { &*closet };
    // SAFETY: new, there for ever, and added under the lock of the ground.
    unsafe { CLOSETS.add(closet) };
}

/// Bytes of each zone, low addresses first. For a land that may grow up to `limit`: enough
/// for its worst use, so that only the land itself ever runs out, but for the closet, which
/// can be continued.
const fn sizes(land: usize, limit: usize) -> [usize; 10] {
    const fn whole(bytes: usize) -> usize {
        bytes.next_multiple_of(UNIT_BYTES)
    }
    let units = limit / UNIT_BYTES;
    // The land begins at a multiple of what a table maps, if it is not small.
    let apart = if land / 16 < TABLE_BYTES { 0 } else { TABLE_BYTES / 2 };
    [
        whole(land / 8), // marks are a sixteenth at most; heaps share the rest
        whole(units * size_of::<Boundary<u32>>() + UNIT_BYTES),
        whole(units * size_of::<Node<u32, Alignments>>() / 2 + UNIT_BYTES),
        whole(units.div_ceil(8)),
        whole(units.div_ceil(8)),
        whole(units.div_ceil(8)),
        whole(units * RECORD_BYTES),
        WINDOW_BYTES,
        whole(units * BRIEF_BYTES) + apart,
        land,
    ]
}

fn cut(start: usize, sizes: [usize; 10]) -> Zones {
    let mut end = start;
    let places = sizes.map(|bytes| {
        let at = end;
        end += bytes;
        (at, bytes)
    });
    let [closet, boundaries, nodes, dirty, stale, advised, records, window, briefs, land] = places;
    let roomy = |(at, bytes)| Zone::up(at, bytes);
    let mut at = window.0;
    let mut first = |bytes| {
        let zone = Zone::up(at, bytes).with_ready(bytes);
        at += bytes;
        zone
    };
    let bits_bytes = FIRST_UNITS.div_ceil(WORD_BLOCKS) * size_of::<u64>();
    let books = Places {
        dirty: (first(bits_bytes), roomy(dirty)),
        stale: (first(bits_bytes), roomy(stale)),
        advised: (first(bits_bytes), roomy(advised)),
        boundaries: (first(FIRST_BOUNDARIES * size_of::<Boundary<u32>>()), roomy(boundaries)),
        nodes: (
            first(nodes_for(FIRST_BOUNDARIES) * size_of::<Node<u32, Alignments>>()),
            roomy(nodes),
        ),
    };
    let rest = (at.next_multiple_of(LINE_BYTES), window.0 + WINDOW_BYTES);
    Zones {
        reserved: start..end,
        closets: (Zone::up(rest.0, rest.1 - rest.0).with_ready(rest.1 - rest.0), roomy(closet)),
        books,
        briefs: Zone::up(briefs.0, briefs.1).with_ready(UNIT_BYTES),
        records: Zone::down(records.0 + records.1, records.1).with_ready(UNIT_BYTES),
        land: roomy(land),
    }
}

/// Makes usable what is to be of every zone at first, in one piece, and opens the land for
/// the fast path. Says no when the kernel refuses.
pub(crate) fn open(zones: &Zones) -> bool {
    let (low, high) = (zones.records.usable().start, zones.briefs.usable().end);
    // SAFETY: from the records over the window to the briefs, it is all of the reservation.
    if unsafe { reserved::commit(low, high - low) }.is_err() {
        return false;
    }
    GROUND.land.store(zones.land.from(), Relaxed);
    GROUND.briefs.store(zones.briefs.from(), Relaxed);
    GROUND.first_record.store(zones.records.from() - RECORD_BYTES, Relaxed);
    GROUND.reserved.0.store(zones.reserved.start, Relaxed);
    GROUND.reserved.1.store(zones.reserved.end, Relaxed);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The zones of a land that begins at a multiple of what [`reserve`] sees to.
    fn zones_of(land: usize) -> Zones {
        let limit = land.saturating_mul(EXTENSION).min(LAND_BYTES_MAX);
        let sizes = sizes(land, limit);
        let metadata = sizes.iter().sum::<usize>() - land;
        cut(LAND_BYTES_MAX - metadata, sizes)
    }

    #[test]
    fn what_a_small_program_needs_lies_side_by_side_in_one_table() {
        let zones = zones_of(LAND_BYTES_MAX);
        let Places { boundaries, nodes, dirty, stale, advised } = zones.books;
        let mut at = zones.records.usable().end;
        for (first, _) in [dirty, stale, advised, boundaries, nodes, zones.closets] {
            assert!((at..at + LINE_BYTES).contains(&first.usable().start));
            at = first.usable().end;
        }
        let (first, last) = (zones.records.usable().start, zones.briefs.usable().end - 1);
        assert_eq!(at, zones.briefs.usable().start);
        assert_eq!(first / TABLE_BYTES, last / TABLE_BYTES);
    }

    #[test]
    fn zones_do_not_overlap_and_hold_what_their_land_needs() {
        let mut land = LAND_BYTES_MIN;
        while land <= LAND_BYTES_MAX {
            let zones = zones_of(land);
            let Places { boundaries, nodes, dirty, stale, advised } = zones.books;
            let mut end = zones.reserved.start;
            let roomy = [zones.closets.1, boundaries.1, nodes.1, dirty.1, stale.1, advised.1];
            for zone in roomy {
                assert_eq!(zone.from(), end);
                end += zone.reserved_bytes();
            }
            let units = zones.land.reserved_bytes() / UNIT_BYTES;
            assert!(zones.records.reserved_bytes() >= units * RECORD_BYTES);
            assert_eq!(zones.records.from() - zones.records.reserved_bytes(), end);
            assert_eq!(zones.records.from() + WINDOW_BYTES, zones.briefs.from());
            assert!(zones.briefs.reserved_bytes() >= units * BRIEF_BYTES);
            end = zones.briefs.from() + zones.briefs.reserved_bytes();
            assert_eq!((zones.land.from(), zones.reserved.end), (end, end + land));
            land *= 2;
        }
    }
}
