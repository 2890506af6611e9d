//! Every sample as it was measured, for other programs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::results::Results;

pub(crate) fn text(results: &Results) -> Result<String> {
    Ok(serde_json::to_string_pretty(results)? + "\n")
}

/// Reads what [`text`] wrote.
pub(crate) fn read(file: &Path) -> Result<Results> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    serde_json::from_str(&text).with_context(|| file.display().to_string())
}
