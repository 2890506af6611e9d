//! The observer's end of the line to the [subject](super::subject): starts it,
//! tells it what to do, and waits until it has done so and stands still.

use std::io;

use procfs::Current;
use rustix::process::{Resource, getrlimit};

use crate::failure::Failure;
use crate::sample::{Range, Watched};
use crate::style::{self, grouped, size};
use crate::wire::outer::{self, Subject};

const ADVICE: &str = "if memory ran out, ask for fewer pages with --pages";

/// A subject that waits for its next request.
pub(crate) struct Conductor {
    subject: Subject,
    page_bytes: usize,
}

impl Conductor {
    /// Starts a subject and lets it rehearse: after this call everything that
    /// the experiment's steps need but the mapping itself is in RAM.
    pub(crate) fn start(page_bytes: usize) -> Result<Self, Failure> {
        Self::rehearse(Subject::start(&["observe-subject"], ADVICE)?, page_bytes)
    }

    fn rehearse(subject: Subject, page_bytes: usize) -> Result<Self, Failure> {
        let mut conductor = Self { subject, page_bytes };
        conductor.map(1)?;
        conductor.touch(0, 1)?;
        conductor.unmap()?;
        Ok(conductor)
    }

    /// The subject's process number.
    pub(crate) fn pid(&self) -> i32 {
        self.subject.pid()
    }

    /// Maps `pages` pages, and says where.
    pub(crate) fn map(&mut self, pages: usize) -> Result<Range, Failure> {
        let bytes = pages * self.page_bytes;
        let answer = self.subject.ask(&format!("map {bytes}"))?;
        if let Some(errno) = refused(&answer) {
            return Err(self.map_refused(pages, errno));
        }
        let address = answer.strip_prefix("mapped 0x");
        match address.and_then(|hex| u64::from_str_radix(hex, 16).ok()) {
            Some(start) => Ok(Range { start, bytes: bytes as u64 }),
            None => Err(unexpected(&answer)),
        }
    }

    /// Writes to the pages from `first` on, one after the other.
    pub(crate) fn touch(&mut self, first: usize, count: usize) -> Result<(), Failure> {
        self.expect(&format!("touch {first} {count}"), "touched")
    }

    /// Gives all pages back.
    pub(crate) fn unmap(&mut self) -> Result<(), Failure> {
        self.expect("unmap", "unmapped")
    }

    fn expect(&mut self, request: &str, wanted: &str) -> Result<(), Failure> {
        let answer = self.subject.ask(request)?;
        if answer == wanted { Ok(()) } else { Err(unexpected(&answer)) }
    }

    /// The kernel would not map: which limit was it?
    fn map_refused(&self, pages: usize, errno: i32) -> Failure {
        const ENOMEM: i32 = 12;
        let bytes = (pages * self.page_bytes) as u64;
        let wish = format!("{} ({})", style::pages(pages), size(bytes));
        let error = io::Error::from_raw_os_error(errno);
        let what = format!("the kernel refused to map {wish}: {error}");
        if errno != ENOMEM {
            return Failure::refused(what, "try --pages 4");
        }
        let used = Watched::open(self.pid()).and_then(|w| w.statm()).map_or(0, |s| s.vsz_bytes);
        if let Some(limit) = getrlimit(Resource::As).current
            && used.saturating_add(bytes) > limit
        {
            let room = limit.saturating_sub(used) / self.page_bytes as u64;
            return Failure::refused(
                format!("{what}; the limit of address space (ulimit -v) is {}", size(limit)),
                format!("raise the limit, or ask for at most {} pages", grouped(room)),
            );
        }
        Failure::refused(
            what,
            format!(
                "ask for fewer pages: this machine has {} of RAM and swap together, and grants \
                 little more at once (vm.overcommit_memory)",
                procfs::Meminfo::current()
                    .map_or("some".into(), |info| size(info.mem_total + info.swap_total))
            ),
        )
    }
}

/// Refuses when writing `bytes` would need more RAM than there is.
pub(crate) fn check_ram(bytes: u64, page_bytes: usize) -> Result<(), Failure> {
    let available = procfs::Meminfo::current().ok().and_then(|info| info.mem_available);
    match available {
        Some(available) if bytes > available => Err(Failure::refused(
            format!("writing to {} needs more RAM than the {} free", size(bytes), size(available)),
            format!("ask for at most {} pages", grouped(available / 2 / page_bytes as u64)),
        )),
        _ => Ok(()),
    }
}

/// The kernel's error number, if that is what the subject answered.
fn refused(answer: &str) -> Option<i32> {
    answer.strip_prefix("refused ")?.parse().ok()
}

fn unexpected(answer: &str) -> Failure {
    match refused(answer) {
        Some(errno) => outer::unexpected(&io::Error::from_raw_os_error(errno)),
        None => outer::unexpected(&format_args!("it answered \"{answer}\"")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn more_than_the_free_ram_is_not_written_to() {
        assert!(check_ram(4096, 4096).is_ok());
        let Err(Failure::Refused { what, next, .. }) = check_ram(1 << 60, 4096) else {
            panic!("there is no machine with an EiB")
        };
        assert!(what.starts_with("writing to 1 EiB needs more RAM than"), "{what}");
        assert!(next.starts_with("ask for at most"), "{next}");
    }

    /// A subject that answers as written, line by line.
    fn actor(script: &str) -> Result<Conductor, Failure> {
        let mut program = Command::new("sh");
        program.args(["-c", script]);
        Conductor::rehearse(Subject::run(program, ADVICE)?, 4096)
    }

    const REHEARSAL: &str = "read q; echo mapped 0x1000; read q; echo touched; read q; \
                             echo unmapped; ";

    fn refusal<T>(result: Result<T, Failure>) -> String {
        match result {
            Err(Failure::Refused { what, next, .. }) => format!("{what}; {next}"),
            _ => panic!("nothing was refused"),
        }
    }

    #[test]
    fn a_subject_that_is_killed_is_missed_with_a_reason() {
        let mut subject = actor(&format!("{REHEARSAL} read q; kill -9 $$")).unwrap();
        let text = refusal(subject.touch(0, 7));
        assert!(text.contains("is gone at \"touch 0 7\" (killed by signal 9"), "{text}");
        assert!(text.contains("; if memory ran out, ask for fewer pages"), "{text}");
    }

    #[test]
    fn a_subject_that_is_refused_or_talks_nonsense_is_not_believed() {
        let mut subject = actor(&format!("{REHEARSAL} read q; echo refused 13; read q")).unwrap();
        assert!(refusal(subject.map(1)).contains("refused to map 1 page (4 KiB): Permission"));
        assert!(refusal(actor("read q; echo mapped here")).contains("\"mapped here\""));
    }
}
