//! Following without a terminal: one line a sample on stdout, as text under a
//! header or as JSON; everything else goes to stderr.

use std::io::{self, Write};
use std::sync::mpsc::Receiver;

use super::{End, Follower, Moment, wait_to_leave};
use crate::export::json;
use crate::failure::{Failure, tell};

/// Prints samples until there is a reason to end.
pub(super) fn follow(
    follower: &mut Follower,
    leave: &Receiver<()>,
    as_json: bool,
) -> Result<End, Failure> {
    let mut out = io::stdout().lock();
    if !as_json {
        writeln!(out, "{}", header())?;
    }
    let mut missing_before = None;
    loop {
        let Some(moment) = follower.look()? else {
            return Ok(End::ProcessEnded);
        };
        let text = if as_json { json::moment_line(moment)? } else { line(moment) };
        writeln!(out, "{text}")?;
        out.flush()?;
        let missing = follower.missing();
        if let (Some(why), true) = (missing, missing != missing_before) {
            tell(&format!("process {}: {why}", follower.pid));
        }
        missing_before = missing;
        if follower.is_count_reached() {
            return Ok(End::CountReached);
        }
        if wait_to_leave(leave, follower.until_next()) {
            return Ok(End::Left);
        }
    }
}

fn header() -> String {
    columns(["seconds", "vsz_KiB", "rss_KiB", "private", "shared", "minflt", "majflt", "threads"])
}

/// Columns of plain digits, for eyes as well as for awk; `-` is not known.
fn line(moment: &Moment) -> String {
    let kib = |bytes: u64| (bytes / 1024).to_string();
    let resident = moment.rollup.read();
    let or_dash = |bytes: Option<u64>| bytes.map_or("-".into(), kib);
    columns([
        &format!("{:.2}", moment.elapsed_seconds()),
        &kib(moment.statm.vsz_bytes),
        &kib(moment.rss_bytes()),
        &or_dash(resident.map(|r| r.private_bytes)),
        &or_dash(resident.map(|r| r.shared_bytes)),
        &moment.faults.minor.to_string(),
        &moment.faults.major.to_string(),
        &moment.threads.to_string(),
    ])
}

fn columns(texts: [&str; 8]) -> String {
    const WIDTHS: [usize; 8] = [9, 11, 10, 10, 9, 10, 7, 7];
    let padded = texts.iter().zip(WIDTHS).map(|(text, width)| format!("{text:>width$}"));
    padded.collect::<Vec<_>>().join(" ")
}
