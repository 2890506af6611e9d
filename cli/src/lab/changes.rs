//! What a call has done to the pages, found by comparing them before and after.
//!
//! ```text
//!   before  ├─ a ─┤············├─ b ─┤        the extents that both have at the
//!   after   ├─ a ─┤├─ c ─┤·····├─ b ─┤        left and at the right are put aside;
//!                 ╰────┬─────╯                what remains says what happened:
//!                 a hole became a block and a hole: a split
//! ```
//!
//! Nothing here knows which call was made: a heap that did something else would
//! be seen doing it.

use serde::Serialize;

use super::map::{Extent, Map, PAGE_BYTES, Page};

/// One thing that happened to one page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Event {
    /// The page is mapped now. What became of its one hole is another event.
    Mapped { page: usize },
    /// The page is mapped no more.
    Unmapped { page: usize },
    /// A hole became a block and what was left of it.
    Split { page: usize, offset_bytes: u64, hole_bytes: u64, block_bytes: u64, rest_bytes: u64 },
    /// A hole became a block as a whole.
    Filled { page: usize, offset_bytes: u64, hole_bytes: u64 },
    /// A block became a hole, and no neighbour was one.
    Freed { page: usize, offset_bytes: u64, block_bytes: u64 },
    /// A block became part of a hole, together with the hole below it, above it, or
    /// both; where there was none, 0.
    Merged {
        page: usize,
        offset_bytes: u64,
        below_bytes: u64,
        block_bytes: u64,
        above_bytes: u64,
        hole_bytes: u64,
    },
    /// More than one block came or went.
    Rearranged { page: usize, before: Tally, after: Tally },
}

/// A page in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Tally {
    pub(crate) blocks: usize,
    pub(crate) holes: usize,
    pub(crate) free_bytes: u64,
}

/// Everything that is different now.
pub(crate) fn between(before: &Map, after: &Map) -> Vec<Event> {
    let mut events = Vec::new();
    let hole = Extent { offset: 0, size: PAGE_BYTES, taken: false };
    for at in 0..before.pages.len().max(after.pages.len()) {
        let page = at + 1;
        match (before.pages.get(at), after.pages.get(at)) {
            (Some(old), Some(new)) if old.address == new.address => {
                events.extend(in_page(page, &old.extents, &new.extents));
            }
            (old, new) => {
                events.extend(old.map(|_| Event::Unmapped { page }));
                if let Some(Page { extents, .. }) = new {
                    events.push(Event::Mapped { page });
                    events.extend(in_page(page, &[hole], extents));
                }
            }
        }
    }
    events
}

fn in_page(page: usize, before: &[Extent], after: &[Extent]) -> Option<Event> {
    let (old, new) = differing(before, after);
    if old.is_empty() && new.is_empty() {
        return None;
    }
    let (old_tally, new_tally) = (Tally::of(old), Tally::of(new));
    let is_same_range = bytes(old) == bytes(new);
    let event = match (old, new) {
        ([hole], _) if is_same_range && !hole.taken && new_tally.blocks == 1 => {
            let block = new.iter().find(|extent| extent.taken)?;
            let (offset_bytes, hole_bytes) = (block.offset, hole.size);
            match hole.size - block.size {
                0 => Event::Filled { page, offset_bytes, hole_bytes },
                rest_bytes => {
                    let block_bytes = block.size;
                    Event::Split { page, offset_bytes, hole_bytes, block_bytes, rest_bytes }
                }
            }
        }
        (_, [hole]) if is_same_range && !hole.taken && old_tally.blocks == 1 => {
            let at = old.iter().position(|extent| extent.taken)?;
            let (below_bytes, above_bytes) = (bytes(&old[..at]), bytes(&old[at + 1..]));
            let (block_bytes, hole_bytes) = (old[at].size, hole.size);
            if below_bytes + above_bytes == 0 {
                Event::Freed { page, offset_bytes: hole.offset, block_bytes }
            } else {
                let offset_bytes = hole.offset;
                Event::Merged {
                    page,
                    offset_bytes,
                    below_bytes,
                    block_bytes,
                    above_bytes,
                    hole_bytes,
                }
            }
        }
        _ => Event::Rearranged { page, before: Tally::of(before), after: Tally::of(after) },
    };
    Some(event)
}

/// What is left of both without their common beginning and end.
fn differing<'a>(before: &'a [Extent], after: &'a [Extent]) -> (&'a [Extent], &'a [Extent]) {
    let same = |pair: &(&Extent, &Extent)| pair.0 == pair.1;
    let left = before.iter().zip(after).take_while(same).count();
    let (before, after) = (&before[left..], &after[left..]);
    let right = before.iter().rev().zip(after.iter().rev()).take_while(same).count();
    (&before[..before.len() - right], &after[..after.len() - right])
}

fn bytes(extents: &[Extent]) -> u64 {
    extents.iter().map(|extent| extent.size).sum()
}

impl Tally {
    fn of(extents: &[Extent]) -> Self {
        let blocks = extents.iter().filter(|extent| extent.taken).count();
        let free = extents.iter().filter(|extent| !extent.taken);
        let free_bytes = free.map(|hole| hole.size).sum();
        Self { blocks, holes: extents.len() - blocks, free_bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page from a picture in cells of 256 bytes: letters are blocks, dots holes.
    fn page(address: u64, picture: &str) -> Page {
        let mut extents: Vec<Extent> = Vec::new();
        let mut last = None;
        for (cell, letter) in picture.chars().enumerate() {
            match extents.last_mut() {
                Some(extent) if last == Some(letter) => extent.size += 256,
                _ => {
                    let offset = 256 * cell as u64;
                    extents.push(Extent { offset, size: 256, taken: letter != '.' });
                }
            }
            last = Some(letter);
        }
        Page { address, extents }
    }

    fn map(pictures: &[&str]) -> Map {
        let pages = (1..).zip(pictures).map(|(n, picture)| page(4096 * n, picture));
        Map { pages: pages.collect() }
    }

    fn events(before: &str, after: &str) -> Vec<Event> {
        between(&map(&[before]), &map(&[after]))
    }

    fn merged(offset: u64, [below, block, above]: [u64; 3]) -> Vec<Event> {
        vec![Event::Merged {
            page: 1,
            offset_bytes: offset,
            below_bytes: below,
            block_bytes: block,
            above_bytes: above,
            hole_bytes: below + block + above,
        }]
    }

    #[test]
    fn a_split_and_a_hole_filled() {
        let split = |offset_bytes| Event::Split {
            page: 1,
            offset_bytes,
            hole_bytes: 2048,
            block_bytes: 512,
            rest_bytes: 1536,
        };
        assert_eq!(events("aaaa........bbbb", "aaaacc......bbbb"), [split(1024)]);
        assert_eq!(events("aaaa........bbbb", "aaaa......ccbbbb"), [split(2560)]);
        assert_eq!(events("aaaa........bbbb", "aaaa..cc....bbbb"), [split(1536)]);
        let filled = Event::Filled { page: 1, offset_bytes: 1024, hole_bytes: 2048 };
        assert_eq!(events("aaaa........bbbb", "aaaaccccccccbbbb"), [filled]);
    }

    #[test]
    fn merges_below_above_and_on_both_sides() {
        let freed = Event::Freed { page: 1, offset_bytes: 1024, block_bytes: 512 };
        assert_eq!(events("aaaabbcccccccccc", "aaaa..cccccccccc"), [freed]);
        assert_eq!(events("....bbcccccccccc", "......cccccccccc"), merged(0, [1024, 512, 0]));
        assert_eq!(events("aaaabb....cccccc", "aaaa......cccccc"), merged(1024, [0, 512, 1024]));
        assert_eq!(events("....bb..cccccccc", "........cccccccc"), merged(0, [1024, 512, 512]));
    }

    #[test]
    fn nothing_or_more_than_one_thing() {
        assert_eq!(events("aaaa............", "aaaa............"), []);
        for (before, after) in [
            ("................", "abab............"),
            ("aaaabbbb........", "................"),
            ("aaaa....bbbb....", "....aaaabbbb...."), // a block moved: no heap does so
        ] {
            let seen = events(before, after);
            assert!(matches!(seen[..], [Event::Rearranged { .. }]), "{seen:?}");
        }
    }

    #[test]
    fn pages_come_and_go() {
        let before = map(&["aaaaaaaaaaaaaaaa"]);
        let after = map(&["aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"]);
        let filled = Event::Filled { page: 2, offset_bytes: 0, hole_bytes: 4096 };
        assert_eq!(between(&before, &after), [Event::Mapped { page: 2 }, filled]);
        let unmapped = [1, 2].map(|page| Event::Unmapped { page });
        assert_eq!(between(&after, &Map::default()), unmapped);
    }
}
