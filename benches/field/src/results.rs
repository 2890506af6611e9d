//! What a run came to: the record that is written as JSON, and the figures of it.

use serde::{Deserialize, Serialize};

use crate::allocators::BEST_OF;
use crate::launch::{Outcome, Sample};
use crate::statistics::{geometric_mean, median, spread};
use crate::workloads::{Clock, Group};

/// Everything about one run of the benchmark.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: String,
    pub(crate) rounds: u32,
    pub(crate) scale: f64,
    pub(crate) threads: usize,
    pub(crate) allocators: Vec<Participant>,
    pub(crate) workloads: Vec<Measured>,
    /// Allocators and workloads that could not take part, and why.
    pub(crate) missing: Vec<(String, String)>,
}

/// An allocator that took part.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Participant {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Whether it stands in the comparison as one of ours: Allotment, or a library
    /// named on the command line.
    pub(crate) is_subject: bool,
}

/// One workload's outcomes, for each allocator in the order of the participants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) group: Group,
    pub(crate) clock: Clock,
    pub(crate) outcomes: Vec<Vec<Outcome>>,
}

/// A quantity of a workload on an allocator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Quantity {
    Time,
    /// The least of the rounds, not the median: where the machine's speed changes from second
    /// to second, it tells more of the program and less of the machine.
    LeastTime,
    Rss,
    /// Peak memory over live bytes.
    Overhead,
    /// Nanoseconds that one operation takes by the program's own count.
    Each,
}

impl Quantity {
    fn of(self, sample: &Sample, clock: Clock) -> Option<f64> {
        match (self, clock) {
            (Self::Time | Self::LeastTime, Clock::Wall) => Some(sample.wall_seconds),
            (Self::Time | Self::LeastTime, Clock::Processor) => {
                Some(sample.user_seconds + sample.system_seconds)
            }
            (Self::Rss, _) => Some(sample.rss_peak_kib),
            (Self::Each, _) => sample.nanoseconds_each,
            (Self::Overhead, _) => Some(sample.rss_peak_kib * 1024.0 / sample.live_bytes?),
        }
    }
}

impl Measured {
    /// The figures of every round, if all of them ended well.
    fn figures(&self, allocator: usize, quantity: Quantity) -> Result<Vec<f64>, String> {
        let outcomes = self.outcomes.get(allocator).filter(|outcomes| !outcomes.is_empty());
        let mut figures = Vec::new();
        for outcome in outcomes.ok_or("not run")? {
            match outcome {
                Outcome::Done(sample) => figures.extend(quantity.of(sample, self.clock)),
                Outcome::Failed(how) => return Err(how.clone()),
            }
        }
        Ok(figures)
    }

    /// The median of what each round's ratio is: what makes all of a round slow makes no
    /// difference to it. None unless both have a figure for each round.
    pub(crate) fn by_rounds(&self, one: usize, other: usize, quantity: Quantity) -> Option<f64> {
        let [ones, others] = [one, other].map(|at| self.figures(at, quantity).ok());
        let (ones, others) = (ones?, others?);
        let ratios: Vec<f64> = ones.iter().zip(&others).map(|(one, other)| one / other).collect();
        if ones.len() == others.len() { median(&ratios) } else { None }
    }

    /// The median over the rounds, or the least, or how a round failed.
    pub(crate) fn figure(&self, allocator: usize, quantity: Quantity) -> Result<f64, String> {
        let figures = self.figures(allocator, quantity)?;
        let figure = match quantity {
            Quantity::LeastTime => figures.iter().copied().min_by(f64::total_cmp),
            _ => median(&figures),
        };
        figure.ok_or_else(|| "not told".into())
    }

    /// The width of the middle half of the rounds, as a part of the median.
    pub(crate) fn spread(&self, allocator: usize, quantity: Quantity) -> Option<f64> {
        spread(&self.figures(allocator, quantity).ok()?)
    }
}

impl Results {
    /// The participant of this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.allocators.iter().position(|participant| participant.name == name)
    }

    /// What ratios in the tables are to: mimalloc v3, or the first that is no subject.
    pub(crate) fn reference(&self) -> Option<usize> {
        let other = || self.allocators.iter().position(|participant| !participant.is_subject);
        self.find("mimalloc-v3").or_else(other).or((!self.allocators.is_empty()).then_some(0))
    }

    /// The workloads of a group.
    pub(crate) fn of(&self, group: Group) -> impl Iterator<Item = &Measured> {
        self.workloads.iter().filter(move |measured| measured.group == group)
    }

    /// The least figure of the four that a workload's mark is taken from.
    pub(crate) fn best(&self, measured: &Measured, quantity: Quantity) -> Option<f64> {
        let figures = self.four().filter_map(|peer| measured.figure(peer, quantity).ok());
        figures.min_by(f64::total_cmp)
    }

    /// A subject's figure over a peer's.
    pub(crate) fn ratio(&self, pair: Pair, measured: &Measured, quantity: Quantity) -> Option<f64> {
        let other = match pair.peer {
            Peer::One(peer) => measured.figure(peer, quantity).ok()?,
            Peer::Best => self.best(measured, quantity)?,
        };
        Some(measured.figure(pair.subject, quantity).ok()? / other)
    }

    /// The same, round by round. The best of the four is the one to which the ratio is largest.
    pub(crate) fn ratio_by_rounds(
        &self,
        Pair { subject, peer }: Pair,
        measured: &Measured,
        quantity: Quantity,
    ) -> Option<f64> {
        let to = |peer| measured.by_rounds(subject, peer, quantity);
        match peer {
            Peer::One(peer) => to(peer),
            Peer::Best => self.four().filter_map(to).max_by(f64::total_cmp),
        }
    }

    /// Where the four are, as far as they took part.
    fn four(&self) -> impl Iterator<Item = usize> {
        BEST_OF.iter().filter_map(|name| self.find(name))
    }

    /// The geometric mean of a ratio over the workloads of some groups, and of how many.
    pub(crate) fn mean(
        &self,
        groups: &[Group],
        ratio: impl Fn(&Measured) -> Option<f64>,
    ) -> Option<(f64, usize)> {
        let workloads = self.workloads.iter().filter(|measured| groups.contains(&measured.group));
        let ratios: Vec<f64> = workloads.filter_map(ratio).collect();
        Some((geometric_mean(&ratios)?, ratios.len()))
    }
}

/// Who is compared with whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub(crate) subject: usize,
    pub(crate) peer: Peer,
}

/// Whom a subject is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Peer {
    One(usize),
    /// The best of four on each workload.
    Best,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Measured, Pair, Participant, Peer, Quantity, Results};
    use crate::launch::{Outcome, Sample};
    use crate::workloads::{Clock, Group};

    fn took(user_seconds: f64) -> Outcome {
        Outcome::Done(Sample {
            wall_seconds: 9.0,
            user_seconds,
            system_seconds: 0.0,
            rss_peak_kib: 2048.0,
            faults: 0.0,
            live_bytes: Some(1024.0 * 1024.0),
            nanoseconds_each: None,
        })
    }

    /// Allotment, jemalloc and snmalloc over two workloads; snmalloc crashes in one.
    pub(crate) fn example() -> Results {
        let participant = |name: &str, is_subject| Participant {
            name: name.into(),
            version: "1".into(),
            is_subject,
        };
        let measured = |name: &str, outcomes| Measured {
            name: name.into(),
            group: Group::Single,
            clock: Clock::Processor,
            outcomes,
        };
        let crash = Outcome::Failed("segfault".into());
        Results {
            machine: "a machine".into(),
            rounds: 3,
            scale: 1.0,
            threads: 2,
            allocators: vec![
                participant("allotment", true),
                participant("jemalloc", false),
                participant("snmalloc", false),
            ],
            workloads: vec![
                measured(
                    "one",
                    vec![vec![took(1.0), took(7.0), took(2.0)], vec![took(4.0)], vec![took(1.0)]],
                ),
                measured("two", vec![vec![took(2.0)], vec![took(1.0)], vec![took(1.0), crash]]),
            ],
            missing: vec![("scudo".into(), "not installed".into())],
        }
    }

    fn against(results: &Results, peer: Peer, quantity: Quantity) -> Option<(f64, usize)> {
        let pair = Pair { subject: 0, peer };
        results.mean(&[Group::Single], |measured| results.ratio(pair, measured, quantity))
    }

    fn is_near(figure: Option<(f64, usize)>, mean: f64, count: usize) -> bool {
        figure.is_some_and(|(is, of)| (is - mean).abs() < 1e-9 && of == count)
    }

    #[test]
    fn medians_of_the_right_clock_make_the_ratio() {
        let results = example();
        let jemalloc = against(&results, Peer::One(1), Quantity::Time);
        assert!(is_near(jemalloc, 1.0, 2), "{jemalloc:?}");
    }

    #[test]
    fn the_least_of_the_rounds_makes_its_own_ratio() {
        let results = example();
        let least = against(&results, Peer::One(1), Quantity::LeastTime);
        assert!(is_near(least, 0.5_f64.sqrt(), 2), "{least:?}");
    }

    #[test]
    fn a_slow_round_makes_no_difference_round_by_round() {
        let mut results = example();
        let rounds = |seconds: [f64; 3]| seconds.map(took).to_vec();
        results.workloads[0].outcomes[0] = rounds([1.0, 9.0, 1.2]);
        results.workloads[0].outcomes[1] = rounds([2.0, 18.0, 2.0]);
        let ratio = results.workloads[0].by_rounds(0, 1, Quantity::Time);
        assert_eq!(ratio, Some(0.5));
        results.workloads[0].outcomes[2] = rounds([1.0, 3.0, 1.0]);
        let best = Pair { subject: 0, peer: Peer::Best };
        let ratio = |measured: &Measured| results.ratio_by_rounds(best, measured, Quantity::Time);
        assert_eq!(ratio(&results.workloads[0]), Some(1.2));
        let mean = results.mean(&[Group::Single], ratio);
        assert!(is_near(mean, 2.4_f64.sqrt(), 2), "{mean:?}");
        results.workloads[0].outcomes[1].pop();
        assert_eq!(
            results.workloads[0].by_rounds(0, 1, Quantity::Time),
            None,
            "a round is missing"
        );
    }

    #[test]
    fn a_crashed_workload_is_no_part_of_a_mean() {
        let results = example();
        let snmalloc = against(&results, Peer::One(2), Quantity::Time);
        assert!(is_near(snmalloc, 2.0, 1), "{snmalloc:?}");
    }

    #[test]
    fn the_best_is_chosen_on_each_workload() {
        let results = example();
        let best = against(&results, Peer::Best, Quantity::Time);
        assert!(is_near(best, 2.0, 2), "{best:?}");
    }

    #[test]
    fn overhead_is_peak_over_live() {
        let results = example();
        let overhead = results.workloads.first().map(|one| one.figure(0, Quantity::Overhead));
        assert_eq!(overhead, Some(Ok(2.0)));
    }
}
