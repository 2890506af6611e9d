//! The judge of `liballotment`, the library that replaces malloc.
//!
//! ```text
//!   tests/malloc/conformance   what C, POSIX and glibc's manual promise
//!   tests/malloc/misuse        one error each: the message, and SIGABRT
//!   tests/malloc/threads       threads that come, go, pass blocks on, and fork
//!   tests/malloc/failure       the system says no
//!   tests/malloc/memory        what it takes, and gives back
//!   tests/malloc/options       what the environment asks for, and the statistics
//! ```
//!
//! The programs speak the language of [`directives`](crate::directives); here they
//! meet the library in the four ways that a program can: preloaded, as a shared
//! object, as an archive, and with no shared library at all.

use std::path::PathBuf;

use crate::stage::{Libraries, Stage};

pub mod headers;
pub mod program;
pub mod symbols;

/// The archive.
pub const ARCHIVE: &str = "liballotment.a";
/// The shared object, as the linker finds it.
pub const SHARED: &str = "liballotment.so";
/// The shared object, as a program asks for it.
pub const SONAME: &str = "liballotment.so.1";

/// What builds the library, and its files.
pub const GENERAL: Libraries = Libraries {
    packages: &["allotment-malloc"],
    files: &[(ARCHIVE, ARCHIVE), (SHARED, SHARED), (SHARED, SONAME)],
};

/// The shared object on the stage.
pub fn shared(stage: &Stage) -> PathBuf {
    stage.libraries().join(SHARED)
}
