//! A look at a heap's half-used slabs, for pages to give back: from one to the next,
//! with as many rests as it takes.
//!
//! Relaxed: a slab's links are its owner's alone, under the heap's lock.

use core::ptr::null_mut;

use crate::class::SMALL_CLASSES;
use crate::holes::Patience;
use crate::slab::{Slab, slab_ref};
use crate::sync::Relaxed;

/// So many ranges of pages are given back before a rest: a few hundred microseconds.
const PURGES_MAX: usize = 128;

/// For each class a list of the slabs with free blocks; the first is in use.
pub(crate) type Lists = [*mut Slab; SMALL_CLASSES];

/// Where a look has come to.
pub(crate) struct Look {
    patience: Patience,
    /// Whether the first slab of each class is passed over: blocks come from there now.
    spares_first: bool,
    /// The class whose slabs are being looked at; [`SMALL_CLASSES`] when it is over.
    class: usize,
    /// The slab to look at next; in that class's list, or null.
    at: *mut Slab,
}

impl Look {
    /// One that is over.
    pub(crate) const fn over() -> Self {
        let patience = Patience::TwoLooks;
        Self { patience, spares_first: false, class: SMALL_CLASSES, at: null_mut() }
    }

    /// Begins anew.
    pub(crate) fn begin(&mut self, lists: &Lists, patience: Patience) {
        *self = Self { patience, spares_first: false, class: 0, at: lists[0] };
    }

    /// Begins anew: a look for what can be spared at once.
    pub(crate) fn begin_sparing(&mut self, lists: &Lists) {
        let patience = Patience::OneLook;
        *self = Self { patience, spares_first: true, class: 0, at: null_mut() };
        self.at = self.first(lists);
    }

    /// The class's first slab to look at.
    fn first(&self, lists: &Lists) -> *mut Slab {
        match lists.get(self.class) {
            Some(first) if !first.is_null() && self.spares_first => {
                slab_ref(*first).next_listed.load(Relaxed) // owner only
            }
            Some(first) => *first,
            None => null_mut(),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.class == SMALL_CLASSES
    }

    /// Goes on, to the end or the next rest.
    pub(crate) fn go_on(&mut self, lists: &Lists) {
        let mut left = PURGES_MAX;
        while !self.is_over() && left > 0 {
            if self.at.is_null() {
                self.class += 1;
                self.at = self.first(lists);
                continue;
            }
            let slab = slab_ref(self.at);
            self.at = slab.next_listed.load(Relaxed); // owner only
            left = left.saturating_sub(slab.purge_holes(self.patience));
        }
    }

    /// A slab leaves its list.
    pub(crate) fn pass_over(&mut self, slab: &Slab) {
        if core::ptr::eq(self.at, slab) {
            self.at = slab.next_listed.load(Relaxed); // owner only
        }
    }
}
