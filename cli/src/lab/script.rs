//! The language of scripts: the lab's C calls, one a line.
//!
//! ```text
//!   init                 init_alloc()
//!   a = alloc 1024       a = alloc(1024)
//!   p[512] = alloc 8     for (i = 0; i < 512; i++) p[i] = alloc(8)
//!   write a              fills the block with its name's first letter
//!   dealloc a            dealloc(a); of an array, every element
//!   dealloc p[3]         one element
//!   dealloc a+8          a pointer into a block
//!   dealloc 0x1000       any address; NULL is one
//!   cleanup              cleanup()
//!   # comment            ## heading, which is shown
//! ```
//!
//! Parentheses, semicolons and the C names are understood, too, so that
//! `dealloc(a);` may be pasted. What can be known to be wrong without running
//! the script is refused before its first step.

use std::collections::HashMap;

use crate::failure::Failure;

/// The most elements of an array.
const ELEMENTS_MAX: usize = 4096;

const STATEMENTS: &str = "write one of: init, a = alloc 1024, write a, dealloc a, dealloc a+8, \
                          p[512] = alloc 8, cleanup, # comment";

/// A script that makes sense.
#[derive(Debug)]
pub(crate) struct Script {
    /// What to call it in errors.
    pub(crate) source: String,
    pub(crate) lines: Vec<Line>,
}

/// A line with something to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Line {
    /// The first line of a script is 1.
    pub(crate) number: usize,
    /// The heading that stands above it.
    pub(crate) heading: Option<String>,
    pub(crate) statement: Statement,
}

/// Something to do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Statement {
    Init,
    Cleanup,
    Alloc {
        name: String,
        /// Elements of an array; none for a plain pointer.
        count: Option<usize>,
        size: i32,
    },
    Write(Pointer),
    Dealloc(Target),
}

/// A pointer that has a name, or all pointers of an array.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pointer {
    pub(crate) name: String,
    pub(crate) index: Option<usize>,
}

/// What `dealloc` is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    Pointer {
        pointer: Pointer,
        /// Bytes added to it.
        plus: i64,
    },
    Address(u64),
}

/// What is wrong with a line, and what to do about it.
type Wrong = (String, String);

impl Script {
    /// Reads a script; `source` names it in errors.
    pub(crate) fn parse(source: &str, text: &str) -> Result<Self, Failure> {
        let mut reader = Reader::default();
        let mut lines = Vec::new();
        let mut heading = None;
        for (at, text) in text.lines().enumerate() {
            let number = at + 1;
            if let Some(title) = text.trim().strip_prefix("##") {
                heading = Some(title.trim().to_owned());
                continue;
            }
            let wrong =
                |(what, next): Wrong| Failure::refused(at_line(source, number, &what), next);
            if let Some(statement) = reader.statement(text).map_err(wrong)? {
                lines.push(Line { number, heading: heading.take(), statement });
            }
        }
        if lines.is_empty() {
            return Err(Failure::refused(format!("{source} has nothing to do"), STATEMENTS));
        }
        Ok(Self { source: source.to_owned(), lines })
    }
}

/// `FILE, line 3: what`.
pub(crate) fn at_line(source: &str, number: usize, what: &str) -> String {
    format!("{source}, line {number}: {what}")
}

/// Knows the names given so far.
#[derive(Default)]
struct Reader {
    /// Each name with the elements of its array, or none if it is no array.
    names: HashMap<String, Option<usize>>,
}

impl Reader {
    /// A line's statement; none for an empty line and for a comment.
    fn statement(&mut self, text: &str) -> Result<Option<Statement>, Wrong> {
        let code = text.split('#').next().unwrap_or_default();
        let code = code.replace(['(', ')', ';'], " ");
        if let Some((left, right)) = code.split_once('=') {
            return self.alloc(left, right).map(Some);
        }
        let mut words = code.split_whitespace();
        let Some(verb) = words.next() else { return Ok(None) };
        let rest: String = words.collect();
        let statement = match verb {
            "init" | "init_alloc" => alone(&rest, verb, Statement::Init)?,
            "cleanup" => alone(&rest, verb, Statement::Cleanup)?,
            "write" => Statement::Write(self.writable(&rest)?),
            "dealloc" => Statement::Dealloc(self.target(&rest)?),
            "alloc" => {
                let what = "the block has no name".to_owned();
                return Err((what, format!("give it one: a = alloc {rest}")));
            }
            _ => return Err((format!("\"{verb}\" is not a statement"), STATEMENTS.into())),
        };
        Ok(Some(statement))
    }

    fn alloc(&mut self, left: &str, right: &str) -> Result<Statement, Wrong> {
        // `char *a = …` declares and allocates at once.
        let left = left.replace('*', " ");
        let left = left.trim();
        let Pointer { name, index: count } = pointer(left.strip_prefix("char ").unwrap_or(left))?;
        let mut words = right.split_whitespace();
        let (verb, size) = (words.next(), words.collect::<String>());
        if verb != Some("alloc") {
            let what = format!("\"{}\" is not an allocation", right.trim());
            return Err((what, format!("write {name} = alloc 1024")));
        }
        let size = size.parse::<i32>().map_err(|_| {
            let what = format!("\"{size}\" is not a number of bytes that fits an int");
            (what, format!("write {name} = alloc 1024"))
        })?;
        if count.is_some_and(|count| count == 0 || count > ELEMENTS_MAX) {
            let what = "an array has at least 1 element".to_owned();
            return Err((what, format!("and at most {ELEMENTS_MAX}: {name}[512] = alloc 8")));
        }
        self.names.insert(name.clone(), count);
        Ok(Statement::Alloc { name, count, size })
    }

    fn writable(&self, text: &str) -> Result<Pointer, Wrong> {
        if text.contains(['+', '-']) {
            let what = format!("\"{text}\" is not the start of a block");
            return Err((what, "write fills a whole block: write a".into()));
        }
        self.known(pointer(text)?)
    }

    fn target(&self, text: &str) -> Result<Target, Wrong> {
        let literal = match text.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16).ok(),
            None => matches!(text, "0" | "NULL").then_some(0),
        };
        if let Some(address) = literal {
            return Ok(Target::Address(address));
        }
        let (name, plus) = match text.find(['+', '-']) {
            None => (text, 0),
            Some(at) => {
                let plus = text[at..].parse().map_err(|_| {
                    let what = format!("\"{}\" is not a number of bytes", &text[at..]);
                    (what, "write dealloc a+8".into())
                })?;
                (&text[..at], plus)
            }
        };
        let pointer = self.known(pointer(name)?)?;
        if plus != 0 && pointer.index.is_none() && self.names[&pointer.name].is_some() {
            let what = format!("{} is an array", pointer.name);
            return Err((what, format!("name one of its pointers: {}[0]{plus:+}", pointer.name)));
        }
        Ok(Target::Pointer { pointer, plus })
    }

    /// The pointer, if a line above has given it a value.
    fn known(&self, pointer: Pointer) -> Result<Pointer, Wrong> {
        let Pointer { name, index } = &pointer;
        match (self.names.get(name), index) {
            (None, _) => {
                let what = format!("nothing has been called \"{name}\" so far");
                Err((what, format!("allocate it on a line above: {name} = alloc 1024")))
            }
            (Some(None), Some(_)) => {
                Err((format!("{name} is not an array"), format!("write {name} without an index")))
            }
            (Some(Some(count)), Some(index)) if index >= count => {
                let what = format!("{name}[{index}] is beyond the end of {name}[{count}]");
                Err((what, format!("its last pointer is {name}[{}]", count - 1)))
            }
            _ => Ok(pointer),
        }
    }
}

fn alone(rest: &str, verb: &str, statement: Statement) -> Result<Statement, Wrong> {
    if rest.is_empty() {
        return Ok(statement);
    }
    Err((format!("\"{rest}\" after {verb} means nothing"), format!("write {verb} alone")))
}

/// `name` or `name[index]`.
fn pointer(text: &str) -> Result<Pointer, Wrong> {
    let text = text.trim();
    let wrong = || {
        let what = format!("\"{text}\" is not a name");
        (what, "a name is letters and digits, such as a, buf2, or p[3]".into())
    };
    let (name, index) = match text.split_once('[') {
        None => (text, None),
        Some((name, rest)) => {
            let index = rest.strip_suffix(']').and_then(|index| index.trim().parse().ok());
            (name.trim(), Some(index.ok_or_else(wrong)?))
        }
    };
    let mut letters = name.chars();
    let is_name = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if !is_name || name == "NULL" {
        return Err(wrong());
    }
    Ok(Pointer { name: name.into(), index })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Vec<Statement> {
        let script = Script::parse("test", text).unwrap();
        script.lines.into_iter().map(|line| line.statement).collect()
    }

    fn plain(name: &str) -> Pointer {
        Pointer { name: name.into(), index: None }
    }

    #[test]
    fn every_statement_has_its_line() {
        let text = "# one\ninit\n\n## Two\n a=alloc 8 # three\nwrite a\ndealloc a + 8\ncleanup";
        let script = Script::parse("test", text).unwrap();
        let numbers: Vec<usize> = script.lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [2, 5, 6, 7, 8]);
        assert_eq!(script.lines[1].heading.as_deref(), Some("Two"));
        assert_eq!(script.lines[2].heading, None);
        let dealloc = Target::Pointer { pointer: plain("a"), plus: 8 };
        assert_eq!(script.lines[3].statement, Statement::Dealloc(dealloc));
    }

    #[test]
    fn c_is_understood() {
        let c = "init_alloc();\nchar *buf_1 = alloc(1024);\ndealloc(buf_1-8);\ndealloc(NULL);\n\
                 cleanup();";
        let script = "init\nbuf_1 = alloc 1024\ndealloc buf_1-8\ndealloc 0\ncleanup";
        assert_eq!(statements(c), statements(script));
    }

    #[test]
    fn arrays_are_named_as_a_whole_and_by_element() {
        let text = "p[3] = alloc 8\ndealloc p[2]\ndealloc p[1]+8\nwrite p\ndealloc p";
        let element = |index| Pointer { name: "p".into(), index: Some(index) };
        let dealloc = |pointer, plus| Statement::Dealloc(Target::Pointer { pointer, plus });
        let expected = [
            Statement::Alloc { name: "p".into(), count: Some(3), size: 8 },
            dealloc(element(2), 0),
            dealloc(element(1), 8),
            Statement::Write(plain("p")),
            dealloc(plain("p"), 0),
        ];
        assert_eq!(statements(text), expected);
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_line_and_a_way_out() {
        for (text, what, next) in [
            ("jump", "line 1: \"jump\" is not a statement", "write one of: init, a = alloc 1024"),
            ("init\ndealloc b", "line 2: nothing has been called \"b\"", "b = alloc 1024"),
            ("alloc 8", "line 1: the block has no name", "a = alloc 8"),
            ("a = malloc 8", "\"malloc 8\" is not an allocation", "a = alloc 1024"),
            ("a = alloc many", "\"many\" is not a number", "a = alloc 1024"),
            ("a = alloc 3000000000", "fits an int", "a = alloc 1024"),
            ("a = alloc", "\"\" is not a number", "a = alloc 1024"),
            ("9a = alloc 8", "\"9a\" is not a name", "such as a"),
            ("p[0] = alloc 8", "at least 1 element", "at most 4096"),
            ("p[2] = alloc 8\ndealloc p[2]", "p[2] is beyond the end of p[2]", "p[1]"),
            ("p[2] = alloc 8\ndealloc p+8", "p is an array", "p[0]+8"),
            ("a = alloc 8\ndealloc a[0]", "a is not an array", "without an index"),
            ("a = alloc 8\nwrite a+8", "not the start of a block", "write a"),
            ("a = alloc 8\ndealloc a+b", "\"+b\" is not a number of bytes", "dealloc a+8"),
            ("init now", "\"now\" after init", "write init alone"),
            ("# nothing\n", "test has nothing to do", "write one of"),
        ] {
            let Err(Failure::Refused { what: said, next: advice, .. }) =
                Script::parse("test", text)
            else {
                panic!("{text:?} was accepted")
            };
            assert!(said.contains(what), "{text:?}: {said}");
            assert!(advice.contains(next), "{text:?}: {advice}");
        }
    }
}
