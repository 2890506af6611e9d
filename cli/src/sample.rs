//! One look at a process, through `/proc/PID`.
//!
//! | figure | file | what it is |
//! |---|---|---|
//! | VSZ | `statm` | all address space of the process; what `ps` prints |
//! | RSS | `statm` | pages in RAM, from counters that older kernels keep per CPU and sum lazily: may lag by some dozen pages per CPU; what `ps` prints |
//! | RSS | `smaps`, `smaps_rollup` | pages in RAM, counted by walking the page tables: exact, but needs permission |
//! | faults | `stat` | minor: served from RAM; major: had to wait for a disk |
//!
//! `smaps` is listed mapping by mapping, `smaps_rollup` is its sum. Both are
//! taken at the moment of reading: only a process that stands still meanwhile
//! gives figures that belong together.

use std::fs::File;
use std::os::unix::fs::FileExt;

use procfs::process::{MMapPath, MemoryMap, Process};
use procfs::{ProcError, ProcResult};
use serde::Serialize;

use crate::failure::Failure;

/// What `/proc/PID/statm` says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub(crate) struct Statm {
    pub(crate) vsz_bytes: u64,
    pub(crate) rss_bytes: u64,
}

/// What the page tables say, summed over all mappings.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit is the last word of a field's name")]
pub(crate) struct Resident {
    pub(crate) rss_bytes: u64,
    /// Every page divided by the number of processes that map it.
    pub(crate) pss_bytes: u64,
    /// Of `rss_bytes`, what no other process maps.
    pub(crate) private_bytes: u64,
    /// Of `rss_bytes`, what other processes map, too.
    pub(crate) shared_bytes: u64,
    /// Of `rss_bytes`, what lies in transparent huge pages.
    pub(crate) anon_huge_bytes: u64,
    pub(crate) swap_bytes: u64,
}

/// What `/proc/PID/smaps` says, summed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub(crate) struct Smaps {
    /// Sum of all sizes, without the line `[vsyscall]`: that page is the
    /// kernel's, and `statm` does not count it either.
    pub(crate) vsz_bytes: u64,
    #[serde(flatten)]
    pub(crate) resident: Resident,
}

/// Page faults since the process began.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub(crate) struct Faults {
    pub(crate) minor: u64,
    pub(crate) major: u64,
}

/// What `/proc/PID/stat` says.
#[derive(Clone, Debug)]
pub(crate) struct Stat {
    pub(crate) name: String,
    pub(crate) state: char,
    pub(crate) threads: u64,
    pub(crate) faults: Faults,
}

impl Stat {
    /// Whether the process has ended and only its entry is left for the parent.
    pub(crate) fn is_zombie(&self) -> bool {
        matches!(self.state, 'Z' | 'X' | 'x')
    }
}

/// The line of `/proc/PID/maps` that a mapping lies in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(
    clippy::struct_field_names,
    reason = "the names are those of the JSON, which stands alone"
)]
pub(crate) struct Line {
    /// The line, word for word.
    pub(crate) maps_line: String,
    pub(crate) size_bytes: u64,
    pub(crate) rss_bytes: u64,
    /// Whether the kernel has merged the mapping with a neighbour, so that the
    /// line and its figures tell of both.
    pub(crate) merged_with_neighbour: bool,
    /// What of the mapping alone is in RAM: the line's own figure, or, when the
    /// line is merged, counted in `/proc/PID/pagemap` (none if that is closed).
    pub(crate) mapping_rss_bytes: Option<u64>,
}

/// A stretch of a process's address space.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Range {
    pub(crate) start: u64,
    pub(crate) bytes: u64,
}

/// Figures of `smaps` that this process may or may not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Rollup {
    Read(Resident),
    /// The process belongs to somebody else.
    NotPermitted,
    /// A kernel thread has no memory of its own; an old kernel has no such file.
    NotOffered,
}

impl Rollup {
    /// The figures, if they could be read.
    pub(crate) fn read(&self) -> Option<Resident> {
        match self {
            Self::Read(resident) => Some(*resident),
            Self::NotPermitted | Self::NotOffered => None,
        }
    }
}

/// A process whose `/proc` folder is open. The open folder stays that process's:
/// a new process with the same number is never mistaken for it.
pub(crate) struct Watched {
    process: Process,
    page_bytes: u64,
}

impl Watched {
    /// Opens `/proc/PID`.
    pub(crate) fn open(pid: i32) -> ProcResult<Self> {
        Ok(Self { process: Process::new(pid)?, page_bytes: procfs::page_size() })
    }

    pub(crate) fn stat(&self) -> ProcResult<Stat> {
        let stat = self.process.stat()?;
        Ok(Stat {
            name: stat.comm,
            state: stat.state,
            threads: stat.num_threads.try_into().unwrap_or(0),
            faults: Faults { minor: stat.minflt, major: stat.majflt },
        })
    }

    pub(crate) fn statm(&self) -> ProcResult<Statm> {
        let statm = self.process.statm()?;
        Ok(Statm {
            vsz_bytes: statm.size * self.page_bytes,
            rss_bytes: statm.resident * self.page_bytes,
        })
    }

    /// Memory that the kernel holds for the page tables themselves: neither VSZ
    /// nor RSS counts it.
    pub(crate) fn page_tables_bytes(&self) -> ProcResult<u64> {
        Ok(self.process.status()?.vmpte.unwrap_or(0) * 1024)
    }

    /// The sum over all mappings, as the kernel adds it up.
    pub(crate) fn rollup(&self) -> Rollup {
        match self.process.smaps_rollup() {
            Ok(rollup) => {
                let mut sum = Resident::default();
                for map in &rollup.memory_map_rollup {
                    sum.add(map);
                }
                Rollup::Read(sum)
            }
            Err(ProcError::PermissionDenied(_)) => Rollup::NotPermitted,
            Err(_) => Rollup::NotOffered,
        }
    }

    /// All mappings, and the one that `range` lies in.
    pub(crate) fn smaps(&self, range: Option<Range>) -> ProcResult<(Smaps, Option<Line>)> {
        let mut sum = Smaps::default();
        let mut line = None;
        for map in &self.process.smaps()? {
            if map.pathname == MMapPath::Vsyscall {
                continue;
            }
            sum.vsz_bytes += map.address.1 - map.address.0;
            sum.resident.add(map);
            if let Some(range) = range.filter(|range| holds(map, range.start)) {
                line = Some(self.line(map, range)?);
            }
        }
        Ok((sum, line))
    }

    fn line(&self, map: &MemoryMap, range: Range) -> ProcResult<Line> {
        let rss_bytes = field(map, "Rss");
        let merged = map.address != (range.start, range.start + range.bytes);
        let mapping_rss_bytes = if merged { self.present(range).ok() } else { Some(rss_bytes) };
        Ok(Line {
            maps_line: self.maps_line(range.start)?,
            size_bytes: field(map, "Size"),
            rss_bytes,
            merged_with_neighbour: merged,
            mapping_rss_bytes,
        })
    }

    /// The line of `maps` that contains `address`, word for word.
    fn maps_line(&self, address: u64) -> ProcResult<String> {
        let text = std::io::read_to_string(self.process.open_relative("maps")?)?;
        let found = text.lines().find(|line| {
            let ends = line.split(' ').next().and_then(|range| range.split_once('-'));
            let ends = ends.map(|(a, b)| (u64::from_str_radix(a, 16), u64::from_str_radix(b, 16)));
            matches!(ends, Some((Ok(start), Ok(end))) if start <= address && address < end)
        });
        found.map(|line| line.trim_end().to_owned()).ok_or(ProcError::NotFound(None))
    }

    /// Bytes of `range` in RAM, from the page table entries: bit 63 is "present".
    pub(crate) fn present(&self, range: Range) -> ProcResult<u64> {
        const ENTRY_BYTES: u64 = 8;
        const PRESENT: u64 = 1 << 63;
        let file: File = self.process.open_relative("pagemap")?;
        let mut entries = vec![0; (range.bytes / self.page_bytes * ENTRY_BYTES) as usize];
        file.read_exact_at(&mut entries, range.start / self.page_bytes * ENTRY_BYTES)?;
        let (entries, _) = entries.as_chunks();
        let present = entries.iter().filter(|&&entry| u64::from_ne_bytes(entry) & PRESENT != 0);
        Ok(present.count() as u64 * self.page_bytes)
    }
}

impl Resident {
    fn add(&mut self, map: &MemoryMap) {
        self.rss_bytes += field(map, "Rss");
        self.pss_bytes += field(map, "Pss");
        self.private_bytes += field(map, "Private_Clean") + field(map, "Private_Dirty");
        self.shared_bytes += field(map, "Shared_Clean") + field(map, "Shared_Dirty");
        self.anon_huge_bytes += field(map, "AnonHugePages");
        self.swap_bytes += field(map, "Swap");
    }
}

fn holds(map: &MemoryMap, address: u64) -> bool {
    map.address.0 <= address && address < map.address.1
}

/// A figure of a mapping in bytes; kernels leave out what they do not have.
fn field(map: &MemoryMap, name: &str) -> u64 {
    map.extension.map.get(name).copied().unwrap_or(0)
}

/// Whether reading failed because the process is gone.
pub(crate) fn is_gone(error: &ProcError) -> bool {
    const ESRCH: i32 = 3;
    match error {
        ProcError::NotFound(_) => true,
        ProcError::Io(error, _) => error.raw_os_error() == Some(ESRCH),
        _ => false,
    }
}

/// A file of `/proc/PID` that should be readable is not.
pub(crate) fn unreadable(pid: i32, error: &ProcError) -> Failure {
    Failure::refused(
        format!("/proc/{pid} cannot be read ({error})"),
        "check that /proc is mounted and that you may look into this process",
    )
}

#[cfg(test)]
mod tests {
    use os::{Linux, Os};

    use super::*;

    fn myself() -> (Watched, u64) {
        let watched = Watched::open(std::process::id().cast_signed()).unwrap();
        let page_bytes = watched.page_bytes;
        (watched, page_bytes)
    }

    #[test]
    fn a_mapping_inside_a_longer_line_is_told_apart_from_it() {
        let (watched, page_bytes) = myself();
        let at = Linux.map(4 * page_bytes as usize).unwrap();
        for page in [0, 1] {
            // SAFETY: a page of the fresh four-page mapping.
            let byte = unsafe { at.add(page * page_bytes as usize) };
            // SAFETY: the mapping is writable and nothing refers into it.
            unsafe { byte.write_volatile(1) };
        }
        let start = at.as_ptr().expose_provenance() as u64 + page_bytes;
        let inner = Range { start, bytes: 2 * page_bytes };
        let line = watched.smaps(Some(inner)).unwrap().1.unwrap();
        assert!(line.merged_with_neighbour);
        assert!(line.size_bytes >= 4 * page_bytes);
        assert!(line.rss_bytes >= 2 * page_bytes, "the line counts the page outside, too");
        assert_eq!(line.mapping_rss_bytes, Some(page_bytes), "one page of the two inside");
        // SAFETY: the whole mapping, to which nothing refers any more.
        unsafe { Linux.unmap(at, 4 * page_bytes as usize) }.unwrap();
    }

    #[test]
    fn an_address_that_nobody_maps_has_no_line() {
        let (watched, page_bytes) = myself();
        let nowhere = Range { start: 0, bytes: page_bytes };
        assert_eq!(watched.smaps(Some(nowhere)).unwrap().1, None);
    }

    #[test]
    fn resident_memory_is_private_or_shared() {
        let Rollup::Read(sum) = myself().0.rollup() else { panic!("our own smaps_rollup") };
        assert_eq!(sum.rss_bytes, sum.private_bytes + sum.shared_bytes);
        assert!(sum.rss_bytes > 0);
    }
}
