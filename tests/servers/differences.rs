//! Where our verdict is not ldirectord's, and why.

use super::verdict::{Family, Verdict};

/// One difference that is meant to be.
pub(crate) struct Difference {
    pub(crate) service: &'static str,
    /// None: all.
    pub(crate) states: &'static [&'static str],
    /// `None`: over both versions of IP.
    pub(crate) family: Option<Family>,
    pub(crate) ours: Verdict,
    pub(crate) theirs: Verdict,
    /// What the original does, in a line.
    pub(crate) why: &'static str,
}

/// All of them.
pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        service: "imap",
        states: &["up", "up again"],
        family: Some(Family::V6),
        ours: Verdict::Up,
        theirs: Verdict::Down,
        why: "no IPv6, unless the process has checked http over IPv6 before",
    },
    Difference {
        service: "pop",
        states: &["up", "up again"],
        family: Some(Family::V6),
        ours: Verdict::Up,
        theirs: Verdict::Down,
        why: "no IPv6, unless the process has checked http over IPv6 before",
    },
    Difference {
        service: "pop",
        states: &["frozen"],
        family: Some(Family::V4),
        ours: Verdict::Down,
        theirs: Verdict::Hangs,
        why: "waits for a greeting for ever",
    },
    Difference {
        service: "pop, no login",
        states: &["frozen"],
        family: Some(Family::V6),
        ours: Verdict::Down,
        theirs: Verdict::Up,
        why: "without a login, up even if it cannot connect",
    },
    Difference {
        service: "pop, no login",
        states: &["frozen"],
        family: Some(Family::V4),
        ours: Verdict::Down,
        theirs: Verdict::Hangs,
        why: "waits for a greeting for ever",
    },
    Difference {
        service: "pop, no login",
        states: &["killed", "refused"],
        family: None,
        ours: Verdict::Down,
        theirs: Verdict::Up,
        why: "without a login, up even if nobody listens",
    },
    Difference {
        service: "ftp, no login",
        states: &["frozen", "killed", "refused"],
        family: None,
        ours: Verdict::Down,
        theirs: Verdict::Up,
        why: "without a receive, up even if nobody listens",
    },
    Difference {
        service: "mysql",
        states: &["frozen"],
        family: None,
        ours: Verdict::Down,
        theirs: Verdict::Hangs,
        why: "no timeout",
    },
    Difference {
        service: "pgsql",
        states: &["frozen"],
        family: Some(Family::V4),
        ours: Verdict::Down,
        theirs: Verdict::Hangs,
        why: "no timeout",
    },
    Difference {
        service: "pgsql",
        states: &["up", "up again"],
        family: Some(Family::V6),
        ours: Verdict::Up,
        theirs: Verdict::Down,
        why: "takes an IPv6 address for a name",
    },
    Difference {
        service: "radius",
        states: &["up", "up again"],
        family: Some(Family::V6),
        ours: Verdict::Up,
        theirs: Verdict::Dies,
        why: "an IPv6 address ends the process",
    },
    Difference {
        service: "radius",
        states: &[],
        family: Some(Family::V6),
        ours: Verdict::Down,
        theirs: Verdict::Dies,
        why: "an IPv6 address ends the process",
    },
    Difference {
        service: "imaps",
        states: &["address unnamed"],
        family: None,
        ours: Verdict::Up,
        theirs: Verdict::Down,
        why: "wants a certificate that names the real server's address",
    },
    Difference {
        service: "pops",
        states: &["address unnamed"],
        family: None,
        ours: Verdict::Up,
        theirs: Verdict::Down,
        why: "wants a certificate that names the real server's address",
    },
];
