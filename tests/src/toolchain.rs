//! The system's C toolchain: which tools there are, and the ways a program can
//! be linked with a library.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::libraries::Library;
use crate::process;
use crate::stage::Stage;

/// Warnings a program must be free of.
pub const STRICT: [&str; 3] = ["-Wall", "-Wextra", "-Werror"];

/// One way from a source file to a program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Link {
    /// gcc with the static archive.
    Archive,
    /// gcc with the shared object.
    Shared,
    /// The same file as C++, with the static archive.
    Cxx,
    /// gcc, with no shared library at all.
    Static,
}

impl Link {
    /// Every way, the plainest first.
    pub const ALL: [Link; 4] = [Link::Archive, Link::Shared, Link::Cxx, Link::Static];

    /// The way of that name in a `links:` directive.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "archive" => Ok(Self::Archive),
            "shared" => Ok(Self::Shared),
            "c++" => Ok(Self::Cxx),
            "static" => Ok(Self::Static),
            _ => Err(format!("no way of linking is called {name}")),
        }
    }

    /// How a test's name shows it.
    pub fn label(self, library: Library) -> String {
        match self {
            Self::Archive => format!("gcc, {}", library.archive()),
            Self::Shared => format!("gcc, {}", library.shared()),
            Self::Cxx => format!("g++, {}", library.archive()),
            Self::Static => format!("gcc -static, {}", library.archive()),
        }
    }

    /// Why this machine cannot link so, if it cannot.
    pub fn missing(self) -> Option<String> {
        match self {
            Self::Archive | Self::Shared => missing("gcc"),
            Self::Cxx => missing("g++"),
            Self::Static => missing("gcc").or_else(missing_static_libc),
        }
    }

    fn compiler(self) -> &'static str {
        match self {
            Self::Cxx => "g++",
            _ => "gcc",
        }
    }

    fn tag(self) -> &'static str {
        match self {
            Self::Archive => "a",
            Self::Shared => "so",
            Self::Cxx => "cxx",
            Self::Static => "static",
        }
    }
}

/// Why `tool` cannot be used, if it cannot.
pub fn missing(tool: &str) -> Option<String> {
    let found = process::run(Command::new(tool).arg("--version"));
    match found {
        Ok(done) if done.status.success() => None,
        _ => Some(format!("{tool} is not installed")),
    }
}

/// Some systems keep the static C library in a package of its own.
fn missing_static_libc() -> Option<String> {
    static ANSWER: OnceLock<Option<String>> = OnceLock::new();
    ANSWER
        .get_or_init(|| {
            let mut probe = Command::new("gcc");
            probe.args(["-static", "-x", "c", "/dev/null", "-nostartfiles", "-lc"]);
            probe.args(["-Wl,--unresolved-symbols=ignore-all", "-o", "/dev/null"]);
            match process::run(&mut probe) {
                Ok(done) if done.status.success() => None,
                _ => Some("the static C library is not installed".into()),
            }
        })
        .clone()
}

/// Compiles `source`, a path below the stage, and returns the program.
///
/// # Errors
///
/// The command and what the compiler said.
pub fn compile(
    stage: &Stage,
    source: &Path,
    library: Library,
    link: Link,
    flags: &[String],
) -> Result<PathBuf, String> {
    let name = source.with_extension("").display().to_string().replace('/', "-");
    let program = stage.root.join("out").join(format!("{name}-{}", link.tag()));
    let mut command = Command::new(link.compiler());
    command.current_dir(&stage.root).args(STRICT).arg(source).arg("-o").arg(&program);
    command.args(["-Iinclude", "-Ltarget/release"]);
    match link {
        Link::Archive | Link::Cxx => command.arg(format!("-l:{}", library.archive())),
        Link::Shared => command
            .arg(format!("-l:{}", library.shared()))
            .arg(format!("-Wl,-rpath,{}", stage.libraries().display())),
        Link::Static => command.arg(format!("-l:{}", library.archive())).arg("-static"),
    };
    must_succeed(command.args(flags))?;
    Ok(program)
}

/// Runs a command that has to end with 0, in silence.
///
/// # Errors
///
/// The command, its end and what it said.
pub fn must_succeed(command: &mut Command) -> Result<process::Finished, String> {
    let done = process::run(command)?;
    if done.status.success() && done.stderr.is_empty() {
        Ok(done)
    } else {
        Err(format!("{}\n{command:?}\n{}{}", done.end(), done.stdout, done.stderr))
    }
}
