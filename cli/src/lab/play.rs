//! A script on its way through the heap: each line is a call, and after each the
//! heap's walk and the process's figures are taken down.
//!
//! The player is the user of the heap: it knows which pointer has which name, and
//! keeps a shadow of every page, in which only its own writes appear. A block is
//! compared with the shadow before it is freed, and whole pages before they are
//! unmapped: the heap must never have changed a byte.

use std::collections::{BTreeMap, HashMap};

use super::Part;
use super::changes;
use super::conductor::Heap;
use super::explain::{self, Scene};
use super::map::{Map, PAGE_BYTES, Place};
use super::script::{Line, Pointer, Script, Statement, Target, at_line};
use super::step::{Address, ExtentView, Figures, Outcome, PageView, Step};
use crate::failure::Failure;
use crate::sample::{Range, Watched, unreadable};

/// A live block, as its user knows it.
struct Owned {
    label: String,
    /// Which name it has, by order of first appearance: its colour.
    colour: usize,
    size: u64,
    written: bool,
}

/// The user of a heap in a process that is watched.
pub(crate) struct Player {
    part: Part,
    heap: Heap,
    watched: Watched,
    /// What each name points to: one address, or an array of them; 0 is NULL.
    names: HashMap<String, Vec<u64>>,
    /// Names by order of first appearance.
    order: Vec<String>,
    /// Live blocks by address.
    owned: BTreeMap<u64, Owned>,
    /// What the user wrote to each page, by the page's address.
    shadows: HashMap<u64, Vec<u8>>,
    /// After the last step.
    map: Map,
    pages: Vec<PageView>,
    figures: Figures,
    steps: usize,
}

/// What a call came to.
struct Done {
    call: String,
    outcome: Outcome,
    intact_bytes: Option<u64>,
}

impl Player {
    /// Starts a process with a heap, and goes through the script once unseen, so
    /// that the heap's code and its books are in RAM: what changes afterwards is
    /// due to the pages alone.
    pub(crate) fn rehearsed(part: Part, script: &Script) -> Result<Self, Failure> {
        let mut player = Self::start(Heap::start(part)?, part)?;
        // Should the script end at an error, it will do so again, and be reported.
        let _ = script.lines.iter().try_for_each(|line| player.step(script, line).map(drop));
        let mut heap = player.heap;
        while heap.cleanup()? {}
        Self::start(heap, part)
    }

    pub(crate) fn start(heap: Heap, part: Part) -> Result<Self, Failure> {
        let pid = heap.pid();
        let watched = Watched::open(pid).map_err(|e| unreadable(pid, &e))?;
        let figures = Figures::read(&watched).map_err(|e| unreadable(pid, &e))?;
        Ok(Self {
            part,
            heap,
            watched,
            names: HashMap::new(),
            order: Vec::new(),
            owned: BTreeMap::new(),
            shadows: HashMap::new(),
            map: Map::default(),
            pages: Vec::new(),
            figures,
            steps: 0,
        })
    }

    pub(crate) fn pid(&self) -> i32 {
        self.heap.pid()
    }

    /// As of now.
    pub(crate) fn figures(&self) -> Figures {
        self.figures
    }

    /// Carries out one line.
    pub(crate) fn step(&mut self, script: &Script, line: &Line) -> Result<Step, Failure> {
        let done = self.perform(&line.statement).map_err(|error| match error {
            Failure::Refused { what, next, code } => {
                let what = at_line(&script.source, line.number, &what);
                Failure::Refused { what, next, code }
            }
            closed @ Failure::OutputClosed => closed,
        })?;
        // The figures first: nothing else has happened in the process since.
        let pid = self.heap.pid();
        let figures = Figures::read(&self.watched).map_err(|e| unreadable(pid, &e))?;
        let map = self.heap.walk()?;
        self.shadows.retain(|address, _| map.pages.iter().any(|page| page.address == *address));
        for page in &map.pages {
            self.shadows.entry(page.address).or_insert_with(|| vec![0; PAGE_BYTES as usize]);
        }
        let events = changes::between(&self.map, &map);
        let pages = self.views(&map);
        let outcome = done.outcome.placed(&map);
        let explanation = explain::sentence(&Scene {
            part: self.part,
            statement: &line.statement,
            outcome: &outcome,
            intact_bytes: done.intact_bytes,
            before: &self.map,
            after: &map,
            events: &events,
            pages_before: &self.pages,
            pages_after: &pages,
            change: figures.since(self.figures),
        });
        self.steps += 1;
        let step = Step {
            number: self.steps,
            script_line: line.number,
            heading: line.heading.clone(),
            call: done.call,
            outcome,
            explanation,
            intact_bytes: done.intact_bytes,
            since_previous: figures.since(self.figures),
            figures,
            events,
            pages: pages.clone(),
        };
        (self.map, self.pages, self.figures) = (map, pages, figures);
        Ok(step)
    }

    /// After the last step: the pages that are still mapped, compared with what
    /// was written. Returns how many bytes that were.
    pub(crate) fn finish(&mut self) -> Result<u64, Failure> {
        self.compare_pages()
    }

    fn views(&self, map: &Map) -> Vec<PageView> {
        let mut views = Vec::with_capacity(map.pages.len());
        for (at, page) in map.pages.iter().enumerate() {
            let range = Range { start: page.address, bytes: PAGE_BYTES };
            let map = page.extents.iter().map(|extent| {
                let owned = extent.taken.then(|| self.owned.get(&(page.address + extent.offset)));
                let owned = owned.flatten();
                ExtentView {
                    offset_bytes: extent.offset,
                    size_bytes: extent.size,
                    taken: extent.taken,
                    name: owned.map(|block| block.label.clone()),
                    written: owned.is_some_and(|block| block.written),
                    colour: owned.map_or(0, |block| block.colour),
                }
            });
            views.push(PageView {
                page: at + 1,
                address: Address(page.address),
                in_ram_bytes: self.watched.present(range).ok(),
                drawing: String::new(),
                map: map.collect(),
            });
        }
        views
    }

    fn perform(&mut self, statement: &Statement) -> Result<Done, Failure> {
        match statement {
            Statement::Init => {
                let done = self.heap.init()?;
                Ok(Done::new("init_alloc()", self.status(done)))
            }
            Statement::Cleanup => {
                let compared = self.compare_pages()?;
                let done = self.heap.cleanup()?;
                if done {
                    self.owned.clear();
                }
                let intact_bytes = Some(compared).filter(|&bytes| bytes > 0);
                Ok(Done { intact_bytes, ..Done::new("cleanup()", self.status(done)) })
            }
            Statement::Alloc { name, count, size } => self.alloc(name, *count, *size),
            Statement::Write(pointer) => self.write(pointer),
            Statement::Dealloc(target) => self.dealloc(target),
        }
    }

    /// What `init_alloc` and `cleanup` return: an int in Part A, nothing in Part B.
    fn status(&self, done: bool) -> Outcome {
        match self.part {
            Part::A => Outcome::Returned { status: i32::from(!done) },
            Part::B => Outcome::Void { done },
        }
    }

    fn alloc(&mut self, name: &str, count: Option<usize>, size: i32) -> Result<Done, Failure> {
        let colour = self.order.iter().position(|known| known == name).unwrap_or_else(|| {
            self.order.push(name.to_owned());
            self.order.len() - 1
        });
        let mut addresses = Vec::new();
        for index in 0..count.unwrap_or(1) {
            let address = self.heap.alloc(size)?;
            addresses.push(address.unwrap_or(0));
            if let Some(address) = address {
                let label = count.map_or(name.to_owned(), |_| format!("{name}[{index}]"));
                let size = u64::try_from(size).unwrap_or(0);
                let block = Owned { label, colour: colour + index, size, written: false };
                self.owned.insert(address, block);
            }
        }
        let given = addresses.iter().filter(|&&address| address != 0).count();
        let first = addresses[0];
        self.names.insert(name.to_owned(), addresses);
        let (call, outcome) = match count {
            None => (format!("{name} = alloc({size})"), Outcome::block(first)),
            Some(asked) => (
                format!("for (i = 0; i < {asked}; i++) {name}[i] = alloc({size})"),
                Outcome::Blocks { given, asked },
            ),
        };
        Ok(Done::new(call, outcome))
    }

    fn write(&mut self, pointer: &Pointer) -> Result<Done, Failure> {
        let value = pointer.name.as_bytes()[0];
        let mut bytes = 0;
        for address in self.addresses(pointer) {
            let Some(block) = self.owned.get_mut(&address) else {
                return Err(not_live(pointer, address));
            };
            block.written = true;
            bytes = block.size;
            self.heap.fill(address, bytes, value)?;
            if let Some(at) = self.map.locate(address) {
                let page = self.map.pages[at.page - 1].address;
                let shadow = self.shadows.get_mut(&page).and_then(|shadow| {
                    shadow.get_mut(at.offset as usize..(at.offset + bytes) as usize)
                });
                if let Some(shadow) = shadow {
                    shadow.fill(value);
                }
            }
        }
        let target = pointer.text();
        let fill = format!("memset({target}, '{}', {bytes})", char::from(value));
        Ok(Done::new(self.looped(pointer, &fill), Outcome::Void { done: true }))
    }

    fn dealloc(&mut self, target: &Target) -> Result<Done, Failure> {
        let (call, addresses) = match target {
            Target::Address(0) => ("dealloc(NULL)".into(), vec![0]),
            Target::Address(address) => (format!("dealloc({address:#x})"), vec![*address]),
            Target::Pointer { pointer, plus } => {
                let plus_text = if *plus == 0 { String::new() } else { format!(" {plus:+}") };
                let call = format!("dealloc({}{plus_text})", pointer.text());
                let call = call.replace(" +", " + ").replace(" -", " - ");
                let addresses = self.addresses(pointer);
                let moved = addresses.into_iter().map(|address| address.wrapping_add_signed(*plus));
                (self.looped(pointer, &call), moved.collect())
            }
        };
        let (mut freed, mut ignored, mut messages) = (0, 0, Vec::new());
        let mut intact_bytes = None;
        for address in addresses {
            if address == 0 {
                ignored += 1;
                continue;
            }
            if self.owned.get(&address).is_some_and(|block| block.written) {
                let size = self.owned[&address].size;
                self.compare(address, size)?;
                *intact_bytes.get_or_insert(0) += size;
            }
            match self.heap.dealloc(address)? {
                Ok(()) => {
                    freed += 1;
                    self.owned.remove(&address);
                }
                Err(message) => messages.push(message),
            }
        }
        let outcome = Outcome::Dealloc { freed, ignored, messages };
        Ok(Done { intact_bytes, ..Done::new(call, outcome) })
    }

    fn addresses(&self, pointer: &Pointer) -> Vec<u64> {
        let all = self.names.get(&pointer.name).map_or(&[][..], Vec::as_slice);
        match pointer.index {
            None => all.to_vec(),
            Some(index) => all.get(index).copied().into_iter().collect(),
        }
    }

    /// A call, or the loop around it when it is made for a whole array.
    fn looped(&self, pointer: &Pointer, call: &str) -> String {
        let count = self.names.get(&pointer.name).map_or(1, Vec::len);
        if pointer.index.is_some() || count == 1 {
            return call.to_owned();
        }
        let call =
            call.replacen(&format!("({}", pointer.name), &format!("({}[i]", pointer.name), 1);
        format!("for (i = 0; i < {count}; i++) {call}")
    }

    /// Compares the whole of every page with its shadow, and says how many bytes
    /// that were.
    fn compare_pages(&mut self) -> Result<u64, Failure> {
        let pages: Vec<u64> = self.map.pages.iter().map(|page| page.address).collect();
        for &page in &pages {
            self.compare(page, PAGE_BYTES)?;
        }
        Ok(pages.len() as u64 * PAGE_BYTES)
    }

    /// Compares a range within a page with what was written to it.
    fn compare(&mut self, address: u64, bytes: u64) -> Result<(), Failure> {
        let Some(Place { page, offset }) = self.map.locate(address) else { return Ok(()) };
        let start = self.map.pages[page - 1].address;
        let held = self.heap.dump(start)?;
        let Some(shadow) = self.shadows.get(&start) else { return Ok(()) };
        let range = offset as usize..(offset + bytes) as usize;
        match range.into_iter().find(|&at| held[at] != shadow[at]) {
            None => Ok(()),
            Some(at) => Err(Failure::refused(
                format!(
                    "page {page} + {at} holds {:#04x}, but its user wrote {:#04x}",
                    held[at], shadow[at]
                ),
                "this is a defect of the heap: please report it with the script",
            )),
        }
    }
}

impl Done {
    fn new(call: impl Into<String>, outcome: Outcome) -> Self {
        Self { call: call.into(), outcome, intact_bytes: None }
    }
}

impl Pointer {
    /// As C has it.
    fn text(&self) -> String {
        match self.index {
            None => self.name.clone(),
            Some(index) => format!("{}[{index}]", self.name),
        }
    }
}

fn not_live(pointer: &Pointer, address: u64) -> Failure {
    let name = pointer.text();
    if address == 0 {
        return Failure::refused(
            format!("write to {name}, which is NULL, would end the process"),
            "ask for less above it, or leave the write out",
        );
    }
    Failure::refused(
        format!("write to {name}, which is freed, would spoil whoever owns the memory now"),
        "write before the dealloc, or allocate again",
    )
}
