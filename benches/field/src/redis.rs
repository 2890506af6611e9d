//! A server under load: redis with an allocator, redis-benchmark without.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::launch::{Launcher, Outcome, Program};
use crate::places::Places;
use crate::real::command;

/// How long the server may take to answer for the first time.
const START_MAX: Duration = Duration::from_secs(10);

/// The server: on a socket, without a network, and nothing on disk.
pub(crate) fn program(places: &Places) -> Result<Program> {
    command("redis-benchmark")?;
    command("redis-cli")?;
    let mut words = vec![command("redis-server")?.into_os_string()];
    words.extend(["--port", "0", "--save", "", "--daemonize", "no"].map(Into::into));
    words.push("--unixsocket".into());
    words.push(socket(places).into());
    Ok(Program { words, folder: Some(places.work.join("run")), ..Program::default() })
}

fn socket(places: &Places) -> std::path::PathBuf {
    places.work.join("run/redis.socket")
}

/// One run: start the server, load it, end it. What the server took is the outcome.
pub(crate) fn run(
    places: &Places,
    launcher: &Launcher,
    program: &Program,
    library: Option<&Path>,
    scale: f64,
) -> Result<Outcome> {
    // Debian links the server with jemalloc, so the C library's own malloc has to be
    // put in front like everybody else's.
    let library = library.unwrap_or(Path::new("libc.so.6"));
    let mut server = launcher.command(program, Some(library)).spawn().context("the launcher")?;
    let socket = socket(places);
    let ask = |word: &[&str]| {
        let mut client = Command::new("redis-cli");
        client.arg("-s").arg(&socket).args(word).stdin(Stdio::null());
        client.output().is_ok_and(|output| output.stdout.starts_with(b"PONG"))
    };
    let begin = Instant::now();
    while !ask(&["ping"]) {
        if server.try_wait()?.is_some() || begin.elapsed() > START_MAX {
            let _ = server.kill();
            let _ = server.wait();
            return Ok(Outcome::Failed("server did not start".into()));
        }
        thread::sleep(Duration::from_millis(20));
    }
    #[expect(clippy::cast_sign_loss, reason = "a scale is not negative")]
    let requests = ((100_000.0 * scale) as u64).max(100).to_string();
    let mut load = Command::new("redis-benchmark");
    load.arg("-s")
        .arg(&socket)
        .args(["-n", &requests, "-r", "100000", "-d", "100", "-P", "16", "-q"]);
    load.args(["-t", "set,get,lpush,hset,sadd,zadd"]);
    let loaded = load.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    ask(&["shutdown", "nosave"]);
    let status = server.wait()?;
    if !status.success() {
        bail!("the launcher ended with {status}");
    }
    match loaded {
        Ok(loaded) if loaded.success() => launcher.outcome(),
        _ => Ok(Outcome::Failed("its clients failed".into())),
    }
}
