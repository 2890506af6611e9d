//! Why a pointer is no block's start, in a value and in words.

use os::{Line, Os, environment, options};

/// What `dealloc` found instead of the start of a live block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Complaint {
    /// The heap is not initialised.
    NotInitialised,
    /// The address lies in no page of the heap.
    Foreign,
    /// The address lies inside a live block.
    Interior {
        /// Bytes from the block's start to the address.
        offset: usize,
        /// The block's size in bytes.
        size: usize,
        /// The block's start.
        start: usize,
    },
    /// The address lies in free memory and is no multiple of the unit.
    Unaligned {
        /// Bytes in a unit.
        unit: usize,
    },
    /// A block started here, and was freed.
    FreedAlready,
    /// The address lies in free memory where no block ever started.
    NeverGiven,
}

impl Complaint {
    /// One line that says which pointer and why.
    pub fn line(self, pointer: usize) -> Line {
        let line = Line::new().text("allotment: dealloc(").address(pointer).text("): ");
        let line = match self {
            Complaint::NotInitialised => line.text("not initialised: call init_alloc first"),
            Complaint::Foreign => line.text("not in any page of this heap"),
            Complaint::Interior { offset, size, start } => line
                .number(offset)
                .text(" bytes inside the block of ")
                .number(size)
                .text(" bytes at ")
                .address(start),
            Complaint::Unaligned { unit } => {
                line.text("not a multiple of ").number(unit).text(" bytes from the page's start")
            }
            Complaint::FreedAlready => line.text("this block was freed already"),
            Complaint::NeverGiven => line.text("no block starts here: never given out"),
        };
        line.text("; nothing was freed")
    }
}

/// Reports a refused `dealloc` in one line on standard error, unless
/// `ALLOTMENT_QUIET` is set.
pub fn report(os: &impl Os, pointer: usize, freed: Result<(), Complaint>) {
    if let Err(complaint) = freed
        && !environment::flag(options::QUIET.name.as_bytes())
    {
        os.report(complaint.line(pointer).finish());
    }
}
