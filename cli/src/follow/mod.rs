//! Following a process that is not ours, look by look, until it ends, the wanted
//! number of samples is reached, or the user leaves.
//!
//! ```text
//!              ┌─▶ terminal   stdin and stdout are a terminal: a live picture
//!   Follower ──┤
//!    (look)    └─▶ plain      anything else: one line a sample, text or JSON
//! ```
//!
//! The views own the waiting, the follower owns the looking. Each look reads
//! `stat`, `statm` and, where permitted, `smaps_rollup`; for the latter the kernel
//! walks the process's page tables, which takes some milliseconds for each GiB in
//! RAM and is the reason not to look a hundred times a second at a giant.

mod plain;
mod terminal;

use std::io::IsTerminal;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde::{Serialize, Serializer};

use crate::arguments::Observe;
use crate::export;
use crate::failure::{Failure, tell};
use crate::sample::{Faults, Rollup, Statm, Watched, is_gone, unreadable};
use crate::style::{counted, size};

/// The most moments kept for the charts; beyond, every other one is let go.
const MOMENTS_MAX: usize = 4096;

/// What was seen at one look.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Moment {
    pub(crate) pid: i32,
    pub(crate) elapsed_ms: u64,
    pub(crate) state: char,
    pub(crate) threads: u64,
    pub(crate) statm: Statm,
    #[serde(rename = "smaps_rollup", serialize_with = "resident_or_null")]
    pub(crate) rollup: Rollup,
    pub(crate) faults: Faults,
}

fn resident_or_null<S: Serializer>(rollup: &Rollup, serializer: S) -> Result<S::Ok, S::Error> {
    rollup.read().serialize(serializer)
}

impl Moment {
    /// The exact RSS where permitted, else that of statm.
    pub(crate) fn rss_bytes(&self) -> u64 {
        self.rollup.read().map_or(self.statm.rss_bytes, |resident| resident.rss_bytes)
    }

    pub(crate) fn elapsed_seconds(&self) -> f64 {
        Duration::from_millis(self.elapsed_ms).as_secs_f64()
    }
}

/// Why the following came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    ProcessEnded,
    CountReached,
    Left,
}

/// A process, and what has been seen of it.
pub(crate) struct Follower {
    pub(crate) pid: i32,
    /// The program's name at the last look.
    pub(crate) name: String,
    /// In order of time; first is the first ever, last is the latest. At most
    /// `MOMENTS_MAX`.
    pub(crate) moments: Vec<Moment>,
    pub(crate) interval: Duration,
    watched: Watched,
    began: Instant,
    looks: u64,
    looks_max: Option<u64>,
}

/// `allotment observe --pid PID`.
pub(crate) fn run(pid: i32, options: &Observe) -> Result<(), Failure> {
    let mut follower = Follower::open(pid, options)?;
    let leave = leave_requests()?;
    let outcome = if !options.json && terminal::is_possible() {
        terminal::follow(&mut follower, &leave)
    } else {
        plain::follow(&mut follower, &leave, options.json)
    };
    if let (Some(path), false) = (&options.svg, follower.moments.is_empty()) {
        export::svg::write(path, |surface| export::svg::followed(surface, &follower))?;
    }
    farewell(&follower, outcome?);
    Ok(())
}

/// A message for every Ctrl-C, and for a request to terminate or to hang up.
fn leave_requests() -> Result<Receiver<()>, Failure> {
    let (sender, receiver) = mpsc::channel();
    let pass_on = move || {
        // The receiver lives as long as the command does.
        let _ = sender.send(());
    };
    ctrlc::set_handler(pass_on).map_err(|e| {
        Failure::refused(
            format!("Ctrl-C cannot be caught ({e})"),
            "run it again; if that persists, please report it as a defect",
        )
    })?;
    Ok(receiver)
}

fn farewell(follower: &Follower, end: End) {
    let who = format!("process {} ({})", follower.pid, follower.name);
    let (Some(last), End::ProcessEnded) = (follower.moments.last(), end) else {
        match end {
            End::ProcessEnded => tell(&format!("{who} had already ended: nothing to see")),
            End::Left if std::io::stdout().is_terminal() => tell(&format!("left {who}")),
            End::Left | End::CountReached => {}
        }
        return;
    };
    let peak = follower.moments.iter().map(Moment::rss_bytes).max().unwrap_or(0);
    tell(&format!(
        "{who} has ended: {}, the last {:.1} s after the first, highest RSS seen {}",
        counted(follower.looks, "sample"),
        last.elapsed_seconds(),
        size(peak),
    ));
}

impl Follower {
    fn open(pid: i32, options: &Observe) -> Result<Self, Failure> {
        let no_such = || {
            Failure::refused(
                format!("there is no process {pid}"),
                "see ps -e for those there are; /proc may hide other users' processes",
            )
        };
        let explain = |e| if is_gone(&e) { no_such() } else { unreadable(pid, &e) };
        let watched = Watched::open(pid).map_err(explain)?;
        let name = watched.stat().map_err(explain)?.name;
        Ok(Self {
            pid,
            name,
            moments: Vec::new(),
            interval: Duration::from_millis(options.interval),
            watched,
            began: Instant::now(),
            looks: 0,
            looks_max: options.count,
        })
    }

    /// Looks at the process; none once it has ended.
    fn look(&mut self) -> Result<Option<&Moment>, Failure> {
        let seen = match self.read() {
            Ok(Some(seen)) => seen,
            Ok(None) => return Ok(None),
            Err(e) if is_gone(&e) => return Ok(None),
            Err(e) => return Err(unreadable(self.pid, &e)),
        };
        if self.moments.len() == MOMENTS_MAX {
            let mut index = 0;
            self.moments.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        self.looks += 1;
        self.moments.push(seen);
        Ok(self.moments.last())
    }

    fn read(&mut self) -> procfs::ProcResult<Option<Moment>> {
        let rollup = self.watched.rollup();
        let statm = self.watched.statm()?;
        // Last: a process that is alive now was alive while the rest was read.
        let stat = self.watched.stat()?;
        if stat.is_zombie() {
            return Ok(None);
        }
        self.name = stat.name;
        Ok(Some(Moment {
            pid: self.pid,
            elapsed_ms: self.began.elapsed().as_millis() as u64,
            state: stat.state,
            threads: stat.threads,
            statm,
            rollup,
            faults: stat.faults,
        }))
    }

    fn is_count_reached(&self) -> bool {
        self.looks_max.is_some_and(|most| self.looks >= most)
    }

    /// How long until it is time for the next look: looks stay on the beat of
    /// the interval, and a look that took longer skips beats.
    fn until_next(&self) -> Duration {
        let interval = self.interval.as_nanos();
        let into_beat = self.began.elapsed().as_nanos() % interval;
        Duration::from_nanos((interval - into_beat) as u64)
    }

    /// Why figures are missing at the latest look, if they are.
    pub(crate) fn missing(&self) -> Option<&'static str> {
        match self.moments.last()?.rollup {
            Rollup::Read(_) => None,
            Rollup::NotPermitted => {
                Some("smaps_rollup not permitted (another user's): RSS is that of statm")
            }
            Rollup::NotOffered => {
                Some("no smaps_rollup (a kernel thread, or an old kernel): RSS is that of statm")
            }
        }
    }
}

/// Waits for the time of the next look; whether the user wants to leave instead.
fn wait_to_leave(leave: &Receiver<()>, time: Duration) -> bool {
    match leave.recv_timeout(time) {
        Ok(()) => true,
        Err(RecvTimeoutError::Timeout) => false,
        Err(RecvTimeoutError::Disconnected) => {
            // The signal handler holds the other end as long as the process lives.
            std::thread::sleep(time);
            false
        }
    }
}

#[cfg(test)]
impl Follower {
    /// A follower of the test's own process that has not looked yet.
    fn of_ourselves() -> Self {
        use clap::Parser;

        let arguments = ["allotment", "observe", "--pid", "1", "--interval", "1000"];
        let parsed = crate::arguments::Arguments::parse_from(arguments);
        let Some(crate::arguments::Command::Observe(options)) = parsed.command else {
            unreachable!("the line says observe")
        };
        Self::open(std::process::id().cast_signed(), &options).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_following_keeps_its_first_and_latest_moments_in_bounded_memory() {
        let mut follower = Follower::of_ourselves();
        let first = follower.look().unwrap().unwrap().clone();
        let mut copies = vec![first; MOMENTS_MAX];
        for (beat, copy) in copies.iter_mut().enumerate() {
            copy.elapsed_ms = beat as u64;
        }
        follower.moments = copies;
        follower.look().unwrap().unwrap();
        assert_eq!(follower.moments.len(), MOMENTS_MAX / 2 + 1);
        assert_eq!(follower.moments[0].elapsed_ms, 0);
        assert_eq!(follower.looks, 2);
    }

    #[test]
    fn the_next_look_is_within_one_interval() {
        let follower = Follower::of_ourselves();
        let wait = follower.until_next();
        assert!(wait > Duration::ZERO && wait <= follower.interval);
    }
}
