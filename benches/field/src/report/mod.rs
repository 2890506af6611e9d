//! The ways a run is told: tables on the terminal and in Markdown, JSON, a chart.

pub(crate) mod chart;
pub(crate) mod json;
pub(crate) mod table;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::results::Results;

/// Writes all of it into `folder`.
pub(crate) fn write(results: &Results, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).context("the folder of the results")?;
    let file = |name: &str, text: &str| {
        fs::write(folder.join(name), text).with_context(|| format!("writing {name}"))
    };
    file("results.json", &json::text(results)?)?;
    file("results.md", &table::markdown(results))?;
    file("results.svg", &chart::svg(results))
}
