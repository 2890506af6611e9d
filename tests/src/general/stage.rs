//! Where the library under test is, and a directory to compile and run in.
//!
//! `ALLOTMENT_LIBRARIES=DIR` judges the `liballotment.{a,so}` in that directory
//! instead of the ones that are built here.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The archive.
pub const ARCHIVE: &str = "liballotment.a";
/// The shared object, as the linker finds it.
pub const SHARED: &str = "liballotment.so";
/// The shared object, as a program asks for it.
pub const SONAME: &str = "liballotment.so.1";

/// A directory that has what compilers and programs need:
///
/// ```text
///   stage/include   ─▶ the headers
///   stage/tests     ─▶ the programs
///   stage/lib/      ─▶ the library by each of its names
///   stage/out/      what is compiled, and what real programs make
/// ```
#[derive(Clone, Debug)]
pub struct Stage {
    /// The directory itself; compilers and programs run in it.
    pub root: PathBuf,
    /// The repository.
    pub repository: PathBuf,
}

impl Stage {
    /// Builds the library, unless it was brought along, and sets the stage in
    /// `scratch`, a directory inside the target directory.
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
        // One stage per process: two runs at once must not trip over each other.
        let root = scratch.join(format!("general-{}", std::process::id()));
        lay_out(&root, repository, &libraries)
            .map_err(|why| format!("cannot set up {}: {why}", root.display()))?;
        Ok(Self { root, repository: repository.to_path_buf() })
    }

    /// The directory of the library.
    pub fn libraries(&self) -> PathBuf {
        self.root.join("lib")
    }

    /// The shared object.
    pub fn shared(&self) -> PathBuf {
        self.libraries().join(SHARED)
    }

    /// The directory for what is made.
    pub fn out(&self) -> PathBuf {
        self.root.join("out")
    }

    /// Runs `command` on the stage, in an environment without anything that is
    /// about this library.
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
}

fn lay_out(root: &Path, repository: &Path, libraries: &Path) -> io::Result<()> {
    use std::os::unix::fs::symlink;
    if root.exists() {
        fs::remove_dir_all(root)?;
    }
    fs::create_dir_all(root.join("lib"))?;
    fs::create_dir_all(root.join("out"))?;
    symlink(repository.join("include"), root.join("include"))?;
    symlink(repository.join("tests"), root.join("tests"))?;
    let libraries = fs::canonicalize(libraries)?;
    for (name, file) in [(ARCHIVE, ARCHIVE), (SHARED, SHARED), (SONAME, SHARED)] {
        symlink(fs::canonicalize(libraries.join(file))?, root.join("lib").join(name))?;
    }
    Ok(())
}

/// Builds the face as a user does. `cargo test` does not build a cdylib or a
/// staticlib of a package on its own.
fn build(repository: &Path, target: &Path) -> Result<PathBuf, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "-p", "allotment-malloc", "--target-dir"])
        .arg(target)
        .current_dir(repository)
        .status()
        .map_err(|why| format!("cannot start cargo: {why}"))?;
    if status.success() {
        Ok(target.join("release"))
    } else {
        Err("the library does not build".into())
    }
}
