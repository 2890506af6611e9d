//! The index of free extents: which one serves a request best.
//!
//! ```text
//!  bins in use   0 1 1 0 0 1 0 …     one bit per bin
//!  bin           lengths 16..18      8 bins per doubling, exact below 16
//!    └ tree      ┌── 16@40 ──── 17@8 ──┐         sorted nodes of up to 15
//!    └ leaves    {16@8 16@32}  {16@64 16@40 …}   unsorted bags of up to 15
//! ```
//!
//! Free extents are binned by length, and each bin is a B-tree ordered by
//! (length, start) whose leaves are *bags*: unsorted, so that most insertions
//! append and most removals swap. Best fit, lowest start among equals, is the
//! least key at or above (request, 0): in the request's own bin, or else the
//! first key of the next bin in use, which a bitmap names.
//!
//! A bin of up to 15 extents is one bag, so on average an operation looks at one
//! node (three cache lines); at worst it walks a path whose length is logarithmic
//! in the number of free extents. Nothing here is amortised.

mod insert;
mod node;
mod remove;
mod search;

pub use node::Node;
use search::Spot;

use crate::books::Arrays;
use crate::room::Room;
use crate::slots::Slots;
use crate::unit::Unit;

/// Lengths below this have a bin each.
const EXACT: u64 = 16;
const EXACT_LOG2: u32 = EXACT.ilog2();
/// Bins per doubling from there on.
const STEPS_LOG2: u32 = 3;
/// Bins for every length that 64 bits can name.
pub(crate) const BINS: usize = bin_of(u64::MAX) + 1;
const WORDS: usize = BINS.div_ceil(64);

const _: () = assert!(WORDS <= 8, "one byte summarises the words of the bitmap");
const _: () = assert!(STEPS_LOG2 <= EXACT_LOG2, "the first doubling has a unit per step");

/// More levels than a tree can have: a node but the root has at least
/// [`Node::MIN`] entries, and records are numbered in 32 bits.
const LEVELS_MAX: usize = 13;

/// The bin of a length; longer extents never have a lower bin.
const fn bin_of(len: u64) -> usize {
    if len < EXACT {
        return len as usize;
    }
    let doubling = len.ilog2();
    let step = (len >> (doubling - STEPS_LOG2)) - (1 << STEPS_LOG2);
    EXACT as usize + (((doubling - EXACT_LOG2) as usize) << STEPS_LOG2) + step as usize
}

/// How many bins lengths up to `longest` can fall in.
pub(crate) const fn bins_up_to(longest: u64) -> usize {
    bin_of(longest) // lengths begin at 1, bins at 0
}

/// A free extent as the index names it: its key and its record.
pub(crate) type Entry<K> = (K, u32);

/// A free extent that a search has found, and where in the index it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) len: u64,
    pub(crate) start: u64,
    pub(crate) id: u32,
    spot: Spot,
}

impl Found {
    fn at<U: Unit, R: Room<U>>(nodes: &[Node<U, R>], spot: Spot) -> Self {
        let (key, id) = nodes[spot.leaf as usize].entry(spot.at);
        let (len, start) = U::parts(key);
        Self { len, start, id, spot }
    }
}

/// The trees' roots and which bins have one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index {
    /// Root of each bin's tree, 0 before the bin's first entry.
    roots: [u32; BINS],
    /// Bit `b % 64` of word `b / 64` is set if and only if bin `b` has an entry.
    used: [u64; WORDS],
    /// Bit `w` is set if and only if word `w` of `used` is not zero.
    used_words: u8,
    /// The books of the node array.
    slots: Slots,
}

impl Index {
    pub(crate) const NEW: Self =
        Self { roots: [0; BINS], used: [0; WORDS], used_words: 0, slots: Slots::NEW };

    /// Adds a free extent and marks its record; the array is known to have the nodes
    /// that may take.
    #[inline]
    pub(crate) fn insert<U: Unit, R: Room<U>>(
        &mut self,
        arrays: Arrays<'_, U, R>,
        len: u64,
        start: u64,
        id: u32,
    ) {
        let bin = bin_of(len);
        let root = self.roots[bin];
        self.roots[bin] = insert::insert(arrays, &mut self.slots, root, (U::key(len, start), id));
        self.used[bin / 64] |= 1 << (bin % 64);
        self.used_words |= 1 << (bin / 64);
    }

    /// Removes a free extent, which is listed where its record says.
    #[inline]
    pub(crate) fn remove<U: Unit, R: Room<U>>(
        &mut self,
        (boundaries, nodes): Arrays<'_, U, R>,
        len: u64,
        start: u64,
        id: u32,
    ) {
        let leaf = boundaries[id as usize].leaf();
        let at = nodes[leaf as usize].position(id);
        self.remove_found((boundaries, nodes), &Found { len, start, id, spot: Spot { leaf, at } });
    }

    /// Removes the free extent that was found just now.
    #[inline]
    pub(crate) fn remove_found<U: Unit, R: Room<U>>(
        &mut self,
        (boundaries, nodes): Arrays<'_, U, R>,
        found: &Found,
    ) {
        let bin = bin_of(found.len);
        let (root, key) = (self.roots[bin], U::key(found.len, found.start));
        let root = remove::remove((boundaries, nodes), &mut self.slots, root, found.spot, key);
        self.roots[bin] = root;
        if nodes[root as usize].count() == 0 {
            let word = bin / 64;
            self.used[word] &= !(1 << (bin % 64));
            self.used_words &= !(u8::from(self.used[word] == 0) << word);
        }
    }

    /// The shortest extent of at least `len` units, the lowest of these.
    #[inline]
    pub(crate) fn best<U: Unit, R: Room<U>>(
        &self,
        nodes: &[Node<U, R>],
        len: u64,
    ) -> Option<Found> {
        let own = bin_of(len);
        let mut bin = self.next_used(own)?;
        if bin == own && len >= EXACT {
            if let Some(spot) = search::at_least(nodes, self.roots[own], U::key(len, 0)) {
                return Some(Found::at(nodes, spot));
            }
            bin = self.next_used(own + 1)?;
        }
        let spot = search::first(nodes, self.roots[bin]);
        Some(Found::at(nodes, spot))
    }

    /// The shortest extent that holds `len` units from a multiple of `1 << shift`.
    pub(crate) fn best_aligned<U: Unit, R: Room<U>>(
        &self,
        nodes: &[Node<U, R>],
        len: u64,
        shift: u32,
    ) -> Option<Found> {
        let mut bin = self.next_used(bin_of(len))?;
        loop {
            if let Some(spot) = search::aligned(nodes, self.roots[bin], len, shift) {
                return Some(Found::at(nodes, spot));
            }
            bin = self.next_used(bin + 1)?;
        }
    }

    /// The length of the longest extent.
    pub(crate) fn longest<U: Unit, R: Room<U>>(&self, nodes: &[Node<U, R>]) -> Option<u64> {
        let word = self.used_words.checked_ilog2()? as usize;
        let bin = word * 64 + self.used[word].ilog2() as usize;
        Some(U::parts(search::last(nodes, self.roots[bin])).0)
    }

    /// The record of the free extent of exactly this length and start.
    pub(crate) fn find<U: Unit, R: Room<U>>(
        &self,
        nodes: &[Node<U, R>],
        len: u64,
        start: u64,
    ) -> Option<u32> {
        let root = self.roots[bin_of(len)];
        let key = U::key(len, start);
        if root == 0 {
            return None;
        }
        let spot = search::at_least(nodes, root, key)?;
        let (found, id) = nodes[spot.leaf as usize].entry(spot.at);
        (found == key).then_some(id)
    }

    pub(crate) fn root(&self, bin: usize) -> u32 {
        self.roots[bin]
    }

    pub(crate) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Whether the bitmap says that a bin has an entry, at both of its levels.
    pub(crate) fn marked(&self, bin: usize) -> (bool, bool) {
        let word = self.used[bin / 64];
        (word >> (bin % 64) & 1 == 1, (word != 0) == (self.used_words >> (bin / 64) & 1 == 1))
    }

    /// The first bin in use at or after `bin`.
    fn next_used(&self, bin: usize) -> Option<usize> {
        let word = bin / 64;
        let rest = self.used.get(word)? & (u64::MAX << (bin % 64));
        if rest != 0 {
            return Some(word * 64 + rest.trailing_zeros() as usize);
        }
        let above = u32::from(self.used_words) >> (word + 1);
        if above == 0 {
            return None;
        }
        let word = word + 1 + above.trailing_zeros() as usize;
        Some(word * 64 + self.used[word].trailing_zeros() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_exact_below_16_and_then_8_per_doubling() {
        for len in 0..16 {
            assert_eq!(bin_of(len), len as usize);
        }
        assert_eq!((bin_of(16), bin_of(17), bin_of(18), bin_of(31)), (16, 16, 17, 23));
        assert_eq!((bin_of(32), bin_of(35), bin_of(36), bin_of(63)), (24, 24, 25, 31));
        assert_eq!(bin_of(u64::MAX), BINS - 1);
    }

    #[test]
    fn a_longer_extent_never_has_a_lower_bin() {
        let edges = (0..64).flat_map(|e| [-1i128, 0, 1].map(move |d| (1i128 << e) + d));
        let lens = (0..5000i128).chain(edges).filter_map(|len| u64::try_from(len).ok());
        for len in lens {
            assert!(bin_of(len) <= bin_of(len.saturating_add(1)), "{len}");
        }
    }

    #[test]
    fn the_next_bin_in_use_is_found_across_words() {
        let mut index = Index::NEW;
        let mut records = [crate::Boundary::NEW; 8];
        let mut nodes = [Node::<u64, [u64; 0]>::NEW; 8];
        let lens: [u64; 4] = [3, 1 << 9 | 7 << 6, 1 << 10, 1 << 52];
        for (id, len) in (1..).zip(lens) {
            index.insert((&mut records, &mut nodes), len, 0, id);
        }
        assert_eq!(lens.map(bin_of), [3, 63, 64, 400]);
        assert_eq!(index.next_used(0), Some(3));
        assert_eq!(index.next_used(4), Some(63));
        assert_eq!(index.next_used(64), Some(64));
        assert_eq!(index.next_used(65), Some(400));
        assert_eq!(index.next_used(401), None);
        index.remove((&mut records, &mut nodes), 1 << 52, 0, 4);
        assert_eq!(index.next_used(65), None);
    }
}
