//! Programs that no library can be loaded into: what is said about them.
//!
//! A refused program never starts, so that a file which only looks like one will do.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::{StatVfsMountFlags, statvfs};

use crate::support::{
    assert_refused, compiles, executable, folder, install, run, stderr, true_program,
};

fn assert_out_of_reach(program: &Path, words: &[&str]) {
    let output = run().arg(program).output().unwrap();
    assert_refused(&output, 126, &[&[program.to_str().unwrap(), "; "], words].concat());
}

/// A copy of `true` with all of `from` replaced by `to`, which is as long.
fn forged(here: &Path, from: &[u8], to: &[u8]) -> PathBuf {
    assert_eq!(from.len(), to.len());
    let mut bytes = fs::read(true_program()).unwrap();
    let places: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|&at| bytes[at..].starts_with(from)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    let path = here.join("forged");
    executable(&path, &bytes);
    path
}

#[test]
fn a_static_program_is_named_so_and_a_script_for_it_too() {
    let here = folder("static");
    let program = here.join("static");
    if compiles("int main(void) { return 0; }", &["-static"], &program) {
        let words = ["statically linked", "link it with liballotment.a"];
        assert_out_of_reach(&program, &words);
        let script = here.join("script");
        executable(&script, format!("#!{} -x\n", program.display()).as_bytes());
        assert_out_of_reach(&script, &["is a script for", "/static, which is statically linked"]);
    }
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn a_program_for_musl_is_named_so() {
    let here = folder("musl");
    // The file's loader, by a name as long as the one it has.
    let bytes = fs::read(true_program()).unwrap();
    let at = bytes.windows(9).position(|part| part == b"/ld-linux").unwrap();
    let length = bytes[at..].iter().position(|&byte| byte == 0).unwrap();
    let mut musl = b"/ld-musl-".to_vec();
    musl.resize(length, b'x');
    let program = forged(&here, &bytes[at..at + length], &musl);
    assert_out_of_reach(&program, &["musl", "glibc"]);
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn a_program_for_another_architecture_is_named_so() {
    const X86_64: u8 = 62;
    const AARCH64: u8 = 183;
    let here = folder("machine");
    let mut bytes = fs::read(true_program()).unwrap();
    let machine = &mut bytes[18]; // e_machine
    *machine = if *machine == AARCH64 { X86_64 } else { AARCH64 };
    let other = if *machine == AARCH64 { "aarch64" } else { "x86_64" };
    let program = here.join("foreign");
    executable(&program, &bytes);
    let words = [&format!("for {other}"), "the library is for", std::env::consts::ARCH];
    assert_out_of_reach(&program, &words);
    fs::remove_dir_all(here).unwrap();
}

#[test]
fn a_program_with_a_malloc_of_its_own_is_named_so() {
    let here = folder("malloc");
    let program = here.join("own");
    let source = "#include <stddef.h>\nvoid *malloc(size_t n) { return NULL; }\n\
                  int main(void) { return malloc(1) != NULL; }";
    if compiles(source, &["-rdynamic", "-fno-builtin"], &program) {
        assert_out_of_reach(&program, &["has a malloc of its own"]);
    }
    fs::remove_dir_all(here).unwrap();
}

/// Whether set-user-ID bits mean anything here.
fn grants_privileges(folder: &Path) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let is_effective = !statvfs(folder).unwrap().f_flag.contains(StatVfsMountFlags::NOSUID)
        && !status.contains("NoNewPrivs:\t1");
    if !is_effective {
        eprintln!("skipped: nothing is privileged here");
    }
    is_effective
}

#[test]
fn a_program_with_privileges_is_named_so() {
    const LOADER: &str = "the loader ignores LD_PRELOAD";
    let here = folder("setuid");
    if !grants_privileges(&here) {
        return;
    }
    if rustix::process::getuid().is_root() {
        for (mode, word) in [("4755", "is setuid"), ("2755", "is setgid")] {
            let program = here.join(mode);
            install(&["-m", mode, "-o", "65534", "-g", "65534"], &true_program(), &program);
            assert_out_of_reach(&program, &[word, "65534", LOADER]);
        }
    } else if let Some(program) =
        ["/usr/bin/su", "/bin/su", "/usr/bin/passwd"].map(Path::new).iter().find(|it| it.is_file())
    {
        assert_out_of_reach(program, &["is setuid (it runs as user 0)", LOADER]);
    }
    // To become who one is already grants nothing.
    let own = here.join("own");
    install(&["-m", "4755"], &true_program(), &own);
    let output = run().arg("-q").arg(&own).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    fs::remove_dir_all(here).unwrap();
}
