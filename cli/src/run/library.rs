//! Where `liballotment.so` is.
//!
//! | place | who put it there |
//! |---|---|
//! | `--library`, `ALLOTMENT_LIBRARY` | the user; nothing else is tried then |
//! | beside this program | `cargo build --release`, or an archive unpacked anywhere |
//! | `TARGET/release` | the same, for a program in `TARGET/debug`: nobody wants a slow heap |
//! | `../lib`, `../lib64`, `../lib/ARCH-linux-gnu` | an installation |
//!
//! `cargo run` at the root of the workspace builds the library along, a default
//! member like this program. `cargo run -p allotment-cli`, or in this folder, builds
//! this package alone, and Cargo has no dependency on a shared object to offer.
//! Started that way, this program has Cargo build the library first if it is missing
//! or older than its sources.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf, absolute};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use os::options;

use super::code;
use super::image::Image;
use crate::failure::{Failure, tell};

/// The library, as the linker and as a program asks for it.
const NAMES: [&str; 2] = ["liballotment.so", "liballotment.so.1"];

/// The package that it is built from.
const PACKAGE: &str = "allotment-malloc";

/// Where its sources are.
const SOURCES: [&str; 4] = ["faces/malloc", "crates/allotment", "crates/extents", "crates/os"];

/// The shared object to preload.
#[derive(Debug)]
pub(super) struct Library {
    /// From the root: the program may change its folder before it starts others.
    pub(super) path: PathBuf,
    /// The architecture it is for.
    pub(super) machine: String,
}

/// Finds the library; what the user names is taken, or refused.
pub(super) fn find(named: Option<&Path>) -> Result<Library, Failure> {
    let by_environment = env::var_os(options::LIBRARY.name).filter(|path| !path.is_empty());
    let path = match (named, by_environment) {
        (Some(path), _) => path.to_path_buf(),
        (None, Some(path)) => path.into(),
        (None, None) => search()?,
    };
    open(&path)
}

fn open(path: &Path) -> Result<Library, Failure> {
    let refused = |why: &str| {
        Failure::refused(
            format!("{} cannot be preloaded ({why})", path.display()),
            "name liballotment.so with --library or ALLOTMENT_LIBRARY",
        )
        .with_code(code::OURS)
    };
    let image = Image::read(path).map_err(|why| refused(&why))?;
    if !image.defines_malloc {
        return Err(refused("it defines no malloc"));
    }
    let path = absolute(path).map_err(|error| refused(&error.to_string()))?;
    Ok(Library { path, machine: image.machine })
}

fn search() -> Result<PathBuf, Failure> {
    let program = env::current_exe().map_err(|error| {
        Failure::refused(
            format!("where this program lies cannot be found out ({error})"),
            "name liballotment.so with --library",
        )
        .with_code(code::OURS)
    })?;
    let beside = program.parent().unwrap_or(Path::new("/"));
    let build = Build::of(beside);
    if let (Some(build), Some(workspace)) = (&build, workspace_of_cargo_run()) {
        build.refresh(&workspace)?;
    }
    let first = build.as_ref().map_or(beside, |build| &build.place);
    let lib = beside.parent().unwrap_or(Path::new("/")).join("lib");
    let by_machine = lib.join(format!("{}-linux-gnu", env::consts::ARCH));
    let folders = [first.to_path_buf(), lib.clone(), lib.with_file_name("lib64"), by_machine];
    let places = folders.iter().flat_map(|folder| NAMES.map(|name| folder.join(name)));
    places.into_iter().find(|place| place.is_file()).ok_or_else(|| {
        let next = match &build {
            Some(build) => format!("build it: {build}"),
            None => "name it with --library or ALLOTMENT_LIBRARY".into(),
        };
        let what =
            format!("liballotment.so is neither in {} nor in {}", first.display(), lib.display());
        Failure::refused(what, next).with_code(code::OURS)
    })
}

/// How this program was built, as far as its place tells: the arguments with which
/// Cargo builds the library for it.
#[derive(PartialEq, Eq, Debug)]
struct Build {
    target: PathBuf,
    /// Where Cargo puts the library.
    place: PathBuf,
    arguments: Vec<OsString>,
}

impl Build {
    /// Reads `TARGET/[TRIPLE/]PROFILE`, the folder of the program. None outside of
    /// Cargo's target folders, which carry a mark.
    fn of(beside: &Path) -> Option<Self> {
        let is_marked = |folder: &Path| folder.join("CACHEDIR.TAG").is_file();
        let mut arguments: Vec<OsString> = Vec::new();
        let inner = beside.parent().filter(|folder| is_marked(folder))?;
        let place = match beside.file_name()?.to_str()? {
            "debug" | "release" => {
                arguments.push("--release".into());
                inner.join("release")
            }
            other => {
                arguments.extend(["--profile".into(), other.into()]);
                beside.to_path_buf()
            }
        };
        let triple = inner.file_name()?;
        let outer = inner.parent().filter(|folder| is_marked(folder));
        let target = match outer {
            Some(outer) if triple.to_string_lossy().matches('-').count() >= 2 => {
                arguments.extend(["--target".into(), triple.into()]);
                outer
            }
            _ => inner,
        };
        arguments.extend(["-p".into(), PACKAGE.into()]);
        Some(Self { target: target.to_path_buf(), place, arguments })
    }

    /// Builds the library if it is missing or older than a source.
    fn refresh(&self, workspace: &Path) -> Result<(), Failure> {
        let library = self.place.join(NAMES[0]);
        let built = fs::metadata(&library).and_then(|file| file.modified()).ok();
        let why = match built {
            None => "is not built yet",
            Some(built) if newest(workspace).is_some_and(|source| source > built) => {
                "is older than its sources"
            }
            Some(_) => return Ok(()),
        };
        tell(&format!("liballotment.so {why}: {self}"));
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.arg("build").args(&self.arguments).arg("--target-dir").arg(&self.target);
        cargo.current_dir(workspace).stdin(Stdio::null()).stdout(Stdio::null());
        if built.is_some() {
            cargo.arg("--quiet"); // there may be nothing to do
        }
        match cargo.status() {
            Ok(status) if status.success() => Ok(()),
            outcome => {
                let how = outcome.map_or_else(|error| error.to_string(), |s| s.to_string());
                Err(Failure::refused(
                    format!("liballotment.so could not be built ({how})"),
                    format!("see what this says: {self}"),
                )
                .with_code(code::OURS))
            }
        }
    }
}

/// The command as the user would type it.
impl std::fmt::Display for Build {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cargo build")?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", argument.display()))
    }
}

/// The workspace, if `cargo run` started this program: it tells programs of whose
/// package they are.
fn workspace_of_cargo_run() -> Option<PathBuf> {
    env::var_os("CARGO")?;
    let is_ours = env::var_os("CARGO_PKG_NAME")? == env!("CARGO_PKG_NAME");
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    package.parent().filter(|_| is_ours).map(Path::to_path_buf)
}

/// When a source of the library was changed last.
fn newest(workspace: &Path) -> Option<SystemTime> {
    SOURCES.iter().filter_map(|folder| newest_in(&workspace.join(folder))).max()
}

fn newest_in(folder: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let changed = entries.filter_map(|entry| {
        let kind = entry.file_type().ok()?;
        let path = entry.path();
        if kind.is_dir() {
            // Tests are no part of the library.
            return if entry.file_name() == "tests" { None } else { newest_in(&path) };
        }
        let is_source = path.extension().is_some_and(|end| end == "rs" || end == "toml");
        entry.metadata().ok().filter(|_| is_source)?.modified().ok()
    });
    changed.max()
}
