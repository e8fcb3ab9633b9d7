//! The language of vqalive.conf: one row per parameter.
//!
//! The parser, the manual page vqalive(8) and vqalive.conf.example all follow this table.

use std::fmt;
use std::time::Duration;

/// A parameter of vqalive.conf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The first word of its line.
    pub name: &'static str,
    /// What may follow.
    pub shape: Shape,
    /// Whether it may be given more than once, each time with another value.
    pub several: bool,
    /// What holds without it.
    pub default: &'static str,
    /// Who has it.
    pub era: Era,
    /// What it is for.
    pub meaning: &'static str,
    /// A value, as one would write it.
    pub example: &'static str,
}

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The absolute path of a script, and arguments if there are any.
    Script,
    /// An IPv4 or IPv6 address; `None` may be said in a word.
    Address,
    /// A port, the name of a service, or either with `/tcp` behind it.
    Port,
    /// Seconds, with decimals, within bounds, both included.
    Seconds {
        /// The least.
        min: Duration,
        /// The most.
        max: Duration,
    },
    /// A whole number within bounds, both included.
    Count {
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    /// A regular expression, to the end of the line.
    Pattern,
}

/// Who has a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// vqalive 1.1; no file is without it.
    Theirs,
    /// It is ours.
    Ours,
}

/// The parameter of this name, however it is written.
pub(super) fn find(name: &str) -> Option<&'static Parameter> {
    PARAMETERS.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name))
}

/// As the manual page has it.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Script => f.write_str("path"),
            Shape::Address => f.write_str("address"),
            Shape::Port => f.write_str("port"),
            Shape::Seconds { .. } => f.write_str("seconds"),
            Shape::Count { .. } => f.write_str("number"),
            Shape::Word(words) => f.write_str(&words.join(" | ")),
            Shape::Pattern => f.write_str("regex"),
        }
    }
}

/// All parameters, in the order of the manual page.
pub const PARAMETERS: &[Parameter] = &[
    theirs(
        "promote_script",
        Shape::Script,
        "what is run to make this machine the active one: it raises the addresses",
        "/usr/local/sbin/vqalive.promote",
    ),
    theirs(
        "demote_script",
        Shape::Script,
        "what is run to make sure that it is not: it lowers them; at every start as well",
        "/usr/local/sbin/vqalive.demote",
    ),
    Parameter {
        several: true,
        ..theirs("check_ip", Shape::Address, "a virtual address that is asked", "192.0.2.9")
    },
    Parameter {
        several: true,
        ..theirs("check_port", Shape::Port, "a TCP port that is asked on each of them", "25")
    },
    ours("check_interval", SHORT, "5", "the time from round to round"),
    ours("check_timeout", SHORT, "3", "the deadline of one connection"),
    ours("check_fails", TIMES, "3", "the failed rounds in a row before the standby takes over"),
    ours(
        "check_mode",
        Shape::Word(&["all", ADDRESS, ANY]),
        "all",
        "whether a round fails where all is silent, one whole address, or anything",
    ),
    ours(
        "check_banner",
        Shape::Pattern,
        "off",
        "a regular expression that the first line of an answer must match",
    ),
    Parameter {
        example: "10",
        ..ours(
            "start_delay",
            DELAY,
            "check_interval and a chance part of it",
            "what is waited at a start before anything is taken over",
        )
    },
    ours(
        "conflict_check",
        Shape::Word(&["on", OFF, STRICT]),
        "on",
        "whether somebody who has an address still is asked for before a takeover, and heeded",
    ),
    ours(
        "own_check_fails",
        COUNT,
        "0",
        "the failed rounds of its own services before the active one gives up, 0 for never",
    ),
    ours("witness", Shape::Address, "none", "who must answer a ping before a takeover"),
    ours("garp", ROUNDS, "5", "how often the neighbours are told of a takeover, 0 for never"),
    Parameter {
        example: "45",
        ..ours(
            "drop_hold",
            DELAY,
            "check_interval by check_fails by three",
            "how long nothing is taken over after a drop that was asked for",
        )
    },
    ours("promote_timeout", LONG, "120", "how long promote_script may take"),
    ours("demote_timeout", LONG, "120", "how long demote_script may take"),
];

const fn theirs(
    name: &'static str,
    shape: Shape,
    meaning: &'static str,
    example: &'static str,
) -> Parameter {
    let (several, default, era) = (false, "none: it must be given", Era::Theirs);
    Parameter { name, shape, several, default, era, meaning, example }
}

const fn ours(
    name: &'static str,
    shape: Shape,
    default: &'static str,
    meaning: &'static str,
) -> Parameter {
    Parameter { name, shape, several: false, default, era: Era::Ours, meaning, example: default }
}

const SHORT: Shape =
    Shape::Seconds { min: Duration::from_millis(100), max: Duration::from_secs(3600) };
const LONG: Shape = Shape::Seconds { min: Duration::from_secs(1), max: Duration::from_secs(3600) };
const DELAY: Shape = Shape::Seconds { min: Duration::ZERO, max: Duration::from_secs(86_400) };
const TIMES: Shape = Shape::Count { min: 1, max: 1000 };
const COUNT: Shape = Shape::Count { min: 0, max: 1000 };
const ROUNDS: Shape = Shape::Count { min: 0, max: 100 };
pub(super) const ADDRESS: &str = "address";
pub(super) const ANY: &str = "any";
pub(super) const OFF: &str = "off";
pub(super) const STRICT: &str = "strict";
