//! Measuring: random numbers that repeat, medians, and books in `Vec`s.

pub mod books;
pub mod random;
