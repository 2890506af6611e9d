//! The library to preload, files to run, and runs.

use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

pub(crate) use crate::common::{ALLOTMENT, assert_refused, number, stderr, stdout, succeeds};

/// The library, built as a user does: `cargo test` builds no shared object.
/// `ALLOTMENT_LIBRARIES=DIR` names the folder of another one.
pub(crate) fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        if let Some(folder) = env::var_os("ALLOTMENT_LIBRARIES") {
            return fs::canonicalize(folder).unwrap().join("liballotment.so");
        }
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release", "-p", "allotment-malloc", "--target-dir"])
            .arg(target)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
            .status();
        assert!(status.unwrap().success(), "the library does not build");
        target.join("release/liballotment.so")
    })
}

/// A command in an environment without anything that is about us.
pub(crate) fn clean(program: impl AsRef<Path>) -> Command {
    let mut command = Command::new(program.as_ref());
    for variable in
        os::options::ALL.map(|option| option.name).into_iter().chain(["CARGO", "LD_PRELOAD"])
    {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null());
    command
}

/// `allotment run` with the library, ready for options and a program.
pub(crate) fn run() -> Command {
    let mut command = clean(ALLOTMENT);
    command.arg("run").env("ALLOTMENT_LIBRARY", library());
    command
}

/// A quiet run of `sh -c SCRIPT`.
pub(crate) fn shell(script: &str) -> Output {
    run().args(["-q", "--", "sh", "-c", script]).output().unwrap()
}

/// A quiet run that must succeed and say nothing of its own; its stdout.
pub(crate) fn says(script: &str) -> String {
    let output = shell(script);
    assert_eq!(stderr(&output), "");
    assert!(output.status.success(), "{script}: {:?}", output.status);
    stdout(&output).to_owned()
}

/// The JSON of a run of `program`.
pub(crate) fn figures(program: &[&str]) -> Value {
    let path = folder("figures").join("figures.json");
    run().args(["-q", "--json"]).arg(&path).arg("--").args(program).output().unwrap();
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_dir_all(path.parent().unwrap()).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A fresh folder of this name, for one test.
pub(crate) fn folder(name: &str) -> PathBuf {
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    // Relaxed: a number of its own is all that is wanted.
    let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("run-{}-{number}-{name}", std::process::id());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir(&path).unwrap();
    path
}

/// Installs a file with install(1). A file that were open for writing in this
/// process would be inherited by the children of other tests, and could not be
/// executed meanwhile.
pub(crate) fn install(options: &[&str], from: &Path, to: &Path) {
    let installed = Command::new("install").arg("-D").args(options).args([from, to]).status();
    assert!(installed.unwrap().success(), "{}", to.display());
}

/// An executable file with these bytes.
pub(crate) fn executable(path: &Path, bytes: &[u8]) {
    let draft = path.with_extension("draft");
    fs::File::create(&draft).unwrap().write_all(bytes).unwrap();
    install(&["-m", "755"], &draft, path);
}

/// A dynamic program that every system has.
pub(crate) fn true_program() -> PathBuf {
    let folders = env::var_os("PATH").unwrap();
    let mut places = env::split_paths(&folders).map(|folder| folder.join("true"));
    fs::canonicalize(places.find(|place| place.is_file()).unwrap()).unwrap()
}

/// Compiles C; false, and a word about it, if this system cannot.
pub(crate) fn compiles(source: &str, flags: &[&str], to: &Path) -> bool {
    let file = to.with_extension("c");
    fs::write(&file, source).unwrap();
    let gcc = Command::new("gcc").args(flags).arg("-o").arg(to).arg(&file).output();
    let is_done = gcc.is_ok_and(|gcc| gcc.status.success());
    if !is_done {
        eprintln!("skipped: gcc {flags:?} does not work here");
    }
    is_done
}
