//! What a C program says about itself in the comment that opens it.
//!
//! ```c
//! // A block freed twice is refused the second time.
//! // expect-stderr: allotment: dealloc({p}): this block was freed already; nothing was freed
//! ```
//!
//! The lines up to the first directive are the situation. A line that begins
//! with a word and a colon is a directive; any other line after it is prose. The
//! comment ends with the first line that does not begin with `//`.
//!
//! | directive | meaning | without it |
//! |---|---|---|
//! | `expect-exit: N` | the exit code | 0 |
//! | `expect-signal: SIGSEGV` | ends by this signal instead | |
//! | `expect-stderr: LINE` | one line of stderr, in order; `{x}` stands for what the program printed as `x=…` | stderr stays empty |
//! | `env: NAME=VALUE` | one more environment variable | |
//! | `flags: -pthread` | more words for the compiler | |
//! | `links: archive shared` | only these ways of linking | all of them |
//! | `inject: mmap:error=ENOMEM:when={n}` | run under strace once for every n until nothing is left to inject; each run must end well | |
//! | `trace: mmap,munmap` | run under strace, which records these calls | |
//! | `expect-trace: CALL` | one recorded call, in order; `{x}` as above | nothing is recorded |

use crate::toolchain::Link;

/// The opening comment of one program, understood.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Directives {
    /// What the program shows, in a sentence or two.
    pub situation: String,
    /// How the process must end.
    pub end: End,
    /// The lines stderr must hold, no more and no fewer.
    pub stderr: Vec<String>,
    /// Additional environment variables.
    pub env: Vec<(String, String)>,
    /// Additional words for the compiler.
    pub flags: Vec<String>,
    /// The ways of linking to try.
    pub links: Vec<Link>,
    /// What strace shall inject, with `{n}` for the number of the call.
    pub inject: Option<String>,
    /// The system calls strace shall record, and the calls expected.
    pub trace: Option<(String, Vec<String>)>,
}

/// How a process ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// It returned this code.
    Exit(i32),
    /// This signal ended it.
    Signal(i32),
}

/// Signals by name: those a program here may die of.
const SIGNALS: [(&str, i32); 4] = [("SIGABRT", 6), ("SIGBUS", 7), ("SIGKILL", 9), ("SIGSEGV", 11)];

impl Directives {
    /// Reads the comment that opens `source`.
    ///
    /// # Errors
    ///
    /// A sentence about the first line that cannot be understood.
    pub fn parse(source: &str) -> Result<Self, String> {
        let lines: Vec<&str> =
            source.lines().map_while(|line| line.strip_prefix("//")).map(str::trim).collect();
        let prose = lines.iter().take_while(|line| directive(line).is_none());
        let situation = prose.copied().collect::<Vec<_>>().join(" ");
        if situation.is_empty() {
            return Err("the first line must be a // comment that names the situation".into());
        }
        let mut found = Self {
            situation,
            end: End::Exit(0),
            stderr: Vec::new(),
            env: Vec::new(),
            flags: Vec::new(),
            links: Link::ALL.to_vec(),
            inject: None,
            trace: None,
        };
        for line in lines {
            if let Some((key, value)) = directive(line) {
                found.apply(key, value).map_err(|why| format!("`// {line}`: {why}"))?;
            }
        }
        Ok(found)
    }

    fn apply(&mut self, key: &str, value: &str) -> Result<(), String> {
        match key {
            "expect-exit" => self.end = End::Exit(value.parse().map_err(|_| "not a number")?),
            "expect-signal" => self.end = End::Signal(signal(value)?),
            "expect-stderr" => self.stderr.push(value.into()),
            "env" => {
                let (name, value) = value.split_once('=').ok_or("not NAME=VALUE")?;
                self.env.push((name.into(), value.into()));
            }
            "flags" => self.flags.extend(value.split_whitespace().map(String::from)),
            "links" => {
                self.links = value.split_whitespace().map(Link::named).collect::<Result<_, _>>()?;
            }
            "inject" => self.inject = Some(value.into()),
            "trace" => self.trace = Some((value.into(), Vec::new())),
            "expect-trace" => {
                let (_, calls) = self.trace.as_mut().ok_or("a `trace:` line comes first")?;
                calls.push(value.into());
            }
            _ => return Err("no such directive".into()),
        }
        Ok(())
    }
}

/// Splits `word: value`; prose has no single word before its first colon.
fn directive(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(": ")?;
    let is_word = key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    is_word.then(|| (key, value.trim()))
}

fn signal(name: &str) -> Result<i32, String> {
    SIGNALS
        .iter()
        .find_map(|&(known, number)| (known == name).then_some(number))
        .ok_or_else(|| format!("no signal {name} in the list"))
}

#[cfg(test)]
mod tests {
    use super::{Directives, End};
    use crate::toolchain::Link;

    #[test]
    fn a_lone_situation_expects_success_and_silence_however_it_is_linked() {
        let found = Directives::parse("// All is well.\n#include <stdio.h>\n").unwrap();
        assert_eq!(found.situation, "All is well.");
        assert_eq!(found.end, End::Exit(0));
        assert_eq!(found.links, Link::ALL);
        assert!(found.stderr.is_empty());
    }

    #[test]
    fn a_situation_may_take_two_lines() {
        let found = Directives::parse("// One,\n// two.\n// expect-exit: 3\n// More.\n").unwrap();
        assert_eq!((found.situation.as_str(), found.end), ("One, two.", End::Exit(3)));
    }

    #[test]
    fn every_directive_is_understood() {
        let found = Directives::parse(
            "// Odd.\n// This is prose, it says nothing: really.\n// expect-signal: SIGSEGV\n\
             // expect-stderr: a: b\n// expect-stderr: c\n// env: A=b=c\n// flags: -pthread -lm\n\
             // links: static archive\n// inject: mmap:when={n}\n// trace: mmap\n\
             // expect-trace: mmap(1)\nint main(void) {}\n// expect-exit: 9\n",
        )
        .unwrap();
        assert_eq!(found.end, End::Signal(11));
        assert_eq!(found.stderr, ["a: b", "c"]);
        assert_eq!(found.env, [("A".to_string(), "b=c".to_string())]);
        assert_eq!(found.flags, ["-pthread", "-lm"]);
        assert_eq!(found.links, [Link::Static, Link::Archive]);
        assert_eq!(found.inject.as_deref(), Some("mmap:when={n}"));
        assert_eq!(found.trace, Some(("mmap".to_string(), vec!["mmap(1)".to_string()])));
    }

    #[test]
    fn a_misspelt_directive_is_an_error_not_prose() {
        assert!(Directives::parse("// Odd.\n// expect-sterr: a\n").is_err());
        assert!(Directives::parse("// Odd.\n// expect-signal: SIGWHAT\n").is_err());
        assert!(Directives::parse("// Odd.\n// expect-trace: mmap(1)\n").is_err());
        assert!(Directives::parse("int main(void) { return 0; }\n").is_err());
    }
}
