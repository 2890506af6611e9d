//! What a program took: some lines on stderr, and JSON for machines.
//!
//! Everything here is the kernel's own account of the process, complete and exact at
//! its end. The heap's figures are the library's to tell: from outside they could
//! only be sampled, and a sample is no peak.
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

use super::child::Ended;
use super::library::Library;
use crate::failure;
use crate::sample::Faults;
use crate::style::{grouped, kib};

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
    };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}

fn microseconds(time: Duration) -> u64 {
    time.as_micros().try_into().unwrap_or(u64::MAX)
}

/// Says it on stderr.
pub(super) fn tell(name: &OsStr, ended: &Ended) {
    let usage = &ended.usage;
    let (user, system) = (usage.user.as_secs_f64(), usage.system.as_secs_f64());
    for line in [
        format!("{} {}", name.display(), end(ended)),
        format!("  peak RSS     {} KiB", kib(usage.peak_rss_bytes)),
        format!("  time         {:.3} s", ended.wall.as_secs_f64()),
        format!("  CPU          {user:.3} s user + {system:.3} s system"),
        format!(
            "  page faults  {} minor + {} major",
            grouped(usage.minor_faults),
            grouped(usage.major_faults)
        ),
    ] {
        failure::tell(&line);
    }
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
