//! The index of free extents: which one serves a request best.
//!
//! ```text
//!  bins in use   0 1 1 0 0 1 0 …       one bit per bin
//!  bin           length 7              exact below 64 …
//!    └ heap        17 5 40 22          the lowest start is in the root
//!  bin           lengths 64..72        … then 8 bins per doubling
//!    └ tree            64@8            the least length and start, then the lowest
//!                 64@32    65@40       start …
//! ```
//!
//! Free extents are binned by length. Best fit, lowest start among equals, is the least
//! (length, start) at or above (request, 0): in the request's own bin, or else the least
//! of the next bin in use, which a bitmap names. Below 64 every bin holds one length, so
//! the first bin in use has the answer in its root: there a [`heap`] by start is enough.
//! A coarse bin must be searched, and so must all bins in books that know alignments:
//! they have a [`tree`] by (length, start), told apart by digits of the same.
//!
//! A path of a heap is as long as the logarithm, to base four, of the groups that were
//! ever added. A path of a tree is as long as the logarithm, to base eight, of the bin's
//! extents when they lie evenly, and never longer than a unit number has digits of three
//! bits (for lengths from 64 on, than length and start together have). Nothing here is
//! amortised.

mod aside;
mod heap;
mod node;
mod tree;

pub(crate) use aside::Aside;
use heap::Heap;
pub(crate) use heap::{NODES_MAX, Place, place_of};
pub use node::Node;
pub(crate) use node::{LANES, WAYS};
pub(crate) use tree::DIGIT_BITS;
use tree::Spot;

use crate::boundary::Boundary;
use crate::room::Room;
use crate::slots::Slots;
use crate::unit::Unit;

/// Lengths below this have a bin each, and that bin's heap the node of that number as
/// its root.
pub(crate) const EXACT: u64 = 64;
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
    at: At,
}

/// Where in its bin a free extent stands.
#[derive(Clone, Copy, Debug)]
enum At {
    Heap(Place),
    Tree(Spot),
}

impl Found {
    #[inline]
    fn in_tree<U: Unit, R: Room<U>>(nodes: &[Node<U, R>], bin: usize, spot: Spot) -> Self {
        let (key, id) = nodes[spot.at as usize].extent();
        let (len, start) = U::parts(key);
        Self { len, start, id, bin, at: At::Tree(spot) }
    }

    /// The least of a bin's heap, which is not empty.
    #[inline]
    fn in_heap<U: Unit, R: Room<U>>(nodes: &[Node<U, R>], bin: usize) -> Self {
        let (start, lane) = nodes[bin].least();
        let (_, id) = nodes[bin].entry(lane);
        let at = At::Heap(Place { group: bin as u32, lane });
        Self { len: bin as u64, start: start.wide(), id, bin, at }
    }
}

/// Whether the bin of a length is a heap in these books.
#[inline]
pub(crate) fn is_heap<U: Unit, R: Room<U>>(len: u64) -> bool {
    R::HEAPS && len < EXACT
}

/// The bins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Index {
    /// In books with heaps, the extent that became free last.
    aside: Aside,
    /// Each exact bin's heap, from the first region on.
    heaps: [Heap; EXACT as usize],
    /// Root of each other bin's tree, 0 for a bin without an extent.
    roots: [u32; BINS],
    /// Bit `b % 64` of word `b / 64` is set if and only if bin `b` has an extent.
    used: [u64; WORDS],
    /// From bit 1 on, bit `w` is set if and only if word `w` of `used` is not zero.
    used_words: u16,
    /// The place of the highest digit in which starts differ.
    top: u32,
    /// The books of the node array.
    slots: Slots,
}

impl Index {
    pub(crate) const NEW: Self = Self {
        aside: Aside::NONE,
        heaps: [Heap::NEW; EXACT as usize],
        roots: [0; BINS],
        used: [0; WORDS],
        used_words: 0,
        top: 0,
        slots: Slots::NEW,
    };

    /// Adds a free extent, and says so in its record; the array is known to have a
    /// node for it. With heaps, it is aside from now on, where nothing was.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(crate) fn insert<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        (len, start): (u64, u64),
        id: u32,
    ) {
        if R::HEAPS {
            debug_assert!(self.aside.len == 0, "only one extent is aside");
            boundaries[id as usize].set_free(0);
            self.aside = Aside { len, start, id };
        } else {
            self.enter(nodes, boundaries, (len, start), id);
        }
    }

    /// Enters what is aside.
    #[inline]
    pub(crate) fn enter_aside<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
    ) {
        let Aside { len, start, id } = self.aside;
        if len != 0 {
            self.aside = Aside::NONE;
            self.enter(nodes, boundaries, (len, start), id);
        }
    }

    /// Enters a free extent into its bin, at once.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(crate) fn enter<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        (len, start): (u64, u64),
        id: u32,
    ) {
        if is_heap::<U, R>(len) {
            let (bin, slots) = (len as usize, &mut self.slots);
            self.used[0] |= 1 << bin;
            let entry = (U::narrow(start), id);
            return self.heaps[bin].insert(nodes, boundaries, slots, bin as u32, entry);
        }
        boundaries[id as usize].set_free(0);
        self.insert_in_tree(nodes, (len, start), id);
    }

    #[inline(never)]
    fn insert_in_tree<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        (len, start): (u64, u64),
        id: u32,
    ) {
        let (bin, extent) = (bin_of(len), (U::key(len, start), id));
        self.used[bin / 64] |= 1 << (bin % 64);
        self.used_words |= 1 << (bin / 64);
        let root = self.roots[bin];
        if root == 0 {
            self.roots[bin] = tree::begin(nodes, &mut self.slots, extent);
        } else {
            let shift = self.shift::<U>(len);
            tree::insert(nodes, &mut self.slots, root, shift, extent);
        }
    }

    /// Removes a free extent, which is known to be there. Its record still says that it
    /// is free.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(crate) fn remove<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        (len, start): (u64, u64),
        id: u32,
    ) {
        if R::HEAPS && id == self.aside.id {
            self.aside = Aside::NONE;
            return;
        }
        if is_heap::<U, R>(len) {
            let hint = Place::of(boundaries[id as usize].place());
            let place = place_of(nodes, hint, U::narrow(start));
            return self.remove_from_heap(nodes, boundaries, len as usize, place);
        }
        self.search_and_remove(nodes, len, start);
    }

    #[inline(never)]
    fn search_and_remove<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        len: u64,
        start: u64,
    ) {
        let bin = bin_of(len);
        let spot = tree::find(nodes, self.roots[bin], self.shift::<U>(len), U::key(len, start));
        self.remove_from_tree(nodes, bin, spot);
    }

    /// Removes the free extent that was found just now.
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    pub(crate) fn remove_found<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        found: &Found,
    ) {
        match found.at {
            At::Heap(place) => self.remove_from_heap(nodes, boundaries, found.bin, place),
            At::Tree(spot) => self.remove_from_tree(nodes, found.bin, spot),
        }
    }

    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    #[inline(always)]
    fn remove_from_heap<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        boundaries: &mut [Boundary<U>],
        bin: usize,
        place: Place,
    ) {
        let empty = self.heaps[bin].remove(nodes, boundaries, &mut self.slots, place);
        self.used[0] &= !(u64::from(empty) << bin);
    }

    #[inline(never)]
    fn remove_from_tree<U: Unit, R: Room<U>>(
        &mut self,
        nodes: &mut [Node<U, R>],
        bin: usize,
        spot: Spot,
    ) {
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

    /// The shortest extent of at least `len` units, the lowest of these, if it is in a
    /// heap.
    #[inline]
    pub(crate) fn best_in_heaps<U: Unit, R: Room<U>>(
        &self,
        nodes: &[Node<U, R>],
        len: u64,
    ) -> Option<Found> {
        if !is_heap::<U, R>(len) {
            return None;
        }
        let rest = self.used[0] >> len;
        (rest != 0).then(|| Found::in_heap(nodes, len as usize + rest.trailing_zeros() as usize))
    }

    /// Whether what is aside serves a request of `len` units better than what was found.
    #[inline]
    pub(crate) fn is_better_aside<U: Unit>(&self, len: u64, found: &Found) -> bool {
        self.aside.is_better::<U>(len, (found.len, found.start))
    }

    /// The free extent that is aside.
    #[inline]
    pub(crate) fn aside(&self) -> Aside {
        self.aside
    }

    /// Puts another extent aside, or none: the one that is will be taken.
    #[inline]
    pub(crate) fn set_aside(&mut self, aside: Aside) {
        self.aside = aside;
    }

    /// The shortest extent of at least `len` units, the lowest of these, if none is in a
    /// heap and none is aside.
    pub(crate) fn best_in_trees<U: Unit, R: Room<U>>(
        &self,
        nodes: &[Node<U, R>],
        len: u64,
    ) -> Option<Found> {
        let own = bin_of(len);
        let mut bin = self.next_used(own)?;
        if len >= EXACT && bin == own {
            let (root, shift) = (self.roots[own], self.shift::<U>(len));
            if let Some(spot) = tree::at_least(nodes, root, shift, U::key(len, 0)) {
                return Some(Found::in_tree(nodes, own, spot));
            }
            bin = self.next_used(own + 1)?;
        }
        Some(Found::in_tree(nodes, bin, Spot::root(self.roots[bin])))
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
                return Some(Found::in_tree(nodes, bin, spot));
            }
            bin = self.next_used(bin + 1)?;
        }
    }

    /// The length of the longest extent, 0 for none.
    pub(crate) fn longest<U: Unit, R: Room<U>>(&self, nodes: &[Node<U, R>]) -> u64 {
        let word = self.used_words.checked_ilog2().unwrap_or(0) as usize;
        let bin = self.used[word].checked_ilog2().map(|bit| word * 64 + bit as usize);
        let len = match bin {
            None => 0,
            Some(bin) if bin < EXACT as usize => bin as u64,
            Some(bin) => U::parts(tree::greatest(nodes, self.roots[bin])).0,
        };
        len.max(self.aside.len)
    }

    /// Whether a search for a free extent leads to its record.
    pub(crate) fn has<U: Unit, R: Room<U>>(
        &self,
        nodes: &[Node<U, R>],
        (len, start): (u64, u64),
        (id, place): (u32, u32),
    ) -> bool {
        if id == self.aside.id {
            return (len, start) == (self.aside.len, self.aside.start);
        }
        if is_heap::<U, R>(len) {
            let Place { group, lane } = place_of(nodes, Place::of(place), U::narrow(start));
            return nodes[group as usize].entry(lane) == (U::narrow(start), id);
        }
        let (root, key) = (self.roots[bin_of(len)], U::key(len, start));
        root != 0 && {
            let spot = tree::find(nodes, root, self.shift::<U>(len), key);
            nodes[spot.at as usize].extent() == (key, id)
        }
    }

    /// Makes ready for starts below `end`: heaps get their roots, and from now on the
    /// trees of exact bins tell starts apart by higher digits, too.
    ///
    /// Takes a path of each exact bin's tree per digit, and happens at most once for
    /// each of the few digits that starts have.
    pub(crate) fn widen<U: Unit, R: Room<U>>(&mut self, nodes: &mut [Node<U, R>], end: u64) {
        if self.slots.fresh() == 0 {
            nodes[0] = Node::NEW;
            nodes[1..EXACT as usize].fill(Node::group(0));
            self.heaps = core::array::from_fn(|bin| Heap::of(bin as u32));
            self.slots = Slots::with(EXACT as u32 - 1);
        }
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

    /// The first group with a vacant lane in an exact bin's heap.
    pub(crate) fn vacant(&self, bin: usize) -> u32 {
        self.heaps[bin].vacant
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
        let summary = self.used_words >> (bin / 64) & 1 == 1;
        (word >> (bin % 64) & 1 == 1, bin < 64 || (word != 0) == summary)
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
        let mut nodes = [Node::<u64, [u64; 0]>::NEW; EXACT as usize + 4];
        let mut boundaries = [Boundary::NEW; 8];
        index.widen(&mut nodes, 1);
        let lens: [u64; 4] = [3, 63, 64, 1 << 52];
        for (id, len) in (1..).zip(lens) {
            index.enter(&mut nodes, &mut boundaries, (len, 0), id);
        }
        assert_eq!(lens.map(bin_of), [3, 63, 64, 64 + 46 * 8]);
        assert_eq!(index.next_used(0), Some(3));
        assert_eq!(index.next_used(4), Some(63));
        assert_eq!(index.next_used(64), Some(64));
        assert_eq!(index.next_used(65), Some(64 + 46 * 8));
        assert_eq!(index.next_used(65 + 46 * 8), None);
        index.remove(&mut nodes, &mut boundaries, (1 << 52, 0), 4);
        assert_eq!(index.next_used(65), None);
    }
}
