//! Sequences of requests: random ones of four kinds, and five that mean harm.

use allotment_benches::random::Random;

use crate::arena::{Arena, Refused};

/// How lengths are drawn.
#[derive(Clone, Copy)]
pub(crate) struct Lengths {
    pub(crate) name: &'static str,
    pub(crate) draw: fn(&mut Random) -> u64,
}

/// The random lengths.
pub(crate) const LENGTHS: [Lengths; 4] = [
    Lengths { name: "uniform 1–64", draw: |random| 1 + random.below(64) },
    Lengths { name: "powers of two 1–64", draw: |random| 1 << random.below(7) },
    Lengths { name: "exponential, mean 16", draw: exponential },
    Lengths { name: "mix: many small, few large", draw: mix },
];

/// Lengths from 1 to 256 that fall off by half every 11 units.
fn exponential(random: &mut Random) -> u64 {
    let uniform = (random.below(1 << 32) + 1) as f64 / (1u64 << 32) as f64;
    (1.0 - 16.0 * uniform.ln()).min(256.0) as u64
}

/// What programs ask for, roughly: seven tenths up to 4 units, a hundredth up to
/// 1,024.
fn mix(random: &mut Random) -> u64 {
    match random.below(100) {
        0..70 => 1 + random.below(4),
        70..90 => 5 + random.below(28),
        90..99 => 33 + random.below(224),
        _ => 257 + random.below(768),
    }
}

/// Takes two, gives back one at random, until a request is refused. Returns the
/// units in use then.
pub(crate) fn fill(arena: &mut Arena, lengths: Lengths, seed: u64) -> u64 {
    let (mut random, mut live) = (Random::new(seed), Vec::new());
    loop {
        for _ in 0..2 {
            match arena.take((lengths.draw)(&mut random)) {
                Ok(block) => live.push(block),
                Err(Refused) => return arena.live_units,
            }
        }
        arena.give_back(pick(&mut live, &mut random));
    }
}

/// Always asks for more; a refusal is answered by giving back a block at random, and
/// asking again. Returns the mean of the units in use, over all requests after the
/// range was full for the first time.
pub(crate) fn press(arena: &mut Arena, lengths: Lengths, seed: u64, requests: u64) -> f64 {
    let (mut random, mut live, mut full) = (Random::new(seed), Vec::new(), false);
    let (mut sum, mut count) = (0.0, 0);
    while count < requests {
        let len = (lengths.draw)(&mut random);
        loop {
            match arena.take(len) {
                Ok(block) => break live.push(block),
                Err(Refused) => full = true,
            }
            arena.give_back(pick(&mut live, &mut random));
        }
        if full {
            sum += arena.live_units as f64;
            count += 1;
        }
    }
    sum / requests as f64
}

/// Grows to a number of units and then replaces blocks at random, at that load.
pub(crate) fn steady(
    arena: &mut Arena,
    lengths: Lengths,
    units: u64,
    seed: u64,
) -> Result<(), Refused> {
    let (mut random, mut live) = (Random::new(seed), Vec::new());
    for _ in 0..30_000 {
        let len = (lengths.draw)(&mut random);
        while arena.live_units + len > units {
            arena.give_back(pick(&mut live, &mut random));
        }
        live.push(arena.take(len)?);
    }
    Ok(())
}

/// Sawtooth: grows to the load with blocks of random length, gives back all but
/// every eighth block, and again.
pub(crate) fn sawtooth(arena: &mut Arena, units: u64, seed: u64) -> Result<(), Refused> {
    let mut random = Random::new(seed);
    for _ in 0..12 {
        loop {
            let len = 1 + random.below(64);
            if arena.live_units + len > units {
                break;
            }
            arena.take(len)?;
        }
        let mut live: Vec<usize> = arena.live.keys().copied().collect();
        live.sort_unstable();
        for block in live {
            if random.below(8) != 0 {
                arena.give_back(block);
            }
        }
    }
    Ok(())
}

/// Phases: the lengths double from one phase to the next, while a fifth of each phase
/// stays for good.
pub(crate) fn phases(arena: &mut Arena, units: u64, seed: u64) -> Result<(), Refused> {
    let mut random = Random::new(seed);
    for doubling in 0..8 {
        let mut phase = Vec::new();
        loop {
            let len = (1 << doubling) + random.below(1 << doubling);
            if arena.live_units + len > units {
                break;
            }
            phase.push((arena.take(len)?, random.below(5) == 0));
        }
        for (block, stays) in phase {
            if !stays {
                arena.give_back(block);
            }
        }
    }
    Ok(())
}

/// Pins: pairs of one unit that stays and a block that goes; the blocks grow by one
/// unit from round to round, so that none fits where the last were.
pub(crate) fn pins(arena: &mut Arena, units: u64) -> Result<(), Refused> {
    for len in 4..64 {
        let mut round = Vec::new();
        while arena.live_units + len < units {
            round.push(arena.take(len)?);
            arena.take(1)?;
        }
        for block in round {
            arena.give_back(block);
        }
    }
    Ok(())
}

/// Slivers, against best fit: in a hole one unit longer than itself, a block leaves a
/// sliver, and of all holes this is the best for the unit that stays. When the blocks go,
/// each leaves a hole of its own length; they grow by one unit from round to round, so
/// that none fits where the last were, and few units are left to fill these holes.
///
/// A round takes up as many new units as may be live besides those that stay. With blocks
/// from `longest / e` on, all rounds together take up `longest / e` times the units; no
/// sequence costs best fit more than about `longest` times the units.
///
/// J. M. Robson, "Worst Case Fragmentation of First Fit and Best Fit Storage Allocation
/// Strategies", Computer Journal 20 (1977), has that bound.
pub(crate) fn slivers(arena: &mut Arena, units: u64, longest: u64) -> Result<(), Refused> {
    for len in longest * 3 / 8..longest {
        let (mut going, mut hole) = (Vec::new(), arena.take(len + 1)?);
        while arena.live_units + len < units {
            let wall = arena.take(len + 1)?;
            arena.give_back(hole);
            going.push(arena.take(len)?);
            arena.take(1)?;
            hole = wall;
        }
        going.push(hole);
        for block in going {
            arena.give_back(block);
        }
    }
    Ok(())
}

/// Robson's adversary, which looks at where blocks lie: after round `i` only blocks
/// stay that are in the way of blocks of `2^i` units, wherever these are put.
///
/// J. M. Robson, "An Estimate of the Store Size Necessary for Dynamic Storage
/// Allocation", JACM 18 (1971).
pub(crate) fn robson(arena: &mut Arena, units: u64, doublings: u32) -> Result<(), Refused> {
    let mut offset = 0;
    for doubling in 0..=doublings {
        let len = 1 << doubling;
        if doubling > 0 {
            let other = offset + len / 2;
            // Of the two offsets that continue the last, the one at which blocks
            // that stay are the most in the way.
            let worth = |offset: u64| -> u64 {
                let staying = arena.live.values().filter(|block| covers(block, offset, len));
                staying.map(|block| len - block.len).sum()
            };
            offset = if worth(offset) >= worth(other) { offset } else { other };
            let mut going: Vec<usize> = arena.live.keys().copied().collect();
            going.retain(|block| !covers(&arena.live[block], offset, len));
            going.sort_unstable();
            for block in going {
                arena.give_back(block);
            }
        }
        while arena.live_units + len <= units {
            arena.take(len)?;
        }
    }
    Ok(())
}

/// Whether a block holds a unit that is `offset` more than a multiple of `modulus`.
fn covers(block: &crate::arena::Block, offset: u64, modulus: u64) -> bool {
    let to_next = (offset + modulus - block.start % modulus) % modulus;
    to_next < block.len
}

fn pick(live: &mut Vec<usize>, random: &mut Random) -> usize {
    live.swap_remove(random.below(live.len() as u64) as usize)
}
