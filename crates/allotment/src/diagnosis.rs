//! What is at an address where no live block starts: for the report of a misuse.

use crate::ground;
use crate::land::{GROUND, UNIT_BYTES};
use crate::marks::LIVE;
use crate::report::Misuse;
use crate::slab::{self, Slab};
use crate::state;
use crate::sync::Relaxed;

/// What is at an address where no live block starts.
pub(crate) fn at(address: usize) -> Misuse {
    let offset = GROUND.offset(address);
    if offset < GROUND.bytes() { of(offset) } else { Misuse::Foreign }
}

/// What is at an offset of the land where no live block starts.
pub(crate) fn of(offset: usize) -> Misuse {
    let slab = slab::at_offset(offset);
    let within = offset % UNIT_BYTES;
    match slab.state() {
        state::SLAB => {
            let size = slab.description().size as usize;
            let (index, inside) = (within / size, within % size);
            let start = GROUND.unit(slab.unit()) + index * size;
            // Behind the last block there is a rest.
            let Some(mark) = slab.marks().get(index) else { return Misuse::NeverGiven };
            match (mark.load(Relaxed) == LIVE, inside) {
                (true, 0) => Misuse::Live, // became live just now: another thread's
                (true, _) => Misuse::Interior { inside, size, start },
                (false, 0) => Misuse::FreedAlready { size },
                (false, _) => Misuse::InsideFreed { inside, size, start },
            }
        }
        _ => match ground::run_around(offset) {
            Some((run, start, size)) if run.is_run() || !slab.has_ended() => {
                let (inside, start) = (offset - start, GROUND.unit(0) + start);
                let kept = || run.marks()[0].load(Relaxed) != LIVE;
                if !run.is_run() || run.state() == state::SLAB && kept() {
                    Misuse::InsideFreed { inside, size, start }
                } else {
                    Misuse::Interior { inside, size, start }
                }
            }
            _ => of_ended(slab, within),
        },
    }
}

/// What was at an offset within a unit that nothing is in now.
fn of_ended(slab: &Slab, within: usize) -> Misuse {
    let size = match slab.state() {
        state::SLAB_ENDED if within >= slab.blocks_bytes() => return Misuse::NeverGiven,
        state::SLAB_ENDED => slab.description().size as usize,
        state::LARGE_FREED => slab.bytes.load(Relaxed), // Relaxed: for a message only
        _ => return Misuse::NeverGiven,
    };
    match within % size {
        0 => Misuse::FreedAlready { size },
        inside => {
            let start = GROUND.unit(slab.unit()) + within - inside;
            Misuse::InsideFreed { inside, size, start }
        }
    }
}
