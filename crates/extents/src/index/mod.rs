//! The index of free extents: which one serves a request best.
//!
//! ```text
//!  bins in use   0 1 1 0 0 1 0 …       one bit per bin
//!  bin           lengths 64..72        exact below 64, then 8 bins per doubling
//!    └ tree            64@8            the least length and start, then the lowest
//!                 64@32    65@40       start …
//! ```
//!
//! Free extents are binned by length, and each bin has a tree that is a heap by
//! (length, start), told apart by digits of the same ([`tree`]). Best fit, lowest
//! start among equals, is the least key at or above (request, 0): in the request's
//! own bin, or else the root of the next bin in use, which a bitmap names. Below 64
//! every bin holds one length, so the first bin in use has the answer in its root.
//!
//! An operation walks one path of a tree: as long as the logarithm, to base eight,
//! of the bin's extents when they lie evenly, and never longer than a unit number has
//! digits of three bits (for lengths from 64 on, than length and start together have).
//! Nothing here is amortised.

mod node;
mod tree;

pub use node::Node;
pub(crate) use node::WAYS;
pub(crate) use tree::DIGIT_BITS;
use tree::Spot;

use crate::room::Room;
use crate::slots::Slots;
use crate::unit::Unit;

/// Lengths below this have a bin each.
const EXACT: u64 = 64;
const EXACT_LOG2: u32 = EXACT.ilog2();
/// Bins per doubling from there on.
const STEPS_LOG2: u32 = 3;
/// Bins for every length that 64 bits can name.
pub(crate) const BINS: usize = bin_of(u64::MAX) + 1;
const WORDS: usize = BINS.div_ceil(64);

const _: () = assert!(WORDS <= 16, "two bytes summarise the words of the bitmap");
const _: () = assert!(STEPS_LOG2 <= EXACT_LOG2, "the first doubling has a unit per step");

/// The bin of a length; longer extents never have a lower bin.
pub(crate) const fn bin_of(len: u64) -> usize {
    if len < EXACT {
        return len as usize;
    }
    let doubling = len.ilog2();
    let step = (len >> (doubling - STEPS_LOG2)) - (1 << STEPS_LOG2);
    EXACT as usize + (((doubling - EXACT_LOG2) as usize) << STEPS_LOG2) + step as usize
}

/// A free extent that a search has found, and where in the index it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) len: u64,
    pub(crate) start: u64,
    pub(crate) id: u32,
    bin: usize,
    spot: Spot,
}

impl Found {
    #[inline]
    fn at<U: Unit, R: Room<U>>(nodes: &[Node<U, R>], bin: usize, spot: Spot) -> Self {
        let (key, id) = nodes[spot.at as usize].extent();
        let (len, start) = U::parts(key);
        Self { len, start, id, bin, spot }
    }
}

/// The bins' trees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index {
    /// Root of each bin's tree, 0 for a bin without an extent.
    roots: [u32; BINS],
    /// Bit `b % 64` of word `b / 64` is set if and only if bin `b` has an extent.
    used: [u64; WORDS],
    /// Bit `w` is set if and only if word `w` of `used` is not zero.
    used_words: u16,
    /// The place of the highest digit in which starts differ.
    top: u32,
    /// The books of the node array: a node in use for every free extent.
    slots: Slots,
}

impl Index {
    pub(crate) const NEW: Self =
        Self { roots: [0; BINS], used: [0; WORDS], used_words: 0, top: 0, slots: Slots::NEW };

    /// Adds a free extent; the array is known to have a node for it.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(crate) fn insert<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        len: u64,
        start: u64,
        id: u32,
    ) {
        let (bin, extent) = (bin_of(len), (U::key(len, start), id));
        let root = self.roots[bin];
        if root != 0 {
            let shift = self.shift::<U>(len);
            return tree::insert(nodes, &mut self.slots, root, shift, extent);
        }
        self.roots[bin] = tree::begin(nodes, &mut self.slots, extent);
        self.used[bin / 64] |= 1 << (bin % 64);
        self.used_words |= 1 << (bin / 64);
    }

    /// Removes a free extent, which is known to be there.
    #[inline]
    pub(crate) fn remove<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        len: u64,
        start: u64,
    ) {
        let (bin, shift) = (bin_of(len), self.shift::<U>(len));
        let spot = tree::find(nodes, self.roots[bin], shift, U::key(len, start));
        self.remove_at(nodes, bin, spot);
    }

    /// Removes the free extent that was found just now.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(crate) fn remove_found<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        found: &Found,
    ) {
        self.remove_at(nodes, found.bin, found.spot);
    }

    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    fn remove_at<U: Unit, R: Room<U>>(&mut self, nodes: &mut [Node<U, R>], bin: usize, spot: Spot) {
        let shift = match R::SHIFT_MAX {
            0 => 0, // no path is looked for
            _ => self.shift::<U>(U::parts(nodes[spot.at as usize].extent().0).0),
        };
        let root = &mut self.roots[bin];
        tree::remove(nodes, &mut self.slots, root, shift, spot);
        if *root == 0 {
            let word = &mut self.used[bin / 64];
            *word &= !(1 << (bin % 64));
            self.used_words &= !(u16::from(*word == 0) << (bin / 64));
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
        if len >= EXACT && bin == own {
            let (root, shift) = (self.roots[own], self.shift::<U>(len));
            if let Some(spot) = tree::at_least(nodes, root, shift, U::key(len, 0)) {
                return Some(Found::at(nodes, own, spot));
            }
            bin = self.next_used(own + 1)?;
        }
        Some(Found::at(nodes, bin, Spot::root(self.roots[bin])))
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
            if let Some(spot) = tree::aligned(nodes, self.roots[bin], len, shift) {
                return Some(Found::at(nodes, bin, spot));
            }
            bin = self.next_used(bin + 1)?;
        }
    }

    /// The length of the longest extent.
    pub(crate) fn longest<U: Unit, R: Room<U>>(&self, nodes: &[Node<U, R>]) -> Option<u64> {
        let word = self.used_words.checked_ilog2()? as usize;
        let bin = word * 64 + self.used[word].ilog2() as usize;
        Some(U::parts(tree::greatest(nodes, self.roots[bin])).0)
    }

    /// Whether a search for a free extent leads to its record.
    pub(crate) fn has<U: Unit, R: Room<U>>(
        &self,
        nodes: &[Node<U, R>],
        len: u64,
        start: u64,
        id: u32,
    ) -> bool {
        let (root, key) = (self.roots[bin_of(len)], U::key(len, start));
        root != 0 && {
            let spot = tree::find(nodes, root, self.shift::<U>(len), key);
            nodes[spot.at as usize].extent() == (key, id)
        }
    }

    /// Makes ready for starts below `end`: from now on the trees of exact bins tell
    /// starts apart by higher digits, too.
    ///
    /// Takes a path of each exact bin's tree per digit, and happens at most once for
    /// each of the few digits that starts have.
    pub(crate) fn widen<U: Unit, R: Room<U>>(&mut self, nodes: &mut [Node<U, R>], end: u64) {
        let top = (end - 1).checked_ilog2().map_or(0, |bit| bit / DIGIT_BITS * DIGIT_BITS);
        while self.top < top {
            for root in self.roots[..EXACT as usize].iter_mut().filter(|root| **root != 0) {
                tree::raise(nodes, &mut self.slots, root, self.top);
            }
            self.top += DIGIT_BITS;
        }
    }

    /// The place of the digit that tells the subtrees apart at the root of the bin of
    /// a length: in an exact bin the highest of the start, else of those bits of the
    /// length that differ within the bin.
    #[inline]
    pub(crate) fn shift<U: Unit>(&self, len: u64) -> u32 {
        if len < EXACT {
            return self.top;
        }
        let differing = len.ilog2() - STEPS_LOG2;
        (U::BITS + differing - 1) / DIGIT_BITS * DIGIT_BITS
    }

    /// The root of a bin's tree, 0 for none.
    pub(crate) fn root(&self, bin: usize) -> u32 {
        self.roots[bin]
    }

    pub(crate) fn top(&self) -> u32 {
        self.top
    }

    pub(crate) fn slots(&self) -> &Slots {
        &self.slots
    }

    /// Whether the bitmap says that a bin has an extent, and whether its summary
    /// agrees.
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
    fn bins_are_exact_below_64_and_then_8_per_doubling() {
        for len in 0..64 {
            assert_eq!(bin_of(len), len as usize);
        }
        assert_eq!([64, 71, 72, 127].map(bin_of), [64, 64, 65, 71]);
        assert_eq!([128, 143, 144, 255].map(bin_of), [72, 72, 73, 79]);
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
        let mut nodes = [Node::<u64, [u64; 0]>::NEW; 8];
        let lens: [u64; 4] = [3, 63, 64, 1 << 52];
        for (id, len) in (1..).zip(lens) {
            index.insert(&mut nodes, len, 0, id);
        }
        assert_eq!(lens.map(bin_of), [3, 63, 64, 64 + 46 * 8]);
        assert_eq!(index.next_used(0), Some(3));
        assert_eq!(index.next_used(4), Some(63));
        assert_eq!(index.next_used(64), Some(64));
        assert_eq!(index.next_used(65), Some(64 + 46 * 8));
        assert_eq!(index.next_used(65 + 46 * 8), None);
        index.remove(&mut nodes, 1 << 52, 0);
        assert_eq!(index.next_used(65), None);
    }
}
