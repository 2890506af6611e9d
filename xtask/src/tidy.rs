//! The rules of this house that no other tool knows, checked line by line.
//!
//! A rule looks at one file and names the lines that break it. The rules read
//! text, not syntax: rustfmt has laid it out, so that an item ends with a brace
//! below its first letter.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;
use crate::tally::Tally;

/// Longer files want to be two.
const FILE_LINES_MAX: usize = 600;

/// Longer functions want to be two.
const FUNCTION_LINES_MAX: usize = 70;

/// A comment that explains a line stands at most this far above it.
const COMMENT_LINES_ABOVE: usize = 8;

/// What an operation on an atomic is given.
const ORDERINGS: [&str; 5] = ["Relaxed", "Acquire", "Release", "AcqRel", "SeqCst"];

/// A line of C is no longer than one of Rust.
const COLUMNS_MAX: usize = 100;

/// A source file, with its path from the root.
struct Source {
    path: String,
    text: String,
}

/// One rule: its name, and the lines (from 1) that break it, with a word on why.
type Rule = (&'static str, fn(&Source) -> Vec<(usize, String)>);

const RULES: [Rule; 9] = [
    ("a file has at most 600 lines", file_length),
    ("a file opens with its idea", opening),
    ("a function has at most 70 lines", function_length),
    ("C symbols are exported by faces only", exports),
    ("nothing is left to be done", leftovers),
    ("unsafe code has its proof above it", safety),
    ("an atomic says whom it meets", orderings),
    ("no path of one machine", machine_paths),
    ("C fits the page", columns),
];

/// Prints every violation; each rule is one check.
pub(crate) fn run() -> Tally {
    let sources = sources(&root());
    let mut tally = Tally::default();
    for rule in RULES {
        let broken = violations(rule, &sources);
        for line in &broken {
            println!("{line}");
        }
        tally += if broken.is_empty() { Tally::PASSED } else { Tally::FAILED };
    }
    tally
}

fn violations((name, rule): Rule, sources: &[Source]) -> Vec<String> {
    let broken = sources.iter().flat_map(|source| {
        let lines = rule(source).into_iter();
        lines.map(|(line, why)| format!("{}:{line}: {name}: {why}", source.path))
    });
    broken.collect()
}

/// Every file of Rust and C below `root` that is this project's own.
fn sources(root: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if path.is_dir() {
                let is_built = ["target", "corpus", "artifacts"].contains(&name.as_ref());
                if !is_built && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if [".rs", ".c", ".h"].iter().any(|kind| name.ends_with(kind)) {
                found.extend(read(root, &path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn read(root: &Path, path: &PathBuf) -> Option<Source> {
    let text = fs::read_to_string(path).ok()?;
    Some(Source { path: path.strip_prefix(root).ok()?.display().to_string(), text })
}

impl Source {
    fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }

    /// The lines for which `breaks` has an answer.
    fn each(&self, breaks: impl Fn(usize, &str) -> Option<String>) -> Vec<(usize, String)> {
        let lines = self.text.lines().enumerate();
        lines.filter_map(|(at, line)| Some((at + 1, breaks(at, line)?))).collect()
    }

    /// Whether line `at`, or one shortly above it, has a comment with `word`.
    fn is_explained(&self, at: usize, word: &str) -> bool {
        let from = at.saturating_sub(COMMENT_LINES_ABOVE);
        let mut near = self.text.lines().skip(from).take(at + 1 - from);
        near.any(|line| line.split_once("//").is_some_and(|(_, comment)| comment.contains(word)))
    }
}

fn file_length(source: &Source) -> Vec<(usize, String)> {
    let lines = source.text.lines().count();
    if lines > FILE_LINES_MAX { vec![(lines, format!("{lines} lines"))] } else { Vec::new() }
}

fn opening(source: &Source) -> Vec<(usize, String)> {
    let first = source.text.lines().next().unwrap_or_default();
    let openings: &[&str] = if source.is_rust() { &["//! ", "#![allow"] } else { &["// ", "/* "] };
    let is_idea = openings.iter().any(|opening| first.starts_with(opening));
    if is_idea { Vec::new() } else { vec![(1, "no comment".into())] }
}

fn function_length(source: &Source) -> Vec<(usize, String)> {
    if !source.is_rust() {
        return Vec::new();
    }
    let lines: Vec<&str> = source.text.lines().collect();
    source.each(|at, line| {
        let length = function_lines(lines.get(at..)?, line)?;
        (length > FUNCTION_LINES_MAX).then(|| format!("{length} lines"))
    })
}

/// How many lines the function has that begins with the first of `lines`, if one
/// does and has a body.
fn function_lines(lines: &[&str], first: &str) -> Option<usize> {
    let code = first.trim_start();
    let qualifiers =
        ["pub ", "pub(crate) ", "pub(super) ", "const ", "async ", "unsafe ", "extern \"C\" "];
    let mut rest = code;
    while let Some(shorter) = qualifiers.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter;
    }
    if !rest.starts_with("fn ") {
        return None;
    }
    let indent = &first[..first.len() - code.len()];
    let end = format!("{indent}}}");
    let opens = lines.iter().position(|line| line.ends_with('{') || line.ends_with(['}', ';']))?;
    if !lines[opens].ends_with('{') {
        return None;
    }
    lines.iter().position(|line| *line == end).map(|last| last + 1)
}

fn exports(source: &Source) -> Vec<(usize, String)> {
    if !source.path.starts_with("crates/") && !source.path.starts_with("cli/") {
        return Vec::new();
    }
    source.each(|_, line| {
        let exported = ["no_mangle", "export_name"].into_iter().find(|word| line.contains(word));
        exported.filter(|_| line.trim_start().starts_with('#')).map(String::from)
    })
}

fn leftovers(source: &Source) -> Vec<(usize, String)> {
    // Put together here, so that this file passes its own rule.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    source.each(|_, line| words.into_iter().find(|word| line.contains(word)).map(String::from))
}

fn safety(source: &Source) -> Vec<(usize, String)> {
    if !source.is_rust() {
        return Vec::new();
    }
    source.each(|at, line| {
        let code = line.split("//").next().unwrap_or_default();
        // In two parts, or this line itself would lack a proof.
        let words = [concat!("unsafe", " {"), concat!("unsafe", " impl")];
        let is_unsafe = words.iter().any(|word| code.contains(word));
        let is_bare = is_unsafe && !source.is_explained(at, "SAFETY:");
        is_bare.then(|| code.trim().to_string())
    })
}

/// An ordering that synchronises is explained where it is used. Relaxed meets
/// nobody, so one comment in the file may say why that is enough.
fn orderings(source: &Source) -> Vec<(usize, String)> {
    if !source.path.starts_with("crates/") && !source.path.starts_with("faces/") {
        return Vec::new();
    }
    let relaxed_is_explained = (source.text.lines())
        .any(|line| line.split_once("//").is_some_and(|(_, comment)| comment.contains("Relaxed")));
    source.each(|at, line| {
        let code = line.split("//").next().unwrap_or_default();
        let is_import = code.contains("use ") || code.contains("Ordering::{");
        let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        let ordering = words.find(|word| ORDERINGS.contains(word))?;
        let is_explained =
            source.is_explained(at, ordering) || (ordering == "Relaxed" && relaxed_is_explained);
        (!is_import && !is_explained).then(|| ordering.to_string())
    })
}

fn machine_paths(source: &Source) -> Vec<(usize, String)> {
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    source.each(|_, line| paths.into_iter().find(|path| line.contains(path)).map(String::from))
}

fn columns(source: &Source) -> Vec<(usize, String)> {
    if source.is_rust() {
        return Vec::new();
    }
    source.each(|_, line| {
        let width = line.chars().count();
        let is_directive = line.starts_with("// expect-");
        (width > COLUMNS_MAX && !is_directive).then(|| format!("{width} columns"))
    })
}

#[cfg(test)]
mod tests {
    use super::{RULES, Rule, Source, sources, violations};
    use crate::root;

    /// The lines of `text` that break the rule that is called `name`.
    fn broken(name: &str, path: &str, text: &str) -> Vec<usize> {
        let (_, rule): Rule = RULES.into_iter().find(|rule| rule.0 == name).unwrap();
        let source = Source { path: path.into(), text: text.into() };
        rule(&source).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn this_house_is_tidy() {
        let sources = sources(&root());
        assert!(sources.len() > 100, "the sources were found");
        let broken: Vec<String> =
            RULES.into_iter().flat_map(|rule| violations(rule, &sources)).collect();
        assert!(broken.is_empty(), "\n{}", broken.join("\n"));
    }

    #[test]
    fn lengths_are_counted_to_the_closing_brace() {
        let function =
            |lines: usize| format!("    pub fn f() {{\n{}    }}\n", "x;\n".repeat(lines - 2));
        let rule = "a function has at most 70 lines";
        assert!(broken(rule, "a.rs", &function(70)).is_empty());
        assert_eq!(broken(rule, "a.rs", &function(71)), [1]);
        assert!(broken(rule, "a.rs", "fn f();\nfn g() {}\n").is_empty());
        assert_eq!(broken("a file has at most 600 lines", "a.c", &"\n".repeat(601)), [601]);
    }

    #[test]
    fn comments_that_are_owed_are_missed() {
        let rule = "unsafe code has its proof above it";
        let bare = concat!("let x = uns", "afe { y() };\n");
        assert_eq!(broken(rule, "a.rs", bare), [1]);
        assert!(broken(rule, "a.rs", &format!("// SAFETY: so.\n{bare}")).is_empty());
        let rule = "an atomic says whom it meets";
        let load = "x.load(Ordering::Acquire);\n";
        assert_eq!(broken(rule, "crates/a.rs", load), [1]);
        let explained = format!("// Acquire: pairs with the Release in f.\n{load}");
        assert!(broken(rule, "crates/a.rs", &explained).is_empty());
        assert_eq!(broken(rule, "crates/a.rs", "x.load(Relaxed);\n"), [1]);
        let once = format!("//! Relaxed: a count.\n{}x.load(Relaxed);\n", "\n".repeat(20));
        assert!(broken(rule, "crates/a.rs", &once).is_empty());
        assert_eq!(broken(rule, "crates/a.rs", &once.replace("(Relaxed", "(Acquire")), [22]);
        let import = "use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};\n";
        assert!(broken(rule, "crates/a.rs", import).is_empty());
        assert_eq!(broken("a file opens with its idea", "a.c", "#include <x.h>\n"), [1]);
    }

    #[test]
    fn what_belongs_elsewhere_is_found() {
        let rule = "C symbols are exported by faces only";
        let export = "#[unsafe(no_mangle)]\n";
        assert_eq!(broken(rule, "crates/a.rs", export), [1]);
        assert!(broken(rule, "faces/a.rs", export).is_empty());
        let note = concat!("// TO", "DO: later\n");
        assert_eq!(broken("nothing is left to be done", "a.c", note), [1]);
        let path = concat!("let x = \"/ho", "me/me\";\n");
        assert_eq!(broken("no path of one machine", "a.rs", path), [1]);
    }
}
