//! The observer's end of the line to the [subject](super::subject): the C calls
//! as methods, and what the heap looks like.

use super::Part;
use super::map::{Extent, Map, PAGE_BYTES, Page};
use crate::failure::Failure;
use crate::wire::outer::{Subject, unexpected};

const ADVICE: &str = "run it again; if a script asked for very many pages, ask for fewer";

/// A heap in a process of its own.
pub(crate) struct Heap {
    subject: Subject,
}

impl Heap {
    /// Starts a process whose heap is not initialised.
    pub(crate) fn start(part: Part) -> Result<Self, Failure> {
        let arguments = ["lab-subject", if part == Part::A { "a" } else { "b" }];
        Ok(Self { subject: Subject::start(&arguments, ADVICE)? })
    }

    /// A process that plays a heap, and need not be an honest one.
    #[cfg(test)]
    pub(crate) fn played_by(program: std::process::Command) -> Result<Self, Failure> {
        Ok(Self { subject: Subject::run(program, ADVICE)? })
    }

    /// The process number.
    pub(crate) fn pid(&self) -> i32 {
        self.subject.pid()
    }

    /// `init_alloc()`, and whether it did anything.
    pub(crate) fn init(&mut self) -> Result<bool, Failure> {
        self.is_done("init")
    }

    /// `cleanup()`, and whether it did anything.
    pub(crate) fn cleanup(&mut self) -> Result<bool, Failure> {
        self.is_done("cleanup")
    }

    /// `alloc(size)`: the block's address, or none for NULL.
    pub(crate) fn alloc(&mut self, size: i32) -> Result<Option<u64>, Failure> {
        let answer = self.subject.ask(&format!("alloc {size}"))?;
        if answer == "null" {
            return Ok(None);
        }
        let address = answer.strip_prefix("block ").and_then(address);
        address.map(Some).ok_or_else(|| nonsense(&answer))
    }

    /// `dealloc(address)`: what the library says on stderr when it refuses.
    pub(crate) fn dealloc(&mut self, address: u64) -> Result<Result<(), String>, Failure> {
        let answer = self.subject.ask(&format!("dealloc {address:#x}"))?;
        match answer.as_str() {
            "freed" => Ok(Ok(())),
            line if line.starts_with("allotment: ") => Ok(Err(answer)),
            _ => Err(nonsense(&answer)),
        }
    }

    /// `memset(address, value, bytes)` within a live block.
    pub(crate) fn fill(&mut self, address: u64, bytes: u64, value: u8) -> Result<(), Failure> {
        let answer = self.subject.ask(&format!("fill {address:#x} {bytes} {value}"))?;
        if answer == "filled" { Ok(()) } else { Err(nonsense(&answer)) }
    }

    /// All bytes of the page at `address`.
    pub(crate) fn dump(&mut self, address: u64) -> Result<Vec<u8>, Failure> {
        let request = format!("dump {address:#x}");
        let answer = self.subject.ask(&request)?;
        if answer != "bytes" {
            return Err(nonsense(&answer));
        }
        let mut bytes = vec![0; PAGE_BYTES as usize];
        self.subject.next_bytes(&request, &mut bytes)?;
        Ok(bytes)
    }

    /// The pages with their blocks and holes.
    pub(crate) fn walk(&mut self) -> Result<Map, Failure> {
        const REQUEST: &str = "walk";
        let mut map = Map::default();
        let mut line = self.subject.ask(REQUEST)?;
        while line != "end" {
            enter(&mut map, &line).ok_or_else(|| nonsense(&line))?;
            line = self.subject.next_line(REQUEST)?;
        }
        Ok(map)
    }

    fn is_done(&mut self, request: &str) -> Result<bool, Failure> {
        match self.subject.ask(request)?.as_str() {
            "done" => Ok(true),
            "failed" => Ok(false),
            other => Err(nonsense(other)),
        }
    }
}

/// Enters a line of a walk.
fn enter(map: &mut Map, line: &str) -> Option<()> {
    let mut words = line.split(' ');
    let word = words.next()?;
    if word == "page" {
        map.pages.push(Page { address: address(words.next()?)?, extents: Vec::new() });
        return Some(());
    }
    let offset = words.next()?.parse().ok()?;
    let size = words.next()?.parse().ok()?;
    let taken = match word {
        "block" => true,
        "hole" => false,
        _ => return None,
    };
    map.pages.last_mut()?.extents.push(Extent { offset, size, taken });
    Some(())
}

fn address(word: &str) -> Option<u64> {
    u64::from_str_radix(word.strip_prefix("0x")?, 16).ok()
}

fn nonsense(answer: &str) -> Failure {
    unexpected(&format_args!("it answered \"{answer}\""))
}
