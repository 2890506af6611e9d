//! Seconds of every fuzz target, with the stable compiler: libFuzzer's coverage
//! needs no unstable flag as long as no sanitizer is asked for.

use std::fs;

use crate::check::{cargo, is_there, one, skipped};
use crate::root;
use crate::tally::Tally;

/// How long, and which.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    /// For each target.
    seconds: u32,
    /// All of them without a name.
    target: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seconds: 30, target: None }
    }
}

impl Options {
    pub(crate) fn parse(words: &[&str]) -> Result<Self, String> {
        let mut options = Self::default();
        let mut rest = words;
        while let [option, value, more @ ..] = rest {
            match *option {
                "--seconds" => {
                    let number = value.parse();
                    options.seconds = number.map_err(|_| format!("{value} is no number"))?;
                }
                "--target" => options.target = Some((*value).into()),
                _ => return Err(format!("no option {option}")),
            }
            rest = more;
        }
        match rest {
            [] => Ok(options),
            [alone, ..] => Err(format!("{alone} needs a value")),
        }
    }
}

/// Each target is one check.
pub(crate) fn run(options: &Options) -> Tally {
    if !is_there(cargo(&["fuzz", "--version"])) {
        return skipped(
            "fuzzing",
            "cargo-fuzz is not installed: cargo install cargo-fuzz --locked",
        );
    }
    let mut tally = Tally::default();
    for target in targets() {
        if options.target.as_ref().is_none_or(|only| *only == target) {
            let limit = format!("-max_total_time={}", options.seconds);
            let words = ["fuzz", "run", "--sanitizer", "none", &target, "--", &limit];
            let mut command = cargo(&words);
            tally += one(
                &format!("fuzzing {target}"),
                command.args(["-verbosity=0", "-print_final_stats=1"]),
            );
        }
    }
    if tally == Tally::default() {
        println!("failed: no such fuzz target");
        tally += Tally::FAILED;
    }
    tally
}

/// The names of the targets, in order.
fn targets() -> Vec<String> {
    let entries = fs::read_dir(root().join("fuzz/fuzz_targets")).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".rs")?.to_string()))
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::{Options, targets};

    #[test]
    fn options_come_in_any_order() {
        let options = Options::parse(&["--target", "extents", "--seconds", "5"]);
        assert_eq!(options, Ok(Options { seconds: 5, target: Some("extents".into()) }));
        assert_eq!(Options::parse(&[]), Ok(Options::default()));
    }

    #[test]
    fn what_is_no_option_is_refused() {
        assert!(Options::parse(&["--seconds"]).is_err());
        assert!(Options::parse(&["--seconds", "many"]).is_err());
        assert!(Options::parse(&["--minutes", "5"]).is_err());
    }

    #[test]
    fn there_are_targets() {
        assert!(targets().contains(&"extents".to_string()));
    }
}
