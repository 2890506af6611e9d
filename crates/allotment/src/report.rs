//! Misuse, in one line on standard error, and the end.
//!
//! Formatted on the stack, written by one system call: it works whatever state the
//! heap and the program are in.

use os::{Line, Linux, Os};

use crate::caught::Caught;
use crate::{options, place, tending};

/// What was found instead of a live block's start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Misuse {
    /// No memory of ours.
    Foreign,
    /// A block that was freed.
    FreedAlready { size: usize },
    /// Inside a live block.
    Interior { inside: usize, size: usize, start: usize },
    /// Inside a block that is not live.
    InsideFreed { inside: usize, size: usize, start: usize },
    /// Memory of ours where no block is.
    NeverGiven,
    /// A live block, but not of the size that the caller says.
    WrongSize { given: usize, size: usize },
    /// A live block after all: another thread allocated it between the check and
    /// the report.
    Live,
}

/// What a block was freed by, to name it in a report.
#[non_exhaustive]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Caller {
    /// `free`
    Free,
    /// `cfree`
    Cfree,
    /// `realloc`
    Realloc,
    /// `operator delete`
    Delete,
    /// `operator delete[]`
    DeleteArray,
    /// `GlobalAlloc::dealloc`, or what is like it
    Dealloc,
}

impl Caller {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Cfree => "cfree",
            Self::Realloc => "realloc",
            Self::Delete => "operator delete",
            Self::DeleteArray => "operator delete[]",
            Self::Dealloc => "dealloc",
        }
    }
}

/// Reports a misuse of a function, then aborts; with `ALLOTMENT_ON_MISUSE=ignore`
/// it goes on, and the call has done nothing.
#[cold]
#[inline(never)]
pub(crate) fn misuse(function: &str, address: usize, misuse: Misuse) {
    let line = Line::new().text("allotment: ").text(function).text("(").address(address);
    let line = line.text("): ");
    let line = match misuse {
        Misuse::Foreign => place::describe(line, address),
        Misuse::FreedAlready { size } => {
            line.text("double free of a block of ").number(size).text(" bytes")
        }
        Misuse::Interior { inside, size, start } => line
            .number(inside)
            .text(" bytes inside the block of ")
            .number(size)
            .text(" bytes at ")
            .address(start),
        Misuse::InsideFreed { inside, size, start } => line
            .number(inside)
            .text(" bytes inside a freed block of ")
            .number(size)
            .text(" bytes at ")
            .address(start),
        Misuse::NeverGiven => line.text("no block starts here"),
        Misuse::WrongSize { given, size } => line
            .text("a size of ")
            .number(given)
            .text(" for a block of ")
            .number(size)
            .text(" bytes"),
        Misuse::Live => line.text("double free, allocated again by another thread"),
    };
    let ignore = options::ignores_misuse();
    let mut line = line.text(if ignore { "; ignored" } else { "; aborting" });
    Linux.report(line.finish());
    if !ignore {
        os::abort();
    }
}

/// A double free found under a lock.
static CAUGHT: Caught = Caught::new();

/// Keeps a double free to be reported when the locks are free again, as what follows
/// may be a signal handler of the program's. Of several at once, one is enough to end it.
pub(crate) fn catch(block: usize, size: usize) {
    CAUGHT.put(block, size);
    tending::want();
}

/// Reports what was caught. The caller holds no lock.
pub(crate) fn say_what_was_caught() {
    if let Some((block, size)) = CAUGHT.take() {
        misuse(Caller::Free.name(), block, Misuse::FreedAlready { size });
    }
}
