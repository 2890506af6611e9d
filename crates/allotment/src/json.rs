//! Statistics as JSON, without a buffer that grows: text goes to where it is wanted
//! piece by piece.
//!
//! | field | meaning |
//! |---|---|
//! | `schema` | `allotment.statistics.1`; fields are only ever added |
//! | `pid` | of the process |
//! | `live`, `cached` | blocks of the program; blocks that threads keep for their next allocations |
//! | `peak_live_bytes` | sampled: see `Statistics::peak_live_bytes` |
//! | `mapped_bytes` | address space, nearly all of it without memory behind it |
//! | `committed_bytes` | units in use, and free ones that may hold old contents |
//! | `resident_bytes` | of the heap, in RAM, metadata included; `null` if unknown |
//! | `metadata_bytes` | made usable for books, marks and stacks |
//! | `purged_bytes` | ever given back to the system |
//! | `fragmentation` | 1 − live / committed, from 0 to 1 |
//! | `threads`, `heaps` | heaps in use, and all there are |
//! | `calls` | `counted`: whether `allocations` and `frees` are all there were, or only those that went beyond the threads' caches |
//! | `claimed_blocks`, `put_back_blocks` | moved from slabs to caches, and back |
//! | `large` | blocks above the largest block of a slab |
//! | `free_runs` | land that is neither slab nor large block, and how much of it a trim would give back |
//! | `sizes[]` | each size of block of which there is a slab |

use crate::statistics::{Size, Statistics};
use os::file;

/// Collects small pieces into larger ones.
struct Text<'a> {
    piece: [u8; 512],
    used: usize,
    to: &'a mut dyn FnMut(&[u8]),
    /// Whether a comma comes before the next name.
    comma: bool,
}

impl Text<'_> {
    /// Not inlined: what is rare should be small.
    #[inline(never)]
    fn raw(&mut self, text: &str) {
        for &byte in text.as_bytes() {
            if self.used == self.piece.len() {
                self.flush();
            }
            self.piece[self.used] = byte;
            self.used += 1;
        }
    }

    fn flush(&mut self) {
        (self.to)(&self.piece[..self.used]);
        self.used = 0;
    }

    /// `"name": `, with what has to stand before it.
    #[inline(never)]
    fn name(&mut self, name: &str) {
        self.raw(if self.comma { ", \"" } else { "\"" });
        self.raw(name);
        self.raw("\": ");
        self.comma = true;
    }

    fn digits(&mut self, number: u64) {
        if number >= 10 {
            self.digits(number / 10);
        }
        let digit = (number % 10) as usize;
        self.raw(&"0123456789"[digit..=digit]);
    }

    #[inline(never)]
    fn number(&mut self, name: &str, number: u64) {
        self.name(name);
        self.digits(number);
    }

    fn bytes(&mut self, name: &str, bytes: usize) {
        self.number(name, bytes as u64);
    }

    /// `"name": {"blocks": …, "bytes": …}`
    fn blocks(&mut self, name: &str, blocks: usize, bytes: usize) {
        self.object(name, |text| {
            text.bytes("blocks", blocks);
            text.bytes("bytes", bytes);
        });
    }

    fn object(&mut self, name: &str, fields: impl FnOnce(&mut Self)) {
        self.name(name);
        self.braces(fields);
    }

    fn braces(&mut self, fields: impl FnOnce(&mut Self)) {
        self.raw("{");
        self.comma = false;
        fields(self);
        self.raw("}");
        self.comma = true;
    }
}

/// Writes one object and a newline.
pub(crate) fn write(now: &Statistics, to: &mut dyn FnMut(&[u8])) {
    let mut text = Text { piece: [0; 512], used: 0, to, comma: false };
    text.braces(|text| fields(now, text));
    text.raw("\n");
    text.flush();
}

fn fields(now: &Statistics, text: &mut Text<'_>) {
    text.name("schema");
    text.raw("\"allotment.statistics.1\"");
    text.bytes("pid", file::process());
    text.blocks("live", now.live_blocks(), now.live_bytes());
    text.bytes("peak_live_bytes", now.peak_live_bytes);
    text.blocks("cached", now.cached_blocks(), now.cached_bytes());
    text.bytes("mapped_bytes", now.mapped_bytes);
    text.bytes("committed_bytes", now.committed_bytes());
    text.name("resident_bytes");
    match now.resident_bytes {
        Some(bytes) => text.digits(bytes as u64),
        None => text.raw("null"),
    }
    text.bytes("metadata_bytes", now.metadata_bytes);
    text.bytes("purged_bytes", now.purged_bytes);
    text.name("fragmentation");
    let permille = now.fragmentation_permille() as u64;
    text.digits(permille / 1000);
    text.raw(".");
    for place in [100, 10, 1] {
        text.digits(permille / place % 10);
    }
    text.bytes("threads", now.threads);
    text.bytes("heaps", now.heaps);
    text.object("calls", |text| {
        text.name("counted");
        text.raw(if now.calls_counted { "true" } else { "false" });
        text.number("allocations", now.allocations);
        text.number("frees", now.frees);
    });
    text.number("claimed_blocks", now.claimed_blocks);
    text.number("put_back_blocks", now.put_back_blocks);
    text.object("large", |text| {
        text.bytes("blocks", now.large_blocks);
        text.bytes("bytes", now.large_bytes);
        text.bytes("run_bytes", now.large_run_bytes);
    });
    text.object("free_runs", |text| {
        text.bytes("bytes", now.free_run_bytes());
        text.bytes("dirty_bytes", now.dirty_bytes);
    });
    text.name("sizes");
    text.raw("[");
    text.comma = false;
    now.sizes.iter().filter(|size| size.slabs > 0).for_each(|size| one_size(*size, text));
    text.raw("]");
}

fn one_size(size: Size, text: &mut Text<'_>) {
    text.raw(if text.comma { ",\n  " } else { "\n  " });
    text.braces(|text| {
        let Size { block_bytes, slabs, live, cached, free } = size;
        text.bytes("block_bytes", block_bytes);
        text.bytes("slabs", slabs);
        text.bytes("live", live);
        text.bytes("cached", cached);
        text.bytes("free", free);
    });
}
