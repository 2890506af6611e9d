//! Why the command did not do what it was asked: what happened, and what to do
//! next. Every failure reaches the user as one line,
//! `allotment: what happened; what to do next`.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

/// A reason to stop early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something could not be done.
    Refused {
        /// What happened, as the middle of a sentence.
        what: String,
        /// What the user can do about it.
        next: String,
        /// The exit code that says so.
        code: u8,
    },
    /// Whoever read our output has seen enough (`allotment … | head -1`): that is
    /// no error, and nobody is left to tell.
    OutputClosed,
}

impl Failure {
    /// Something could not be done, and what to do next.
    pub(crate) fn refused(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), next: next.into(), code: 1 }
    }

    /// The same, with another exit code than 1.
    pub(crate) fn with_code(mut self, wanted: u8) -> Self {
        if let Self::Refused { code, .. } = &mut self {
            *code = wanted;
        }
        self
    }

    /// A file asked for on the command line could not be written.
    pub(crate) fn file(path: &Path, error: &dyn Display) -> Self {
        Self::refused(
            format!("{} cannot be written ({error})", path.display()),
            "name a file in a folder that exists and that you may write to",
        )
    }

    /// Tells the user on stderr, and gives the exit code that goes with it.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Refused { what, next, code } => {
                tell(&format!("{what}; {next}"));
                ExitCode::from(*code)
            }
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}

/// Errors of writing to standard output or drawing on the terminal: the only bare
/// [`io::Error`] that `?` meets in this program; every other one is turned into a
/// sentence on the spot.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::refused(
            format!("the output cannot be written ({error})"),
            "check where it goes, such as a full disk or a closed terminal",
        )
    }
}

/// Says one line on stderr; when even that is closed, nobody is listening.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "allotment: {line}");
}
