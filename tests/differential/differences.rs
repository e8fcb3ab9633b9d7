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
    /// The cases in which it is seen, each of which has to show it; none: it may be in any.
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
            && (self.cases.is_empty() || self.cases.contains(&case))
            && fits(self.line, without_file(aspect, line))
    }
}

/// A line of another log than the usual one has its file before it.
fn without_file(aspect: Aspect, line: &str) -> &str {
    let other = (aspect == Aspect::Log).then(|| line.split_once(".log: ")).flatten();
    other.map_or(line, |(_file, line)| line)
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

    // what is said otherwise
    row("reset", Theirs, Log, "[*] Resetting soft failure count: *", "said of each server that comes back, and not only of one that had not been out").at(&["recover", "remove"]),
    row("maintenance", Ours, Log, "[*] Maintenance of real server: *", "maintenance is called by its name").at(&["touch", "start", "reload"]),
    row("maintenance", Ours, Log, "[*] No more maintenance of real server: *", "maintenance is called by its name").at(&["remove"]),
    row("in the log", Ours, Log, "[*] Warning [N] reading file * at line *", IN_THE_LOG).at(READ),
    row("in the log", Ours, Log, "message: *", IN_THE_LOG).at(READ),
    row("warned twice", Theirs, Exit, "stderr: Warning [N] reading file * at line *", "warnings are told by what follows the file, and not by stop").at(&["stop"]),
    row("checkinterval", Theirs, Exit, "stderr: Warning [N]: checkinterval in virtual service * ignored when fork=no", "checkinterval counts in a service, too").of(&["checkinterval-own"]),
    row("mark", Theirs, Told, "fallbackcommand * :0 fwm", "of a firewall mark the command is told the mark").at(&["fail", "recover"]),
    row("mark", Ours, Told, "fallbackcommand * 7 fwm", "of a firewall mark the command is told the mark"),

    // what ldirectord cannot do
    row("no port", Theirs, Table, "-a -t 10.1.0.10:80 -r 10.1.0.12:80 -g -w 0", NO_PORT).of(&["external"]),
    row("no port", Ours, Table, "-a -t 10.1.0.10:80 -r 10.1.0.12:80 -g -w 1", NO_PORT).of(&["external"]),
    row("no port", Theirs, Log, "[*] system(/sbin/ipvsadm -a -t * -r 10.1.0.12:0 *) failed: *", NO_PORT).of(&["external"]),
    row("no port", Ours, Log, "[*] Quiescent real server: 10.1.0.12:80 mapped from 10.1.0.12:0 *", NO_PORT).of(&["external"]),
    row("fallback of a mark", Theirs, Log, "[*] system(/sbin/ipvsadm -a -f 7 * -r :0 *) failed: *", MARK).of(&["mark-global-fallback"]),
    row("fallback of a mark", Theirs, Log, "[*] Added fallback server: :0 (7) *", MARK).at(&["fail"]).of(&["mark-global-fallback"]),
    row("fallback of a mark", Ours, Table, "-a -f 7 -r 10.1.0.14:0 -g -w 1", MARK).of(&["mark-global-fallback"]),
    row("fallback of a mark", Ours, Log, "[*] Added fallback server: 10.1.0.14:0 (7) *", MARK).of(&["mark-global-fallback"]),
    row("fallback of a mark", Ours, Log, "[*] Deleted fallback server: 10.1.0.14:0 (7)", MARK).of(&["mark-global-fallback"]),

    row("purge", Ours, Log, "[*] Purged real server (stop): *", "a server of two services is told of in both").of(&["quiescent-own", "globals-last", "cleanstop-mixed", "dozen", "schedulers"]),
    row("no log", Ours, Exit, "stderr: Exiting with exit_status 2: *", NO_LOG).of(&["error-logfile-nowhere"]),
    row("facility", Theirs, Log, "syslog <5>ldirectord[N]: *", FACILITY).of(&["odd-logfile-facility"]),
    row("facility", Ours, Log, "syslog <14>ldirectord[N]: *", FACILITY).of(&["odd-logfile-facility"]),
    row("no log", Theirs, Log, "[*] Exiting with exit_status 2: *", NO_LOG).of(&["error-logfile-nowhere"]),
    row("message", Theirs, Log, "message: *", "errors are in our words, with the line, a caret and a hint"),

    // after a reload with an error ldirectord heeds no check, and its pid file is gone after a call
    row("broken reload", Theirs, Table, "*", BROKEN).of(&["reload-error"]),
    row("broken reload", Ours, Table, "*", BROKEN).of(&["reload-error"]),
    row("broken reload", Ours, Log, "[*] Quiescent real server: *", BROKEN).of(&["reload-error"]),
    row("broken reload", Ours, Log, "[*] Restored real server: *", BROKEN).of(&["reload-error"]),
    row("broken reload", Ours, Log, "[*] Reloading Linux Director Daemon config on signal", BROKEN).of(&["reload-error"]),
    row("broken reload", Ours, Log, "[*] the configuration, refused until now, is taken", BROKEN).of(&["reload-error"]),
    row("broken reload", Ours, Log, "[*] Linux Director Daemon terminated on signal: TERM", BROKEN).of(&["reload-error"]),
    row("broken reload", Ours, Log, "[*] the configuration is refused, the last good one is followed", BROKEN).of(&["reload-error"]),
    row("broken reload", Theirs, Log, "[*] Configuration file * has changed on disk", BROKEN).of(&["reload-error"]),
    row("broken reload", Theirs, Log, "[*]  - ignore new configuration", BROKEN).of(&["reload-error"]),

    row("port", Theirs, Log, "[*] system(/sbin/ipvsadm -d *) failed: *", PORT).at(&["stop"]).of(GATE),
    row("fork", Theirs, Log, "[*] Child not running for *, spawning", FORK).of(&["fork"]),
    row("fork", Theirs, Log, "[*] Spawned child *", FORK).of(&["fork"]),
    row("fork", Theirs, Log, "[*] Killing child *", FORK).of(&["fork"]),
    row("execute", Theirs, Log, "[*] system(/usr/sbin/ldirectord *) failed: *", EXECUTE).of(&["execute"]),
    row("execute", Ours, Log, "[*] `ldirectord *` failed with exit status *", EXECUTE).of(&["execute"]),

    row("flap", Theirs, Log, "[*] Readd Quiescent *", FLAP).at(READ),
    row("flap", Ours, Log, "[*] Added real server: *", FLAP).of(&["readdquiescent"]),
    row("repair", Ours, Table, "-a -t 10.1.0.10:80 -r 10.1.0.11:80 -m -w 0", REPAIR).of(&["readdquiescent"]),
    row("repair", Ours, Log, "[*] somebody else changed the table, repaired: *", REPAIR).of(&["readdquiescent"]),
    row("repair", Ours, Log, "[*] Readd Quiescent real server: *", REPAIR).of(&["readdquiescent"]),
    row("repair", Ours, Log, "[*] Restored real server: *", REPAIR).of(&["readdquiescent"]),
    row("repair", Theirs, Log, "[*] Added real server: *", REPAIR).at(&["recover"]).of(&["readdquiescent"]),

    row("left out", Ours, Log, "[*] somebody took out the quiesced *: it is left out until it is well", "that somebody took a quiescent server out is said").of(&["readdquiescent-no"]),

    row("persistent=0", Ours, Table, "*", ZERO).of(&["persistent-zero"]),
    row("persistent=0", Theirs, Log, "[*] system(/sbin/ipvsadm *) failed: *", ZERO).of(&["persistent-zero"]),

    // files that ldirectord stops at, and we do not
    row("accepted", Theirs, Exit, "exit status: 2", ACCEPT).of(ACCEPTED),
    row("accepted", Theirs, Exit, "stderr: Error [N] reading file * at line *", ACCEPT).of(ACCEPTED),
    row("accepted", Theirs, Log, "[*] Exiting with exit_status 2: config_error: Configuration Error", ACCEPT).of(ACCEPTED),
    row("accepted", Ours, Exit, "exit status: 3", ACCEPT).of(ACCEPTED),
    row("accepted", Ours, Exit, "stdout: ldirectord is stopped for *", ACCEPT).of(ACCEPTED),
    row("accepted", Ours, Log, "*] Invoking ldirectord invoked as: *", ACCEPT).of(ACCEPTED),
    row("accepted", Ours, Log, "*] Exiting with exit_status 3: Exiting from ldirectord status", ACCEPT).of(ACCEPTED),

    // and the other way round
    row("refused", Theirs, Exit, "exit status: 3", REFUSE).of(REFUSED),
    row("refused", Theirs, Exit, "stdout: ldirectord is stopped for *", REFUSE).of(REFUSED),
    row("refused", Theirs, Log, "* Invoking ldirectord invoked as: *", REFUSE).of(REFUSED),
    row("refused", Theirs, Log, "* Exiting with exit_status 3: Exiting from ldirectord status", REFUSE).of(REFUSED),
    row("refused", Ours, Exit, "exit status: 2", REFUSE).of(REFUSED),
    row("refused", Ours, Exit, "stderr: Error [N] reading file * at line *", REFUSE).of(REFUSED),
    row("refused", Ours, Log, "[*] Exiting with exit_status 2: config_error: Configuration Error", REFUSE).of(REFUSED),

    // where an error is
    row("line", Theirs, Exit, "stderr: Error [N] reading file * at line *", LINE).of(ELSEWHERE),
    row("line", Ours, Exit, "stderr: Error [N] reading file * at line *", LINE).of(ELSEWHERE),
    row("perl", Theirs, Exit, "stderr: Use of uninitialized value *", "Perl complains of ldirectord itself"),
];

const IN_THE_LOG: &str = "what is warned of stands in the log, too";
const FACILITY: &str = "an unknown facility is user, and not the kernel's";
const NO_LOG: &str =
    "what cannot be logged where the file says goes to standard error, and to no other file";
const PORT: &str = "a server whose port the kernel makes the virtual service's: ldirectord does not find it at the end";
const NO_PORT: &str =
    "a server without a port that had weight 0 stays so: ldirectord fails to restore it";
const MARK: &str = "the fallback of all services serves firewall marks, too";
const BROKEN: &str = "an error in the file leaves all as it was, the pid file too; ldirectord heeds no check any more";
const GATE: &[&str] = &["gate-without-port", "gate-other-port"];
const FORK: &str = "there is one process for all services, and none to be told of";
const EXECUTE: &str = "what a command failed with is said in our words";
const REPAIR: &str =
    "what somebody else changed is put right at once, and not when the server changes next";
const ZERO: &str =
    "persistent=0 is not persistent; ldirectord's ipvsadm refuses it, and there is no service";
const ACCEPT: &str = "accepted, where ldirectord stops with an error";
const ACCEPTED: &[&str] = &[
    "error-blank-behind-yes",
    "error-blank-line-in-a-body",
    "error-byte-order-mark",
    "error-callback-without-quotes",
    "error-carriage-returns",
    "error-comment-behind-yes",
    "error-comment-behind-yes-in-a-body",
    "error-logfile-without-quotes",
    "error-smtp-quoted",
    "error-two-blanks",
    "error-virtual-on-the-last-line",
];
const REFUSE: &str = "refused, where ldirectord goes astray";
const REFUSED: &[&str] = &["error-real-double-colon"];
const LINE: &str = "an error is told at the line that has it: a service of the same address at its own, and not at the next one's; a missing port, and not what follows from it";
const ELSEWHERE: &[&str] = &["error-virtual-no-port", "error-virtual-twice"];

const FLAP: &str = "a server is put in before its first check, taken out, and put in again; here it is checked first";
