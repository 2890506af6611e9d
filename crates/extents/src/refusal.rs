//! Why an operation was refused. A refusal changes nothing.

/// A request that cannot be met, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// No free extent can hold the request at its alignment; for a resize, the
    /// neighbour above is not free or too short.
    NoRoom,
    /// The books are full and could not grow.
    NoRecords,
    /// A length of zero.
    Empty,
    /// An alignment that these books are not made for.
    Alignment,
    /// The handle names no taken extent: it was given back, or never taken.
    NotTaken,
    /// A region that is empty or ends beyond the last unit that can be stored.
    Range,
    /// A region of which a part is still taken.
    InUse,
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Refusal::NoRoom => "no free extent can hold the request",
            Refusal::NoRecords => "the books are full and could not grow",
            Refusal::Empty => "the length is zero",
            Refusal::Alignment => "the alignment is larger than the books are made for",
            Refusal::NotTaken => "the handle names no taken extent",
            Refusal::Range => "the region is empty or ends beyond the last unit",
            Refusal::InUse => "a part of the region is still taken",
        })
    }
}

impl core::error::Error for Refusal {}
