//! Where the libraries under test are: built here, or brought along.
//!
//! `ALLOTMENT_LIBRARIES=DIR` judges the `liballoc.{a,so}` and `libealloc.{a,so}`
//! in that directory instead: a student's, or a deliberately broken one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// One library of the lab.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Library {
    /// Part A, `liballoc`.
    Page,
    /// Part B, `libealloc`.
    Elastic,
}

impl Library {
    /// Both of them.
    pub const ALL: [Library; 2] = [Library::Page, Library::Elastic];

    /// The folder of its programs, and of its face.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Page => "lab-page",
            Self::Elastic => "lab-elastic",
        }
    }

    /// Its name on a link line, without `lib`.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Page => "alloc",
            Self::Elastic => "ealloc",
        }
    }

    /// The name of its static archive.
    pub fn archive(self) -> String {
        format!("lib{}.a", self.stem())
    }

    /// The name of its shared object.
    pub fn shared(self) -> String {
        format!("lib{}.so", self.stem())
    }
}

/// A directory that looks to the compiler like the root of the repository:
///
/// ```text
///   stage/include         ─▶ the headers
///   stage/target/release  ─▶ the libraries
///   stage/tests           ─▶ the programs
///   stage/out/              what is compiled
/// ```
///
/// so that the link line of the headers' comments works there to the letter,
/// whatever the target directory is called.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The directory itself; compilers and programs run in it.
    pub root: PathBuf,
}

impl Stage {
    /// Builds the libraries, unless they were brought along, and sets the stage
    /// in `scratch`, a directory inside the target directory.
    ///
    /// # Errors
    ///
    /// A sentence when a build or the file system fails.
    pub fn set(scratch: &Path) -> Result<Self, String> {
        let repository =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the tests have no parent")?;
        let libraries = match env::var_os("ALLOTMENT_LIBRARIES") {
            Some(brought) => PathBuf::from(brought),
            None => build(repository, scratch.parent().ok_or("scratch has no parent")?)?,
        };
        for library in Library::ALL {
            for name in [library.archive(), library.shared()] {
                let file = libraries.join(name);
                if !file.is_file() {
                    return Err(format!("no {} to test", file.display()));
                }
            }
        }
        // One stage per process: two runs at once must not trip over each other.
        let root = scratch.join(format!("stage-{}", std::process::id()));
        lay_out(&root, repository, &libraries)
            .map_err(|why| format!("cannot set up {}: {why}", root.display()))?;
        Ok(Self { root })
    }

    /// The directory the libraries are in.
    pub fn libraries(&self) -> PathBuf {
        self.root.join("target/release")
    }

    /// Takes the stage down.
    pub fn strike(&self) {
        // What cannot be removed is left in the target directory, where it
        // bothers nobody.
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn lay_out(root: &Path, repository: &Path, libraries: &Path) -> io::Result<()> {
    use std::os::unix::fs::symlink;
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(root.join("target"))?;
    fs::create_dir_all(root.join("out"))?;
    symlink(repository.join("include"), root.join("include"))?;
    symlink(repository.join("tests"), root.join("tests"))?;
    symlink(fs::canonicalize(libraries)?, root.join("target/release"))
}

/// Builds both faces as a user does. `cargo test` does not build a cdylib or a
/// staticlib of a package on its own.
fn build(repository: &Path, target: &Path) -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release"])
        .args(["-p", "allotment-lab-page", "-p", "allotment-lab-elastic"])
        .arg("--target-dir")
        .arg(target)
        .current_dir(repository)
        .status()
        .map_err(|why| format!("cannot start cargo: {why}"))?;
    if status.success() {
        Ok(target.join("release"))
    } else {
        Err("the libraries do not build".into())
    }
}
