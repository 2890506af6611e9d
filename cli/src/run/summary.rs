//! What a program took: some lines on stderr, and JSON for machines.
//!
//! The heap's figures are those that the library writes when the program exits (see
//! [`figures`](super::figures)); everything else is the kernel's own account of the
//! process, complete and exact at its end.
//!
//! `--json FILE` writes one object. Fields are only ever added; the unit is the last
//! word of a field's name, and a figure that is not known is `null`.
//!
//! | field | meaning |
//! |---|---|
//! | `schema` | `allotment.run.1` |
//! | `command[]` | the program and its arguments; what is no UTF-8 is replaced |
//! | `library` | the path that was preloaded |
//! | `pid` | of the program |
//! | `exit.code` | of the program, or `null` |
//! | `exit.signal` | the signal that killed it, or `null` |
//! | `exit.core_dumped` | whether it left a core file |
//! | `wall_us`, `user_us`, `system_us` | time: passed, and on a CPU |
//! | `peak_rss_bytes` | the most memory in RAM at once, of the largest process |
//! | `faults.minor`, `faults.major` | served from RAM; waited for a disk |
//! | `switches.voluntary`, `.involuntary` | how often it gave the CPU away, or lost it |
//! | `heap` | the library's statistics, see `crates/allotment/src/json.rs`; or `null` |
//! | `heap_missing` | why `heap` is `null` |
//! | `other_processes` | how many children wrote statistics of their own |
//!
//! `user_us`, `system_us`, the peak, faults and switches include the children that
//! the program waited for.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde::Serialize;
use serde_json::Value;

use super::child::Ended;
use super::figures::Found;
use super::library::Library;
use crate::failure;
use crate::sample::Faults;
use crate::style::{counted, grouped, size};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    command: Vec<String>,
    library: String,
    pid: i32,
    exit: Exit,
    wall_us: u64,
    user_us: u64,
    system_us: u64,
    peak_rss_bytes: u64,
    faults: &'a Faults,
    switches: Switches,
    heap: Option<&'a Value>,
    heap_missing: Option<&'a str>,
    other_processes: usize,
}

#[derive(Serialize)]
struct Exit {
    code: Option<i32>,
    signal: Option<i32>,
    core_dumped: bool,
}

#[derive(Serialize)]
struct Switches {
    voluntary: u64,
    involuntary: u64,
}

/// Writes everything as one object.
pub(super) fn write(
    mut file: File,
    command: &[OsString],
    library: &Library,
    ended: &Ended,
    found: &Found,
) -> io::Result<()> {
    let usage = &ended.usage;
    let document = Document {
        schema: "allotment.run.1",
        command: command.iter().map(|word| word.to_string_lossy().into_owned()).collect(),
        library: library.path.to_string_lossy().into_owned(),
        pid: ended.pid,
        exit: Exit {
            code: ended.status.code(),
            signal: ended.status.signal(),
            core_dumped: ended.status.core_dumped(),
        },
        wall_us: microseconds(ended.wall),
        user_us: microseconds(usage.user),
        system_us: microseconds(usage.system),
        peak_rss_bytes: usage.peak_rss_bytes,
        faults: &Faults { minor: usage.minor_faults, major: usage.major_faults },
        switches: Switches {
            voluntary: usage.voluntary_switches,
            involuntary: usage.involuntary_switches,
        },
        heap: found.heap.as_ref().ok(),
        heap_missing: found.heap.as_ref().err().map(String::as_str),
        other_processes: found.others,
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}

fn microseconds(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}

/// Says it on stderr.
pub(super) fn tell(name: &OsStr, ended: &Ended, found: &Found) {
    let usage = &ended.usage;
    let (user, system) = (usage.user.as_secs_f64(), usage.system.as_secs_f64());
    failure::tell(&format!("{} {}", name.display(), end(ended)));
    let heap = match &found.heap {
        Ok(heap) => about_heap(heap),
        Err(why) => vec![("heap", format!("no figures: {why}"))],
    };
    let others = format!("not counted: {} with a heap of their own", processes(found.others));
    let others = (found.others > 0).then_some(("processes", others));
    let kernels = [
        ("peak RSS", size(usage.peak_rss_bytes)),
        ("time", format!("{:.3} s", ended.wall.as_secs_f64())),
        ("CPU", format!("{user:.3} s user + {system:.3} s system")),
        (
            "page faults",
            format!(
                "{} minor + {} major",
                grouped(usage.minor_faults),
                grouped(usage.major_faults)
            ),
        ),
    ];
    for (what, figures) in heap.into_iter().chain(others).chain(kernels) {
        failure::tell(&format!("  {what:<14}{figures}"));
    }
}

fn processes(count: usize) -> String {
    let count = count as u64;
    if count == 1 { "1 process".into() } else { format!("{} processes", grouped(count)) }
}

/// The library's figures, a line each.
fn about_heap(heap: &Value) -> Vec<(&'static str, String)> {
    let number = |path: &str| heap.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let bytes = |path: &str| size(number(path));
    let calls = if heap["calls"]["counted"] == true {
        let (taken, freed) = (number("/calls/allocations"), number("/calls/frees"));
        format!("{} + {}", counted(taken, "allocation"), counted(freed, "free"))
    } else {
        "not counted".into()
    };
    let fragmentation = heap["fragmentation"].as_f64().unwrap_or(0.0) * 100.0;
    vec![
        ("peak live", format!("{} in blocks of the program", bytes("/peak_live_bytes"))),
        (
            "live at exit",
            format!("{} in {}", bytes("/live/bytes"), counted(number("/live/blocks"), "block")),
        ),
        ("calls", calls),
        (
            "heap at exit",
            format!(
                "{} in RAM, {} committed, {} of addresses mapped",
                bytes("/resident_bytes"),
                bytes("/committed_bytes"),
                bytes("/mapped_bytes")
            ),
        ),
        ("fragmentation", format!("{fragmentation:.1} % of the committed is in no live block")),
    ]
}

fn end(ended: &Ended) -> String {
    let rest = if ended.status.core_dumped() { ", core dumped" } else { "" };
    match (ended.status.code(), ended.status.signal()) {
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(number)) => {
            let name = Signal::try_from(number).map_or("a real-time one", Signal::as_str);
            format!("was killed by signal {number} ({name}){rest}")
        }
        (None, None) => "ended".into(),
    }
}
