//! The ring of boundaries: linking and unlinking, on the bare array.

use crate::boundary::Boundary;
use crate::slots::Slots;
use crate::unit::Unit;

/// The ring's anchor: record 0, always an edge, never part of a region.
pub(crate) const ANCHOR: u32 = 0;

/// Adds a boundary above another; what begins there is for the caller to say.
#[inline]
pub(crate) fn insert_after<U: Unit>(
    boundaries: &mut [Boundary<U>],
    slots: &mut Slots,
    below: u32,
    start: u64,
) -> u32 {
    let id = slots.occupy(boundaries);
    let above = boundaries[below as usize].next();
    boundaries[below as usize].set_next(id);
    boundaries[above as usize].set_prev(id);
    let record = &mut boundaries[id as usize];
    record.set_start(start);
    record.set_prev(below);
    record.set_next(above);
    id
}

/// Removes a boundary.
#[inline]
pub(crate) fn unlink<U: Unit>(boundaries: &mut [Boundary<U>], slots: &mut Slots, id: u32) {
    let (below, above) = (boundaries[id as usize].prev(), boundaries[id as usize].next());
    boundaries[below as usize].set_next(above);
    boundaries[above as usize].set_prev(below);
    slots.vacate(boundaries, id);
}

/// The length of the extent that begins at a boundary.
#[inline]
pub(crate) fn len<U: Unit>(boundaries: &[Boundary<U>], id: u32) -> u64 {
    let record = &boundaries[id as usize];
    boundaries[record.next() as usize].start() - record.start()
}
