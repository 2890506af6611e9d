//! Situations, one line each: what a range looks like, what is done, and what it
//! looks like then.
//!
//! ```text
//!   "[AAbb..]"    a region: A and b are taken, the dots are free
//!   "A2"          take two units, as A
//!   "A2/4"        the same, from a multiple of four
//!   "-A"          give A back
//!   "A=3"         resize A to three units
//!   "A^2B"        split A after two units: the rest is B
//!   "!A9"         any of these, refused, and nothing has changed
//! ```
//!
//! Neighbours that are taken have different letters. Capital or small, a letter is
//! one extent.

use std::collections::{BTreeMap, BTreeSet};

use extents::{
    Arrays, Books, Boundary, Extents, Fixed, Handle, Node, Refusal, Room, Unit, nodes_for,
};

/// Enough for every situation in a line.
type Small<U, R> = Fixed<U, R, 64, { nodes_for(64) }>;

/// A range that is drawn as text.
struct Drawn<B: Books> {
    extents: Extents<B>,
    names: BTreeMap<char, Handle>,
}

impl<U: Unit, R: Room<U>> Drawn<Small<U, R>> {
    /// Builds what is drawn: takes everything piece by piece, then gives back the
    /// dots.
    fn new(drawing: &str) -> Self {
        let mut drawn = Self { extents: Extents::new(Small::NEW), names: BTreeMap::new() };
        let (mut start, mut free) = (0, Vec::new());
        for region in drawing.split_terminator(']') {
            let region: Vec<char> = region.trim_start_matches('[').chars().collect();
            drawn.extents.add_region(start, region.len() as u64).unwrap();
            for piece in region.chunk_by(|a, b| a == b) {
                // The rest of this region is the only free extent there is.
                let taken = drawn.extents.take(piece.len() as u64).unwrap();
                match piece[0] {
                    '.' => free.push(taken.handle),
                    name => drop(drawn.names.insert(name, taken.handle)),
                }
            }
            start += region.len() as u64;
        }
        for handle in free {
            drawn.extents.give_back(handle).unwrap();
        }
        drawn
    }
}

impl<B: Books> Drawn<B> {
    fn draw(&self) -> String {
        assert_eq!(self.extents.check(), Ok(()));
        let mut drawing = String::new();
        let mut region = None;
        for extent in self.extents.walk() {
            if region.is_some_and(|region| region != extent.region) {
                drawing += "][";
            }
            region = Some(extent.region);
            let name = |handle| *self.names.iter().find(|name| *name.1 == handle).unwrap().0;
            drawing.extend((0..extent.len).map(|_| extent.taken.map_or('.', name)));
        }
        format!("[{drawing}]")
    }

    fn give_back(&mut self, name: char) -> Result<(), Refusal> {
        self.extents.give_back(self.names[&name])?;
        self.names.remove(&name);
        Ok(())
    }

    fn act(&mut self, action: &str) -> Result<(), Refusal> {
        if let Some(name) = action.strip_prefix('-') {
            return self.give_back(name.chars().next().unwrap());
        }
        let (name, rest) = action.split_at(1);
        let name = name.chars().next().unwrap();
        if let Some(len) = rest.strip_prefix('=') {
            return self.extents.resize(self.names[&name], len.parse().unwrap());
        }
        if let Some(rest) = rest.strip_prefix('^') {
            let (len, other) = rest.split_at(rest.len() - 1);
            let taken = self.extents.split(self.names[&name], len.parse().unwrap())?;
            self.names.insert(other.chars().next().unwrap(), taken.handle);
            return Ok(());
        }
        let (len, align) = rest.split_once('/').unwrap_or((rest, "1"));
        let align: u64 = align.parse().unwrap();
        let taken = self.extents.take_aligned(len.parse().unwrap(), align.ilog2())?;
        self.names.insert(name, taken.handle);
        Ok(())
    }
}

/// What it is about, the range before, the actions, the range after.
type Situation = (&'static str, &'static str, &'static str, &'static str);

fn hold<U: Unit, R: Room<U>>(situations: &[Situation]) {
    for &(what, before, actions, after) in situations {
        let mut drawn = Drawn::<Small<U, R>>::new(before);
        assert_eq!(drawn.draw(), before, "{what}: as drawn");
        for action in actions.split_whitespace() {
            let was = drawn.draw();
            if let Some(action) = action.strip_prefix('!') {
                assert!(drawn.act(action).is_err(), "{what}: {action} is refused");
                assert_eq!(drawn.draw(), was, "{what}: what is refused changes nothing");
            } else {
                assert_eq!(drawn.act(action), Ok(()), "{what}: {action}");
            }
        }
        assert_eq!(drawn.draw(), after, "{what}");
    }
}

const TAKING: &[Situation] = &[
    ("all of a region can be taken", "[....]", "A4", "[AAAA]"),
    ("an extent comes from the low end", "[....]", "A1 B2", "[ABB.]"),
    ("a full range refuses", "[AAAA]", "!B1", "[AAAA]"),
    ("nothing is no length", "[....]", "!A0", "[....]"),
    ("more than there is, is refused", "[..][..]", "!A3", "[..][..]"),
    ("no hole is long enough, though together they are", "[.A.B.]", "!C2", "[.A.B.]"),
    ("a hole between two taken extents is reused", "[AA..BB]", "C2", "[AACCBB]"),
    ("the shortest hole that fits", "[...A..B....]", "C2", "[...ACCB....]"),
    ("the lowest of equal holes", "[..A...B..C..]", "D2", "[DDA...B..C..]"),
    ("a longer hole when the short ones are too short", "[.A.B...]", "C2", "[.A.BCC.]"),
    ("the lowest of equal holes in any region", "[A..][..B]", "C2", "[ACC][..B]"),
    ("the rest of a split is used again", "[A.....B]", "C2 D3", "[ACCDDDB]"),
];

const GIVING_BACK: &[Situation] = &[
    ("alone", "[ABC]", "-B", "[A.C]"),
    ("merges with the hole below", "[.BC]", "-B", "[..C]"),
    ("merges with the hole above", "[AB.]", "-B", "[A..]"),
    ("merges with both", "[.B.]", "-B", "[...]"),
    ("low, middle, high", "[ABC]", "-A -B -C D3", "[DDD]"),
    ("low, high, middle", "[ABC]", "-A -C -B D3", "[DDD]"),
    ("middle, low, high", "[ABC]", "-B -A -C D3", "[DDD]"),
    ("middle, high, low", "[ABC]", "-B -C -A D3", "[DDD]"),
    ("high, low, middle", "[ABC]", "-C -A -B D3", "[DDD]"),
    ("high, middle, low", "[ABC]", "-C -B -A D3", "[DDD]"),
    ("regions that touch don't merge: upper first", "[AA][BB]", "-B -A !C3", "[..][..]"),
    ("regions that touch don't merge: lower first", "[AA][BB]", "-A -B !C3", "[..][..]"),
    ("a region between two", "[A][B][C]", "-A -C -B !D2", "[.][.][.]"),
    ("two equal holes: the lower serves, given back first", "[AAbCCd]", "-A -C E2", "[EEb..d]"),
    ("two equal holes: the lower serves, given back last", "[AAbCCd]", "-C -A E2", "[EEb..d]"),
    ("the shorter hole serves, given back last", "[AAAbCCd]", "-A -C E1", "[...bE.d]"),
    ("the shorter hole serves, given back first", "[AAAbCCd]", "-C -A E1", "[...bE.d]"),
    ("and what is left of it serves next", "[AAAbCCd]", "-A -C E1 f1", "[...bEfd]"),
    ("what was given back last serves piece by piece", "[AAAbc]", "-A E1 f2 !G1", "[Effbc]"),
];

const ALIGNED: &[Situation] = &[
    ("at an aligned start at once", "[A...........]", "B4/4", "[A...BBBB....]"),
    ("at the very start", "[............]", "B4/4", "[BBBB........]"),
    ("with a rest on both sides", "[A.......B]", "C2/4", "[A...CC..B]"),
    ("with a rest below only", "[A.....B]", "C2/4", "[A...CCB]"),
    ("with no rest", "[AAAA..BB]", "C2/4", "[AAAACCBB]"),
    ("a hole that is long enough but lies badly", "[A...BBBB]", "!C2/4", "[A...BBBB]"),
    ("a longer hole because the short ones lie badly", "[A..B.....]", "C2/4", "[A..BCC...]"),
    ("the shortest that can, not the lowest", "[.....A..BBBB..]", "C2/4", "[.....A..BBBBCC]"),
    ("the last aligned start there is", "[A.......]", "B4/4", "[A...BBBB]"),
    ("one that fits only just too late", "[A.......]", "!B5/4", "[A.......]"),
    ("beyond what the books are made for", "[........]", "!A1/16", "[........]"),
];

const SPLITTING: &[Situation] = &[
    ("a taken extent is split", "[.AAAAbb]", "A^1C", "[.ACCCbb]"),
    ("each part goes back by itself", "[AAAAbb]", "A^2C -A", "[..CCbb]"),
    ("and merges with the other", "[AAAAbb]", "A^2C -C -A", "[....bb]"),
    ("the parts can be resized", "[AAAA..]", "A^1C C=5", "[ACCCCC]"),
    ("neither part is empty", "[AAAA..]", "!A^0C !A^4C !A^5C", "[AAAA..]"),
];

const RESIZING: &[Situation] = &[
    ("to what it is", "[AA..]", "A=2", "[AA..]"),
    ("up into the hole above", "[AA...B]", "A=4", "[AAAA.B]"),
    ("up into all of the hole above", "[AA..B]", "A=4", "[AAAAB]"),
    ("up beyond the hole above", "[AA.B]", "!A=4", "[AA.B]"),
    ("up with no hole above", "[AAB.]", "!A=3", "[AAB.]"),
    ("up beyond the region", "[AA][..]", "!A=3", "[AA][..]"),
    ("down, leaving a hole", "[AAAB]", "A=1", "[A..B]"),
    ("down, to the hole above", "[AAA.B]", "A=1", "[A...B]"),
    ("down, at the region's edge", "[AAA][B]", "A=2", "[AA.][B]"),
    ("to nothing", "[AA]", "!A=0", "[AA]"),
    ("never into the hole below", "[.AB]", "!A=2", "[.AB]"),
    ("what it left is used", "[AAAAB]", "A=1 C3", "[ACCCB]"),
];

#[test]
fn taking() {
    hold::<u32, [u32; 0]>(TAKING);
    hold::<u32, [u32; 3]>(TAKING);
    hold::<u64, [u64; 0]>(TAKING);
}

#[test]
fn giving_back() {
    hold::<u32, [u32; 0]>(GIVING_BACK);
    hold::<u32, [u32; 3]>(GIVING_BACK);
    hold::<u64, [u64; 0]>(GIVING_BACK);
}

#[test]
fn taking_aligned() {
    hold::<u32, [u32; 3]>(ALIGNED);
    hold::<u64, [u64; 3]>(ALIGNED);
}

#[test]
fn splitting() {
    hold::<u32, [u32; 0]>(SPLITTING);
    hold::<u64, [u64; 3]>(SPLITTING);
}

#[test]
fn resizing() {
    hold::<u32, [u32; 0]>(RESIZING);
    hold::<u32, [u32; 3]>(RESIZING);
    hold::<u64, [u64; 0]>(RESIZING);
}

fn page(units: u64) -> Extents<Fixed<u32, [u32; 4], 1024, { nodes_for(1024) }>> {
    let mut extents = Extents::new(Fixed::NEW);
    extents.add_region(0, units).unwrap();
    extents
}

/// `OffsetAllocator`, which rounds lengths to bins, refuses the second.
#[test]
fn after_100_of_512_units_the_other_412_can_be_taken() {
    let mut page = page(512);
    page.take(100).unwrap();
    assert_eq!(page.take(412).map(|taken| taken.start), Ok(100));
    assert_eq!(page.take(1), Err(Refusal::NoRoom));
}

#[test]
fn every_split_of_512_units_in_two_can_be_taken() {
    for low in 1..512 {
        let mut page = page(512);
        page.take(low).unwrap();
        assert_eq!(page.take(512 - low).map(|taken| taken.start), Ok(low), "{low}");
    }
}

/// Two lengths of the same bin, the lower start being the longer.
#[test]
fn the_shorter_of_two_holes_in_a_bin_is_taken_though_it_lies_higher() {
    for (long, short) in [(71, 64), (71, 70), (127, 120), (66, 65), (300, 289)] {
        let mut page = page(1000);
        let [a, _, b] = [long, 1, short].map(|len| page.take(len).unwrap());
        page.take(1000 - long - 1 - short).unwrap();
        page.give_back(a.handle).unwrap();
        page.give_back(b.handle).unwrap();
        assert_eq!(page.take(short).map(|taken| taken.start), Ok(b.start), "{long}, {short}");
        assert_eq!(page.take(short).map(|taken| taken.start), Ok(a.start), "{long}, {short}");
    }
}

/// 65 and 70 are of one bin; 66 is longer than the one and shorter than the other.
#[test]
fn a_hole_of_the_same_bin_that_is_too_short_is_passed_over() {
    for (short, len, long) in [(65, 66, 70), (64, 71, 71), (256, 257, 287), (300, 301, 319)] {
        let mut page = page(1000);
        let [a, _, b] = [short, 1, long].map(|len| page.take(len).unwrap());
        page.take(1000 - long - 1 - short).unwrap();
        page.give_back(a.handle).unwrap();
        page.give_back(b.handle).unwrap();
        assert_eq!(page.take(len).map(|taken| taken.start), Ok(b.start), "{short}, {len}, {long}");
    }
}

#[test]
fn as_many_single_units_as_there_are_and_no_more() {
    let mut page = page(512);
    let taken: Vec<_> = (0..512).map(|_| page.take(1).unwrap()).collect();
    assert!(taken.iter().zip(0..).all(|(taken, start)| taken.start == start));
    assert_eq!(page.take(1), Err(Refusal::NoRoom));
    // Every second one: 256 equal holes, as many as there can be. Lowest first.
    for one in taken.iter().step_by(2).rev() {
        page.give_back(one.handle).unwrap();
    }
    assert_eq!(page.check(), Ok(()));
    for start in (0..512).step_by(2) {
        assert_eq!(page.take(1).map(|taken| taken.start), Ok(start));
    }
}

#[test]
fn what_was_given_back_cannot_be_given_back_again() {
    let mut page = page(16);
    let first = page.take(4).unwrap().handle;
    page.give_back(first).unwrap();
    let again = page.take(4).unwrap().handle;
    assert_eq!(again.index, first.index, "the same record, which is the point of this test");
    assert_eq!(page.give_back(first), Err(Refusal::NotTaken));
    assert_eq!(page.resize(first, 2), Err(Refusal::NotTaken));
    assert_eq!(page.span(first), Err(Refusal::NotTaken));
    assert_eq!(page.span(again), Ok((0, 4)));
    assert_eq!(page.check(), Ok(()));
}

#[test]
fn handles_that_name_nothing_are_refused() {
    let mut page = page(16);
    let taken = page.take(4).unwrap().handle;
    page.take(4).unwrap();
    for index in (0..9).chain([u32::MAX - 1, u32::MAX]) {
        for serial in [0, 1, 2, 1 << 30, 2 << 30, 3 << 30, taken.serial | 1 << 31, u32::MAX] {
            let handle = Handle { index, serial };
            if page.span(handle).is_ok() {
                assert!(serial < 2, "only the two that were taken");
                continue;
            }
            assert_eq!(page.give_back(handle), Err(Refusal::NotTaken), "{handle:?}");
            assert_eq!(page.resize(handle, 1), Err(Refusal::NotTaken), "{handle:?}");
        }
    }
    assert_eq!((page.units_free(), page.check()), (8, Ok(())));
}

#[test]
fn what_was_taken_before_everything_was_forgotten_is_refused() {
    let mut page = page(16);
    let handles: Vec<_> = (0..4).map(|_| page.take(4).unwrap().handle).collect();
    for regions in 0..2 {
        page.clear();
        if regions > 0 {
            page.add_region(0, 16).unwrap();
        }
        for &handle in &handles {
            assert_eq!(page.give_back(handle), Err(Refusal::NotTaken));
            assert_eq!(page.resize(handle, 1), Err(Refusal::NotTaken));
            assert_eq!(page.taken_at(handle.index, 4), None);
        }
        assert_eq!((page.units_free(), page.check()), (16 * regions, Ok(())));
    }
}

#[test]
fn a_taken_extent_is_found_by_its_record_and_start() {
    let mut page = page(16);
    let low = page.take(4).unwrap();
    let high = page.take(4).unwrap();
    assert_eq!(page.taken_at(high.handle.index, 4), Some(high.handle));
    assert_eq!(page.taken_at(high.handle.index, 5), None, "inside");
    assert_eq!(page.taken_at(low.handle.index, 4), None, "another's start");
    assert_eq!(page.taken_at(0, 0), None);
    assert_eq!(page.taken_at(u32::MAX, 0), None);
    page.give_back(high.handle).unwrap();
    assert_eq!(page.taken_at(high.handle.index, 4), None);
}

#[test]
fn full_books_refuse_what_needs_a_record_and_nothing_else() {
    // The anchor, the region's edge, and three extents.
    let mut small = Extents::new(Fixed::<u32, [u32; 2], 5, { nodes_for(5) }>::NEW);
    small.add_region(0, 16).unwrap();
    let low = small.take(4).unwrap();
    let high = small.take(4).unwrap();
    assert_eq!(small.take(4), Err(Refusal::NoRecords));
    let rest = small.take_aligned(8, 2).expect("all of a hole needs no record");
    assert_eq!(rest.start, 8);
    assert_eq!(small.resize(low.handle, 2), Err(Refusal::NoRecords));
    assert_eq!(small.add_region(16, 4), Err(Refusal::NoRecords));
    assert_eq!(small.check(), Ok(()));
    small.give_back(high.handle).unwrap();
    small.resize(low.handle, 2).unwrap();
    small.give_back(low.handle).unwrap();
    assert_eq!((small.largest_free(), small.check()), (8, Ok(())));
    small.give_back(rest.handle).unwrap();
    assert_eq!((small.largest_free(), small.check()), (16, Ok(())));
}

#[test]
fn books_without_a_record_refuse_everything() {
    let mut none = Extents::new(Fixed::<u32, [u32; 0], 0, 0>::NEW);
    assert_eq!(none.add_region(0, 1), Err(Refusal::NoRecords));
    assert_eq!(none.take(1), Err(Refusal::NoRoom));
    let handle = Handle { index: 0, serial: 0 };
    assert_eq!(none.give_back(handle), Err(Refusal::NotTaken));
    assert_eq!((none.largest_free(), none.walk().count(), none.check()), (0, 0, Ok(())));
}

/// The ends of what 32 and 64 bits can number.
fn at_the_end_of_the_numbers<U: Unit, R: Room<U>>() {
    let last = U::MAX;
    let mut extents = Extents::new(Small::<U, R>::NEW);
    assert_eq!(extents.add_region(last, 1), Err(Refusal::Range));
    assert_eq!(extents.add_region(1, last), Err(Refusal::Range));
    assert_eq!(extents.add_region(0, 0), Err(Refusal::Range));
    extents.add_region(0, last).unwrap();
    assert_eq!(extents.largest_free(), last);
    assert_eq!(extents.take(u64::MAX).err(), (u64::MAX > last).then_some(Refusal::NoRoom));
    if extents.units_free() > 0 {
        extents.take(last).unwrap();
    }
    let all = extents.walk().next().unwrap();
    assert_eq!((all.start, all.len, extents.units_free()), (0, last, 0));
    extents.give_back(all.taken.unwrap()).unwrap();
    let low = extents.take(last - 2).unwrap();
    let high = extents.take(1).unwrap();
    assert_eq!(high.start, last - 2);
    assert_eq!(extents.take(1).map(|taken| taken.start), Ok(last - 1));
    extents.give_back(high.handle).unwrap();
    extents.resize(low.handle, last - 1).unwrap();
    assert_eq!(extents.resize(low.handle, u64::MAX), Err(Refusal::NoRoom));
    assert_eq!(extents.check(), Ok(()));
}

#[test]
fn ranges_reach_to_the_last_number() {
    at_the_end_of_the_numbers::<u32, [u32; 0]>();
    at_the_end_of_the_numbers::<u32, [u32; 31]>();
    at_the_end_of_the_numbers::<u64, [u64; 0]>();
    at_the_end_of_the_numbers::<u64, [u64; 63]>();
}

#[test]
fn an_aligned_start_beyond_the_last_number_is_none() {
    let mut extents = Extents::new(Small::<u32, [u32; 31]>::NEW);
    extents.add_region((1 << 31) + 1, (1 << 31) - 2).unwrap();
    assert_eq!(extents.take_aligned(1, 31), Err(Refusal::NoRoom));
    assert_eq!(extents.take_aligned(1, 30).map(|taken| taken.start), Ok(3 << 30));
    let mut extents = Extents::new(Small::<u64, [u64; 63]>::NEW);
    extents.add_region((1 << 63) + 1, (1 << 63) - 2).unwrap();
    assert_eq!(extents.take_aligned(1, 63), Err(Refusal::NoRoom));
    assert_eq!(extents.take_aligned(1, 62).map(|taken| taken.start), Ok(3 << 62));
    assert_eq!(extents.check(), Ok(()));
}

/// Regions further and further up, while holes of one length lie in all of them: the
/// lowest stays the first, however far the next is.
#[test]
fn holes_far_apart_are_taken_lowest_first() {
    let mut extents = Extents::new(Fixed::<u64, [u64; 2], 1024, { nodes_for(1024) }>::NEW);
    let mut handles = Vec::new();
    for exponent in 4..60 {
        extents.add_region(1 << exponent, 8).unwrap();
        for _ in 0..8 {
            handles.push(extents.take(1).unwrap());
        }
        if exponent % 3 == 0 {
            for taken in handles.iter().skip(handles.len() - 8).step_by(2) {
                extents.give_back(taken.handle).unwrap();
            }
        }
        handles.retain(|taken| extents.span(taken.handle).is_ok());
        assert_eq!(extents.check(), Ok(()), "after the region at 2^{exponent}");
    }
    let mut below = 0;
    while let Ok(taken) = extents.take(1) {
        assert!(taken.start > below, "lowest first");
        below = taken.start;
        assert_eq!(extents.check(), Ok(()));
    }
}

/// Equal holes by the hundred, given back in no order, some of them taken meanwhile.
fn equal_holes<R: Room<u32>>(len: u64) {
    let mut extents = Extents::new(Fixed::<u32, R, 1024, { nodes_for(1024) }>::NEW);
    extents.add_region(0, 1000 * len).unwrap();
    let taken: Vec<_> = (0..1000).map(|_| extents.take(len).unwrap().handle).collect();
    let mut free = BTreeSet::new();
    for step in 0..500 {
        let at = step * 2 * 317 % 1000; // every even one, once
        extents.give_back(taken[at]).unwrap();
        free.insert(at as u64 * len);
        if step % 5 == 4 {
            let lowest = free.pop_first();
            assert_eq!(extents.take(len).ok().map(|taken| taken.start), lowest);
        }
        assert_eq!(extents.check(), Ok(()), "step {step}");
    }
    while let Some(lowest) = free.pop_first() {
        assert_eq!(extents.take(len).map(|taken| taken.start), Ok(lowest));
        assert_eq!(extents.check(), Ok(()));
    }
    assert_eq!(extents.take(len), Err(Refusal::NoRoom));
}

#[test]
fn of_many_equal_holes_the_lowest_is_taken() {
    equal_holes::<[u32; 0]>(1);
    equal_holes::<[u32; 0]>(63);
    equal_holes::<[u32; 0]>(64);
    equal_holes::<[u32; 1]>(1);
}

#[test]
fn regions_come_and_go() {
    let mut extents = Extents::new(Small::<u32, [u32; 0]>::NEW);
    let low = extents.add_region(0, 4).unwrap();
    let high = extents.add_region(4, 4).unwrap();
    let taken = extents.take(4).unwrap();
    assert_eq!(extents.remove_region(low), Err(Refusal::InUse));
    assert_eq!(extents.remove_region(high).map(|hole| (hole.start, hole.len)), Ok((4, 4)));
    assert_eq!(extents.remove_region(high), Err(Refusal::Range), "it is gone");
    assert_eq!((extents.units(), extents.units_free()), (4, 0));
    extents.give_back(taken.handle).unwrap();
    let part = extents.take(1).unwrap();
    assert_eq!(extents.remove_region(low), Err(Refusal::InUse), "the low end is taken");
    let rest = extents.take(3).unwrap();
    extents.give_back(part.handle).unwrap();
    assert_eq!(extents.remove_region(low), Err(Refusal::InUse), "the high end is taken");
    extents.give_back(rest.handle).unwrap();
    extents.remove_region(low).unwrap();
    assert_eq!((extents.units(), extents.boundaries(), extents.check()), (0, 0, Ok(())));
    extents.add_region(8, 4).unwrap();
    assert_eq!(extents.take(4).map(|taken| taken.start), Ok(8));
}

/// Books that can be told when to grow.
struct Obstinate {
    boundaries: Vec<Boundary<u32>>,
    nodes: Vec<Node<u32, [u32; 0]>>,
    willing: bool,
}

impl Books for Obstinate {
    type Unit = u32;
    type Room = [u32; 0];

    fn boundaries(&self) -> &[Boundary<u32>] {
        &self.boundaries
    }

    fn nodes(&self) -> &[Node<u32, [u32; 0]>] {
        &self.nodes
    }

    fn arrays_mut(&mut self) -> Arrays<'_, u32, [u32; 0]> {
        (&mut self.boundaries, &mut self.nodes)
    }

    fn grow(&mut self, boundaries: usize, nodes: usize) -> bool {
        if self.willing {
            self.boundaries.resize(boundaries, Boundary::NEW);
            self.nodes.resize(nodes, Node::NEW);
        }
        self.willing
    }
}

#[test]
fn what_was_refused_for_want_of_records_succeeds_when_there_are_some() {
    let books = Obstinate { boundaries: vec![], nodes: vec![], willing: false };
    let mut extents = Extents::new(books);
    assert_eq!(extents.add_region(0, 1 << 30), Err(Refusal::NoRecords));
    assert_eq!(extents.provide(10), Err(Refusal::NoRecords));
    assert_eq!((extents.units(), extents.check()), (0, Ok(())));
    extents.clear().willing = true;
    extents.provide(10).unwrap();
    extents.clear().willing = false;
    extents.add_region(0, 1 << 30).unwrap();
    let taken: Vec<_> = (0..8).map(|_| extents.take(1).unwrap().handle).collect();
    assert_eq!(extents.take(1), Err(Refusal::NoRecords), "ten boundaries, as provided");
    for handle in taken {
        extents.give_back(handle).unwrap();
        assert_eq!(extents.check(), Ok(()));
    }
}

/// All zero bytes are records that were never used: a static of zeros will do.
#[test]
fn zeroed_memory_is_empty_books() {
    static ZEROS: Fixed<u32, [u32; 2], 8, 8> = Fixed::NEW;
    assert!(
        ZEROS
            .boundaries()
            .iter()
            .all(|record| format!("{record:?}") == format!("{:?}", Boundary::<u32>::NEW))
    );
    let zero = Boundary::<u32>::NEW;
    assert_eq!(format!("{zero:?}"), "Boundary { start: 0, prev: 0, next: 0, tag: 0 }");
    assert!(
        !format!("{:?}", Node::<u32, [u32; 2]>::NEW).contains(|c: char| ('1'..='9').contains(&c))
    );
}

#[test]
fn records_are_as_small_as_the_documentation_says() {
    assert_eq!(size_of::<Boundary<u32>>(), 16);
    assert_eq!(size_of::<Node<u32, [u32; 0]>>(), 64);
    assert_eq!(nodes_for(1001), 564);
}
