//! The two libraries as a linker meets them: by the line the headers document,
//! and side by side, since both define the same four names.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::{Completion, Failed, Trial};

use crate::libraries::Library;
use crate::stage::Stage;
use crate::toolchain::{self, Link};

/// The trials that are about linking rather than about a situation.
pub fn trials(stage: &Stage) -> Vec<Trial> {
    let mut trials = Vec::new();
    for library in Library::ALL {
        let here = stage.clone();
        let title =
            format!("faces/the_documented_command_line_links_and_runs [lib{}]", library.stem());
        trials.push(with_gcc(title, move || documented_command(&here, library)));
        for link in Link::ALL {
            let here = stage.clone();
            let title = format!("faces/behaviour_tells_which_library [{}]", link.label(library));
            trials.push(Trial::ignorable_test(title, move || match link.missing() {
                Some(reason) => Ok(Completion::ignored_with(reason)),
                None => done(tells(&here, library, link)),
            }));
        }
        let here = stage.clone();
        let title =
            format!("faces/of_both_archives_the_first_one_wins [lib{} first]", library.stem());
        trials.push(with_gcc(title, move || first_wins(&here, library)));
    }
    trials
}

fn with_gcc(title: String, run: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::ignorable_test(title, move || match toolchain::missing("gcc") {
        Some(reason) => Ok(Completion::ignored_with(reason)),
        None => done(run()),
    })
}

fn done(result: Result<(), String>) -> Result<Completion, Failed> {
    result.map(|()| Completion::Completed).map_err(Failed::from)
}

fn which_library() -> PathBuf {
    PathBuf::from("tests/both/which_library.c")
}

/// The line in the comment that opens the header, run to the letter: it leaves
/// `a.out`, as in the lab.
fn documented_command(stage: &Stage, library: Library) -> Result<(), String> {
    let header = stage.root.join(format!("include/{}.h", library.stem()));
    let text = fs::read_to_string(&header).map_err(|why| why.to_string())?;
    let line = text
        .lines()
        .find_map(|line| line.trim_start_matches([' ', '*']).strip_prefix("gcc "))
        .ok_or("the header documents no command line")?;
    let mut words = line.split_whitespace();
    let source = words.next().ok_or("the documented line names no source")?;
    if !line.contains("-Iinclude -Ltarget/release") {
        return Err(format!("the documented line has changed: gcc {line}"));
    }
    // A directory of its own, since the line leaves the program as `a.out`.
    let place = stage.root.join(format!("out/documented-{}", library.stem()));
    let set_up = || -> std::io::Result<()> {
        use std::os::unix::fs::symlink;
        fs::create_dir_all(&place)?;
        fs::copy(stage.root.join(which_library()), place.join(source))?;
        symlink(stage.root.join("include"), place.join("include"))?;
        symlink(stage.root.join("target"), place.join("target"))
    };
    set_up().map_err(|why| why.to_string())?;
    toolchain::must_succeed(Command::new("gcc").current_dir(&place).arg(source).args(words))?;
    says(Command::new("./a.out").current_dir(&place), library)
}

fn tells(stage: &Stage, library: Library, link: Link) -> Result<(), String> {
    // The name of the program must differ between the libraries.
    let copy = PathBuf::from(format!("out/which_{}_{link:?}.c", library.stem()));
    fs::copy(stage.root.join(which_library()), stage.root.join(&copy))
        .map_err(|why| why.to_string())?;
    let program = toolchain::compile(stage, &copy, library, link, &[])?;
    says(&mut Command::new(program), library)
}

/// No error tells a program that names both archives: the order decides.
fn first_wins(stage: &Stage, first: Library) -> Result<(), String> {
    let second = if first == Library::Page { Library::Elastic } else { Library::Page };
    let program = stage.root.join(format!("out/first-{}", first.stem()));
    let mut command = Command::new("gcc");
    command.current_dir(&stage.root).arg(which_library()).arg("-o").arg(&program);
    command.arg("-Ltarget/release");
    command.arg(format!("-l:{}", first.archive())).arg(format!("-l:{}", second.archive()));
    toolchain::must_succeed(&mut command)?;
    says(&mut Command::new(program), first)
}

/// The program must name `library`.
fn says(command: &mut Command, library: Library) -> Result<(), String> {
    let said = toolchain::must_succeed(command)?.stdout;
    if said.trim() == library.folder() {
        Ok(())
    } else {
        Err(format!("linked with {}, but it behaves as {}", library.folder(), said.trim()))
    }
}
