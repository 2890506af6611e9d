//! A judge for the heaps: a map of live blocks, and a mark in every byte of them.

#![allow(dead_code, reason = "each test program uses its part")]

use std::collections::BTreeMap;

use extents::{Boundary, Node};
use os::{Linux, fault::Faulty};
use page_heap::{Complaint, Kind, PAGE_BYTES, PageHeap};

/// Part B's rules on books whose static part is two pages: growing starts early.
#[derive(Debug)]
pub(crate) enum Tiny {}

impl Kind for Tiny {
    const UNIT_BYTES: usize = 256;
    const ON_DEMAND: bool = true;

    type Boundaries = [Boundary<u32>; 35];
    type Nodes = [Node<u32, [u32; 0]>; 20];
    type Starts = [u32; 32];
    type Addresses = [usize; 2];
    type Regions = [u32; 2];
    type Buckets = [u32; 4];
}

pub(crate) type Kernel = Faulty<Linux>;

/// A heap and what should be in it.
pub(crate) struct Judge<'a, K: Kind> {
    pub(crate) heap: Box<PageHeap<K, &'a Kernel>>,
    kernel: &'a Kernel,
    /// Live blocks: address → (size, mark).
    pub(crate) live: BTreeMap<usize, (usize, u8)>,
    /// Their addresses, in an order that doesn't depend on where pages lie.
    order: Vec<usize>,
    mark: u8,
}

impl<'a, K: Kind> Judge<'a, K> {
    pub(crate) fn new(kernel: &'a Kernel) -> Self {
        let heap = Box::new(PageHeap::new(kernel));
        Self { heap, kernel, live: BTreeMap::new(), order: Vec::new(), mark: 0 }
    }

    /// Whether some page has a run of free bytes that the size fits in, by brute
    /// force over the live blocks.
    fn fits(&self, size: usize) -> bool {
        (0..self.heap.pages()).map(|page| self.heap.page_address(page)).any(|base| {
            let end = base + PAGE_BYTES;
            let mut free_from = base;
            for (&at, &(len, _)) in self.live.range(base..end) {
                if at - free_from >= size {
                    return true;
                }
                free_from = at + len;
            }
            end - free_from >= size
        })
    }

    /// Allocates and judges the answer; the address, if there is one.
    pub(crate) fn alloc(&mut self, size: usize) -> Option<usize> {
        let valid = size > 0 && size <= PAGE_BYTES && size.is_multiple_of(K::UNIT_BYTES);
        let fits = valid && self.fits(size);
        let pages = self.heap.pages();
        let block = self.heap.alloc(size);
        assert!(block.is_none() || valid, "{size} bytes are refused");
        assert!(block.is_some() || !fits, "a request for {size} bytes that fits is met");
        let more = usize::from(K::ON_DEMAND && valid && !fits && block.is_some());
        assert_eq!(self.heap.pages(), pages + more, "one page if nothing fits, none otherwise");
        let block = block?;
        let at = block.as_ptr().addr();
        let page = at & !(PAGE_BYTES - 1);
        assert!((at - page).is_multiple_of(K::UNIT_BYTES) && at - page + size <= PAGE_BYTES);
        let below = self.live.range(..at).next_back();
        assert!(below.is_none_or(|(&other, &(len, _))| other + len <= at), "no double booking");
        let above = self.live.range(at..).next();
        assert!(above.is_none_or(|(&other, _)| at + size <= other), "no double booking");
        self.mark = self.mark.wrapping_add(1);
        // SAFETY: the heap has just given these bytes to this test alone.
        unsafe { block.as_ptr().write_bytes(self.mark, size) };
        self.live.insert(at, (size, self.mark));
        self.order.push(at);
        Some(at)
    }

    /// Frees the `which`th live block, and checks that it kept its bytes till now.
    pub(crate) fn dealloc(&mut self, which: usize) {
        if self.order.is_empty() {
            return;
        }
        let at = self.order.swap_remove(which % self.order.len());
        let (size, mark) = self.live[&at];
        Self::check_bytes(at, size, mark);
        assert_eq!(self.heap.dealloc(at), Ok(()));
        self.live.remove(&at);
    }

    /// Frees an address that is no block's start, if it is none.
    pub(crate) fn dealloc_bad(&mut self, at: usize) {
        if self.live.contains_key(&at) {
            return;
        }
        let inside = self.live.range(..at).next_back().filter(|(b, (size, _))| at < **b + size);
        let expected = inside.map(|(&start, &(size, _))| Complaint::Interior {
            offset: at - start,
            size,
            start,
        });
        let complaint = self.heap.dealloc(at).expect_err("no block starts here");
        if let Some(expected) = expected {
            assert_eq!(complaint, expected);
        } else {
            let here = (0..self.heap.pages())
                .any(|page| self.heap.page_address(page) == at & !(PAGE_BYTES - 1));
            assert_eq!(complaint == Complaint::Foreign, !here, "{complaint:?}");
        }
    }

    fn check_bytes(at: usize, size: usize, mark: u8) {
        let at = std::ptr::with_exposed_provenance::<u8>(at);
        // SAFETY: a live block of this test, filled when it was given out.
        let bytes = unsafe { std::slice::from_raw_parts(at, size) };
        assert!(bytes.iter().all(|&byte| byte == mark), "a live block keeps its bytes");
    }

    /// Compares everything with everything.
    pub(crate) fn check(&self) {
        assert_eq!(self.heap.check(), Ok(()));
        for (&at, &(size, mark)) in &self.live {
            Self::check_bytes(at, size, mark);
        }
        let taken: BTreeMap<usize, usize> = self
            .heap
            .walk()
            .filter(|block| block.taken)
            .map(|block| (self.heap.page_address(block.page) + block.offset, block.size))
            .collect();
        let live: BTreeMap<usize, usize> =
            self.live.iter().map(|(&at, &(size, _))| (at, size)).collect();
        assert_eq!(taken, live, "the walk shows the live blocks");
    }

    /// Expects no block any more.
    pub(crate) fn forget(&mut self) {
        self.live.clear();
        self.order.clear();
    }

    /// Ends the heap's life; everything mapped is unmapped.
    pub(crate) fn cleanup(&mut self) {
        assert_eq!(self.heap.cleanup(), Ok(()));
        self.forget();
        assert_eq!(self.kernel.bytes_mapped.get(), 0, "nothing stays mapped");
    }
}

/// Random numbers that repeat.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % bound
    }
}
