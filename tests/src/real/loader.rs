//! What the dynamic loader notes when `LD_DEBUG=files` asks it to: for each program
//! that a process starts, the files that were loaded for it.
//!
//! ```text
//!   4711:  calling init: /…/liballotment.so
//!   4711:  initialize program: /usr/sbin/nginx
//! ```
//!
//! A process forked from one that has the library has it, too. A program that brings
//! a `malloc` of its own comes before any library, and does not use ours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSymbol};

use super::place::{self, Place};
use crate::general::SHARED;

/// A program, by the path it was started by, and whether it had the library.
type Started = BTreeMap<String, bool>;

/// Makes sure that each program of `names` ran with the library, and on it.
pub(super) fn must_have_run(names: &[String], place: &Place) -> Result<(), String> {
    let started = started(&place.notes()).map_err(|why| format!("the loader's notes: {why}"))?;
    for name in names {
        // Programs that tests copied somewhere are gone by now; the one that was meant is not.
        let file = started
            .iter()
            .filter(|(path, had)| {
                **had && Path::new(path).file_name().is_some_and(|n| n == &**name)
            })
            .find_map(|(path, _)| found(path, place))
            .ok_or_else(|| format!("{name} did not run with the library"))?;
        if defines_malloc(&file)? {
            return Err(format!("{} has a malloc of its own", file.display()));
        }
    }
    Ok(())
}

/// The program that was started as `path` in the place, if it is still there.
fn found(path: &str, place: &Place) -> Option<PathBuf> {
    if path.contains('/') {
        Some(place.inside().join(path)).filter(|file| file.is_file())
    } else {
        place::program(path)
    }
}

fn started(notes: &Path) -> io::Result<Started> {
    let mut started = Started::new();
    for entry in fs::read_dir(notes)? {
        let bytes = fs::read(entry?.path())?;
        read(&String::from_utf8_lossy(&bytes), &mut started);
    }
    Ok(started)
}

fn read(notes: &str, started: &mut Started) {
    let mut had = false;
    for line in notes.lines() {
        if let Some((_, library)) = line.split_once("calling init: ") {
            had |= Path::new(library.trim()).file_name().is_some_and(|name| name == SHARED);
        } else if let Some((_, program)) = line.split_once("initialize program: ") {
            *started.entry(program.trim().into()).or_default() |= had;
            had = false;
        }
    }
}

fn defines_malloc(file: &Path) -> Result<bool, String> {
    let say = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let bytes = fs::read(file).map_err(|why| say(&why))?;
    let elf = ElfFile64::<Endianness>::parse(&*bytes).map_err(|why| say(&why))?;
    Ok(elf.dynamic_symbols().any(|s| s.is_definition() && s.name() == Ok("malloc")))
}

#[cfg(test)]
mod tests {
    use super::{Started, read};

    #[test]
    fn a_process_may_start_several_programs() {
        let notes = "
            7:\tfile=liballotment.so [0];  needed by sh [0]
            7:\tcalling init: /lib/libc.so.6
            7:\tcalling init: /tmp/liballotment.so
            7:\tinitialize program: sh
            7:\ttransferring control: sh
            7:\tcalling init: /lib/libc.so.6
            7:\tinitialize program: /usr/bin/env
            7:\tcalling init: /tmp/not-liballotment.so
            7:\tinitialize program: nginx";
        let mut started = Started::new();
        read(notes, &mut started);
        let found: Vec<_> = started.iter().map(|(name, had)| (name.as_str(), *had)).collect();
        assert_eq!(found, [("/usr/bin/env", false), ("nginx", false), ("sh", true)]);
    }
}
