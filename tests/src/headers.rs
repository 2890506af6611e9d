//! The headers on their own, under every standard of C and C++ a course may use.

use std::process::Command;

use libtest_mimic::{Completion, Trial};

use crate::libraries::Library;
use crate::stage::Stage;
use crate::toolchain::{self, STRICT};

/// Compiler, language and standard.
const STANDARDS: [(&str, &str, &str); 9] = [
    ("gcc", "c", "c90"),
    ("gcc", "c", "c99"),
    ("gcc", "c", "c11"),
    ("gcc", "c", "c17"),
    ("gcc", "c", "gnu17"),
    ("g++", "c++", "c++98"),
    ("g++", "c++", "c++11"),
    ("g++", "c++", "c++17"),
    ("g++", "c++", "c++20"),
];

/// Includes the header twice, and gives it nothing else to lean on.
fn source(library: Library) -> String {
    let include = format!("#include <{}.h>\n", library.stem());
    format!("{include}{include}char *use(void);\nchar *use(void) {{ return alloc(MINALLOC); }}\n")
}

/// A trial for each header and standard.
pub fn trials(stage: &Stage) -> Vec<Trial> {
    let mut trials = Vec::new();
    for library in Library::ALL {
        for (compiler, language, standard) in STANDARDS {
            let title =
                format!("headers/{}.h_stands_alone [{compiler} {standard}]", library.stem());
            let stage = stage.clone();
            trials.push(Trial::ignorable_test(title, move || {
                if let Some(reason) = toolchain::missing(compiler) {
                    return Ok(Completion::ignored_with(reason));
                }
                let file = stage.root.join(format!("out/{}-{standard}.src", library.stem()));
                std::fs::write(&file, source(library))?;
                let mut command = Command::new(compiler);
                command.current_dir(&stage.root).args(STRICT).arg("-pedantic");
                command.arg(format!("-std={standard}")).args(["-Iinclude", "-fsyntax-only"]);
                toolchain::must_succeed(command.args(["-x", language]).arg(file))?;
                Ok(Completion::Completed)
            }));
        }
    }
    trials
}
