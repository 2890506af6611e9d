#![allow(unreachable_pub, reason = "shared by test programs and the fuzz target")]
//! The judge: a plain model that keeps one cell per unit, finds everything by
//! looking at everything, and says what every operation must answer.

use std::collections::BTreeSet;

use extents::{Arrays, Books, Boundary, Extents, Handle, Node, Refusal, Region, Room, Unit};

/// Books in `Vec`s, up to a limit of boundary records.
pub struct Grown<U: Unit, R: Room<U>> {
    boundaries: Vec<Boundary<U>>,
    nodes: Vec<Node<U, R>>,
    boundaries_max: usize,
}

impl<U: Unit, R: Room<U>> Grown<U, R> {
    pub fn new(boundaries_max: usize) -> Self {
        Self { boundaries: vec![Boundary::NEW], nodes: vec![Node::NEW], boundaries_max }
    }
}

impl<U: Unit, R: Room<U>> Books for Grown<U, R> {
    type Unit = U;
    type Room = R;

    fn boundaries(&self) -> &[Boundary<U>] {
        &self.boundaries
    }

    fn nodes(&self) -> &[Node<U, R>] {
        &self.nodes
    }

    fn arrays_mut(&mut self) -> Arrays<'_, U, R> {
        (&mut self.boundaries, &mut self.nodes)
    }

    fn grow(&mut self, boundaries: usize, nodes: usize) -> bool {
        if boundaries > self.boundaries_max {
            return false;
        }
        // Exactly what is asked for: a record used beyond it would be out of bounds.
        self.boundaries.resize(boundaries.max(self.boundaries.len()), Boundary::NEW);
        self.nodes.resize(nodes.max(self.nodes.len()), Node::NEW);
        true
    }
}

/// One step of a random program. Numbers are reduced to something sensible.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Take { len: u16 },
    TakeAligned { len: u16, shift: u8 },
    TakeAt { which: u16, len: u16 },
    GiveBack { which: u16 },
    GiveBackAgain { which: u16 },
    Resize { which: u16, len: u16 },
    Split { which: u16, len: u16 },
    AddRegion { gap: u8, len: u16 },
    RemoveRegion { which: u8 },
    Clear,
}

/// A region of the model: one cell per unit, holding the number of the take.
struct ModelRegion {
    id: Region,
    start: u64,
    cells: Vec<Option<usize>>,
}

struct Block {
    handle: Handle,
    start: u64,
    len: u64,
}

/// The structure under test and the model, step by step side by side.
pub struct Judge<U: Unit, R: Room<U>> {
    extents: Extents<Grown<U, R>>,
    regions: Vec<ModelRegion>,
    live: Vec<(usize, Block)>,
    stale: Vec<Handle>,
    takes: usize,
    end: u64,
    boundaries_max: usize,
}

impl<U: Unit, R: Room<U>> Judge<U, R> {
    pub fn new(boundaries_max: usize) -> Self {
        Self {
            extents: Extents::new(Grown::new(boundaries_max)),
            regions: Vec::new(),
            live: Vec::new(),
            stale: Vec::new(),
            takes: 0,
            end: 0,
            boundaries_max,
        }
    }

    /// Runs one step on both, compares the answers, then all of the state.
    pub fn step(&mut self, step: Step) {
        match step {
            Step::Take { len } => self.take(u64::from(len), 0),
            Step::TakeAligned { len, shift } => {
                self.take(u64::from(len), u32::from(shift) % (R::SHIFT_MAX + 2));
            }
            Step::TakeAt { which, len } => self.take_at(which, u64::from(len)),
            Step::GiveBack { which } => self.give_back(which),
            Step::GiveBackAgain { which } => self.give_back_again(which),
            Step::Resize { which, len } => self.resize(which, u64::from(len)),
            Step::Split { which, len } => self.split(which, u64::from(len)),
            Step::AddRegion { gap, len } => self.add_region(u64::from(gap), u64::from(len)),
            Step::RemoveRegion { which } => self.remove_region(which),
            Step::Clear => self.clear(),
        }
        self.compare();
    }

    /// Every run of free cells, by brute force: (length, start).
    fn holes(&self) -> BTreeSet<(u64, u64)> {
        let mut holes = BTreeSet::new();
        for region in &self.regions {
            let mut len = 0;
            for (i, cell) in region.cells.iter().chain([&Some(0)]).enumerate() {
                if cell.is_none() {
                    len += 1;
                } else if len > 0 {
                    holes.insert((len, region.start + i as u64 - len));
                    len = 0;
                }
            }
        }
        holes
    }

    /// Boundary records in use, by brute force.
    fn boundaries(&self) -> usize {
        self.regions.iter().map(|r| 2 + r.cells.windows(2).filter(|w| w[0] != w[1]).count()).sum()
    }

    fn mark(&mut self, start: u64, len: u64, mark: Option<usize>) {
        for region in &mut self.regions {
            let end = region.start + region.cells.len() as u64;
            if (region.start..end).contains(&start) {
                let at = (start - region.start) as usize;
                region.cells[at..at + len as usize].fill(mark);
            }
        }
    }

    fn take(&mut self, len: u64, shift: u32) {
        let answer = self.extents.take_aligned(len, shift);
        if shift > R::SHIFT_MAX {
            assert_eq!(answer, Err(Refusal::Alignment));
            return;
        }
        let align = 1u64 << shift;
        let fitting = self.holes().into_iter().find_map(|(have, start)| {
            let aligned = start.next_multiple_of(align);
            (aligned + len <= start + have).then_some((have, start, aligned))
        });
        let Some((have, start, aligned)) = fitting.filter(|_| len > 0) else {
            let why = if len == 0 { Refusal::Empty } else { Refusal::NoRoom };
            assert_eq!(answer, Err(why), "take {len} << {shift}");
            return;
        };
        let more = usize::from(aligned > start) + usize::from(aligned + len < start + have);
        if more > 0 && self.boundaries() + more + 1 > self.boundaries_max {
            assert_eq!(answer, Err(Refusal::NoRecords));
            return;
        }
        let taken = answer.expect("a request that fits is met");
        assert_eq!(taken.start, aligned, "best fit, lowest among equals");
        self.takes += 1;
        self.mark(aligned, len, Some(self.takes));
        self.live.push((self.takes, Block { handle: taken.handle, start: aligned, len }));
    }

    fn take_at(&mut self, which: u16, len: u64) {
        let walked: Vec<_> = self.extents.walk().collect();
        let Some(extent) = walked.get(which as usize % walked.len().max(1)) else { return };
        let beside = self.extents.take_at(extent.index, extent.start + 1, 1);
        assert_eq!(beside, Err(Refusal::NoRoom), "nothing starts there with this record");
        let answer = self.extents.take_at(extent.index, extent.start, len);
        if len == 0 || extent.taken.is_some() || len > extent.len {
            let why = if len == 0 { Refusal::Empty } else { Refusal::NoRoom };
            assert_eq!(answer, Err(why), "take {len} at {extent:?}");
            return;
        }
        if len < extent.len && self.boundaries() + 2 > self.boundaries_max {
            assert_eq!(answer, Err(Refusal::NoRecords));
            return;
        }
        let taken = answer.expect("what is free can be taken");
        assert_eq!(taken.start, extent.start);
        self.takes += 1;
        self.mark(extent.start, len, Some(self.takes));
        self.live.push((self.takes, Block { handle: taken.handle, start: extent.start, len }));
    }

    fn give_back(&mut self, which: u16) {
        if self.live.is_empty() {
            return;
        }
        let (_, block) = self.live.swap_remove(which as usize % self.live.len());
        self.mark(block.start, block.len, None);
        let hole = self.extents.give_back(block.handle).expect("a live extent is given back");
        assert!(self.holes().contains(&(hole.len, hole.start)), "merged with both neighbours");
        self.stale.push(block.handle);
    }

    fn give_back_again(&mut self, which: u16) {
        if self.stale.is_empty() {
            return;
        }
        let handle = self.stale[which as usize % self.stale.len()];
        assert_eq!(self.extents.give_back(handle), Err(Refusal::NotTaken));
        assert_eq!(self.extents.resize(handle, 1), Err(Refusal::NotTaken));
        assert_eq!(self.extents.free_above(handle), Err(Refusal::NotTaken));
        assert_eq!(self.extents.split(handle, 1), Err(Refusal::NotTaken));
        let wild = Handle { index: handle.index.wrapping_add(u32::from(which) << 8), ..handle };
        if self.live.iter().all(|(_, block)| block.handle != wild) {
            assert_eq!(self.extents.give_back(wild), Err(Refusal::NotTaken));
        }
    }

    fn resize(&mut self, which: u16, len: u64) {
        if self.live.is_empty() {
            return;
        }
        let at = which as usize % self.live.len();
        let (mark, Block { handle, start, len: had }) = self.live[at];
        let above = start + had;
        let free = self.holes().into_iter().find(|hole| hole.1 == above);
        let free = free.filter(|_| !self.is_region_start(above)).map_or(0, |hole| hole.0);
        assert_eq!(self.extents.free_above(handle), Ok(free));
        let answer = self.extents.resize(handle, len);
        if len == 0 || len > had + free {
            let why = if len == 0 { Refusal::Empty } else { Refusal::NoRoom };
            assert_eq!(answer, Err(why), "resize to {len}");
            return;
        }
        if free == 0 && len < had && self.boundaries() + 2 > self.boundaries_max {
            assert_eq!(answer, Err(Refusal::NoRecords));
            return;
        }
        assert_eq!(answer, Ok(()), "resize from {had} to {len} with {free} free above");
        self.mark(start, had, None);
        self.mark(start, len, Some(mark));
        self.live[at].1.len = len;
    }

    fn split(&mut self, which: u16, len: u64) {
        if self.live.is_empty() {
            return;
        }
        let at = which as usize % self.live.len();
        let Block { handle, start, len: had } = self.live[at].1;
        let answer = self.extents.split(handle, len);
        if len == 0 || len >= had {
            assert_eq!(answer, Err(Refusal::Empty), "split {had} after {len}");
            return;
        }
        if self.boundaries() + 2 > self.boundaries_max {
            assert_eq!(answer, Err(Refusal::NoRecords));
            return;
        }
        let rest = answer.expect("there are records for one more");
        assert_eq!(rest.start, start + len);
        self.live[at].1.len = len;
        let block = Block { handle: rest.handle, start: rest.start, len: had - len };
        self.takes += 1;
        self.mark(start + len, had - len, Some(self.takes));
        self.live.push((self.takes, block));
    }

    fn is_region_start(&self, unit: u64) -> bool {
        self.regions.iter().any(|region| region.start == unit)
    }

    fn add_region(&mut self, gap: u64, len: u64) {
        let start = self.end + gap; // no gap: the regions touch
        let answer = self.extents.add_region(start, len);
        if len == 0 {
            assert_eq!(answer, Err(Refusal::Range));
        } else if self.boundaries() + 3 > self.boundaries_max {
            assert_eq!(answer, Err(Refusal::NoRecords));
        } else {
            let id = answer.expect("there are records for a region");
            self.regions.push(ModelRegion { id, start, cells: vec![None; len as usize] });
            self.end = start + len;
        }
    }

    fn remove_region(&mut self, which: u8) {
        if self.regions.is_empty() {
            return;
        }
        let at = which as usize % self.regions.len();
        let region = &self.regions[at];
        let answer = self.extents.remove_region(region.id);
        if region.cells.iter().any(Option::is_some) {
            assert_eq!(answer, Err(Refusal::InUse));
            return;
        }
        let hole = answer.expect("a free region is removed");
        assert_eq!((hole.start, hole.len), (region.start, region.cells.len() as u64));
        self.regions.remove(at);
    }

    fn clear(&mut self) {
        self.extents.clear();
        self.regions.clear();
        self.live.clear();
        self.stale.clear();
        self.end = 0;
    }

    fn compare(&self) {
        assert_eq!(self.extents.check(), Ok(()));
        let holes = self.holes();
        assert_eq!(self.extents.largest_free(), holes.last().map_or(0, |hole| hole.0));
        assert_eq!(self.extents.units_free(), holes.iter().map(|hole| hole.0).sum::<u64>());
        assert_eq!(self.extents.boundaries() as usize, self.boundaries());
        for (_, block) in &self.live {
            assert_eq!(self.extents.span(block.handle), Ok((block.start, block.len)));
        }
        let walked: Vec<_> = self.extents.walk().collect();
        let free: BTreeSet<_> =
            walked.iter().filter(|e| e.taken.is_none()).map(|e| (e.len, e.start)).collect();
        assert_eq!(free, holes);
        assert_eq!(walked.len() - free.len(), self.live.len());
        let by_region: usize =
            self.regions.iter().map(|r| self.extents.walk_region(r.id).count()).sum();
        assert_eq!(by_region, walked.len());
    }
}
