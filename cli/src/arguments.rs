//! What the user may ask for.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::failure::tell;
use crate::lab::Part;
use crate::run::OnMisuse;

const EXIT_CODES: &str = "\
Exit codes:
  0  done; also when the followed process ended, you left, or the reader of the
     output went away
  1  something could not be done: one line on stderr says what, and what to do
  2  the command line makes no sense";

const EXAMPLES: &str = "\
Examples:
  allotment run -- python3 app.py    a program on the general heap
  allotment                          the lab: both parts, call by call
  allotment lab --part b --step      Part B, one step at each Enter
  allotment lab --script calls.lab   your own calls
  allotment observe                  what mapping and writing 4 pages costs
  allotment observe --pid 1234       follow a process, live";

const RUN_EXIT_CODES: &str = "\
Exit codes:
  the program's own, or 128 and the number of the signal that killed it
  2    the command line makes no sense
  125  allotment could not do its part, such as find its library
  126  the program cannot be run, or not on this heap
  127  there is no such program";

const RUN_EXAMPLES: &str = "\
Examples:
  allotment run -- python3 -c 'print(1)'
  allotment run --json figures.json -- make -j8
  allotment run --on-misuse ignore -- ./old-program
  ALLOTMENT_DECAY_MS=0 allotment run -- ./server    (all such: allotment options)

The summary counts every call to the heap, which costs some nanoseconds each;
ALLOTMENT_COUNT=0 leaves that out, and so does --quiet without --json.";

const ON_MISUSE: &str = "What to do when the program frees a pointer that is no live block's \
                         start; sets ALLOTMENT_ON_MISUSE, and without either it is abort";

const LIBRARY: &str = "Preload this file, not the liballotment.so beside this program or in \
                       ../lib; ALLOTMENT_LIBRARY says the same";

const SCRIPTS: &str = "\
A script, one call a line:
  init                 p[512] = alloc 8     # an array of 512 blocks
  a = alloc 1024       dealloc p            # all of them
  write a              dealloc p[3]         # one of them
  dealloc a            dealloc a+8          # a pointer into a block
  cleanup              ## a heading, which is shown

Examples:
  allotment lab --part a --step
  allotment lab --part b --script calls.lab --json
  printf 'init\\na = alloc 64\\ndealloc a+8\\n' | allotment lab --script -";

/// A heap's pages and a process's memory, as they are.
///
/// Without a command the lab is run, both parts of it.
#[derive(Parser)]
#[command(name = "allotment", version, after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run any program on the general heap, and say what it took
    ///
    /// The program is started with liballotment.so preloaded, after what is
    /// preloaded already, and inherits everything else. Signals and the exit code are
    /// passed through. A program that no library can be loaded into (static,
    /// setuid, musl, another architecture, a malloc of its own) is refused.
    #[command(after_help = format!("{RUN_EXAMPLES}\n\n{RUN_EXIT_CODES}"))]
    Run(Run),

    /// List the environment variables that the libraries read
    #[command(after_help = EXIT_CODES)]
    Options,

    /// Run the lab on real memory: a page's splits and merges call by call, and
    /// pages mapped on demand beside the process's VSZ and RSS
    ///
    /// A fresh process makes the calls; after each, the heap is walked and the
    /// kernel asked for that process's VSZ (address space) and RSS (memory in
    /// RAM). Every sentence is derived from what was seen before and after.
    #[command(after_help = format!("{SCRIPTS}\n\n{EXIT_CODES}"))]
    Lab(Lab),

    /// Map pages in a fresh process, write to them, unmap them, and see what each
    /// step costs; or follow a process with --pid
    ///
    /// Without --pid a fresh process goes through four steps: baseline, map
    /// pages and touch nothing, write to them one by one, unmap. After each step
    /// the kernel is asked for the process's VSZ (address space) and RSS (memory
    /// in RAM), and one sentence says why they are what they are.
    ///
    /// With --pid any process is followed until it ends: as a live picture in a
    /// terminal (q leaves), as one line a sample anywhere else.
    #[command(after_help = EXIT_CODES)]
    Observe(Observe),

    /// The process that `observe` observes; speaks a protocol on stdin and stdout
    #[command(hide = true)]
    ObserveSubject,

    /// The process whose heap `lab` shows; speaks a protocol on stdin and stdout
    #[command(hide = true)]
    LabSubject { part: Part },
}

/// The options of `allotment run`.
#[derive(Args)]
pub(crate) struct Run {
    /// Print no summary at the end
    #[arg(long, short)]
    pub(crate) quiet: bool,

    /// Write the summary to this file, too, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,

    /// What to do when the program frees a pointer that is no live block's start
    #[arg(long, value_name = "WHAT", help = ON_MISUSE)]
    pub(crate) on_misuse: Option<OnMisuse>,

    /// Preload this file, not what lies beside this program or in ../lib
    #[arg(long, value_name = "PATH", help = LIBRARY)]
    pub(crate) library: Option<PathBuf>,

    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    #[arg(value_names = ["PROGRAM", "ARGUMENTS"])]
    pub(crate) command: Vec<OsString>,
}

/// The options of `allotment lab`.
#[derive(Args)]
pub(crate) struct Lab {
    /// Only this part; a script is run in Part A unless you say b
    #[arg(long)]
    pub(crate) part: Option<Part>,

    /// Make the calls of this file instead of the tour's; - is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,

    /// Print JSON: one object with every step
    #[arg(long)]
    pub(crate) json: bool,

    /// How many cells a page is drawn in; 512 shows every 8 bytes
    #[arg(long, value_name = "CELLS", default_value_t = Lab::TOURS.width, value_parser = cells)]
    pub(crate) width: usize,

    /// Draw with ASCII characters only, as in a locale without UTF-8
    #[arg(long)]
    pub(crate) ascii: bool,

    /// Wait for Enter after each step (in a terminal)
    #[arg(long, conflicts_with = "json")]
    pub(crate) step: bool,
}

impl Lab {
    /// Without any options.
    const TOURS: Self =
        Self { part: None, script: None, json: false, width: 64, ascii: false, step: false };
}

/// The options of `allotment observe`.
#[derive(Args)]
pub(crate) struct Observe {
    /// How many pages to map
    #[arg(long, value_name = "N", default_value = "4", value_parser = pages)]
    #[arg(conflicts_with = "pid")]
    pub(crate) pages: usize,

    /// Follow this process instead
    #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) pid: Option<i32>,

    /// Milliseconds from one sample to the next
    #[arg(long, value_name = "MS", default_value_t = 500, requires = "pid")]
    #[arg(value_parser = clap::value_parser!(u64).range(10..=86_400_000))]
    pub(crate) interval: u64,

    /// Leave after this many samples
    #[arg(long, value_name = "N", requires = "pid")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) count: Option<u64>,

    /// Print JSON: one object, or with --pid one object a line
    #[arg(long)]
    pub(crate) json: bool,

    /// Write a chart of VSZ and RSS to this file, too
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

/// At least one page, and no more bytes than an address can count.
fn pages(text: &str) -> Result<usize, String> {
    let page_bytes = rustix::param::page_size();
    let most = isize::MAX as usize / page_bytes;
    match text.parse::<usize>() {
        Ok(0) => Err("there is nothing to see in 0 pages: ask for at least 1".into()),
        Ok(pages) if pages <= most => Ok(pages),
        Err(e) if !matches!(e.kind(), std::num::IntErrorKind::PosOverflow) => {
            Err(format!("{e}: ask for a number of pages, such as 4"))
        }
        _ => Err(format!(
            "no address space holds that much: at {page_bytes} bytes a page an address counts \
             {most} pages at most"
        )),
    }
}

/// Wide enough for a letter a unit of Part B, and no finer than a unit of Part A.
fn cells(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(cells @ 16..=512) => Ok(cells),
        _ => Err("a page is drawn in 16 to 512 cells, such as 64".into()),
    }
}

/// What to do, or the exit code when nothing is to be done.
pub(crate) fn read() -> Result<Command, ExitCode> {
    let read = Arguments::try_parse().map_err(|error| {
        if error.use_stderr() {
            let text = error.render().to_string();
            tell(text.strip_prefix("error: ").unwrap_or(&text).trim_end());
        } else {
            // Help or the version; a reader that has gone needs neither.
            let _ = error.print();
        }
        ExitCode::from(error.exit_code().try_into().unwrap_or(2))
    });
    Ok(read?.command.unwrap_or(Command::Lab(Lab::TOURS)))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn pages_are_at_least_one_and_fit_an_address() {
        assert_eq!(pages("1"), Ok(1));
        assert_eq!(pages("262144"), Ok(262_144));
        for absurd in ["0", "-1", "four", "", "9223372036854775807", "99999999999999999999999"] {
            assert!(pages(absurd).is_err(), "{absurd}");
        }
    }
}
