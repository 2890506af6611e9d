//! The policies compared: ours, offset-allocator's, and the textbook's, written
//! down as simply as they can be.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use allotment_benches::books::VecBooks;
use extents::{Extents, Handle};
use offset_allocator::{Allocation, Allocator};

/// Says where a request goes, in a range of so many units.
pub(crate) trait Policy {
    /// The first unit of the extent taken, or none if the request is refused.
    fn take(&mut self, len: u64) -> Option<u64>;
    /// Gives back what was taken.
    fn give_back(&mut self, start: u64, len: u64);
}

/// Makes a policy for a range.
pub(crate) type Make = fn(u64) -> Box<dyn Policy>;

/// All policies, with their names.
pub(crate) const ALL: [(&str, Make); 6] = [
    ("best fit (`extents`)", |range| Box::new(Ours::new(range))),
    ("first fit", |range| Box::new(Holes::<FirstFit>::new(range))),
    ("next fit", |range| Box::new(Holes::<NextFit>::new(range))),
    ("worst fit", |range| Box::new(Holes::<WorstFit>::new(range))),
    ("best fit, last in first out", |range| Box::new(Holes::<LastInFirstOut>::new(range))),
    ("offset-allocator", |range| Box::new(Rounding::new(range))),
];

/// Best fit, lowest address among equals.
struct Ours {
    extents: Extents<VecBooks<u32, [u32; 0]>>,
    taken: HashMap<u64, Handle>,
}

impl Ours {
    fn new(range: u64) -> Self {
        let mut extents = Extents::new(VecBooks::default());
        extents.add_region(0, range).expect("the range fits in 32 bits");
        Self { extents, taken: HashMap::new() }
    }
}

impl Policy for Ours {
    fn take(&mut self, len: u64) -> Option<u64> {
        let taken = self.extents.take(len).ok()?;
        self.taken.insert(taken.start, taken.handle);
        Some(taken.start)
    }

    fn give_back(&mut self, start: u64, _len: u64) {
        let handle = self.taken.remove(&start).expect("taken before");
        self.extents.give_back(handle).expect("taken before");
    }
}

/// `OffsetAllocator`: bins of an eighth of a doubling; a request is rounded up to a
/// bin, a hole down; the hole freed last is used first.
struct Rounding {
    allocator: Allocator<u32>,
    taken: HashMap<u64, Allocation<u32>>,
}

impl Rounding {
    fn new(range: u64) -> Self {
        let units = u32::try_from(range).expect("the range fits in 32 bits");
        let allocator = Allocator::with_max_allocs(units, units.min(1 << 18) + 16);
        Self { allocator, taken: HashMap::new() }
    }
}

impl Policy for Rounding {
    fn take(&mut self, len: u64) -> Option<u64> {
        let taken = self.allocator.allocate(u32::try_from(len).ok()?)?;
        self.taken.insert(u64::from(taken.offset), taken);
        Some(u64::from(taken.offset))
    }

    fn give_back(&mut self, start: u64, _len: u64) {
        self.allocator.free(self.taken.remove(&start).expect("taken before"));
    }
}

/// Where a textbook policy looks among the holes.
trait Choice: Default {
    fn choose(&mut self, holes: &BTreeMap<u64, u64>, len: u64) -> Option<u64>;
    /// Told of every hole that comes into being.
    fn freed(&mut self, _start: u64, _len: u64) {}
    /// Told of every hole that goes.
    fn gone(&mut self, _start: u64, _len: u64) {}
}

/// Holes by address; neighbours merge at once.
struct Holes<C> {
    holes: BTreeMap<u64, u64>,
    choice: C,
}

impl<C: Choice> Holes<C> {
    fn new(range: u64) -> Self {
        let mut holes = Self { holes: BTreeMap::new(), choice: C::default() };
        holes.add(0, range);
        holes
    }

    fn add(&mut self, start: u64, len: u64) {
        self.holes.insert(start, len);
        self.choice.freed(start, len);
    }

    fn remove(&mut self, start: u64) -> u64 {
        let len = self.holes.remove(&start).expect("a hole is there");
        self.choice.gone(start, len);
        len
    }
}

impl<C: Choice> Policy for Holes<C> {
    fn take(&mut self, len: u64) -> Option<u64> {
        let start = self.choice.choose(&self.holes, len)?;
        let have = self.remove(start);
        if have > len {
            self.add(start + len, have - len);
        }
        Some(start)
    }

    fn give_back(&mut self, mut start: u64, mut len: u64) {
        if self.holes.contains_key(&(start + len)) {
            len += self.remove(start + len);
        }
        let below = self.holes.range(..start).next_back().map(|(&below, &len)| (below, len));
        if let Some((below, _)) = below.filter(|(below, len)| below + len == start) {
            len += self.remove(below);
            start = below;
        }
        self.add(start, len);
    }
}

/// The lowest hole that is long enough.
#[derive(Default)]
struct FirstFit;

impl Choice for FirstFit {
    fn choose(&mut self, holes: &BTreeMap<u64, u64>, len: u64) -> Option<u64> {
        holes.iter().find(|&(_, &have)| have >= len).map(|(&start, _)| start)
    }
}

/// The next hole that is long enough, from where the last request went.
#[derive(Default)]
struct NextFit {
    after: u64,
}

impl Choice for NextFit {
    fn choose(&mut self, holes: &BTreeMap<u64, u64>, len: u64) -> Option<u64> {
        let from_here = holes.range(self.after..).chain(holes.range(..self.after));
        let start =
            from_here.into_iter().find(|&(_, &have)| have >= len).map(|(&start, _)| start)?;
        self.after = start + len;
        Some(start)
    }
}

/// The longest hole, the lowest of these.
#[derive(Default)]
struct WorstFit {
    by_len: BTreeSet<(u64, std::cmp::Reverse<u64>)>,
}

impl Choice for WorstFit {
    fn choose(&mut self, _holes: &BTreeMap<u64, u64>, len: u64) -> Option<u64> {
        self.by_len.last().filter(|longest| longest.0 >= len).map(|longest| longest.1.0)
    }

    fn freed(&mut self, start: u64, len: u64) {
        self.by_len.insert((len, std::cmp::Reverse(start)));
    }

    fn gone(&mut self, start: u64, len: u64) {
        self.by_len.remove(&(len, std::cmp::Reverse(start)));
    }
}

/// The shortest hole that is long enough, of equals the one freed last: best fit
/// without an order by address.
#[derive(Default)]
struct LastInFirstOut {
    time: u64,
    born: BTreeMap<u64, u64>,
    by_len: BTreeSet<(u64, std::cmp::Reverse<u64>, u64)>,
}

impl Choice for LastInFirstOut {
    fn choose(&mut self, _holes: &BTreeMap<u64, u64>, len: u64) -> Option<u64> {
        let least = (len, std::cmp::Reverse(u64::MAX), 0);
        self.by_len.range(least..).next().map(|&(_, _, start)| start)
    }

    fn freed(&mut self, start: u64, len: u64) {
        self.time += 1;
        self.born.insert(start, self.time);
        self.by_len.insert((len, std::cmp::Reverse(self.time), start));
    }

    fn gone(&mut self, start: u64, len: u64) {
        let born = self.born.remove(&start).expect("a hole is there");
        self.by_len.remove(&(len, std::cmp::Reverse(born), start));
    }
}
