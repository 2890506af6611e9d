//! `allotment.h` on its own, and together with the system's headers, under every
//! standard.

use std::process::Command;

use libtest_mimic::{Completion, Trial};

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

const SOURCES: [(&str, &str); 3] = [
    ("alone", "#include <allotment.h>\n#include <allotment.h>\n"),
    ("before_the_systems", "#include <allotment.h>\n#include <malloc.h>\n#include <stdlib.h>\n"),
    ("after_the_systems", "#include <malloc.h>\n#include <stdlib.h>\n#include <allotment.h>\n"),
];

/// A trial for each standard and order of headers.
pub fn trials(stage: &Stage) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (compiler, language, standard) in STANDARDS {
        for (order, includes) in SOURCES {
            let stage = stage.clone();
            let title = format!("headers/allotment.h_{order} [{compiler} {standard}]");
            trials.push(Trial::ignorable_test(title, move || {
                if let Some(reason) = toolchain::missing(compiler) {
                    return Ok(Completion::ignored_with(reason));
                }
                let file = stage.out().join(format!("{order}-{standard}.src"));
                std::fs::write(&file, format!("{includes}size_t use(void *block);\n{USE}"))?;
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

const USE: &str = "size_t use(void *block) { return malloc_usable_size(block); }\n";
