//! Which file a name means, and which binary the kernel will load for it.
//!
//! ```text
//!   python3 ──PATH──▶ /shims/python3 ──#!──▶ /usr/bin/env ──▶ ELF
//!   name              path                   interpreter      binary
//! ```
//!
//! `env` in a `#!` line is where the chain ends: it is a program of its own, which
//! passes the environment on to whatever it finds.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::code;
use crate::failure::Failure;

/// How many `#!` lines the kernel follows.
const INTERPRETERS_MAX: usize = 5;

/// How much of a file the kernel reads to see what it is (`BINPRM_BUF_SIZE`).
const HEAD_BYTES: u64 = 256;

/// Where programs are when `PATH` does not say.
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// The shell that runs text without a `#!` line, by the rule of `execvp`.
const SHELL: &str = "/bin/sh";

/// What the user wants to run.
#[derive(Debug)]
pub(super) struct Program {
    /// The file that the kernel is given.
    pub(super) path: PathBuf,
    /// The file that becomes the process; another one if `path` is a script. None
    /// if what `path` is cannot be told by reading it.
    pub(super) binary: Option<PathBuf>,
}

/// Finds the program by the rules of `execvp`.
pub(super) fn find(name: &OsStr) -> Result<Program, Failure> {
    let path = locate(name)?;
    let binary = follow(&path)?;
    Ok(Program { path, binary })
}

fn locate(name: &OsStr) -> Result<PathBuf, Failure> {
    if name.as_bytes().contains(&b'/') {
        let path = PathBuf::from(name);
        return match look(&path) {
            Found::Program => Ok(path),
            Found::Something(why) => Err(not_runnable(&path, why)),
            Found::Nothing => Err(not_found(format!("there is no {}", path.display()))),
        };
    }
    let mut almost = None;
    let folders = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
    for folder in env::split_paths(&folders) {
        // An empty entry means the current folder.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { &folder };
        let path = folder.join(name);
        match look(&path) {
            Found::Program => return Ok(path),
            // What is no file is passed over, as a shell does.
            Found::Something(why) if !path.is_dir() => {
                almost.get_or_insert((path, why));
            }
            Found::Something(_) | Found::Nothing => {}
        }
    }
    Err(match almost {
        Some((path, why)) => not_runnable(&path, why),
        None => not_found(format!("there is no program {} in PATH", name.display())),
    })
}

enum Found {
    Program,
    /// Something that cannot be run, and why.
    Something(&'static str),
    Nothing,
}

fn look(path: &Path) -> Found {
    match path.metadata() {
        Ok(found) if found.is_dir() => Found::Something("it is a folder"),
        Ok(_) if access(path, Access::EXEC_OK).is_ok() => Found::Program,
        Ok(_) => Found::Something("you may not execute it"),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Found::Something("you may not look into its folder")
        }
        Err(_) => Found::Nothing,
    }
}

/// What the first bytes of a file say about who runs it.
#[derive(PartialEq, Eq, Debug)]
enum Head {
    Elf,
    /// A script, and the interpreter it names.
    Script(PathBuf),
    /// Text without a `#!` line.
    Text,
    /// For the kernel to know: another format, or a file that may not be read.
    Unknown,
}

fn head(path: &Path) -> Head {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut bytes));
    if read.is_err() {
        return Head::Unknown;
    }
    classify(&bytes)
}

fn classify(bytes: &[u8]) -> Head {
    if bytes.starts_with(b"\x7fELF") {
        return Head::Elf;
    }
    if let Some(rest) = bytes.strip_prefix(b"#!") {
        let line = rest.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let mut words = line.split(|byte| b" \t\0".contains(byte)).filter(|word| !word.is_empty());
        let interpreter = words.next().map(|word| OsString::from_vec(word.to_vec()));
        return interpreter.map_or(Head::Text, |path| Head::Script(path.into()));
    }
    if bytes.contains(&0) { Head::Unknown } else { Head::Text }
}

/// The binary that runs `path`, script by script.
fn follow(path: &Path) -> Result<Option<PathBuf>, Failure> {
    let mut at = path.to_path_buf();
    for _ in 0..=INTERPRETERS_MAX {
        let next = match head(&at) {
            Head::Elf => return Ok(Some(at)),
            Head::Unknown => return Ok(None),
            Head::Text => PathBuf::from(SHELL),
            Head::Script(interpreter) => interpreter,
        };
        match look(&next) {
            Found::Program => at = next,
            Found::Something(why) => {
                let what = format!("{} is a script for {}", at.display(), next.display());
                return Err(Failure::refused(
                    format!("{what}, which cannot be run: {why}"),
                    "correct its first line",
                )
                .with_code(code::NOT_RUNNABLE));
            }
            Found::Nothing => {
                let what = format!("{} is a script for {}", at.display(), next.display());
                return Err(not_found(format!("{what}, which does not exist")));
            }
        }
    }
    Err(not_runnable(path, "it is a script for a script for a script, and so on"))
}

fn not_runnable(path: &Path, why: &str) -> Failure {
    Failure::refused(
        format!("{} cannot be run: {why}", path.display()),
        "name a program that you can run without allotment",
    )
    .with_code(code::NOT_RUNNABLE)
}

fn not_found(what: String) -> Failure {
    Failure::refused(what, "check the spelling, or give the whole path").with_code(code::NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_names_the_interpreter_as_the_kernel_reads_it() {
        for (text, interpreter) in [
            ("#!/bin/sh\necho", "/bin/sh"),
            ("#! \t/bin/sh -e -u\n", "/bin/sh"),
            ("#!/usr/bin/env python3\n", "/usr/bin/env"),
            ("#!/bin/sh", "/bin/sh"),
        ] {
            assert_eq!(classify(text.as_bytes()), Head::Script(interpreter.into()), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_script_is_told_apart() {
        for (bytes, kind) in [
            (b"\x7fELF\x02".as_slice(), Head::Elf),
            (b"echo hello\n", Head::Text),
            (b"#!\n", Head::Text),
            (b"", Head::Text),
            (b"MZ\0\0", Head::Unknown),
        ] {
            assert_eq!(classify(bytes), kind, "{bytes:?}");
        }
    }
}
