//! Where we are not as ldirectord is, and why. Each stands in ldirectord.cf(5) or ldirectord(8), too,
//! under COMPATIBILITY.

use super::aspect::Aspect;

/// Lines that only one side has, and that are meant to be so.
pub(crate) struct Difference {
    /// What the table calls it.
    pub(crate) name: &'static str,
    pub(crate) whose: Whose,
    pub(crate) aspect: Aspect,
    /// The line; `*` stands for any text.
    pub(crate) line: &'static str,
    /// The first words of the steps after which it may be seen; none: all.
    pub(crate) steps: &'static [&'static str],
    /// The cases in which it may be seen; none: all. `*` as above.
    pub(crate) cases: &'static [&'static str],
    /// Why, in a line.
    pub(crate) why: &'static str,
}

/// Who has the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Theirs,
    Ours,
}

impl Difference {
    /// Whether it is this one.
    pub(crate) fn covers(
        &self,
        case: &str,
        step: &str,
        whose: Whose,
        aspect: Aspect,
        line: &str,
    ) -> bool {
        let verb = step.split(' ').next().unwrap_or_default();
        self.whose == whose
            && self.aspect == aspect
            && (self.steps.is_empty() || self.steps.contains(&verb))
            && (self.cases.is_empty() || self.cases.iter().any(|pattern| fits(pattern, case)))
            && fits(self.line, line)
    }
}

/// Whether a text is as a pattern says, in which `*` stands for any text.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(head) else { return false };
    (0..=text.len()).any(|at| text.get(at..).is_some_and(|tail| fits(rest, tail)))
}

use Aspect::*;
use Whose::*;

/// All of them.
#[rustfmt::skip]
pub(crate) const DIFFERENCES: &[Difference] = &[
];
