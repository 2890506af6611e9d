//! `allotment run`: any program on the general heap, without building it anew.
//!
//! ```text
//!   PROGRAM ──▶ program   the file to run, and where its #! lines lead
//!           ──▶ library   liballotment.so, as found, or as built under `cargo run`
//!           ──▶ reach     would the loader put the one into the other?
//!           ──▶ figures   where the library in it will say what its heap took
//!           ──▶ child     run it: signals in, exit code out
//!           ──▶ summary   what it took, on stderr and as JSON
//! ```
//!
//! A program that cannot be reached is not run at all: whoever measures or hunts
//! for misuse would take glibc's heap for this one. Children of the program are
//! another matter: they inherit the environment, and those that no library can be
//! loaded into run as they always did.
//!
//! What is absent: nothing is injected, traced or sampled. The program is a child
//! like any other, in our process group, with our standard streams.

mod child;
mod figures;
mod image;
mod library;
mod preload;
mod program;
mod reach;
mod summary;

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use clap::ValueEnum;
use os::options::ON_MISUSE;

use crate::arguments::Run;
use crate::failure::{Failure, tell};
use figures::Figures;

/// The exit codes of `env(1)`: what the program cannot have said itself.
mod code {
    /// `allotment run` itself could not do its part.
    pub(super) const OURS: u8 = 125;
    /// The program is there and cannot be run, or not on this heap.
    pub(super) const NOT_RUNNABLE: u8 = 126;
    /// There is no such program.
    pub(super) const NOT_FOUND: u8 = 127;
}

/// What the library does when it is handed a pointer that is no live block's start.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum OnMisuse {
    /// Report it and go on
    Ignore,
    /// Report it and end the program
    Abort,
}

impl OnMisuse {
    fn value(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Abort => "abort",
        }
    }
}

/// Runs the program; the exit code is the program's.
pub(crate) fn run(options: &Run) -> Result<ExitCode, Failure> {
    let (name, arguments) = options
        .command
        .split_first()
        .ok_or_else(|| Failure::refused("there is no program to run", "name one"))?;
    let program = program::find(name)?;
    let library = library::find(options.library.as_deref())?;
    let preload = preload::value(&library)?;
    reach::check(&program, &library, &preload)?;
    let report = options.json.as_deref().map(|path| {
        File::create(path).map_err(|error| Failure::file(path, &error).with_code(code::OURS))
    });
    let report = report.transpose()?;

    let mut command = Command::new(&program.path);
    command.arg0(name).args(arguments).env(preload::VARIABLE, preload);
    if let Some(what) = options.on_misuse {
        command.env(ON_MISUSE.name, what.value());
    }
    let figures = Figures::expect(!options.quiet || options.json.is_some());
    figures.announce(&mut command);
    let ended = child::run(&mut command).map_err(|error| cannot_start(&program.path, &error))?;

    let found = figures.collect(&ended);

    // The program's exit code is passed through whatever becomes of the figures.
    if !options.quiet {
        summary::tell(name, &ended, &found);
    }
    if let (Some(file), Some(path)) = (report, &options.json)
        && let Err(error) = summary::write(file, &options.command, &library, &ended, &found)
    {
        tell(&format!("{} cannot be written ({error})", path.display()));
    }
    Ok(ExitCode::from(ended.exit_code()))
}

/// The kernel's own word on a program that looked runnable.
fn cannot_start(path: &std::path::Path, error: &std::io::Error) -> Failure {
    let code = match error.kind() {
        std::io::ErrorKind::NotFound => code::NOT_FOUND,
        _ => code::NOT_RUNNABLE,
    };
    Failure::refused(
        format!("{} cannot be run ({error})", path.display()),
        "run it without allotment, to see whether that works",
    )
    .with_code(code)
}
