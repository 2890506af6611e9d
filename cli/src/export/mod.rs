//! What was seen, for machines ([`json`], [`lab`]) and for paper ([`svg`]).

pub(crate) mod json;
pub(crate) mod lab;
pub(crate) mod svg;
