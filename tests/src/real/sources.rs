//! Sources of published crates, as cargo brings them; nothing of them is kept.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::limit;
use crate::process;
use crate::stage::{self, Stage};

/// The crate's folder below `place`, as it was published.
pub(super) fn vendor(
    stage: &Stage,
    place: &Path,
    name: &str,
    version: &str,
) -> Result<PathBuf, String> {
    let io = |why: io::Error| format!("{name}: {why}");
    let wanted = format!(
        "[package]\nname = \"wanted\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n\
         [dependencies]\n{name} = \"={version}\"\n\n[workspace]\n"
    );
    fs::create_dir_all(place).map_err(io)?;
    fs::write(place.join("Cargo.toml"), wanted).map_err(io)?;
    fs::write(place.join("lib.rs"), "").map_err(io)?;
    let mut cargo = stage::cargo();
    stage.on(cargo.args(["vendor", "--quiet", "--versioned-dirs"])).current_dir(place);
    let done = process::run_within(&mut cargo, limit())?;
    if done.status.success() {
        Ok(place.join("vendor").join(format!("{name}-{version}")))
    } else {
        Err(format!("cargo vendor: {}\n{}", done.end(), done.stderr))
    }
}
