//! ipvsadm's words, both ways.
//!
//! A step prints as the line that `ipvsadm -R` would take, a table as the lines that `ipvsadm -Sn`
//! would print; the same words, and what a person would type, parse back. So a dry run, a log line
//! and a golden test read alike, and a real machine's save file is a test case.

mod parse;
mod print;

pub use parse::{WordsError, parse_step, parse_table};
pub use print::{step, virtual_address};

#[cfg(test)]
mod tests;
