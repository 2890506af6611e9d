//! The program as a child process: signals in, the way it ended out.
//!
//! ```text
//!   terminal: Ctrl-C, Ctrl-\, Ctrl-Z, hang-up ──▶ the whole process group:
//!                                                 the program has it already
//!   kill PID-of-ours ─────────────────────────▶ us ──kill──▶ the program
//!   the program, or a child of it ────────────▶ us           not sent back
//! ```
//!
//! The program stays in our process group, so that the terminal and the shell's job
//! control treat both as one job. The signals to pass on are blocked and read from a
//! descriptor, which says who sent them; no handler ever runs. They are blocked
//! before the program exists, so that none is lost in between.
//!
//! Known limit: who signals the whole group (`kill %1`) reaches the program twice.

use std::io;
use std::mem::MaybeUninit;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use nix::libc;
use nix::sys::signal::{SigHandler, SigSet, Signal, kill, signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;
use procfs::process::Process;

/// The signals that are passed on.
const PASSED_ON: [Signal; 6] = [
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGHUP,
    Signal::SIGQUIT,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
];

/// A program that has ended.
pub(super) struct Ended {
    pub(super) pid: i32,
    pub(super) status: ExitStatus,
    /// From before its start to after its end.
    pub(super) wall: Duration,
    /// Of the program and of those of its children that it waited for.
    pub(super) usage: Usage,
}

/// What the kernel accounts for; see getrusage(2).
pub(super) struct Usage {
    pub(super) user: Duration,
    pub(super) system: Duration,
    /// Of the largest single process.
    pub(super) peak_rss_bytes: u64,
    pub(super) minor_faults: u64,
    pub(super) major_faults: u64,
    pub(super) voluntary_switches: u64,
    pub(super) involuntary_switches: u64,
}

impl Ended {
    /// The program's own, or 128 and the signal that killed it, as in a shell.
    pub(super) fn exit_code(&self) -> u8 {
        let signal = || self.status.signal().map(|signal| 128 + signal);
        self.status.code().or_else(signal).and_then(|code| code.try_into().ok()).unwrap_or(u8::MAX)
    }
}

/// Runs the program to its end. An error is the kernel's reason not to start it; to
/// wait for a child of ours fails for no reason that the program could give.
pub(super) fn run(command: &mut Command) -> io::Result<Ended> {
    let mut heard: SigSet = PASSED_ON.into_iter().collect();
    heard.add(Signal::SIGCHLD);
    let mask_before = SigSet::thread_get_mask()?;
    heard.thread_block()?;
    let signals = SignalFd::with_flags(&heard, SfdFlags::SFD_CLOEXEC)?;
    // SAFETY: the default disposition is no function that could run. Where SIGCHLD
    // is ignored, as some parents leave it, the kernel would keep no ended child.
    let child_signal = unsafe { signal(Signal::SIGCHLD, SigHandler::SigDfl) }?;
    let was_ignored = matches!(child_signal, SigHandler::SigIgn);
    let as_it_was = move || {
        if was_ignored {
            // SAFETY: to ignore a signal is to run no function.
            unsafe { signal(Signal::SIGCHLD, SigHandler::SigIgn) }?;
        }
        Ok(mask_before.thread_set_mask()?)
    };
    // SAFETY: between fork and exec the closure makes two system calls and nothing
    // else: it allocates nothing and takes no lock.
    //
    // Without a closure std would use vfork, and the kernel would count the peak of
    // *our* memory, which the child shares until exec, as the program's.
    unsafe { command.pre_exec(as_it_was) };
    let began = Instant::now();
    let pid = command.spawn()?.id().cast_signed();
    let (status, usage) = attend(pid, &signals)?;
    Ok(Ended { pid, status, wall: began.elapsed(), usage })
}

/// Passes signals on until the program has ended.
fn attend(pid: i32, signals: &SignalFd) -> io::Result<(ExitStatus, Usage)> {
    let program = Pid::from_raw(pid);
    loop {
        // Every change of the program's state makes the descriptor readable; several
        // may come as one.
        while let Some((status, usage)) = change(pid)? {
            match status.stopped_signal() {
                None => return Ok((status, usage)),
                Some(number) => stop_too(program, number),
            }
        }
        let Some(signal) = read(signals)? else { continue };
        let Ok(number) = Signal::try_from(signal.ssi_signo.cast_signed()) else { continue };
        if number != Signal::SIGCHLD && is_for_the_program(&signal, pid) {
            // It has not been waited for, so that the number is still its own. A
            // program that may not be signalled any more took another identity.
            let _ = kill(program, number);
        }
    }
}

fn read(signals: &SignalFd) -> io::Result<Option<libc::signalfd_siginfo>> {
    match signals.read_signal() {
        Err(nix::Error::EINTR) => Ok(None),
        read => Ok(read?),
    }
}

/// Whether the program has not got the signal already.
fn is_for_the_program(signal: &libc::signalfd_siginfo, pid: i32) -> bool {
    // From the kernel: the terminal's, which go to the whole group.
    if signal.ssi_code == libc::SI_KERNEL {
        return false;
    }
    // From the program or one of its children: `kill 0`, or meant for its parent.
    !is_within(signal.ssi_pid.cast_signed(), pid)
}

/// Whether process `sender` is `ancestor` or descends from it.
fn is_within(sender: i32, ancestor: i32) -> bool {
    let parent = |&pid: &i32| Process::new(pid).and_then(|it| it.stat()).ok().map(|it| it.ppid);
    std::iter::successors(Some(sender), parent)
        .take_while(|&pid| pid > 1)
        .any(|pid| pid == ancestor)
}

/// The shell looks at us: when a program stops as one stops from the keyboard, we do
/// the same, and when we are continued, so is the program.
fn stop_too(program: Pid, number: i32) {
    let from_keyboard = [Signal::SIGTSTP, Signal::SIGTTIN, Signal::SIGTTOU];
    let Ok(number) = Signal::try_from(number) else { return };
    // Without a terminal nobody would continue us.
    let has_terminal = std::fs::File::open("/dev/tty").is_ok();
    if has_terminal && from_keyboard.contains(&number) {
        let _ = kill(Pid::this(), number); // returns when we are continued
        let _ = kill(program, Signal::SIGCONT);
    }
}

/// How the program's state has changed since the last call, if it has.
fn change(pid: i32) -> io::Result<Option<(ExitStatus, Usage)>> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    let options = libc::WNOHANG | libc::WUNTRACED;
    // SAFETY: both pointers are to live variables of the types that wait4 fills in.
    let found = unsafe { libc::wait4(pid, &raw mut status, options, usage.as_mut_ptr()) };
    match found {
        0 => Ok(None),
        -1 => match io::Error::last_os_error() {
            error if error.kind() == io::ErrorKind::Interrupted => Ok(None),
            error => Err(error),
        },
        _ => {
            // SAFETY: zeroed at first, which is a valid value of a struct of integers,
            // and filled in since.
            let usage = unsafe { usage.assume_init() };
            Ok(Some((ExitStatus::from_raw(status), Usage::from(&usage))))
        }
    }
}

impl From<&libc::rusage> for Usage {
    fn from(usage: &libc::rusage) -> Self {
        Self {
            user: duration(usage.ru_utime),
            system: duration(usage.ru_stime),
            peak_rss_bytes: count(usage.ru_maxrss) * 1024,
            minor_faults: count(usage.ru_minflt),
            major_faults: count(usage.ru_majflt),
            voluntary_switches: count(usage.ru_nvcsw),
            involuntary_switches: count(usage.ru_nivcsw),
        }
    }
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_secs(count(time.tv_sec)) + Duration::from_micros(count(time.tv_usec))
}

/// The kernel counts nothing below zero.
fn count(number: libc::c_long) -> u64 {
    number.max(0).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_within_itself_and_within_its_parent() {
        let me = std::process::id().cast_signed();
        let parent = std::os::unix::process::parent_id().cast_signed();
        assert!(is_within(me, me));
        assert!(parent <= 1 || is_within(me, parent));
        assert!(!is_within(parent, me));
        assert!(!is_within(0, me), "a sender outside of our PID namespace");
    }
}
