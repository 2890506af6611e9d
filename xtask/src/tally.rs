//! How many passed, failed and were skipped, summed over everything that ran.

use std::fmt;
use std::ops::AddAssign;

/// The counts.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    pub(crate) const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };

    /// The counts in a line like
    /// `test result: ok. 8 passed; 0 failed; 1 ignored; 0 measured; …`.
    pub(crate) fn in_line(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |word: &str| {
            counts.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok())
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            skipped: count("ignored")?,
        })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_line_of_results_is_counted() {
        let line = "test result: FAILED. 20 passed; 3 failed; 1 ignored; 0 measured; \
                    7 filtered out; finished in 1.32s";
        assert_eq!(Tally::in_line(line), Some(Tally { passed: 20, failed: 3, skipped: 1 }));
        assert_eq!(Tally::in_line("test tally::works ... ok"), None);
    }

    #[test]
    fn the_sum_is_one_sentence() {
        let mut sum = Tally::PASSED;
        sum += Tally::FAILED;
        sum += Tally { passed: 10, failed: 0, skipped: 2 };
        assert_eq!(sum.to_string(), "11 passed, 1 failed, 2 skipped");
    }
}
