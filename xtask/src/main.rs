//! Work on this repository: `cargo xtask help`.
fn main() {}
