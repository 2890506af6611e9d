//! What was seen, for machines ([`json`]) and for paper ([`svg`]).

pub(crate) mod json;
pub(crate) mod svg;
