//! Where things are: the repository, and what is built for a run.

use std::env;
use std::path::{Path, PathBuf};

/// The folders of a run.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// Where workloads, peers' inputs and results go; below `target`.
    pub(crate) work: PathBuf,
}

impl Places {
    pub(crate) fn new() -> Self {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.ancestors().nth(2).unwrap_or(manifest).to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |dir| root.join(dir));
        Self { work: target.join("field"), root, target }
    }

    /// A folder of the benchmark's sources.
    pub(crate) fn sources(&self, folder: &str) -> PathBuf {
        self.root.join("benches").join(folder)
    }

    /// The program of `benches/peers/rust-program` that is linked with `allocator`.
    pub(crate) fn linked(&self, allocator: &str) -> Option<PathBuf> {
        let binary = self.target.join(format!("peers/release/rust-program-{allocator}"));
        binary.exists().then_some(binary)
    }
}
