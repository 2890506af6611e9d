//! Which library is preloaded, how, and what is said when there is none.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{
    ALLOTMENT, assert_refused, clean, compiles, executable, folder, install, library, run, says,
    stderr, stdout,
};

/// `echo $LD_PRELOAD`, run by the given command.
fn preloaded(run: &mut Command) -> String {
    let output = run.args(["-q", "--", "sh", "-c", "echo $LD_PRELOAD"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output).trim_end().to_owned()
}

/// A copy of this program at `here/place`.
fn copied(here: &Path, place: &str) -> PathBuf {
    let copy = here.join(place);
    install(&["-m", "755"], Path::new(ALLOTMENT), &copy);
    copy
}

#[test]
fn it_comes_behind_what_is_preloaded_already_and_once() {
    let ours = library().to_str().unwrap();
    assert_eq!(preloaded(&mut run()), ours);
    let both = format!("libm.so.6:{ours}");
    assert_eq!(preloaded(run().env("LD_PRELOAD", "libm.so.6")), both);
    assert_eq!(preloaded(run().env("LD_PRELOAD", &both)), both);
}

#[test]
fn another_malloc_that_comes_first_is_warned_of() {
    let here = folder("rival");
    let rival = here.join("rival.so");
    let source = "extern void *__libc_malloc(unsigned long);\n\
                  void *malloc(unsigned long n) { return __libc_malloc(n); }";
    if compiles(source, &["-shared", "-fPIC", "-fno-builtin"], &rival) {
        let output = run().env("LD_PRELOAD", &rival).args(["-q", "true"]).output().unwrap();
        let text = stderr(&output);
        assert!(text.contains("may not be running on allotment"), "{text}");
        assert!(text.contains("rival.so first"), "{text}");
    }
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn the_option_is_stronger_than_the_variable_and_paths_become_absolute() {
    let ours = library();
    let mut command = run();
    command.env("ALLOTMENT_LIBRARY", "/nonexistent").current_dir(ours.parent().unwrap());
    command.args(["--library", "liballotment.so"]);
    assert_eq!(preloaded(&mut command), ours.to_str().unwrap());
}

#[test]
fn what_is_no_library_of_ours_is_refused() {
    let here = folder("wrong");
    let text = here.join("text.so");
    fs::write(&text, "no library").unwrap();
    for (path, why) in [
        ("/nonexistent/liballotment.so", "No such file"),
        (text.to_str().unwrap(), "it is no ELF file"),
        (ALLOTMENT, "it defines no malloc"),
    ] {
        let output = run().args(["--library", path, "true"]).output().unwrap();
        assert_refused(&output, 125, &[path, why, "; name liballotment.so with --library"]);
    }
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn a_library_that_the_loader_does_not_take_is_refused_in_its_words() {
    let here = folder("broken");
    let broken = here.join("broken.so");
    let source = "extern void absent(void);\n\
                  void *malloc(unsigned long n) { absent(); return 0; }";
    if compiles(source, &["-shared", "-fPIC", "-fno-builtin"], &broken) {
        let refused = |words: &[&str]| {
            let output = run().arg("--library").arg(&broken).arg("true").output().unwrap();
            assert_refused(
                &output,
                126,
                &[words, &["true cannot take", "the loader says"]].concat(),
            );
        };
        refused(&["undefined symbol: absent"]);
        let mut bytes = fs::read(&broken).unwrap();
        bytes[8] = 99; // EI_ABIVERSION: one that no loader knows
        fs::write(&broken, bytes).unwrap();
        refused(&["cannot be preload"]);
    }
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn a_path_that_the_variable_cannot_hold_is_refused() {
    let here = folder("a space");
    let copy = here.join("liballotment.so");
    install(&[], library(), &copy);
    let output = run().arg("--library").arg(&copy).arg("true").output().unwrap();
    assert_refused(&output, 125, &["a space or a colon", "symbolic link"]);
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn it_is_found_beside_the_program_and_where_installations_put_it() {
    for place in ["bin/liballotment.so", "lib/liballotment.so", "lib64/liballotment.so.1"] {
        let here = folder("installed");
        let program = copied(&here, "bin/allotment");
        install(&[], library(), &here.join(place));
        let found = preloaded(clean(&program).arg("run"));
        let expected = fs::canonicalize(here.join(place)).unwrap();
        assert_eq!(fs::canonicalize(found).unwrap(), expected);
        fs::remove_dir_all(here).unwrap();
    }
}

#[test]
fn a_library_that_is_nowhere_is_missed_with_a_way_out() {
    let here = folder("nowhere");
    let program = copied(&here, "bin/allotment");
    let output = clean(&program).args(["run", "true"]).output().unwrap();
    let named = "name it with --library or ALLOTMENT_LIBRARY";
    assert_refused(&output, 125, &["liballotment.so is neither in", named]);
    fs::remove_dir_all(here).unwrap();
}

/// The folders that `cargo build` leaves, the program in its place.
fn target_folder(profile: &str) -> (PathBuf, PathBuf) {
    let here = folder("target");
    fs::write(here.join("CACHEDIR.TAG"), "").unwrap();
    let program = copied(&here, &format!("{profile}/allotment"));
    (here, program)
}

#[test]
fn in_a_target_folder_the_command_that_builds_it_is_named() {
    for (profile, flags) in
        [("debug", " --release"), ("release", " --release"), ("fast", " --profile fast")]
    {
        let (here, program) = target_folder(profile);
        let output = clean(&program).args(["run", "true"]).output().unwrap();
        let advice = format!("; build it: cargo build{flags} -p allotment-malloc");
        assert_refused(&output, 125, &[&advice]);
        fs::remove_dir_all(here).unwrap();
    }
    let (here, _) = target_folder("x86_64-unknown-linux-gnu");
    let inner = here.join("x86_64-unknown-linux-gnu");
    fs::write(inner.join("CACHEDIR.TAG"), "").unwrap();
    let program = copied(&inner, "release/allotment");
    let output = clean(&program).args(["run", "true"]).output().unwrap();
    let advice = "cargo build --release --target x86_64-unknown-linux-gnu -p allotment-malloc";
    assert_refused(&output, 125, &[advice]);
    fs::remove_dir_all(here).unwrap();
}

/// A workspace with one source, and a cargo that logs its arguments and puts the
/// library into its place.
fn workspace(here: &Path) -> PathBuf {
    let source = here.join("workspace/faces/malloc/src/lib.rs");
    fs::create_dir_all(source.parent().unwrap()).unwrap();
    fs::create_dir_all(here.join("workspace/cli")).unwrap();
    fs::write(&source, "").unwrap();
    let cargo = format!(
        "#!/bin/sh\necho \"$@\" >> {0}/log\necho noise\ninstall {1} {0}/release/liballotment.so\n",
        here.display(),
        library().display()
    );
    executable(&here.join("cargo"), cargo.as_bytes());
    source
}

#[test]
fn under_cargo_run_it_is_built_when_it_is_missing_or_older_than_its_sources() {
    let (here, program) = target_folder("release");
    let source = workspace(&here);
    let log = || fs::read_to_string(here.join("log")).unwrap_or_default();
    let say_out = || {
        let output = clean(&program)
            .args(["run", "-q", "echo", "out"])
            .env("CARGO", here.join("cargo"))
            .env("CARGO_PKG_NAME", "allotment-cli")
            .env("CARGO_MANIFEST_DIR", here.join("workspace/cli"))
            .output()
            .unwrap();
        assert_eq!(stdout(&output), "out\n", "{}", stderr(&output));
        stderr(&output).to_owned()
    };
    let command = format!("build --release -p allotment-malloc --target-dir {}", here.display());
    let text = say_out();
    assert!(text.contains("is not built yet"), "{text}");
    assert!(text.contains("cargo build --release -p allotment-malloc"), "{text}");
    assert_eq!(log().trim(), command);
    assert_eq!(say_out(), "", "it is there, and newer than its source");
    let built = fs::metadata(here.join("release/liballotment.so")).unwrap().modified().unwrap();
    let later = built + std::time::Duration::from_secs(1);
    fs::File::options().write(true).open(source).unwrap().set_modified(later).unwrap();
    assert!(say_out().contains("is older than its sources"));
    assert_eq!(log().lines().count(), 2);
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn a_build_that_fails_is_said() {
    let (here, program) = target_folder("release");
    let output = clean(&program)
        .args(["run", "true"])
        .env("CARGO", "false")
        .env("CARGO_PKG_NAME", "allotment-cli")
        .env("CARGO_MANIFEST_DIR", here.join("cli"))
        .output()
        .unwrap();
    assert_refused(&output, 125, &["liballotment.so could not be built", "; see what this says"]);
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn a_run_within_a_run_is_as_good() {
    let inner = format!("'{ALLOTMENT}' run -q --json /dev/stdout -- true");
    let figures: Value = serde_json::from_str(&says(&inner)).unwrap();
    assert_eq!(figures["exit"]["code"], 0);
}
