//! Faults on demand: an operating system whose nth call fails.
//!
//! A test wraps [`Linux`](crate::Linux) in [`Faulty`], runs a heap on it, and
//! says at which call memory runs out and for how long.

use core::cell::Cell;
use core::ptr::NonNull;

use crate::{Errno, Os};

/// An operating system that fails while it is told to, and counts.
#[derive(Default, Debug)]
pub struct Faulty<O> {
    below: O,
    maps_left: Cell<Option<usize>>,
    unmaps_left: Cell<Option<usize>>,
    /// Whether the next `unmap` that fails is the last one that does.
    is_one_unmap: Cell<bool>,
    /// Calls of `map` that succeeded.
    pub maps: Cell<usize>,
    /// Bytes mapped and not unmapped.
    pub bytes_mapped: Cell<usize>,
    /// Lines reported.
    pub reports: Cell<usize>,
}

impl<O> Faulty<O> {
    /// Wraps `below`; nothing fails yet.
    pub const fn new(below: O) -> Self {
        Self {
            below,
            maps_left: Cell::new(None),
            unmaps_left: Cell::new(None),
            is_one_unmap: Cell::new(false),
            maps: Cell::new(0),
            bytes_mapped: Cell::new(0),
            reports: Cell::new(0),
        }
    }

    /// Lets `n` more maps succeed, then fails every one; `None` heals.
    pub fn fail_maps_after(&self, n: Option<usize>) {
        self.maps_left.set(n);
    }

    /// Lets `n` more unmaps succeed, then fails every one; `None` heals.
    pub fn fail_unmaps_after(&self, n: Option<usize>) {
        self.unmaps_left.set(n);
        self.is_one_unmap.set(false);
    }

    /// Lets `n` more unmaps succeed, then fails one.
    pub fn fail_one_unmap_after(&self, n: usize) {
        self.unmaps_left.set(Some(n));
        self.is_one_unmap.set(true);
    }
}

/// Counts a call down; an error once the count is used up.
fn spend(left: &Cell<Option<usize>>) -> Result<(), Errno> {
    match left.get() {
        None => Ok(()),
        Some(0) => Err(Errno::NOMEM),
        Some(n) => {
            left.set(Some(n - 1));
            Ok(())
        }
    }
}

// SAFETY: what is not refused is done by the operating system below.
unsafe impl<O: Os> Os for Faulty<O> {
    fn map(&self, bytes: usize) -> Result<NonNull<u8>, Errno> {
        spend(&self.maps_left)?;
        let at = self.below.map(bytes)?;
        self.maps.set(self.maps.get() + 1);
        self.bytes_mapped.set(self.bytes_mapped.get() + bytes);
        Ok(at)
    }

    unsafe fn unmap(&self, at: NonNull<u8>, bytes: usize) -> Result<(), Errno> {
        if let Err(refused) = spend(&self.unmaps_left) {
            if self.is_one_unmap.get() {
                self.unmaps_left.set(None);
            }
            return Err(refused);
        }
        // SAFETY: handed on under the same contract.
        unsafe { self.below.unmap(at, bytes) }?;
        self.bytes_mapped.set(self.bytes_mapped.get() - bytes);
        Ok(())
    }

    fn report(&self, _line: &[u8]) {
        self.reports.set(self.reports.get() + 1);
    }
}
