//! Zones: parts of the reservation, made usable from one end on.
//!
//! ```text
//!   grows up                                     grows down
//!   from ├ usable ──▶┤ reserved ┤ to come ┤      ┤ reserved ├◀── usable ┤ from
//! ```
//!
//! Only the land has anything to come: it can be extended at its end.

use core::ops::Range;

use os::reserved;

use crate::land::{GROUND, UNIT_BYTES};

/// Pieces by which the land is extended, at least.
const PIECE_BYTES_MIN: usize = 1 << 20;

/// A part of the reservation, usable from one end on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zone {
    /// The end that is usable first.
    from: usize,
    is_down: bool,
    /// So many bytes are usable,
    ready: usize,
    /// so many reserved,
    reserved: usize,
    /// and so many may be, when the time comes.
    limit: usize,
}

impl Zone {
    /// Nothing of it is usable so far.
    pub(crate) const fn up(start: usize, bytes: usize) -> Self {
        Self { from: start, is_down: false, ready: 0, reserved: bytes, limit: bytes }
    }

    /// The same, from its high end on.
    pub(crate) const fn down(end: usize, bytes: usize) -> Self {
        Self { is_down: true, ..Self::up(end, bytes) }
    }

    /// One of which so many bytes are usable already, or more.
    pub(crate) const fn with_ready(self, bytes: usize) -> Self {
        Self { ready: bytes, ..self }
    }

    /// One of which so much is reserved, and which may be extended up to a limit.
    pub(crate) fn with_limit(self, reserved: usize, limit: usize) -> Self {
        Self { reserved: reserved.min(limit), limit, ..self }
    }

    /// The end that is usable first.
    pub(crate) const fn from(&self) -> usize {
        self.from
    }

    /// Bytes that can be used.
    pub(crate) const fn ready_bytes(&self) -> usize {
        self.ready
    }

    /// The addresses that can be used.
    pub(crate) fn usable(&self) -> Range<usize> {
        let (low, bytes) = self.part(0, self.ready);
        low..low + bytes
    }

    /// Bytes that are reserved.
    pub(crate) const fn reserved_bytes(&self) -> usize {
        self.reserved
    }

    /// Units of the whole zone, as far as it may ever reach.
    pub(crate) fn units(&self) -> usize {
        self.limit / UNIT_BYTES
    }

    /// Whether the zone is shorter than this, and cannot be extended so far.
    pub(crate) fn ends_within(&self, bytes: usize) -> bool {
        self.limit < bytes
    }

    /// Makes the first `bytes` usable, and some more in one go: at least `step`.
    /// Says no, and changes nothing, when the zone ends or the kernel refuses.
    pub(crate) fn commit(&mut self, bytes: usize, step: usize) -> bool {
        if bytes > self.limit {
            return false;
        }
        if bytes <= self.ready {
            return true;
        }
        if bytes > self.reserved && !self.extend_to(bytes) {
            return false;
        }
        let generous = bytes.max(self.ready + step).min(self.reserved);
        self.commit_to(generous) || self.commit_to(bytes)
    }

    /// Reserves more at the end of the land: in pieces of an eighth of what there is, or as
    /// large as the kernel grants. What was gained stays, even if it is not enough.
    #[cold]
    fn extend_to(&mut self, need: usize) -> bool {
        let mut piece = (self.reserved / 8).max(PIECE_BYTES_MIN).max(need - self.reserved);
        while self.reserved < need && piece >= UNIT_BYTES {
            // The reservation may end behind the last whole unit.
            let at = GROUND.reserved().end;
            let bytes = (self.reserved + piece).next_multiple_of(UNIT_BYTES).min(self.limit);
            let end = self.from + bytes;
            if reserved::reserve_at(at, end - at).is_ok() {
                self.reserved = bytes;
                GROUND.set_reserved_end(end);
            } else {
                piece /= 2;
            }
        }
        self.reserved >= need
    }

    fn commit_to(&mut self, bytes: usize) -> bool {
        let bytes = bytes.next_multiple_of(UNIT_BYTES).min(self.reserved);
        let (at, more) = self.part(self.ready, bytes);
        // SAFETY: the zone is a part of the reservation.
        let done = unsafe { reserved::commit(at, more) }.is_ok();
        if done {
            self.ready = bytes;
        }
        done
    }

    /// The lowest address, and the number, of the bytes from one number on to another.
    const fn part(&self, from: usize, to: usize) -> (usize, usize) {
        let low = if self.is_down { self.from - to } else { self.from + from };
        (low, to - from)
    }
}

/// A zone that begins in a small place, which is usable already, and moves to a roomy one
/// when it needs more. Who uses it must ask where it is each time.
pub(crate) struct Movable {
    zone: Zone,
    roomy: Option<Zone>,
}

impl Movable {
    pub(crate) const fn new(small: Zone, roomy: Zone) -> Self {
        Self { zone: small, roomy: Some(roomy) }
    }

    pub(crate) const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// What is usable of the roomy place.
    pub(crate) fn roomy(&self) -> Range<usize> {
        if self.roomy.is_none() { self.zone.usable() } else { 0..0 }
    }

    /// As [`Zone::commit`]: what is there is kept, and what is new is zero.
    pub(crate) fn commit(&mut self, bytes: usize, step: usize) -> bool {
        if !self.zone.ends_within(bytes) {
            return self.zone.commit(bytes, step);
        }
        let Some(roomy) = &mut self.roomy else { return false };
        if !roomy.commit(bytes, step) {
            return false;
        }
        let from = core::ptr::with_exposed_provenance::<u8>(self.zone.from());
        let to = core::ptr::with_exposed_provenance_mut::<u8>(roomy.from());
        // SAFETY: both grow up, and both are usable for so many bytes: the small place is
        // full, and more was asked for. They are two places, and only the caller, who has
        // this exclusively, refers to either.
        unsafe { to.copy_from_nonoverlapping(from, self.zone.ready_bytes()) };
        self.zone = *roomy;
        self.roomy = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    const PLACE_BYTES: usize = 4 * UNIT_BYTES;

    fn reserve(bytes: usize) -> usize {
        reserved::reserve(0, bytes).unwrap()
    }

    fn bytes_of(range: Range<usize>) -> &'static mut [u8] {
        let first = core::ptr::with_exposed_provenance_mut(range.start);
        // SAFETY: usable, and this test's alone.
        unsafe { core::slice::from_raw_parts_mut(first, range.len()) }
    }

    #[test]
    fn a_zone_is_usable_from_one_end_on() {
        let at = reserve(2 * PLACE_BYTES);
        let middle = at + PLACE_BYTES;
        let mut zones = [Zone::up(middle, PLACE_BYTES), Zone::down(middle, PLACE_BYTES)];
        for (units, bytes) in [(1, 1), (1, UNIT_BYTES), (2, UNIT_BYTES + 1), (4, PLACE_BYTES)] {
            for zone in &mut zones {
                assert!(zone.commit(bytes, 0));
                assert_eq!(zone.ready_bytes(), units * UNIT_BYTES);
                bytes_of(zone.usable()).fill(units as u8);
            }
            let [up, down] = zones.map(|zone| zone.usable());
            assert_eq!((down.end, up.start), (middle, middle));
        }
        for zone in &mut zones {
            assert!(!zone.commit(PLACE_BYTES + 1, 0), "there is no more of it");
            assert_eq!(zone.ready_bytes(), PLACE_BYTES);
        }
    }

    #[test]
    fn what_moves_to_the_roomy_place_is_kept_and_what_is_new_is_zero() {
        const SMALL_BYTES: usize = 1000;
        let at = reserve(2 * PLACE_BYTES);
        let mut window = Zone::up(at, UNIT_BYTES);
        assert!(window.commit(1, 0));
        bytes_of(window.usable()).fill(7);
        let small = Zone::up(at + 8, SMALL_BYTES).with_ready(SMALL_BYTES);
        let mut zone = Movable::new(small, Zone::up(at + PLACE_BYTES, PLACE_BYTES));
        assert!(zone.commit(SMALL_BYTES, UNIT_BYTES));
        assert_eq!((zone.zone().from(), zone.roomy().len()), (at + 8, 0));

        assert!(!zone.commit(PLACE_BYTES + 1, 0), "not even the roomy place has that");
        assert_eq!(zone.zone().usable(), at + 8..at + 8 + SMALL_BYTES);
        assert!(zone.commit(SMALL_BYTES + 1, 0));
        assert_eq!((zone.zone().from(), zone.roomy().len()), (at + PLACE_BYTES, UNIT_BYTES));
        let now: Vec<u8> = bytes_of(zone.zone().usable()).to_vec();
        assert!(now[..SMALL_BYTES].iter().all(|&byte| byte == 7));
        assert!(now[SMALL_BYTES..].iter().all(|&byte| byte == 0));
        assert!(zone.commit(PLACE_BYTES, 0) && !zone.commit(PLACE_BYTES + 1, 0));
    }
}
