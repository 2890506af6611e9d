//! The pages: their addresses by number, and their numbers by address.
//!
//! ```text
//!   addresses   [ p0 p1 p2 … | spare spare ]      in the order mapped
//!   buckets     [ · 3 · 1 · · 2 · ]               page + 1, hashed by address
//! ```
//!
//! Pages need not be neighbours, so an address finds its page through a hash table
//! (linear probing, at most half full). *Spare* pages are mapped but in no use:
//! those that the operating system would not take back.

use core::ptr::NonNull;

use extents::Region;
use os::Os;

use crate::PAGE_BYTES;
use crate::grown::Grown;
use crate::kind::Kind;

pub(crate) struct Pages<K: Kind> {
    /// Addresses of the pages in use, then of the spare ones.
    addresses: Grown<usize, K::Addresses>,
    /// 0, or the number of a page in use plus one. A page is found by probing from
    /// its address's bucket on without meeting a 0.
    buckets: Grown<u32, K::Buckets>,
    /// The region of each page in use, as `extents` names it.
    regions: Grown<u32, K::Regions>,
    in_use: usize,
    spare: usize,
}

impl<K: Kind> Pages<K> {
    pub(crate) const NEW: Self = Self {
        addresses: Grown::NEW,
        buckets: Grown::NEW,
        regions: Grown::NEW,
        in_use: 0,
        spare: 0,
    };

    pub(crate) fn in_use(&self) -> usize {
        self.in_use
    }

    pub(crate) fn address(&self, page: usize) -> usize {
        self.addresses.get()[page]
    }

    pub(crate) fn region(&self, page: usize) -> Region {
        Region { index: self.regions.get()[page] }
    }

    /// The page that an address lies in.
    pub(crate) fn find(&self, address: usize) -> Option<usize> {
        let base = address & !(PAGE_BYTES - 1);
        let buckets = self.buckets.get();
        let mut at = hash(base, buckets.len());
        loop {
            let page = (buckets[at] as usize).checked_sub(1)?;
            if self.addresses.get()[page] == base {
                return Some(page);
            }
            at = (at + 1) & (buckets.len() - 1);
        }
    }

    /// Brings one more page into use: a spare one, or a newly mapped one. Says no
    /// when there is no memory, and changes nothing then.
    pub(crate) fn add(&mut self, os: &impl Os, region: Region) -> bool {
        let page = self.in_use;
        let room = self.addresses.grow(os, page + 1)
            && self.regions.grow(os, page + 1)
            && self.grow_buckets(os, 2 * (page + 1));
        if !room {
            return false;
        }
        if self.spare == 0 {
            let Ok(at) = os.map(PAGE_BYTES) else { return false };
            self.addresses.get_mut()[page] = at.as_ptr().expose_provenance();
        } else {
            self.spare -= 1;
        }
        self.regions.get_mut()[page] = region.index;
        self.in_use += 1;
        self.enter(page);
        true
    }

    /// Takes all pages out of use and unmaps them. Those that cannot be unmapped
    /// stay as spare ones; returns whether there are any.
    pub(crate) fn unmap_all(&mut self, os: &impl Os) -> bool {
        self.clear_buckets();
        let pages = self.in_use + self.spare;
        let (mut page, mut kept) = (0, 0);
        while page < pages {
            let (run, low) = self.run(page, pages);
            if !unmap(os, low, run * PAGE_BYTES) {
                // One by one: some may go even if the run as a whole does not.
                for page in page..page + run {
                    let address = self.address(page);
                    if !unmap(os, address, PAGE_BYTES) {
                        self.addresses.get_mut()[kept] = address;
                        kept += 1;
                    }
                }
            }
            page += run;
        }
        self.in_use = 0;
        self.spare = kept;
        if kept == 0 {
            self.addresses.shrink(os);
            self.regions.shrink(os);
            if self.buckets.shrink(os) {
                // What the static part held when the table outgrew it.
                self.buckets.get_mut().fill(0);
            }
        }
        kept > 0
    }

    /// How many pages from `first` on lie side by side, and their lowest address.
    fn run(&self, first: usize, end: usize) -> (usize, usize) {
        let addresses = &self.addresses.get()[first..end];
        let (mut low, mut high) = (addresses[0], addresses[0] + PAGE_BYTES);
        let mut run = 1;
        for &address in &addresses[1..] {
            if address + PAGE_BYTES == low {
                low = address;
            } else if address == high {
                high += PAGE_BYTES;
            } else {
                break;
            }
            run += 1;
        }
        (run, low)
    }

    fn grow_buckets(&mut self, os: &impl Os, len: usize) -> bool {
        let had = self.buckets.get().len();
        if len <= had {
            return true;
        }
        if !self.buckets.grow(os, len.next_power_of_two()) {
            return false;
        }
        self.buckets.get_mut().fill(0);
        for page in 0..self.in_use {
            self.enter(page);
        }
        true
    }

    /// Empties the buckets of all pages in use, and touches no others.
    fn clear_buckets(&mut self) {
        for page in 0..self.in_use {
            let address = self.address(page);
            let buckets = self.buckets.get_mut();
            let mut at = hash(address, buckets.len());
            // The page's bucket is in the run of full ones from here on, or was when
            // a part of the run, up to its end, was emptied for another page.
            while buckets[at] != 0 {
                buckets[at] = 0;
                at = (at + 1) & (buckets.len() - 1);
            }
        }
    }

    fn enter(&mut self, page: usize) {
        let address = self.address(page);
        let buckets = self.buckets.get_mut();
        let mut at = hash(address, buckets.len());
        while buckets[at] != 0 {
            at = (at + 1) & (buckets.len() - 1);
        }
        buckets[at] = page as u32 + 1;
    }
}

/// The first bucket to look at, of a power of two.
fn hash(page_address: usize, buckets: usize) -> usize {
    let mixed = (page_address / PAGE_BYTES) as u64;
    let mixed = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15); // 2^64 / golden ratio
    (mixed >> 32) as usize & (buckets - 1)
}

fn unmap(os: &impl Os, address: usize, bytes: usize) -> bool {
    let at = core::ptr::with_exposed_provenance_mut(address);
    // SAFETY: pages come from `Os::map`; whoever unmaps them has ended their use.
    NonNull::new(at).is_some_and(|at| unsafe { os.unmap(at, bytes) }.is_ok())
}
