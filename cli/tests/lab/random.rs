//! Any script: what `lab` shows is what the same calls do to a heap of the test's
//! own, and the drawing, the events and the figures agree with the walk.

use std::fmt::Write;

use os::{Linux, Lock};
use page_heap::{Complaint, Elastic, Fixed, Kind, PAGE_BYTES, PageHeap};
use proptest::prelude::*;
use serde_json::Value;

use crate::common::number;
use crate::support::{Extent, address, extents, list, performed, read_drawing, text};

static FIXED: Lock<PageHeap<Fixed, Linux>> = Lock::new(PageHeap::new(Linux));
static ELASTIC: Lock<PageHeap<Elastic, Linux>> = Lock::new(PageHeap::new(Linux));

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "hh"];

/// What a step should come to.
#[derive(Debug)]
enum Expected {
    /// Page (from 0) and offset; none for NULL.
    Alloc(Option<(usize, usize)>),
    Freed,
    /// Refused, about this place.
    Refused(Complaint, (usize, usize)),
    Written,
}

/// A number from which a call is made: what, for which name, how much.
type Seed = (u8, usize, usize);

/// Makes calls and a script of the same calls.
struct Author<'a, K: Kind> {
    heap: &'a mut PageHeap<K, Linux>,
    /// Where each name points to, and whether it is live.
    names: [Option<(usize, bool)>; NAMES.len()],
    script: String,
    expected: Vec<Expected>,
    maps: Vec<Vec<Vec<Extent>>>,
}

impl<K: Kind> Author<'_, K> {
    fn write(&mut self, seeds: &[Seed]) {
        self.heap.init().unwrap();
        self.script.push_str("init\n");
        for &(what, name, amount) in seeds {
            let unit = K::UNIT_BYTES;
            let held = self.names[name];
            let expected = match (what, held) {
                (0..=4, Some((address, true))) | (7, Some((address, false))) => {
                    self.dealloc(name, address, 0)
                }
                (5, Some((address, _))) => self.dealloc(name, address, unit * (1 + amount % 4)),
                (6, Some((address, _))) => self.dealloc(name, address, 1),
                (8, Some((_, true))) => {
                    writeln!(self.script, "write {}", NAMES[name]).unwrap();
                    Expected::Written
                }
                // Mostly small, sometimes up to more than a page, sometimes no size.
                _ => self.alloc(name, unit * (amount % 24) + usize::from(what == 9)),
            };
            self.expected.push(expected);
            self.maps.push(self.pages());
        }
        self.heap.cleanup().unwrap();
    }

    fn alloc(&mut self, name: usize, size: usize) -> Expected {
        writeln!(self.script, "{} = alloc {size}", NAMES[name]).unwrap();
        let block = self.heap.alloc(size).map(|block| block.addr().get());
        self.names[name] = block.map(|address| (address, true));
        Expected::Alloc(block.map(|address| self.place(address)))
    }

    fn dealloc(&mut self, name: usize, address: usize, plus: usize) -> Expected {
        // What lies beyond the page is a matter of where the kernel maps pages.
        let is_inside = self.place(address).1 + plus < PAGE_BYTES;
        let plus = if is_inside { plus } else { 1 };
        writeln!(self.script, "dealloc {}+{plus}", NAMES[name]).unwrap();
        let address = address + plus;
        match self.heap.dealloc(address) {
            Ok(()) => {
                for held in self.names.iter_mut().flatten() {
                    held.1 &= held.0 != address;
                }
                Expected::Freed
            }
            Err(complaint) => Expected::Refused(complaint, self.place(address)),
        }
    }

    /// The page whose start is nearest below, and the distance.
    fn place(&self, address: usize) -> (usize, usize) {
        let pages = (0..self.heap.pages()).map(|page| (page, self.heap.page_address(page)));
        let below = pages.filter(|&(_, start)| start <= address);
        let (page, start) = below.max_by_key(|&(_, start)| start).unwrap();
        (page, address - start)
    }

    fn pages(&self) -> Vec<Vec<Extent>> {
        let mut pages = vec![Vec::new(); self.heap.pages()];
        for block in self.heap.walk() {
            pages[block.page].push((block.offset, block.size, block.taken));
        }
        pages
    }
}

fn judge<K: Kind>(heap: &Lock<PageHeap<K, Linux>>, part: &str, seeds: &[Seed]) {
    let mut heap = heap.lock();
    let names = [None; NAMES.len()];
    let (script, expected, maps) = (String::new(), Vec::new(), Vec::new());
    let mut author = Author { heap: &mut heap, names, script, expected, maps };
    author.write(seeds);
    let cells = 512;
    let seen = performed(part, cells, &author.script);
    let steps = list(&seen["steps"]);
    assert_eq!(steps.len(), seeds.len() + 1);
    for (at, expected) in author.expected.iter().enumerate() {
        let (before, step) = (&steps[at], &steps[at + 1]);
        outcome(step, expected, before);
        let pages = list(&step["pages"]);
        let shown: Vec<Vec<Extent>> = pages.iter().map(extents).collect();
        assert_eq!(shown, author.maps[at], "the walk at step {}\n{}", at + 2, author.script);
        for page in pages {
            let drawn = read_drawing(text(&page["drawing"]), PAGE_BYTES / cells);
            assert_eq!(drawn, extents(page), "{step}");
        }
        explained(before, step);
    }
    let mapped = list(&steps[seeds.len()]["pages"]).len() * PAGE_BYTES;
    assert_eq!(number(&seen, "/end_intact_bytes"), mapped as u64);
}

fn outcome(step: &Value, expected: &Expected, before: &Value) {
    let outcome = &step["outcome"];
    match expected {
        Expected::Alloc(None) => assert_eq!(outcome["kind"], "null", "{step}"),
        Expected::Alloc(Some((page, offset))) => {
            assert_eq!(number(outcome, "/page"), *page as u64 + 1, "{step}");
            assert_eq!(number(outcome, "/offset_bytes"), *offset as u64);
            let start = address(&step["pages"][page]["address"]);
            assert_eq!(address(&outcome["address"]), start + offset);
        }
        Expected::Freed => assert_eq!(number(outcome, "/freed"), 1, "{step}"),
        Expected::Refused(complaint, (page, offset)) => {
            assert_eq!(number(outcome, "/freed"), 0, "{step}");
            let page = address(&before["pages"][page]["address"]);
            let complaint = match *complaint {
                Complaint::Interior { offset: inside, size, .. } => {
                    Complaint::Interior { offset: inside, size, start: page + offset - inside }
                }
                other => other,
            };
            let mut line = complaint.line(page + offset);
            let line = std::str::from_utf8(line.finish()).unwrap().trim_end();
            assert_eq!(text(&outcome["messages"][0]), line);
        }
        Expected::Written => assert_eq!(outcome["kind"], "void"),
    }
}

/// The events and the figures tell of the difference between two walks.
fn explained(before: &Value, step: &Value) {
    let nothing = vec![(0, PAGE_BYTES, false)];
    let events = list(&step["events"]);
    let mut mapped = 0;
    let bytes = |event: &Value, field: &str| event[field].as_u64().map(|n| n as usize);
    for event in events {
        let page = number(event, "/page") as usize - 1;
        let old = before["pages"].get(page).map_or(nothing.clone(), extents);
        let new = step["pages"].get(page).map_or(nothing.clone(), extents);
        let offset = bytes(event, "offset_bytes").unwrap_or(0);
        let hole = bytes(event, "hole_bytes").unwrap_or(0);
        let block = bytes(event, "block_bytes").unwrap_or(hole);
        match text(&event["kind"]) {
            "mapped" => mapped += 1,
            "split" | "filled" => {
                assert_eq!(hole, block + bytes(event, "rest_bytes").unwrap_or(0));
                assert!(old.iter().any(|e| e.0 <= offset && e.1 == hole && !e.2), "{event}");
                assert!(new.contains(&(offset, block, true)), "{event}");
            }
            "freed" => assert!(old.contains(&(offset, block, true)), "{event}"),
            "merged" => {
                let below = bytes(event, "below_bytes").unwrap();
                let above = bytes(event, "above_bytes").unwrap();
                assert_eq!(hole, below + block + above);
                let side = match (below, above) {
                    (0, _) => "Merged with a hole above",
                    (_, 0) => "Merged with a hole below",
                    _ => "Merged on both sides",
                };
                assert!(text(&step["explanation"]).contains(side), "{step}");
                assert!(old.contains(&(offset + below, block, true)), "{event}");
                assert!(new.contains(&(offset, hole, false)), "{event}");
            }
            other => panic!("one call makes no {other}"),
        }
    }
    let is_same = |old: &Value, new: &Value| extents(old) == extents(new);
    let pairs = list(&before["pages"]).iter().zip(list(&step["pages"]));
    let changed = pairs.filter(|(old, new)| !is_same(old, new)).count();
    assert_eq!(events.len(), changed + 2 * mapped, "{step}");
    let vsz = step["since_previous"]["vsz_bytes"].as_u64();
    assert_eq!(vsz, Some((mapped * PAGE_BYTES) as u64), "{step}");
    assert!(!text(&step["explanation"]).contains("Unexpected"), "{step}");
}

fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    prop::collection::vec((0..20u8, 0..NAMES.len(), 0..1000usize), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn part_a_is_shown_as_it_is(seeds in seeds()) {
        judge(&FIXED, "a", &seeds);
    }

    #[test]
    fn part_b_is_shown_as_it_is(seeds in seeds()) {
        judge(&ELASTIC, "b", &seeds);
    }
}
