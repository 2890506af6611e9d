//! What is run: the field's workloads, and real programs.

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::launch::Program;
use crate::places::Places;
use crate::schedule::Extent;
use crate::{real, redis};

/// Which table a workload belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Group {
    /// One thread.
    Single,
    /// Several.
    Multi,
    /// Peak memory against live bytes.
    Fragmentation,
    /// Programs that people use.
    Real,
    /// The cost of an operation as live memory and threads grow; only when asked for.
    Growth,
}

impl Group {
    /// Those that ratios and means are about.
    pub(crate) const ALL: [Self; 4] = [Self::Single, Self::Multi, Self::Fragmentation, Self::Real];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Single => "single-threaded",
            Self::Multi => "multi-threaded",
            Self::Fragmentation => "fragmentation",
            Self::Real => "real programs",
            Self::Growth => "growth",
        }
    }
}

/// What "time" is for a workload.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Clock {
    /// User and system time: one thread's wall time without the waiting for others.
    Processor,
    /// What a stopwatch shows.
    Wall,
}

/// How a workload is started.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A program of `benches/workloads`, of this file name.
    Written(&'static str),
    /// Someone else's.
    Real(fn(&Places) -> Result<Program>),
    /// `benches/workloads/growth.c` at so many MiB and threads, perhaps reading what it frees.
    Growing { mib: u32, threads: u32, reads: bool },
    /// redis, with clients.
    Served,
    /// The program of `benches/peers/rust-program`: a binary for each allocator.
    Linked,
}

/// One workload.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    pub(crate) group: Group,
    pub(crate) clock: Clock,
    pub(crate) kind: Kind,
    /// What it does, in a few words.
    pub(crate) what: &'static str,
}

/// One thread: files of `benches/workloads`, and what they do.
const SINGLE: [(&str, &str); 15] = [
    ("cfrac.c", "numbers of unlimited precision"),
    ("espresso.c", "a logic minimiser's covers"),
    ("barnes.c", "octrees of bodies"),
    ("glibc-simple.c", "arrays of blocks of one size"),
    ("alloc-test.c", "few busy places, every byte used"),
    ("sh6bench.c", "runs of blocks, a third stays"),
    ("malloc-large.c", "blocks of 5 to 25 MiB, every page written"),
    ("realloc-growth.c", "buffers grow by an eighth and by half"),
    ("realloc-steps.c", "buffers grow by a few bytes"),
    ("blocks-4k.c", "4 KiB blocks"),
    ("blocks-64k.c", "64 KiB blocks"),
    ("calloc-mixed.c", "zeroed blocks"),
    ("new-delete.cc", "sized and aligned C++ operators"),
    ("bulk-free.c", "a million blocks freed in random order"),
    ("start-and-exit.c", "a program that does nothing"),
];

/// Several threads: files of `benches/workloads`, and what they do.
const MULTI: [(&str, &str); 12] = [
    ("larson.cc", "a server's threads inherit blocks"),
    ("xmalloc-test.c", "some threads allocate, others free"),
    ("free-only-thread.c", "one thread only frees"),
    ("cache-scratch.c", "passive false sharing"),
    ("cache-thrash.c", "active false sharing"),
    ("glibc-thread.c", "a working set for each thread"),
    ("alloc-test-threads.c", "alloc-test, a table for each thread"),
    ("sh8bench.c", "sh6bench on every thread"),
    ("mstress.c", "every size, slots shared by threads"),
    ("rptest.c", "a part of each round goes to another thread"),
    ("mleak.c", "threads end, their blocks live on"),
    ("threads-begin-and-end.c", "threads that live for a moment"),
];

/// Holes: files of `benches/workloads`, and what they do.
const FRAGMENTATION: [(&str, &str); 4] = [
    ("sparse-survivors.c", "a tenth survives, then another size"),
    ("robson.c", "the adversary for powers of two"),
    ("phase-change.c", "each phase has its own sizes"),
    ("sawtooth.c", "load that rises and falls"),
];

/// Programs that people use.
const REAL: [(&str, Clock, Kind, &str); 10] = [
    ("python", Clock::Processor, Kind::Real(real::python), "CPython, every object a malloc"),
    ("lua", Clock::Processor, Kind::Real(real::lua), "tables, strings, closures"),
    ("perl", Clock::Processor, Kind::Real(real::perl), "hashes, strings, expressions"),
    ("sqlite", Clock::Processor, Kind::Real(real::sqlite), "a database in memory"),
    ("ghostscript", Clock::Processor, Kind::Real(real::ghostscript), "pages of curves and text"),
    ("z3", Clock::Processor, Kind::Real(real::z3), "a solver at pigeons and sums"),
    (
        "cc1plus",
        Clock::Processor,
        Kind::Real(real::cc1plus),
        "the C++ compiler on the standard library's headers",
    ),
    ("git", Clock::Processor, Kind::Real(real::git), "index-pack of 15,000 small files"),
    ("redis", Clock::Processor, Kind::Served, "the server's own time under six kinds of commands"),
    ("rust", Clock::Wall, Kind::Linked, "an index of words, linked with each allocator"),
];

/// Growing: a name, MiB live, threads, and whether it looks into what it frees.
const GROWING: [(&str, u32, u32, bool); 17] = [
    ("live-1m", 1, 1, false),
    ("live-16m", 16, 1, false),
    ("live-256m", 256, 1, false),
    ("live-1g", 1024, 1, false),
    ("live-4g", 4096, 1, false),
    ("live-8g", 8192, 1, false),
    ("read-1m", 1, 1, true),
    ("read-256m", 256, 1, true),
    ("read-1g", 1024, 1, true),
    ("read-4g", 4096, 1, true),
    ("read-8g", 8192, 1, true),
    ("threads-2", 256, 2, false),
    ("threads-4", 256, 4, false),
    ("threads-8", 256, 8, false),
    ("threads-16", 256, 16, false),
    ("threads-32", 256, 32, false),
    ("threads-64", 256, 64, false),
];

/// Every workload, in the order of the tables.
pub(crate) fn all() -> Vec<Workload> {
    let written = |group, clock, files: &'static [(&str, &str)]| {
        files.iter().map(move |(file, what)| Workload {
            name: file.rsplit_once('.').map_or(*file, |(name, _)| name),
            group,
            clock,
            kind: Kind::Written(file),
            what,
        })
    };
    let real = REAL.into_iter().map(|(name, clock, kind, what)| Workload {
        name,
        group: Group::Real,
        clock,
        kind,
        what,
    });
    let growing = GROWING.into_iter().map(|(name, mib, threads, reads)| Workload {
        name,
        group: Group::Growth,
        clock: Clock::Processor,
        kind: Kind::Growing { mib, threads, reads },
        what: "replacing blocks while so much is live, or so many threads work",
    });
    written(Group::Single, Clock::Processor, &SINGLE)
        .chain(written(Group::Multi, Clock::Wall, &MULTI))
        .chain(written(Group::Fragmentation, Clock::Processor, &FRAGMENTATION))
        .chain(real)
        .chain(growing)
        .collect()
}

impl Workload {
    /// The program to run.
    pub(crate) fn program(&self, places: &Places, extent: Extent) -> Result<Program> {
        match self.kind {
            Kind::Written(_) => {
                let file: OsString = self.binary(places).into();
                let words =
                    vec![file, extent.scale.to_string().into(), extent.threads.to_string().into()];
                Ok(Program { words, ..Program::default() })
            }
            Kind::Real(prepare) => prepare(places),
            Kind::Growing { mib, threads, reads } => {
                let file: OsString = places.work.join("workloads/growth").into();
                let mut words = vec![file, mib.to_string().into(), threads.to_string().into()];
                words.extend(reads.then(|| "read".into()));
                Ok(Program { words, ..Program::default() })
            }
            Kind::Served => redis::program(places),
            Kind::Linked => {
                let words = [extent.scale.to_string(), extent.threads.to_string()];
                let words = words.into_iter().map(OsString::from).collect();
                Ok(Program { words, ..Program::default() })
            }
        }
    }

    /// Whether `word` names this workload, its group or, if it is nobody's name, a part
    /// of its name.
    pub(crate) fn is_named(&self, word: &str) -> bool {
        match Group::from_str(word, true) {
            Ok(group) => self.group == group,
            Err(_) if all().iter().any(|one| one.name == word) => self.name == word,
            Err(_) => self.name.contains(word),
        }
    }

    /// Where the compiled program is.
    pub(crate) fn binary(&self, places: &Places) -> PathBuf {
        places.work.join("workloads").join(self.name)
    }
}
