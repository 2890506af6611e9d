//! Programs that people use, with inputs of `benches/real` or made here.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::allocators::succeed;
use crate::launch::Program;
use crate::places::Places;

/// The file of a command in the search path.
pub(crate) fn command(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|at| at.is_file());
    found.with_context(|| format!("{name} is not installed"))
}

fn with(program: impl Into<OsString>, words: &[&str]) -> Program {
    let words = words.iter().map(OsString::from);
    Program { words: std::iter::once(program.into()).chain(words).collect(), ..Program::default() }
}

fn with_file(program: PathBuf, words: &[&str], file: PathBuf) -> Program {
    let mut program = with(program, words);
    program.words.push(file.into());
    program
}

/// Python with its own pools switched off: every object is a malloc.
pub(crate) fn python(places: &Places) -> Result<Program> {
    // The interpreter itself: what is in the path may be a script that starts it.
    let mut ask = Command::new(command("python3")?);
    let answer = ask.args(["-c", "import sys; print(sys.executable)"]).output()?;
    let interpreter = String::from_utf8(answer.stdout)?.trim().to_string();
    let program = with_file(interpreter.into(), &[], places.sources("real").join("python.py"));
    Ok(Program { environment: vec![("PYTHONMALLOC", "malloc".into())], ..program })
}

pub(crate) fn lua(places: &Places) -> Result<Program> {
    let interpreter = ["lua5.4", "lua", "lua5.3"].into_iter().find_map(|name| command(name).ok());
    let interpreter = interpreter.context("lua is not installed")?;
    Ok(with_file(interpreter, &[], places.sources("real").join("lua.lua")))
}

pub(crate) fn perl(places: &Places) -> Result<Program> {
    Ok(with_file(command("perl")?, &[], places.sources("real").join("perl.pl")))
}

pub(crate) fn sqlite(places: &Places) -> Result<Program> {
    let input = Some(places.sources("real").join("sqlite.sql"));
    Ok(Program { input, ..with(command("sqlite3")?, &[":memory:"]) })
}

pub(crate) fn ghostscript(places: &Places) -> Result<Program> {
    let words = ["-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=ppmraw", "-r40"];
    let mut program = with(command("gs")?, &words);
    program.words.push("-sOutputFile=/dev/null".into());
    program.words.push(places.sources("real").join("drawing.ps").into());
    Ok(program)
}

pub(crate) fn z3(places: &Places) -> Result<Program> {
    Ok(with_file(command("z3")?, &[], places.sources("real").join("pigeons.smt2")))
}

/// The compiler proper, on text that is preprocessed already.
pub(crate) fn cc1plus(places: &Places) -> Result<Program> {
    let answer = Command::new(command("g++")?).arg("-print-prog-name=cc1plus").output()?;
    let compiler = PathBuf::from(String::from_utf8(answer.stdout)?.trim());
    if !compiler.is_absolute() {
        bail!("g++ has no cc1plus");
    }
    let text = places.work.join("templates.ii");
    let mut preprocess = Command::new("g++");
    preprocess.args(["-std=c++17", "-E"]).arg(places.sources("real").join("templates.cc"));
    succeed(preprocess.arg("-o").arg(&text))?;
    let mut program = with(compiler, &["-quiet", "-fpreprocessed", "-std=c++17"]);
    program.words.extend([text.into(), "-o".into(), "/dev/null".into()]);
    Ok(program)
}

/// The index of a pack of 15,000 small files in 150 commits.
pub(crate) fn git(places: &Places) -> Result<Program> {
    let git = real_git()?;
    let folder = places.work.join("repository");
    let pack = folder.join("input.pack");
    if !pack.exists() {
        make_pack(&git, &folder, &pack)?;
    }
    let mut program = with(git, &["index-pack", "--threads=1", "-o", "output.idx"]);
    program.words.push(pack.into());
    Ok(Program { folder: Some(folder), ..program })
}

/// git itself: what is in the path may be a script that starts it.
fn real_git() -> Result<PathBuf> {
    let answer = Command::new(command("git")?).arg("--exec-path").output()?;
    let git = Path::new(String::from_utf8(answer.stdout)?.trim()).join("git");
    if git.is_file() { Ok(git) } else { command("git") }
}

fn make_pack(git: &Path, folder: &Path, pack: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    succeed(Command::new(git).args(["init", "--quiet", "--bare"]).arg(folder))?;
    let mut import = Command::new(git);
    import.current_dir(folder).args(["fast-import", "--quiet"]).stdin(Stdio::piped());
    let mut import = import.spawn().context("git fast-import")?;
    let mut stream = import.stdin.take().context("the pipe to git")?;
    for commit in 0..150_u32 {
        writeln!(stream, "commit refs/heads/main\ncommitter A <a@b> {} +0000", 1_000_000 + commit)?;
        writeln!(stream, "data 7\nchange\n")?;
        for file in 0..100_u32 {
            let name = (commit * 37 + file * 101) % 5000;
            let text = (0..20).fold(String::new(), |text, line| {
                format!(
                    "{text}line {line} of {name}: {}\n",
                    (commit * line).wrapping_mul(2_654_435_761)
                )
            });
            writeln!(stream, "M 644 inline d{}/f{name}\ndata {}\n{text}", name % 70, text.len())?;
        }
    }
    drop(stream);
    if !import.wait()?.success() {
        bail!("git fast-import failed");
    }
    let mut objects = Command::new(git);
    objects.current_dir(folder).args(["pack-objects", "--all", "--stdout", "--quiet"]);
    let status = objects.stdin(Stdio::null()).stdout(File::create(pack)?).status()?;
    if !status.success() {
        bail!("git pack-objects failed");
    }
    Ok(())
}
