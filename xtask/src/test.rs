//! Every proof of correctness there is, and their sum.

use crate::check::{cargo, flags, own_target, tests};
use crate::tally::Tally;

/// What the model checker runs in every interleaving: a name, and the tests.
const MODELS: [(&str, &[&str]); 2] = [
    ("the lock under loom", &["-p", "allotment-os", "--test", "loom_lock"]),
    ("the general heap's protocols under loom", &["-p", "allotment", "--lib"]),
];

/// What is there with features only: a name, and the tests.
const TRAITS: [(&str, &[&str]); 2] = [
    ("the Allocator traits", &["--test", "allocator_trait", "--example", "collections"]),
    ("the Allocator traits as documented", &["--doc"]),
];

/// Real programs with all there is to do for them; a change of the heap is worth the
/// hour that it takes.
pub(crate) fn long() -> Tally {
    let mut programs = cargo(&["test", "-p", "allotment-tests", "--test", "real"]);
    tests("real programs, at length", programs.env("LONG_TESTS", "1"))
}

/// The Rust tests, the C programs among them, then the models, which need
/// everything built anew.
pub(crate) fn run() -> Tally {
    let mut tally = tests("tests", &mut cargo(&["test", "--workspace", "--no-fail-fast"]));
    // Behind features that nothing else in the workspace turns on.
    for (name, which) in TRAITS {
        let mut traits = cargo(&["test", "-p", "allotment", "--all-features"]);
        tally += tests(name, traits.args(which));
    }
    for (name, which) in MODELS {
        let mut model = cargo(&["test", "--release"]);
        model.args(which);
        model.env("RUSTFLAGS", flags("RUSTFLAGS", "--cfg loom"));
        model.env("CARGO_TARGET_DIR", own_target("loom"));
        tally += tests(name, &mut model);
    }
    tally
}
