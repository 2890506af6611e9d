//! What has to be there before the first run: compiled workloads, real programs'
//! inputs, and the allocators' libraries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::allocators::{Allocator, Ready, peer, succeed};
use crate::launch::{Launcher, Program};
use crate::places::Places;
use crate::schedule::Extent;
use crate::workloads::{Kind, Workload};

/// Something that cannot take part, and why.
pub(crate) type Missing = (String, String);

/// The launcher, built.
pub(crate) fn launcher(places: &Places) -> Result<Launcher> {
    let folder = places.work.join("run");
    fs::create_dir_all(&folder).context("a folder for the runs")?;
    fs::create_dir_all(places.work.join("workloads")).context("a folder for the workloads")?;
    let program = places.work.join("launch");
    let source = places.sources("workloads").join("launch.c");
    // Statically for its small size; where that cannot be linked, dynamically.
    if compile(&source, &program, &["-static"]).is_err() {
        compile(&source, &program, &[]).context("the launcher")?;
    }
    let lock = fs::File::create(folder.join("lock")).context("a lock")?;
    if lock.try_lock().is_err() {
        bail!("another run is under way in {}", places.work.display());
    }
    Ok(Launcher { program, folder, _lock: lock })
}

/// The libraries that could be had, each verified, and those that could not.
pub(crate) fn libraries(
    places: &Places,
    launcher: &Launcher,
    allocators: &[Allocator],
) -> Result<(Vec<Ready>, Vec<Missing>)> {
    let which = workload(places, "which.c")?;
    let bar = ProgressBar::new(allocators.len() as u64)
        .with_style(ProgressStyle::with_template("{bar:30} {pos}/{len} building {msg}")?);
    let (mut ready, mut missing) = (Vec::new(), Vec::new());
    for allocator in allocators {
        bar.set_message(allocator.name.clone());
        let library = allocator.prepare(places);
        let library = library.and_then(|ready| ready.verify(launcher, &which).map(|()| ready));
        match library {
            Ok(library) => ready.push(library),
            Err(why) => missing.push((allocator.name.clone(), format!("{why:#}"))),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok((ready, missing))
}

/// The programs that could be prepared, and those that could not.
pub(crate) fn programs<'a>(
    places: &Places,
    workloads: &'a [Workload],
    extent: Extent,
) -> (Vec<(&'a Workload, Program)>, Vec<Missing>) {
    let (mut ready, mut missing) = (Vec::new(), Vec::new());
    for workload in workloads {
        match program(places, workload, extent) {
            Ok(program) => ready.push((workload, program)),
            Err(why) => missing.push((workload.name.to_string(), format!("{why:#}"))),
        }
    }
    (ready, missing)
}

fn program(places: &Places, workload: &Workload, extent: Extent) -> Result<Program> {
    match workload.kind {
        Kind::Written(file) => {
            self::workload(places, file)?;
        }
        Kind::Growing { mib, .. } => {
            let (needed, free) = (f64::from(mib) * 2.0, mib_available());
            if needed > free {
                bail!("needs {needed:.0} MiB, and {free:.0} are free");
            }
            self::workload(places, "growth.c")?;
        }
        Kind::Linked => peer(places, "rust-program")?,
        Kind::Real(_) | Kind::Served => {}
    }
    workload.program(places, extent)
}

/// Memory that can be had without harm to others.
fn mib_available() -> f64 {
    let file = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = file.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}

/// One of `benches/workloads`, compiled.
pub(crate) fn workload(places: &Places, file: &str) -> Result<PathBuf> {
    workload_with(places, file, &[])
}

/// The same, with more flags for the compiler.
pub(crate) fn workload_with(places: &Places, file: &str, flags: &[&str]) -> Result<PathBuf> {
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    let program = places.work.join("workloads").join(name);
    let flags = [&["-pthread", "-lm", "-ldl"], flags].concat();
    compile(&places.sources("workloads").join(file), &program, &flags)?;
    Ok(program)
}

/// Compiles one file of C or C++ to a program.
fn compile(source: &Path, program: &Path, flags: &[&str]) -> Result<()> {
    let is_c = source.extension().is_some_and(|extension| extension == "c");
    let mut compiler = Command::new(if is_c { "cc" } else { "c++" });
    compiler.args(["-O2", if is_c { "-std=gnu11" } else { "-std=c++17" }]);
    succeed(compiler.arg(source).arg("-o").arg(program).args(flags))
}
