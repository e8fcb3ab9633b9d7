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

/// The steps in which the file is read.
const READ: &[&str] =
    &["start", "restart", "try-restart", "reload", "force-reload", "hup", "save", "stop"];

const fn row(
    name: &'static str,
    whose: Whose,
    aspect: Aspect,
    line: &'static str,
    why: &'static str,
) -> Difference {
    Difference { name, whose, aspect, line, steps: &[], cases: &[], why }
}

impl Difference {
    const fn at(self, steps: &'static [&'static str]) -> Difference {
        Difference { steps, ..self }
    }

    const fn of(self, cases: &'static [&'static str]) -> Difference {
        Difference { cases, ..self }
    }
}

/// All of them.
#[rustfmt::skip]
pub(crate) const DIFFERENCES: &[Difference] = &[
    // what we say more
    row("reason", Ours, Log, "[*]  - *", "each change has its reason on the next line"),
    row("reason", Ours, Mail, "Reason: *", "each letter has the reason of the change as its last line"),
    row("start", Ours, Log, "[*] starting on *; the kernel's table holds *", "what is found at the start is said").at(READ),
    row("stop", Ours, Log, "[*] stopping on SIGTERM", "the signal that ends it is said at its beginning, too").at(READ),
    row("warning", Ours, Exit, "stderr: Warning [N] reading file * at line *", "more is warned of"),
    row("message", Ours, Exit, "message: *", "errors are in our words, with the line, a caret and a hint"),
    row("message", Theirs, Exit, "message: *", "errors are in our words, with the line, a caret and a hint"),
    row("all errors", Ours, Exit, "further: *", "all errors are told, not only the first"),

    // each server is put in before its first check, taken out, and put in again
    row("flap", Theirs, Log, "[*] Added *", FLAP).at(READ),
    row("flap", Theirs, Log, "[*] Restored *", FLAP).at(READ),
    row("flap", Theirs, Log, "[*] Deleted *", FLAP).at(READ),
    row("flap", Theirs, Log, "[*] Quiescent *", FLAP).at(READ),
    row("flap", Theirs, Log, "[*] Resetting soft failure count: *", FLAP).at(READ),
    row("flap", Theirs, Log, "[*] emailalert: *", FLAP).at(READ),
    row("flap", Theirs, Mail, "* | Subject: * | Daemon-Status: *", FLAP).at(READ),
    row("flap", Theirs, Told, "fallbackcommand *", FLAP).at(READ),

    row("refresh", Theirs, Log, "[*] Changed virtual server: *", "each service is set anew at each start and reload, changed or not").at(READ),
];

const FLAP: &str = "a server is put in before its first check, taken out, and put in again; here it is checked first";
