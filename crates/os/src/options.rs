//! The options: environment variables whose names begin with `ALLOTMENT_`.
//!
//! ```text
//!   ALL ──▶ the heap reads its rows at start-up
//!       ──▶ what is no row, or has a bad value, is reported: one line each
//!       ──▶ `allotment options` prints the table; the README's is compared with it
//! ```
//!
//! One table for the whole house, so that no part of it takes the option of another
//! for a mistake. Nothing here allocates, and nothing is remembered: who reads an
//! option on a hot path keeps what it found.

use core::str;

use crate::{Line, environment};

/// What every name begins with.
const PREFIX: &[u8] = b"ALLOTMENT_";

/// Longer names and values are cut in reports.
const SHOWN_BYTES_MAX: usize = 48;

/// Who reads an option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// The general heap, at start-up.
    Heap,
    /// The lab's two heaps, at each complaint.
    Lab,
    /// The command `allotment`.
    Command,
    /// The tests of this project.
    Tests,
}

impl Reader {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Heap => "heap",
            Self::Lab => "lab",
            Self::Command => "command",
            Self::Tests => "tests",
        }
    }
}

/// What an option may be set to. Set to nothing, it is as good as not set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Values {
    /// One of these words; the first is the default.
    Word(&'static [&'static str]),
    /// A number.
    Number {
        /// Without the option.
        default: usize,
        /// The largest.
        max: usize,
    },
    /// `0` for no, the default, and anything else for yes.
    Flag,
    /// A file or a folder; none is the default.
    Path,
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Described {
    /// The name of the variable.
    pub name: &'static str,
    /// What it may be set to.
    pub values: Values,
    /// The values, in the words of the documentation.
    pub shown: &'static str,
    /// Without it, in the words of the documentation.
    pub default: &'static str,
    /// Who reads it.
    pub reader: Reader,
    /// What it does, in a sentence without its full stop.
    pub meaning: &'static str,
}

/// What the general heap does about a misuse.
pub static ON_MISUSE: Described = Described {
    name: "ALLOTMENT_ON_MISUSE",
    values: Values::Word(&["abort", "ignore"]),
    shown: "`abort` or `ignore`",
    default: "`abort`",
    reader: Reader::Heap,
    meaning: "what follows the report of a bad `free`: the program ends, or goes on",
};

/// Where the general heap's statistics go at exit.
pub static STATISTICS: Described = Described {
    name: "ALLOTMENT_STATISTICS",
    values: Values::Path,
    shown: "a file, or `-` for stderr",
    default: "none",
    reader: Reader::Heap,
    meaning: "write statistics as JSON when the program exits; in the name, `%p` is its PID, \
              and a `?` in front forgives errors",
};

/// Whether every call is counted.
pub static COUNT: Described = Described {
    name: "ALLOTMENT_COUNT",
    values: Values::Flag,
    shown: "`1` or `0`",
    default: "`0`",
    reader: Reader::Heap,
    meaning: "count every allocation and free, which makes them slower",
};

/// Without the option.
pub const DECAY_MS_DEFAULT: usize = 1000;

/// How long free memory is kept.
pub static DECAY_MS: Described = Described {
    name: "ALLOTMENT_DECAY_MS",
    values: Values::Number { default: DECAY_MS_DEFAULT, max: 86_400_000 },
    shown: "milliseconds",
    default: "`1000`",
    reader: Reader::Heap,
    meaning: "give free memory back to the system after about this time; `0`: at once",
};

/// Whether a thread gives memory back while the program is idle.
pub static BACKGROUND: Described = Described {
    name: "ALLOTMENT_BACKGROUND",
    values: Values::Flag,
    shown: "`1` or `0`",
    default: "`0`",
    reader: Reader::Heap,
    meaning: "a thread gives free memory back while the program is idle, too",
};

/// Whether there are huge pages.
pub static HUGE_PAGES: Described = Described {
    name: "ALLOTMENT_HUGE_PAGES",
    values: Values::Word(&["auto", "always", "never"]),
    shown: "`auto`, `always` or `never`",
    default: "`auto`",
    reader: Reader::Heap,
    meaning: "whether heaps of some MiB get huge pages: where they are fast, wherever, or not",
};

/// Silence of the lab's libraries.
pub static QUIET: Described = Described {
    name: "ALLOTMENT_QUIET",
    values: Values::Flag,
    shown: "`1` or `0`",
    default: "`0`",
    reader: Reader::Lab,
    meaning: "the lab's libraries do not report bad pointers",
};

/// The library that `allotment run` preloads.
pub static LIBRARY: Described = Described {
    name: "ALLOTMENT_LIBRARY",
    values: Values::Path,
    shown: "a file",
    default: "the one beside the command",
    reader: Reader::Command,
    meaning: "the `liballotment.so` that `allotment run` preloads",
};

/// The libraries that the tests judge.
pub static LIBRARIES: Described = Described {
    name: "ALLOTMENT_LIBRARIES",
    values: Values::Path,
    shown: "a folder",
    default: "built anew",
    reader: Reader::Tests,
    meaning: "the libraries that the tests judge",
};

/// The table.
pub static ALL: [&Described; 9] = [
    &ON_MISUSE,
    &STATISTICS,
    &COUNT,
    &DECAY_MS,
    &BACKGROUND,
    &HUGE_PAGES,
    &QUIET,
    &LIBRARY,
    &LIBRARIES,
];

impl Described {
    /// What it is set to, if it is; nothing where the program has more rights than
    /// its user, who could turn them to other ends.
    pub fn text(&self) -> Option<&'static [u8]> {
        if environment::is_privileged() {
            return None;
        }
        environment::variable(self.name.as_bytes()).filter(|value| !value.is_empty())
    }

    /// The value as a number; the default if there is none. For flags, 1 is yes; for
    /// words, it is the place in the list.
    pub fn number(&self) -> usize {
        self.text().and_then(|text| self.values.understand(text)).unwrap_or(match self.values {
            Values::Number { default, .. } => default,
            _ => 0,
        })
    }
}

impl Values {
    /// A number for a value that makes sense.
    fn understand(self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Word(words) => words.iter().position(|word| word.as_bytes() == text),
            Self::Number { max, .. } => {
                str::from_utf8(text).ok()?.parse().ok().filter(|&number| number <= max)
            }
            Self::Flag => Some(usize::from(text != b"0")),
            Self::Path => Some(0),
        }
    }

    /// What to do about a bad value.
    fn advise(self, line: Line) -> Line {
        match self {
            Self::Word(words) => {
                let line = line.text("; set it to ");
                words.iter().enumerate().fold(line, |line, (at, word)| {
                    line.text(if at == 0 { "" } else { " or " }).text(word)
                })
            }
            Self::Number { max, .. } => line.text("; set it to a number from 0 to ").number(max),
            Self::Flag => line.text("; set it to 0 or 1"),
            Self::Path => line.text("; set it to a path"),
        }
    }
}

/// Reports every variable that begins as an option does and is none, and every
/// option with a bad value. Nothing is said where options have no effect.
pub fn check(mut report: impl FnMut(Line)) {
    if environment::is_privileged() {
        return;
    }
    environment::each(|name, value| {
        if !name.starts_with(PREFIX) {
            return;
        }
        match ALL.iter().find(|option| option.name.as_bytes() == name) {
            None => report(unknown(name)),
            Some(option) if !value.is_empty() && option.values.understand(value).is_none() => {
                report(bad(option, value));
            }
            Some(_) => {}
        }
    });
}

fn unknown(name: &[u8]) -> Line {
    let shown = &name[..name.len().min(SHOWN_BYTES_MAX)];
    let line = Line::new().text("allotment: ").bytes(shown);
    let line = line.text(" is no option, and has no effect; perhaps you mean ");
    line.text(nearest(name).name).text(" (all of them: allotment options)")
}

fn bad(option: &Described, value: &[u8]) -> Line {
    let shown = &value[..value.len().min(SHOWN_BYTES_MAX)];
    let line = Line::new().text("allotment: ").text(option.name).text("=").bytes(shown);
    option.values.advise(line.text(" makes no sense, and has no effect"))
}

/// The option whose name takes the fewest changes of a letter.
fn nearest(name: &[u8]) -> &'static Described {
    let rest = name.get(PREFIX.len()..).unwrap_or_default();
    let changes = |option: &&Described| distance(rest, &option.name.as_bytes()[PREFIX.len()..]);
    ALL.into_iter().min_by_key(changes).unwrap_or(&ON_MISUSE)
}

/// Letters to insert, to leave out, or to exchange, to make the one word the other;
/// of words longer than the table's, the beginning.
fn distance(from: &[u8], to: &[u8]) -> usize {
    let from = &from[..from.len().min(SHOWN_BYTES_MAX)];
    let mut row: [usize; SHOWN_BYTES_MAX + 1] = core::array::from_fn(|at| at);
    for (done, letter) in to.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = done + 1;
        for (at, other) in from.iter().enumerate() {
            let exchanged = diagonal + usize::from(!letter.eq_ignore_ascii_case(other));
            diagonal = row[at + 1];
            row[at + 1] = exchanged.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[from.len()]
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::*;

    fn text(mut line: Line) -> String {
        String::from_utf8(line.finish().to_vec()).unwrap().trim_end().to_string()
    }

    #[test]
    fn the_readme_has_this_table() {
        let row = |option: &&Described| {
            let Described { name, shown, default, reader, meaning, .. } = option;
            std::format!("| `{name}` | {} | {shown} | {default} | {meaning} |", reader.word())
        };
        let ours: Vec<String> = ALL.iter().map(row).collect();
        let readme = include_str!("../../../README.md");
        let theirs: Vec<&str> =
            readme.lines().filter(|line| line.starts_with("| `ALLOTMENT_")).collect();
        assert_eq!(theirs, ours);
    }

    #[test]
    fn the_words_of_the_table_agree_with_what_is_understood() {
        for option in ALL {
            assert!(option.name.as_bytes().starts_with(PREFIX));
            match option.values {
                Values::Word(words) => {
                    assert!(words.iter().all(|word| option.shown.contains(word)));
                    assert_eq!(option.default.trim_matches('`'), words[0]);
                }
                Values::Number { default, max } => {
                    assert_eq!(option.default.trim_matches('`'), default.to_string());
                    assert!(default <= max);
                }
                Values::Flag => assert_eq!(option.default, "`0`"),
                Values::Path => {}
            }
        }
    }

    #[test]
    fn values_are_understood_or_not() {
        let decay = DECAY_MS.values;
        for (value, number) in
            [("0", Some(0)), ("1000", Some(1000)), ("86400000", Some(86_400_000))]
        {
            assert_eq!(decay.understand(value.as_bytes()), number);
        }
        for nonsense in ["-1", "86400001", "soon", "1s", " 1", "99999999999999999999999"] {
            assert_eq!(decay.understand(nonsense.as_bytes()), None, "{nonsense}");
        }
        assert_eq!(decay.understand(b"\xff"), None);
        assert_eq!(ON_MISUSE.values.understand(b"ignore"), Some(1));
        assert_eq!(ON_MISUSE.values.understand(b"Ignore"), None);
        assert_eq!(COUNT.values.understand(b"0"), Some(0));
        assert_eq!(COUNT.values.understand(b"yes"), Some(1));
    }

    #[test]
    fn the_nearest_name_is_the_one_that_was_meant() {
        for (typed, meant) in [
            ("ALLOTMENT_DECAYMS", "ALLOTMENT_DECAY_MS"),
            ("ALLOTMENT_decay_ms", "ALLOTMENT_DECAY_MS"),
            ("ALLOTMENT_STATS", "ALLOTMENT_STATISTICS"),
            ("ALLOTMENT_MISUSE", "ALLOTMENT_ON_MISUSE"),
            ("ALLOTMENT_COUNTS", "ALLOTMENT_COUNT"),
            ("ALLOTMENT_LIBARY", "ALLOTMENT_LIBRARY"),
        ] {
            assert_eq!(nearest(typed.as_bytes()).name, meant, "{typed}");
        }
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"abc", b"abc"), 0);
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        nearest(&[b'x'; 1000]);
        nearest(b"");
    }

    #[test]
    fn a_report_is_one_line_that_says_what_to_do() {
        assert_eq!(
            text(unknown(b"ALLOTMENT_DECAY")),
            "allotment: ALLOTMENT_DECAY is no option, and has no effect; \
             perhaps you mean ALLOTMENT_DECAY_MS (all of them: allotment options)"
        );
        assert_eq!(
            text(bad(&ON_MISUSE, b"laugh\n")),
            "allotment: ALLOTMENT_ON_MISUSE=laugh? makes no sense, and has no effect; \
             set it to abort or ignore"
        );
        let long = text(unknown(&[b'x'; 1000]));
        assert!(long.ends_with("(all of them: allotment options)"), "{long}");
        let longest = ALL.iter().map(|option| text(bad(option, &[b'x'; 1000])).len()).max();
        assert!(longest < Some(255), "nothing is cut off");
    }
}
