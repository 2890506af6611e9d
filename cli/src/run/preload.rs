//! `LD_PRELOAD`: its value, and a rehearsal with the loader that will read it.
//!
//! The rehearsal is what `ldd -r` does: the program's own loader is started in its
//! tracing mode, maps the program and every library, resolves their symbols, prints
//! what it found, and runs neither the program nor a library's start-up code. It
//! answers before the program starts and for certain, which a look at
//! `/proc/PID/maps` of a program that may already have ended does not.

use std::borrow::Cow;
use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::code;
use super::image::Image;
use super::library::Library;
use crate::failure::Failure;

/// The loader's variable.
pub(super) const VARIABLE: &str = "LD_PRELOAD";

/// What the loader takes for the end of a path.
const SEPARATORS: [u8; 2] = *b" :";

/// The value with `library` behind what the user preloads already.
pub(super) fn value(library: &Library) -> Result<OsString, Failure> {
    let path = library.path.as_os_str();
    if path.as_bytes().iter().any(|byte| SEPARATORS.contains(byte)) {
        return Err(Failure::refused(
            format!(
                "{} has a space or a colon in it, where LD_PRELOAD ends a path",
                path.display()
            ),
            "make a symbolic link to it elsewhere, and name that with --library",
        )
        .with_code(code::OURS));
    }
    Ok(appended(env::var_os(VARIABLE).unwrap_or_default(), path))
}

fn appended(mut before: OsString, path: &OsStr) -> OsString {
    let mut entries = before.as_bytes().split(|byte| SEPARATORS.contains(byte));
    if entries.any(|entry| entry == path.as_bytes()) {
        return before;
    }
    if !before.is_empty() {
        before.push(":");
    }
    before.push(path);
    before
}

/// What stands before `library` and defines malloc, too: the first one is used.
pub(super) fn rival<'a>(preload: &'a OsStr, library: &Library) -> Option<Cow<'a, str>> {
    let entries = preload.as_bytes().split(|byte| SEPARATORS.contains(byte)).map(OsStr::from_bytes);
    let mut before = entries.take_while(|&entry| entry != library.path);
    let rival =
        before.find(|entry| Image::read(Path::new(entry)).is_ok_and(|image| image.defines_malloc));
    rival.map(OsStr::to_string_lossy)
}

/// What came of asking the loader.
pub(super) enum Rehearsal {
    /// The library will be in the program.
    Loaded,
    /// It will not, in the loader's words.
    Refused(String),
    /// The loader could not be asked, or its answer not be understood.
    Unclear(String),
}

/// Has the loader of `binary` load everything, and run nothing.
pub(super) fn rehearse(
    binary: &Path,
    image: &Image,
    library: &Library,
    preload: &OsStr,
) -> Rehearsal {
    let Some(loader) = image.loader.as_ref().filter(|_| image.has_glibc_loader()) else {
        return Rehearsal::Unclear("its loader is not the one of glibc".into());
    };
    // An absolute path: the loader would look for a bare name among the libraries.
    let binary = match std::path::absolute(binary) {
        Ok(binary) => binary,
        Err(error) => return Rehearsal::Unclear(format!("its path has no beginning ({error})")),
    };
    let asked = Command::new(loader)
        .arg(binary)
        .envs([("LD_TRACE_LOADED_OBJECTS", "1"), ("LD_WARN", "1"), ("LD_BIND_NOW", "1")])
        .env(VARIABLE, preload)
        .stdin(Stdio::null())
        .output();
    match asked {
        Ok(said) => match said.status.signal() {
            Some(signal) => Rehearsal::Refused(format!("killed by signal {signal}")),
            None => understand(&said.stdout, &said.stderr, &library.path),
        },
        Err(error) => Rehearsal::Unclear(format!("{} does not start ({error})", loader.display())),
    }
}

fn understand(list: &[u8], errors: &[u8], library: &Path) -> Rehearsal {
    // `ERROR: ld.so: object 'PATH' from LD_PRELOAD cannot be preloaded (WHY): ignored.`
    // `undefined symbol: NAME<tab>(PATH)`
    let errors: Cow<'_, str> = String::from_utf8_lossy(errors);
    let about_it = [format!("'{}'", library.display()), format!("({})", library.display())];
    if let Some(line) = errors.lines().find(|line| about_it.iter().any(|it| line.contains(it))) {
        let line = line.trim().trim_start_matches("ERROR: ");
        return Rehearsal::Refused(line.replace('\t', " "));
    }
    // `<tab>PATH (0xADDRESS)`
    let path = library.as_os_str().as_bytes();
    let mut loaded = list.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    if loaded.any(|line| line.strip_prefix(path).is_some_and(|rest| rest.starts_with(b" ("))) {
        return Rehearsal::Loaded;
    }
    Rehearsal::Unclear("its loader does not list the library".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_comes_last_and_once() {
        for (before, after) in [
            ("", "/lib/a.so"),
            ("x.so", "x.so:/lib/a.so"),
            ("x.so y.so", "x.so y.so:/lib/a.so"),
            ("/lib/a.so", "/lib/a.so"),
            ("x.so /lib/a.so:y.so", "x.so /lib/a.so:y.so"),
            ("/lib/a.so.1", "/lib/a.so.1:/lib/a.so"),
        ] {
            assert_eq!(appended(before.into(), OsStr::new("/lib/a.so")), after, "{before:?}");
        }
    }

    #[test]
    fn the_loader_is_understood() {
        let library = Path::new("/lib/a.so");
        let list = b"\tlinux-vdso.so.1 (0x1)\n\t/lib/a.so (0x2)\n";
        assert!(matches!(understand(list, b"", library), Rehearsal::Loaded));
        let other = b"\t/lib/a.so.1 (0x2)\n";
        assert!(matches!(understand(other, b"", library), Rehearsal::Unclear(_)));
        let error = b"ERROR: ld.so: object '/lib/a.so' from LD_PRELOAD cannot be preloaded \
                      (invalid ELF header): ignored.\n";
        let Rehearsal::Refused(why) = understand(b"", error, library) else {
            panic!("it is not loaded")
        };
        assert!(why.starts_with("ld.so: object") && why.contains("invalid ELF header"), "{why}");
        let undefined = b"undefined symbol: absent\t(/lib/a.so)\n";
        assert!(matches!(understand(list, undefined, library), Rehearsal::Refused(_)));
        let of_another = b"undefined symbol: absent\t(/lib/b.so)\n";
        assert!(matches!(understand(list, of_another, library), Rehearsal::Loaded));
    }
}
