//! Who takes part: Allotment, its peers, a floor, and libraries named on the command
//! line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::launch::{Launcher, Outcome, Program};
use crate::places::Places;

/// The four whose best, workload by workload, is the mark to reach.
pub(crate) const BEST_OF: [&str; 4] = ["mimalloc-v3", "snmalloc", "gperftools", "jemalloc"];

/// How to come by an allocator's library.
#[derive(Clone, Debug)]
enum Source {
    /// Built from this repository.
    Ours,
    /// The same without what a free checks, which is not for use.
    Unchecked,
    /// The C library's own: nothing is preloaded.
    System,
    /// A crate of the workspace `benches/peers`, and the package that it wraps.
    Peer { wraps: &'static str },
    /// A file that a package of Debian's installs; the first that is there.
    Debian { package: &'static str, files: &'static [&'static str] },
    /// A C file below `benches`.
    Compiled { file: &'static str },
    /// Named on the command line.
    File(PathBuf),
}

/// One that takes part.
#[derive(Clone, Debug)]
pub(crate) struct Allocator {
    pub(crate) name: String,
    /// What it is, in a few words.
    pub(crate) what: String,
    source: Source,
}

/// A library ready to preload.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) name: String,
    /// What was built or found: a version where there is one.
    pub(crate) version: String,
    /// Nothing for the C library's own.
    pub(crate) library: Option<PathBuf>,
}

/// Everyone, in the order of the tables.
pub(crate) fn all(libraries: &[(String, PathBuf)]) -> Vec<Allocator> {
    let known: [(&str, &str, Source); 14] = [
        ("allotment", "this repository's", Source::Ours),
        ("unchecked", "the same without checks: what they cost", Source::Unchecked),
        ("glibc", "the C library's own", Source::System),
        ("mimalloc-v3", "Microsoft's", Source::Peer { wraps: "libmimalloc-sys" }),
        ("mimalloc-v2", "Microsoft's, the line before", Source::Peer { wraps: "libmimalloc-sys" }),
        ("jemalloc", "Meta's", Source::Peer { wraps: "tikv-jemalloc-sys" }),
        ("snmalloc", "Microsoft Research's", Source::Peer { wraps: "snmalloc-sys" }),
        ("gperftools", "the tcmalloc of gperftools", GPERFTOOLS),
        ("tcmalloc", "Google's", Source::Peer { wraps: "libtcmalloc-sys" }),
        ("rpmalloc", "Mattias Jansson's", Source::Peer { wraps: "rpmalloc-sys" }),
        ("hardened", "GrapheneOS's", Source::Peer { wraps: "hardened-malloc-sys" }),
        ("hardened-light", "the same, light", Source::Peer { wraps: "hardened-malloc-sys" }),
        ("scudo", "LLVM's hardened one", SCUDO),
        ("floor", "free lists without a check", Source::Compiled { file: "floor/floor.c" }),
    ];
    let mut all: Vec<Allocator> = known
        .into_iter()
        .map(|(name, what, source)| Allocator { name: name.into(), what: what.into(), source })
        .collect();
    for (name, file) in libraries {
        let source = Source::File(file.clone());
        match all.iter_mut().find(|known| known.name == *name) {
            Some(known) => known.source = source,
            None => {
                all.push(Allocator {
                    name: name.clone(),
                    what: file.display().to_string(),
                    source,
                });
            }
        }
    }
    all
}

/// Whether a participant is what a run is about: Allotment, or a library named on the
/// command line that stands in for nobody.
pub(crate) fn is_subject(name: &str) -> bool {
    name == "allotment" || !all(&[]).iter().any(|allocator| allocator.name == name)
}

const GPERFTOOLS: Source = Source::Debian {
    package: "libtcmalloc-minimal4",
    files: &[
        "/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4",
        "/usr/lib/aarch64-linux-gnu/libtcmalloc_minimal.so.4",
        "/usr/lib/libtcmalloc_minimal.so.4",
    ],
};

const SCUDO: Source = Source::Debian {
    package: "libclang-rt-16-dev",
    files: &[
        "/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.scudo_standalone-x86_64.so",
        "/usr/lib/llvm-16/lib/clang/16/lib/linux/libclang_rt.scudo_standalone-x86_64.so",
        "/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.scudo_standalone-x86_64.so",
    ],
};

impl Allocator {
    /// Builds or finds the library. An error says in one line why there is none.
    pub(crate) fn prepare(&self, places: &Places) -> Result<Ready> {
        let (library, version) = match &self.source {
            Source::Ours => (Some(build_ours(places)?), "this tree".into()),
            Source::Unchecked => (Some(build_unchecked(places)?), "this tree".into()),
            Source::System => (None, c_library_version()),
            Source::Peer { wraps } => (Some(self.build_peer(places)?), locked(places, wraps)?),
            Source::Debian { package, files } => {
                let file = files.iter().map(PathBuf::from).find(|file| file.exists());
                let Some(file) = file else { bail!("not installed: Debian's {package}") };
                let version = installed(&file).unwrap_or_else(|| file.display().to_string());
                (Some(file), version)
            }
            Source::Compiled { file } => {
                (Some(self.compile(places, &places.sources("").join(file))?), "this tree".into())
            }
            Source::File(file) => match file.canonicalize() {
                Ok(path) => (Some(path), file.display().to_string()),
                Err(why) => bail!("{}: {why}", file.display()),
            },
        };
        Ok(Ready { name: self.name.clone(), version, library })
    }

    fn build_peer(&self, places: &Places) -> Result<PathBuf> {
        peer(places, &self.name)?;
        let file = format!("lib{}.so", self.name.replace('-', "_"));
        Ok(places.target.join("peers/release").join(file))
    }

    fn compile(&self, places: &Places, source: &Path) -> Result<PathBuf> {
        let library = places.work.join(format!("lib{}.so", self.name));
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-shared", "-fPIC", "-fno-builtin", "-o"]).arg(&library).arg(source);
        succeed(&mut cc)?;
        Ok(library)
    }
}

impl Ready {
    /// Makes sure that programs really get this library's functions.
    pub(crate) fn verify(&self, launcher: &Launcher, which: &Path) -> Result<()> {
        let program = Program { words: vec![which.into()], ..Program::default() };
        if let Outcome::Failed(how) = launcher.run(&program, self.library.as_deref())? {
            bail!("the smallest program under it: {how}");
        }
        let output = launcher.output();
        let names = |file: &str| match &self.library {
            Some(library) => Path::new(file).canonicalize().ok() == library.canonicalize().ok(),
            None => file.contains("libc.so"),
        };
        match output.lines().find(|file| !names(file)) {
            Some(file) => bail!("its functions come from {file}"),
            None => Ok(()),
        }
    }
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds a package of the workspace `benches/peers`.
pub(crate) fn peer(places: &Places, package: &str) -> Result<()> {
    let mut cargo = cargo();
    // In the folder, because its `.cargo/config.toml` counts.
    cargo.current_dir(places.sources("peers"));
    cargo.env("CARGO_TARGET_DIR", places.target.join("peers"));
    cargo.args(["build", "--release", "--quiet", "--package", package]);
    succeed(&mut cargo)
}

fn build_ours(places: &Places) -> Result<PathBuf> {
    build_in(places, &places.target, &mut cargo())
}

fn build_unchecked(places: &Places) -> Result<PathBuf> {
    let flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    let mut cargo = cargo();
    cargo.env("RUSTFLAGS", format!("{flags} --cfg allotment_unchecked"));
    build_in(places, &places.target.join("unchecked"), &mut cargo)
}

fn build_in(places: &Places, target: &Path, cargo: &mut Command) -> Result<PathBuf> {
    cargo.current_dir(&places.root).args(["build", "--release", "--quiet", "--target-dir"]);
    succeed(cargo.arg(target).args(["--package", "allotment-malloc"]))?;
    Ok(target.join("release/liballotment.so"))
}

/// Runs a command that has to end well; if not, the error is its last line.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = match command.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(why) => bail!("{name}: {why}"),
    };
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        let mut lines = errors.lines().filter(|line| !line.trim().is_empty());
        let telling = lines.clone().find(|line| line.contains("error")).or(lines.next_back());
        bail!("{name} failed: {}", telling.unwrap_or("without a word").trim());
    }
    Ok(())
}

/// The version of a package in the peers' lock file.
fn locked(places: &Places, package: &str) -> Result<String> {
    let lock = fs::read_to_string(places.sources("peers").join("Cargo.lock"))?;
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \""));
    let version = version.and_then(|version| version.strip_suffix('"')).unwrap_or("unknown");
    Ok(format!("{package} {version}"))
}

/// Debian's package and version of a file.
fn installed(file: &Path) -> Option<String> {
    let output = Command::new("dpkg-query").arg("--search").arg(file).output().ok()?;
    let output = String::from_utf8(output.stdout).ok()?;
    let package = output.split_once(':')?.0.to_string();
    let show = ["--show", "--showformat=${Package} ${Version}", &package];
    let output = Command::new("dpkg-query").args(show).output().ok()?;
    String::from_utf8(output.stdout).ok().filter(|version| !version.is_empty())
}

fn c_library_version() -> String {
    let output = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let version = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    version.map_or_else(|| "unknown".into(), |version| version.trim().to_string())
}
