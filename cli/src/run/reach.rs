//! Whether a preloaded library takes effect in a program. Each refusal is a fact
//! about the file; at the end the loader itself is asked.
//!
//! | out of reach | because |
//! |---|---|
//! | static | no loader runs at start |
//! | musl | the library is built on glibc |
//! | another architecture | its code cannot run there |
//! | setuid, setgid, file capabilities | the loader ignores `LD_PRELOAD` where they grant something |
//! | a malloc of its own | a program's symbols come before a library's |

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::StatVfsMountFlags;
use rustix::process::{getgid, getuid};

use super::code;
use super::image::Image;
use super::library::Library;
use super::preload::{self, Rehearsal};
use super::program::Program;
use crate::failure::{Failure, tell};

/// Refuses a program that would not run on the heap of `library`.
pub(super) fn check(
    program: &Program,
    library: &Library,
    preload: &std::ffi::OsStr,
) -> Result<(), Failure> {
    let Some(binary) = &program.binary else {
        unsure(&program.path, "what it is cannot be read");
        return Ok(());
    };
    let image = match Image::read(binary) {
        Ok(image) => image,
        Err(why) => {
            unsure(binary, &why);
            return Ok(());
        }
    };
    if let Some((why, next)) = obstacle(binary, &image, library) {
        return Err(refusal(program, binary, &why, next));
    }
    match preload::rehearse(binary, &image, library, preload) {
        Rehearsal::Loaded => {
            if let Some(rival) = preload::rival(preload, library) {
                unsure(binary, &format!("LD_PRELOAD names {rival} first, which has a malloc, too"));
            }
            Ok(())
        }
        Rehearsal::Refused(why) => Err(refusal(
            program,
            binary,
            &format!("cannot take {}: the loader says \"{why}\"", library.path.display()),
            "build it on this system: cargo build --release -p allotment-malloc",
        )),
        Rehearsal::Unclear(why) => {
            unsure(binary, &why);
            Ok(())
        }
    }
}

/// Why the library has no effect in `binary`, and what to do instead.
fn obstacle(binary: &Path, image: &Image, library: &Library) -> Option<(String, &'static str)> {
    const LINK: &str = "link it with liballotment.a instead";
    if image.machine != library.machine {
        let (theirs, ours) = (&image.machine, &library.machine);
        let why = format!("is a program for {theirs}, and the library is for {ours}");
        return Some((why, "build the library for that architecture, and name it with --library"));
    }
    if image.loader.is_none() {
        return Some((
            "is statically linked, so that no library can be loaded into it".into(),
            LINK,
        ));
    }
    if image.has_musl_loader() {
        let why = "is built on the C library musl, and liballotment.so on glibc";
        return Some((why.into(), "run a glibc build of it"));
    }
    if let Some(privilege) = privilege(binary) {
        let why = format!("{privilege}, so that the loader ignores LD_PRELOAD");
        return Some((why, "run a copy of it that has no privileges"));
    }
    if image.defines_malloc {
        let why = "has a malloc of its own, which comes before every preloaded one";
        return Some((why.into(), "build it with the system's malloc"));
    }
    None
}

/// What makes the kernel run `binary` with more rights than ours, if anything does.
fn privilege(binary: &Path) -> Option<String> {
    const SETUID: u32 = 0o4000;
    /// Without the right to execute, the setgid bit means something else.
    const SETGID: u32 = 0o2010;
    if is_without_effect(binary) {
        return None;
    }
    let file = binary.metadata().ok()?;
    let (uid, gid) = (getuid(), getgid());
    // To become who one is already grants nothing, and the loader sees that.
    if file.mode() & SETUID == SETUID && file.uid() != uid.as_raw() {
        return Some(format!("is setuid (it runs as user {})", file.uid()));
    }
    if file.mode() & SETGID == SETGID && file.gid() != gid.as_raw() {
        return Some(format!("is setgid (it runs as group {})", file.gid()));
    }
    let has_capabilities =
        rustix::fs::getxattr(binary, "security.capability", &mut [0_u8; 64]).is_ok();
    // The kernel's rule: for root they are nothing new.
    (has_capabilities && !uid.is_root()).then(|| "has file capabilities".into())
}

/// Whether the kernel grants no privileges here: a `nosuid` mount, or a process that
/// gave them up for itself and its children.
fn is_without_effect(binary: &Path) -> bool {
    let mount = rustix::fs::statvfs(binary);
    mount.is_ok_and(|mount| mount.f_flag.contains(StatVfsMountFlags::NOSUID))
        || rustix::thread::no_new_privs().unwrap_or(false)
}

fn refusal(program: &Program, binary: &Path, why: &str, next: &'static str) -> Failure {
    let what = if program.path == binary {
        format!("{} {why}", binary.display())
    } else {
        format!("{} is a script for {}, which {why}", program.path.display(), binary.display())
    };
    Failure::refused(what, next).with_code(code::NOT_RUNNABLE)
}

/// Goes on, and says that nobody knows.
fn unsure(binary: &Path, why: &str) {
    tell(&format!("{} may not be running on allotment: {why}", binary.display()));
}
