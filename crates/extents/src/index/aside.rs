//! The extent that became free last, which waits beside the bins.
//!
//! What giving back learns is on its way from memory for long, and where in a heap an
//! extent belongs is a chain of branches that are hard to guess. If each giving back
//! entered its own extent, the processor would wait for that memory before it could go
//! on; so each enters that of the one before, which has arrived by then, and the owner's
//! next operation begins meanwhile. A search looks at both. In books without heaps,
//! nothing is ever aside.

use crate::unit::Unit;

/// A free extent that is in no bin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aside {
    /// 0 for none.
    pub(crate) len: u64,
    pub(crate) start: u64,
    pub(crate) id: u32,
}

impl Aside {
    pub(crate) const NONE: Self = Self { len: 0, start: 0, id: 0 };

    /// Whether it serves a request of `len` units better than a free extent which does.
    ///
    /// One comparison, and so one branch, which seldom goes the other way: what does not
    /// fit is farther beyond the request than any other.
    #[inline]
    pub(super) fn is_better<U: Unit>(&self, len: u64, other: (u64, u64)) -> bool {
        let request = U::key(len, 0);
        let beyond = |(len, start)| U::beyond(U::key(len, start), request);
        beyond((self.len, self.start)) < beyond(other)
    }
}
