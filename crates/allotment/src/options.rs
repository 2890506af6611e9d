//! The options of this heap: read before `main`, by a function that the loader
//! calls; and the statistics that they ask for, written after `main`.
//!
//! ```text
//!   loader ──▶ begin: check all, keep ours      (.init_array, early)
//!   program
//!   exit   ──▶ end: ALLOTMENT_STATISTICS        (.fini_array)
//! ```
//!
//! The heap serves calls before `begin`, with the defaults. A program that ends by a
//! signal or by `_exit` has no `end`.

use core::ffi::CStr;
use core::sync::atomic::{AtomicBool, AtomicUsize};

use os::options::{self, BACKGROUND, COUNT, DECAY_MS, HUGE_PAGES, ON_MISUSE, STATISTICS};
use os::{Errno, Line, Linux, Lock, Os, file};

use crate::sync::Relaxed;
use crate::{background, clock, ground, huge, json, statistics, thread};

/// The loader calls what this section lists; in a program, the lowest number first.
#[used]
#[unsafe(link_section = ".init_array.00050")]
static BEGIN: extern "C" fn() = begin;

/// And at the end of the program, what this one lists.
#[used]
#[unsafe(link_section = ".fini_array")]
static END: extern "C" fn() = end;

/// Whether every call is counted. Relaxed, all of these: set once, before there are
/// threads.
static COUNTS: AtomicBool = AtomicBool::new(false);

/// What to do about misuse: 1 more than the number of the option's value; 0 before
/// `begin`.
static ON_MISUSE_KEPT: AtomicUsize = AtomicUsize::new(0);

/// The name of the file for the statistics. A copy: programs that change their title
/// write it over their environment.
static NAME: Lock<Path> = Lock::new(Path::new());

/// Whether nothing is said of statistics that cannot be written.
static IS_FORGIVING: AtomicBool = AtomicBool::new(false);

/// A path that fills this is too long for the kernel.
const PATH_BYTES_MAX: usize = 4096 + 1;

extern "C" fn begin() {
    thread::listen();
    options::check(say);
    clock::set_decay(DECAY_MS.number());
    ON_MISUSE_KEPT.store(1 + ON_MISUSE.number(), Relaxed);
    if BACKGROUND.number() != 0 {
        background::want();
    }
    huge::choose(HUGE_PAGES.number());
    if COUNT.number() != 0 {
        COUNTS.store(true, Relaxed);
        thread::count(); // the others follow with their first call
    }
    if let Some(name) = STATISTICS.text() {
        let forgiving = name.strip_prefix(b"?");
        IS_FORGIVING.store(forgiving.is_some(), Relaxed);
        let name = forgiving.unwrap_or(name);
        if forgiving.is_some() || file_of(name).is_none_or(has_folder) {
            let mut kept = NAME.lock();
            name.iter().copied().for_each(|byte| kept.push(byte));
        }
    }
}

/// Whether every call is counted.
pub(crate) fn counts() -> bool {
    COUNTS.load(Relaxed)
}

/// Whether the program goes on after a misuse.
pub(crate) fn ignores_misuse() -> bool {
    ON_MISUSE_KEPT.load(Relaxed).checked_sub(1).unwrap_or_else(|| ON_MISUSE.number()) == 1
}

fn say(mut line: Line) {
    Linux.report(line.finish());
}

/// A path that ends with a zero.
struct Path {
    bytes: [u8; PATH_BYTES_MAX],
    used: usize,
}

impl Path {
    const fn new() -> Self {
        Self { bytes: [0; PATH_BYTES_MAX], used: 0 }
    }

    /// What is too long is cut off, and the kernel refuses it.
    fn push(&mut self, byte: u8) {
        if self.used + 1 < PATH_BYTES_MAX {
            self.bytes[self.used] = byte;
            self.used += 1;
        }
    }

    fn text(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.bytes).unwrap_or_default()
    }
}

/// The path that the option stands for: `%p` is the number of this process. None for
/// `-`, which is standard error.
fn file_of(name: &[u8]) -> Option<Path> {
    if matches!(name, b"-" | b"stderr") {
        return None;
    }
    let mut path = Path::new();
    let mut rest = name;
    while let Some((&byte, after)) = rest.split_first() {
        if rest.starts_with(b"%p") {
            let mut number = Line::new().number(file::process());
            for &digit in number.finish().trim_ascii_end() {
                path.push(digit);
            }
            rest = &rest[2..];
        } else {
            path.push(byte);
            rest = after;
        }
    }
    Some(path)
}

/// Whether there is a place for the file; says it early if there is none.
fn has_folder(mut path: Path) -> bool {
    let slash = path.bytes[..path.used].iter().rposition(|&byte| byte == b'/');
    let Some(slash) = slash else { return true };
    path.bytes[slash.max(1)] = 0;
    let checked = file::is_writable(path.text());
    if let Err(why) = checked {
        complain(" a file in ", path.text().to_bytes(), why);
    }
    checked.is_ok()
}

fn complain(what: &str, name: &[u8], Errno(why): Errno) {
    let line = Line::new().text("allotment: statistics cannot be written to").text(what);
    let line = line.bytes(&name[..name.len().min(64)]).text(" (error ");
    let line = line.number(why.unsigned_abs() as usize);
    say(line.text("); name another place in ").text(STATISTICS.name));
}

/// The program exits.
extern "C" fn end() {
    let name = NAME.lock();
    let name = name.text().to_bytes();
    if name.is_empty() {
        return;
    }
    if !ground::is_free() {
        say(Line::new()
            .text("allotment: the program ended within a call to its heap; no statistics"));
        return;
    }
    let now = statistics::gather();
    let written = match file_of(name) {
        None => write(&file::File::STDERR, &now),
        Some(path) => match file::File::create(path.text()) {
            Ok(file) => write(&file, &now),
            Err(why) => Err(why),
        },
    };
    if let Err(why) = written
        && !IS_FORGIVING.load(Relaxed)
    {
        complain(" ", name, why);
    }
}

fn write(file: &file::File, now: &statistics::Statistics) -> Result<(), Errno> {
    let mut written = Ok(());
    json::write(now, &mut |bytes| {
        if written.is_ok() {
            written = file.write(bytes);
        }
    });
    written
}
