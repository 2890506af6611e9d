//! What the library says of its heap: a file that it writes when a process exits.
//!
//! ```text
//!   before   ALLOTMENT_STATISTICS = ?FOLDER/%p.json     a folder for this run
//!   program  exits ──▶ FOLDER/4711.json
//!   a child  exits ──▶ FOLDER/4712.json, and so on
//!   after    read the program's, count the others, remove the folder
//! ```
//!
//! Who has set the variable already gets the file there, and it is read there. A
//! program that is killed, or ends without the C library's `exit`, leaves no file. One
//! that becomes another by `exec` keeps its number: the figures are of the last one.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use os::options::{COUNT, STATISTICS};
use serde_json::Value;
use tempfile::TempDir;

use super::child::Ended;

/// What this program reads; others are not for it.
const SCHEMA: &str = "allotment.statistics.1";

/// Where the library writes.
pub(super) enum Figures {
    /// To a folder of this run.
    Folder(TempDir),
    /// To where the user wants it, who wrote this.
    Named(OsString),
    /// Nowhere, and why.
    Nowhere(String),
}

/// What was found there.
pub(super) struct Found {
    /// What the library wrote of the program's heap, or why there is nothing.
    pub(super) heap: Result<Value, String>,
    /// Other processes that wrote something, where that is known.
    pub(super) others: usize,
}

impl Figures {
    /// Makes the place ready, if anybody is going to look.
    pub(super) fn expect(is_wanted: bool) -> Self {
        if !is_wanted {
            return Self::Nowhere("nobody wants any".into());
        }
        match env::var_os(STATISTICS.name).filter(|name| !name.is_empty()) {
            Some(name) => Self::Named(name),
            None => tempfile::Builder::new().prefix("allotment-run-").tempdir().map_or_else(
                |error| Self::Nowhere(format!("there is no place for them ({error})")),
                Self::Folder,
            ),
        }
    }

    /// Tells the library.
    pub(super) fn announce(&self, command: &mut Command) {
        match self {
            Self::Nowhere(_) => return,
            Self::Named(_) => {}
            Self::Folder(folder) => {
                // Children that live on find the folder gone, and must not complain.
                let mut name = OsString::from("?");
                name.push(folder.path().join("%p.json"));
                command.env(STATISTICS.name, name);
            }
        }
        // Who has said whether to count knows better than we.
        if env::var_os(COUNT.name).is_none() {
            command.env(COUNT.name, "1");
        }
    }

    /// Reads what is there, and clears up.
    pub(super) fn collect(self, ended: &Ended) -> Found {
        match self {
            Self::Nowhere(why) => Found { heap: Err(why), others: 0 },
            Self::Named(name) => {
                let heap = match expanded(&name, ended.pid) {
                    Some(path) => read(&path, ended),
                    None => Err(format!("{} sends them to stderr", STATISTICS.name)),
                };
                Found { heap, others: 0 }
            }
            // The folder goes with it.
            Self::Folder(folder) => {
                let own = folder.path().join(format!("{}.json", ended.pid));
                let written = fs::read_dir(folder.path()).into_iter().flatten().flatten();
                let others = written.filter(|entry| entry.path() != own).count();
                Found { heap: read(&own, ended), others }
            }
        }
    }
}

/// The file that the library writes for a process by this name; none for stderr.
fn expanded(name: &OsStr, pid: i32) -> Option<PathBuf> {
    if name == "-" || name == "stderr" {
        return None;
    }
    let mut path = Vec::new();
    let mut rest = name.as_bytes().strip_prefix(b"?").unwrap_or(name.as_bytes());
    while let Some((&byte, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(b"%p") {
            path.extend(pid.to_string().bytes());
            rest = after;
        } else {
            path.push(byte);
            rest = after;
        }
    }
    Some(OsString::from_vec(path).into())
}

fn read(path: &Path, ended: &Ended) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => why_nothing(ended),
        _ => format!("{} cannot be read ({error})", path.display()),
    })?;
    let found: Value = serde_json::from_str(&text)
        .map_err(|error| format!("{} makes no sense ({error})", path.display()))?;
    // By a name without a number, another process may have been the last to write.
    let is_the_programs = found["schema"] == SCHEMA && found["pid"] == ended.pid;
    is_the_programs.then_some(found).ok_or_else(|| why_nothing(ended))
}

fn why_nothing(ended: &Ended) -> String {
    if ended.status.signal().is_some() {
        "it was killed before it could write them".into()
    } else {
        "it ended without the C library's exit, where they are written".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_expanded_as_by_the_library() {
        for (name, path) in [
            ("file", Some("file")),
            ("/a/%p.json", Some("/a/42.json")),
            ("%p%p", Some("4242")),
            ("100%", Some("100%")),
            ("?/a/%p", Some("/a/42")),
            ("-", None),
            ("stderr", None),
        ] {
            assert_eq!(expanded(OsStr::new(name), 42), path.map(PathBuf::from), "{name}");
        }
    }
}
