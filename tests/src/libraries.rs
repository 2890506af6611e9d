//! The two libraries of the lab.

use crate::stage::Libraries;

/// What builds them, and their files.
pub const LAB: Libraries = Libraries {
    packages: &["allotment-lab-page", "allotment-lab-elastic"],
    files: &[
        ("liballoc.a", "liballoc.a"),
        ("liballoc.so", "liballoc.so"),
        ("libealloc.a", "libealloc.a"),
        ("libealloc.so", "libealloc.so"),
    ],
};

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
