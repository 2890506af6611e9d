//! `allotment options`: the table of the environment variables, and what they are set
//! to here.
//!
//! The table is the one that the libraries read ([`os::options`]); nothing is written
//! twice.

use std::env;
use std::io::Write;

use os::options::{self, Reader};

use crate::failure::Failure;
use crate::style::{HEADING, QUIET, wrapped};

/// Columns of the text below a name.
const WIDTH: usize = 72;

/// Prints the table.
pub(crate) fn run() -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    for (reader, title) in [
        (Reader::Heap, "Of the general heap, liballotment, in any program:"),
        (Reader::Lab, "Of the lab's libraries, liballoc and libealloc:"),
        (Reader::Command, "Of this command:"),
        (Reader::Tests, "Of the tests of this project:"),
    ] {
        writeln!(out, "{title}")?;
        for option in options::ALL.into_iter().filter(|option| option.reader == reader) {
            let name = option.name;
            let values = plain(option.shown);
            write!(
                out,
                "  {HEADING}{name}{HEADING:#}  {values} (default: {})",
                plain(option.default)
            )?;
            match env::var_os(name).filter(|value| !value.is_empty()) {
                Some(value) => writeln!(out, ", here {}", value.display())?,
                None => writeln!(out)?,
            }
            for line in wrapped(&plain(option.meaning), WIDTH) {
                writeln!(out, "      {line}")?;
            }
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "{QUIET}Other names that begin with ALLOTMENT_ are reported by liballotment when a \
         program starts. In setuid programs none of its options has an effect.{QUIET:#}"
    )?;
    Ok(())
}

/// Without the marks of Markdown.
fn plain(text: &str) -> String {
    text.replace('`', "")
}
