//! Directories to run real programs in: with short names, because sockets are made
//! in them, and readable for every user, because some servers refuse to run as root.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::{env, fs, io, process};

use crate::general::{SHARED, shared};
use crate::stage::Stage;

/// Programs take ports from here up; systems give clients theirs above it.
const PORT_MIN: u16 = 20_000;
const PORT_MAX: u16 = 32_000;

/// A directory for one script, emptied for each run.
pub(super) struct Place {
    root: PathBuf,
}

impl Place {
    /// An empty place with a copy of the library.
    pub(super) fn new(stage: &Stage, name: &str) -> io::Result<Self> {
        let root = env::temp_dir().join(format!("allotment-{}-{name}", process::id()));
        let place = Self { root };
        if place.root.exists() {
            fs::remove_dir_all(&place.root)?;
        }
        fs::create_dir_all(&place.root)?;
        fs::copy(shared(stage), place.library())?;
        fs::set_permissions(&place.root, Permissions::from_mode(0o755))?;
        Ok(place)
    }

    /// Empty directories to run in and for the loader's notes. Their paths are the
    /// same for each run: programs print them, and compilers note them.
    pub(super) fn clear(&self) -> io::Result<()> {
        for (folder, mode) in [(self.inside(), 0o755), (self.notes(), 0o777)] {
            if folder.exists() {
                fs::remove_dir_all(&folder)?;
            }
            fs::create_dir_all(&folder)?;
            fs::set_permissions(&folder, Permissions::from_mode(mode))?;
        }
        Ok(())
    }

    /// The shared object.
    pub(super) fn library(&self) -> PathBuf {
        self.root.join(SHARED)
    }

    /// Where the script runs.
    pub(super) fn inside(&self) -> PathBuf {
        self.root.join("in")
    }

    /// Where sources are fetched to; they stay from run to run.
    pub(super) fn sources(&self) -> PathBuf {
        self.root.join("sources")
    }

    /// Where the loader's notes go.
    pub(super) fn notes(&self) -> PathBuf {
        self.root.join("notes")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed is left among the temporary files.
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// A port on the loopback that nobody listens on, and that was not given before.
pub(super) fn port() -> Result<u16, String> {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let ports = PORT_MAX - PORT_MIN;
    let start = (process::id() % u32::from(ports)) as u16;
    for _ in 0..ports {
        // Relaxed: a counter; nothing is read through it.
        let next = (start + NEXT.fetch_add(1, Ordering::Relaxed) % ports) % ports;
        if TcpListener::bind(("127.0.0.1", PORT_MIN + next)).is_ok() {
            return Ok(PORT_MIN + next);
        }
    }
    Err("no port is free".into())
}

/// The directories of programs: those of the environment, and those where systems
/// put servers.
pub(super) fn path() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        env::var_os("PATH").map_or_else(Vec::new, |path| env::split_paths(&path).collect());
    folders.extend(["/usr/sbin".into(), "/sbin".into()]);
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    folders.extend(versions.pop());
    folders
}

/// The file that is run by that name.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    let is_program = |file: &Path| {
        fs::metadata(file).is_ok_and(|is| is.is_file() && is.permissions().mode() & 0o111 != 0)
    };
    path().into_iter().map(|folder| folder.join(name)).find(|file| is_program(file))
}
