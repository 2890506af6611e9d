//! Where the libraries under test are, and a directory to compile and run in.
//!
//! `ALLOTMENT_LIBRARIES=DIR` judges the libraries of those names in that directory
//! instead of the ones that are built here: a student's, another build's, or
//! deliberately broken ones.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// Libraries that are judged together.
#[derive(Clone, Copy, Debug)]
pub struct Libraries {
    /// The packages that build them.
    pub packages: &'static [&'static str],
    /// Each file, and the name by which compilers and programs ask for it.
    pub files: &'static [(&'static str, &'static str)],
}

/// A directory that looks to the compiler like the root of the repository:
///
/// ```text
///   stage/include         ─▶ the headers
///   stage/tests           ─▶ the programs
///   stage/target/release/    the libraries, by each of their names
///   stage/out/               what is compiled
/// ```
///
/// so that the link lines of the headers' comments work there to the letter,
/// whatever the target directory is called.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The directory itself; compilers and programs run in it.
    pub root: PathBuf,
    /// The repository.
    pub repository: PathBuf,
    /// Where cargo builds.
    pub target: PathBuf,
}

impl Stage {
    /// Builds the libraries, unless they were brought along, and sets the stage in
    /// `scratch`, a directory inside the target directory.
    ///
    /// # Errors
    ///
    /// A sentence when a build or the file system fails.
    pub fn set(scratch: &Path, libraries: Libraries) -> Result<Self, String> {
        let repository =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("the tests have no parent")?;
        let target = scratch.parent().ok_or("scratch has no parent")?;
        let folder = match env::var_os("ALLOTMENT_LIBRARIES") {
            Some(brought) => PathBuf::from(brought),
            None => build(repository, target, libraries.packages)?,
        };
        // One stage per process: two runs at once must not trip over each other.
        let root = scratch.join(format!("stage-{}", std::process::id()));
        let stage = Self { root, repository: repository.into(), target: target.into() };
        for (file, name) in libraries.files {
            let file = folder.join(file);
            stage.bring(&file, name).map_err(|why| format!("{}: {why}", file.display()))?;
        }
        stage.lay_out().map_err(|why| format!("{}: {why}", stage.root.display()))?;
        Ok(stage)
    }

    /// The directory the libraries are in.
    pub fn libraries(&self) -> PathBuf {
        self.root.join("target/release")
    }

    /// The directory for what is made.
    pub fn out(&self) -> PathBuf {
        self.root.join("out")
    }

    /// Runs `command` on the stage, in an environment without anything that is
    /// about these libraries.
    pub fn on<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            let about_us = name.to_string_lossy().starts_with("ALLOTMENT_");
            if about_us || name == "LD_PRELOAD" || name == "LD_LIBRARY_PATH" {
                command.env_remove(name);
            }
        }
        command
    }

    /// Takes the stage down.
    pub fn strike(&self) {
        // What cannot be removed is left in the target directory, where it
        // bothers nobody.
        let _ = fs::remove_dir_all(&self.root);
    }

    fn bring(&self, file: &Path, name: &str) -> io::Result<()> {
        let place = self.libraries();
        fs::create_dir_all(&place)?;
        let name = place.join(name);
        if name.is_symlink() {
            fs::remove_file(&name)?; // of an earlier process with this number
        }
        std::os::unix::fs::symlink(fs::canonicalize(file)?, name)
    }

    fn lay_out(&self) -> io::Result<()> {
        fs::create_dir_all(self.out())?;
        for folder in ["include", "tests"] {
            let name = self.root.join(folder);
            if !name.is_symlink() {
                std::os::unix::fs::symlink(self.repository.join(folder), name)?;
            }
        }
        Ok(())
    }
}

/// Builds the faces as a user does. `cargo test` does not build a cdylib or a
/// staticlib of a package on its own.
fn build(repository: &Path, target: &Path, packages: &[&str]) -> Result<PathBuf, String> {
    let mut cargo = cargo();
    cargo.args(["build", "--quiet", "--release", "--target-dir"]).arg(target);
    cargo.args(packages.iter().flat_map(|package| ["-p", package])).current_dir(repository);
    let status = cargo.status().map_err(|why| format!("cannot start cargo: {why}"))?;
    if status.success() {
        Ok(target.join("release"))
    } else {
        Err(format!("{} do not build", packages.join(", ")))
    }
}

/// The cargo that runs these tests.
pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()))
}
