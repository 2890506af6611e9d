//! What was seen of a step: the record that reports and JSON are made of. The
//! names are those of the JSON, where `crate::export::lab` documents them.

use procfs::ProcResult;
use serde::Serialize;

use super::changes::Event;
use super::map::Map;
use crate::sample::Watched;

/// One line of the script, carried out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Step {
    /// The first is 1.
    pub(crate) number: usize,
    pub(crate) script_line: usize,
    pub(crate) heading: Option<String>,
    /// As it would be written in C.
    pub(crate) call: String,
    pub(crate) outcome: Outcome,
    pub(crate) explanation: String,
    /// How many bytes were found as the user wrote them, if the step was an
    /// occasion to look.
    pub(crate) intact_bytes: Option<u64>,
    #[serde(flatten)]
    pub(crate) figures: Figures,
    pub(crate) since_previous: Change,
    pub(crate) events: Vec<Event>,
    pub(crate) pages: Vec<PageView>,
}

/// What the caller gets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Nothing is returned; `done` is whether anything was done.
    Void {
        done: bool,
    },
    /// 0 is success.
    Returned {
        status: i32,
    },
    Block {
        page: usize,
        offset_bytes: u64,
        address: Address,
    },
    Null,
    /// Of an array.
    Blocks {
        given: usize,
        asked: usize,
    },
    /// Of one pointer or of an array: freed, NULL and so ignored, or refused with
    /// the library's message.
    Dealloc {
        freed: usize,
        ignored: usize,
        messages: Vec<String>,
    },
}

/// An address: in JSON a string, `0x…`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(into = "String")]
pub(crate) struct Address(pub(crate) u64);

/// A page in use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct PageView {
    /// The first is 1.
    pub(crate) page: usize,
    pub(crate) address: Address,
    /// None when `/proc/PID/pagemap` is closed.
    pub(crate) in_ram_bytes: Option<u64>,
    /// The page in cells; drawn for the JSON only.
    pub(crate) drawing: String,
    /// Blocks and holes from the page's first byte to its last.
    pub(crate) map: Vec<ExtentView>,
}

/// A block, or a hole.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct ExtentView {
    pub(crate) offset_bytes: u64,
    pub(crate) size_bytes: u64,
    pub(crate) taken: bool,
    /// What the script calls the block.
    pub(crate) name: Option<String>,
    /// Whether the block's user has written to it.
    pub(crate) written: bool,
    #[serde(skip)]
    pub(crate) colour: usize,
}

/// The process's memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Figures {
    /// Of `statm`.
    pub(crate) vsz_bytes: u64,
    /// Of `smaps_rollup`, or where that is not offered, of `statm`.
    pub(crate) rss_bytes: u64,
}

/// How far figures have moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) vsz_bytes: i64,
    pub(crate) rss_bytes: i64,
}

impl Figures {
    pub(crate) fn read(watched: &Watched) -> ProcResult<Self> {
        let statm = watched.statm()?;
        let exact = watched.rollup().read().map(|resident| resident.rss_bytes);
        Ok(Self { vsz_bytes: statm.vsz_bytes, rss_bytes: exact.unwrap_or(statm.rss_bytes) })
    }

    pub(crate) fn since(self, before: Self) -> Change {
        Change {
            vsz_bytes: self.vsz_bytes.cast_signed() - before.vsz_bytes.cast_signed(),
            rss_bytes: self.rss_bytes.cast_signed() - before.rss_bytes.cast_signed(),
        }
    }
}

impl Outcome {
    /// A block whose place is not known yet, or NULL.
    pub(crate) fn block(address: u64) -> Self {
        match address {
            0 => Self::Null,
            address => Self::Block { page: 0, offset_bytes: 0, address: Address(address) },
        }
    }

    /// With the block's place on the map.
    pub(crate) fn placed(self, map: &Map) -> Self {
        match self {
            Self::Block { address, .. } => {
                let place = map.locate(address.0);
                let (page, offset_bytes) = place.map_or((0, 0), |at| (at.page, at.offset));
                Self::Block { page, offset_bytes, address }
            }
            other => other,
        }
    }

    /// What the library says on stderr.
    pub(crate) fn messages(&self) -> &[String] {
        match self {
            Self::Dealloc { messages, .. } => messages,
            _ => &[],
        }
    }
}

impl From<Address> for String {
    fn from(Address(address): Address) -> Self {
        format!("{address:#x}")
    }
}
