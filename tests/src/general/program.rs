//! One C or C++ program, brought together with the library one way, run and
//! judged.
//!
//! Every program of `misuse` runs twice: the second time the environment says to
//! go on after the message, and the program has to end well.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use libtest_mimic::{Completion, Failed, Trial};

use crate::directives::{Directives, End};
use crate::general::{ARCHIVE, shared};
use crate::process::{self, Finished};
use crate::stage::Stage;
use crate::toolchain::{self, Link, STRICT};
use crate::trace;

/// A program that exits so could not bring its situation about.
const SKIPPED: i32 = 77;

/// The folder whose programs all go wrong.
const MISUSE: &str = "misuse";
/// Warnings about what these programs do on purpose.
const ON_PURPOSE: [&str; 4] = [
    "-Wno-use-after-free",
    "-Wno-free-nonheap-object",
    "-Wno-alloc-size-larger-than",
    "-Wno-deprecated-declarations",
];

const FOLDERS: [&str; 6] = ["conformance", MISUSE, "threads", "failure", "memory", "options"];

/// How a program meets the library.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Preload,
    Shared,
    Archive,
    Static,
}

impl Way {
    fn label(self) -> &'static str {
        match self {
            Self::Preload => "LD_PRELOAD",
            Self::Shared => "-lallotment",
            Self::Archive => "liballotment.a",
            Self::Static => "-static",
        }
    }

    fn missing(self) -> Option<String> {
        if self == Self::Static { Link::Static.missing() } else { Link::Shared.missing() }
    }
}

/// A program, and what it says about itself.
#[derive(Clone)]
struct Program {
    folder: &'static str,
    /// From the stage.
    source: PathBuf,
    name: String,
    directives: Directives,
}

impl Program {
    fn read(stage: &Stage, folder: &'static str, file: &Path) -> Result<Self, String> {
        let name = |part: Option<&std::ffi::OsStr>| {
            part.map(|part| part.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let text = fs::read_to_string(file).map_err(|why| format!("{}: {why}", file.display()))?;
        let directives =
            Directives::parse(&text).map_err(|why| format!("{}: {why}", file.display()))?;
        let source = file.strip_prefix(&stage.root).unwrap_or(file).to_path_buf();
        Ok(Self { folder, source, name: name(file.file_stem()), directives })
    }

    fn is_cxx(&self) -> bool {
        self.source.extension().is_some_and(|extension| extension == "cc")
    }

    /// The ways that its `links:` line names. What comes of an error does not depend
    /// on the way, so for those two ways are enough.
    fn ways(&self) -> Vec<Way> {
        let named = |link| self.directives.links.contains(&link);
        let all = [
            (Way::Preload, named(Link::Shared)),
            (Way::Shared, named(Link::Shared) && self.folder != MISUSE),
            (Way::Archive, named(Link::Archive) && self.folder != MISUSE),
            (Way::Static, named(Link::Static)),
        ];
        all.into_iter().filter_map(|(way, wanted)| wanted.then_some(way)).collect()
    }
}

/// A trial for every program and every way.
///
/// # Errors
///
/// When a file cannot be read, or its opening comment not be understood.
pub fn trials(stage: &Stage) -> Result<Vec<Trial>, String> {
    let mut trials = Vec::new();
    for folder in FOLDERS {
        let path = stage.root.join("tests/malloc").join(folder);
        for file in sources(&path).map_err(|why| format!("{}: {why}", path.display()))? {
            let program = Program::read(stage, folder, &file)?;
            for way in program.ways() {
                let (stage, program) = (stage.clone(), program.clone());
                let title = format!("malloc/{folder}/{} [{}]", program.name, way.label());
                let trial = Trial::ignorable_test(title, move || judge(&stage, &program, way));
                trials.push(trial);
            }
        }
    }
    Ok(trials)
}

fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|file| {
        file.extension().is_some_and(|extension| extension == "c" || extension == "cc")
    });
    files.sort();
    Ok(files)
}

fn judge(stage: &Stage, program: &Program, way: Way) -> Result<Completion, Failed> {
    let directives = &program.directives;
    let compiler = program.is_cxx().then(|| toolchain::missing("g++")).flatten();
    let strace = directives.inject.is_some().then(trace::missing).flatten();
    if let Some(reason) = way.missing().or(compiler).or(strace) {
        return Ok(Completion::ignored_with(reason));
    }
    let binary = compile(stage, program, way)?;
    if let Some(inject) = &directives.inject {
        let runs = trace::inject_each(&binary, inject, |command| {
            environment(command, stage, program, way);
        });
        return runs.map_err(Failed::from).map(|()| Completion::Completed);
    }
    let mut command = Command::new(&binary);
    environment(&mut command, stage, program, way);
    let done = process::run(&mut command)?;
    if done.status.code() == Some(SKIPPED) {
        return Ok(Completion::ignored_with(done.stdout.trim()));
    }
    verdict(directives.end, &directives.stderr, &done)
        .map_err(|why| report(directives, &done, &why))?;
    if program.folder == MISUSE {
        let mut command = Command::new(&binary);
        environment(&mut command, stage, program, way);
        let done = process::run(command.env("ALLOTMENT_ON_MISUSE", "ignore"))?;
        let goes_on = |line: &String| line.replace("; aborting", "; ignored");
        let lines: Vec<String> = directives.stderr.iter().map(goes_on).collect();
        verdict(End::Exit(0), &lines, &done)
            .map_err(|why| report(directives, &done, &format!("when it is to go on: {why}")))?;
    }
    Ok(Completion::Completed)
}

fn compile(stage: &Stage, program: &Program, way: Way) -> Result<PathBuf, String> {
    let binary = stage.out().join(format!("{}-{}-{way:?}", program.folder, program.name));
    let mut command = Command::new(if program.is_cxx() { "g++" } else { "gcc" });
    command.current_dir(&stage.root).args(STRICT).arg("-pthread").arg("-Iinclude");
    command.arg(&program.source).arg("-o").arg(&binary).args(&program.directives.flags);
    command.args(ON_PURPOSE);
    match way {
        // What the library adds to the C library's names is there at run time only.
        Way::Preload => command.arg("-Wl,-z,dynamic-undefined-weak"),
        Way::Shared => command
            .args(["-Ltarget/release", "-Wl,--no-as-needed", "-lallotment"])
            .arg(format!("-Wl,-rpath,{}", stage.libraries().display())),
        Way::Archive => command.args(["-Ltarget/release", &format!("-l:{ARCHIVE}")]),
        Way::Static => command.args(["-Ltarget/release", &format!("-l:{ARCHIVE}"), "-static"]),
    };
    toolchain::must_succeed(&mut command)?;
    Ok(binary)
}

fn environment(command: &mut Command, stage: &Stage, program: &Program, way: Way) {
    stage.on(command);
    if way == Way::Preload {
        command.env("LD_PRELOAD", shared(stage));
    }
    for (name, value) in &program.directives.env {
        command.env(name, value);
    }
}

/// Nothing, or the first way in which `done` is not what was expected.
fn verdict(end: End, stderr: &[String], done: &Finished) -> Result<(), String> {
    let ended = match end {
        End::Exit(code) => done.status.code() == Some(code),
        End::Signal(signal) => done.status.signal() == Some(signal),
    };
    if !ended {
        return Err(format!("expected {end:?}, found {}", done.end()));
    }
    let expected: Vec<String> = stderr.iter().map(|line| fill_in(line, &done.stdout)).collect();
    let said: Vec<&str> = done.stderr.lines().collect();
    if expected == said {
        Ok(())
    } else {
        Err(format!("expected on stderr:\n  {}", expected.join("\n  ")))
    }
}

/// Puts what the program printed as `x=value` in the place of `{x}`.
fn fill_in(line: &str, stdout: &str) -> String {
    stdout
        .lines()
        .filter_map(|said| said.split_once('='))
        .fold(line.to_string(), |line, (name, value)| line.replace(&format!("{{{name}}}"), value))
}

fn report(directives: &Directives, done: &Finished, why: &str) -> String {
    format!(
        "{}\n{why}\n--- {}\n--- stdout\n{}--- stderr\n{}",
        directives.situation,
        done.end(),
        done.stdout,
        done.stderr
    )
}
