//! The judge of `liballotment`, the library that replaces malloc.
//!
//! ```text
//!   tests/malloc/conformance   what C, POSIX and glibc's manual promise
//!   tests/malloc/misuse        one error each: the message, and SIGABRT
//!   tests/malloc/threads       threads that come, go, pass blocks on, and fork
//!   tests/malloc/failure       the system says no
//! ```
//!
//! The programs speak the language of [`directives`](crate::directives); here they
//! meet the library in the four ways that a program can: preloaded, as a shared
//! object, as an archive, and with no shared library at all.

pub mod headers;
pub mod program;
pub mod real;
pub mod stage;
pub mod symbols;
