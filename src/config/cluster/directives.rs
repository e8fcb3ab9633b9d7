//! The language of the `cluster` block: one row per directive, the same in both dialects.
//!
//! The parser, `check`, the manual page ldirectord.cf(5) and both examples follow this table;
//! tests/directives.rs holds them to it.

use std::fmt;

/// A directive of the `cluster` block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive {
    /// The word before the `=`.
    pub name: &'static str,
    /// The protocols that it is a directive of.
    pub protocols: &'static [Protocol],
    /// What may follow the `=`.
    pub shape: Shape,
    /// Whether there may be several.
    pub repeats: bool,
    /// What holds without it.
    pub default: &'static str,
    /// What it is for.
    pub meaning: &'static str,
}

/// How directors agree, as the block's first line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// piranha's heartbeats.
    Pulse,
    /// CARP, as ucarp speaks it.
    Carp,
    /// VRRP, as keepalived speaks it.
    Vrrp,
    /// vqalive's.
    Vqalive,
    /// Another cluster manager's.
    External,
}

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An address that is held, its prefix, and the network interface or alias that it is raised on.
    Address,
    /// A network interface.
    Device,
    /// A director: its address, and that on a second network.
    Node,
    /// The address of a machine, or its name.
    Host,
    /// The address of a group of machines.
    Group,
    /// `gateway`, or an address.
    Canary,
    /// A port, or the name of a service.
    Port,
    /// A whole number within bounds, both included; `unit` names what is counted.
    Number {
        /// What is counted.
        unit: &'static str,
        /// The least.
        min: u32,
        /// The most.
        max: u32,
    },
    /// Seconds with up to three decimals, within bounds in milliseconds, both included.
    Seconds {
        /// The least.
        min: u64,
        /// The most.
        max: u64,
    },
    /// `yes` or `no`.
    YesNo,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A file.
    Path,
    /// A command.
    Command,
    /// A regular expression.
    Pattern,
}

impl Protocol {
    /// Its name in a file.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Pulse => "pulse",
            Protocol::Carp => "carp",
            Protocol::Vrrp => "vrrp",
            Protocol::Vqalive => "vqalive",
            Protocol::External => "external",
        }
    }

    /// The one of this name.
    pub(super) fn named(name: &str) -> Option<Protocol> {
        ALL.iter().copied().find(|protocol| protocol.name() == name)
    }
}

/// The directive of this name.
pub(super) fn find(name: &str) -> Option<&'static Directive> {
    DIRECTIVES.iter().find(|directive| directive.name == name)
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// As the manual page writes it.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Address => f.write_str("address[/prefix] [device]"),
            Shape::Device => f.write_str("device"),
            Shape::Node => f.write_str("address [address]"),
            Shape::Host | Shape::Group => f.write_str("address"),
            Shape::Canary => f.write_str("gateway | address"),
            Shape::Port => f.write_str("port"),
            Shape::Number { unit, .. } => f.write_str(unit),
            Shape::Seconds { .. } => f.write_str("seconds"),
            Shape::YesNo => f.write_str("yes | no"),
            Shape::Word(words) => f.write_str(&words.join(" | ")),
            Shape::Path => f.write_str("file"),
            Shape::Command => f.write_str("command"),
            Shape::Pattern => f.write_str("pattern"),
        }
    }
}

const fn row(
    name: &'static str,
    protocols: &'static [Protocol],
    shape: Shape,
    default: &'static str,
    meaning: &'static str,
) -> Directive {
    Directive { name, protocols, shape, repeats: false, default, meaning }
}

const fn several(
    name: &'static str,
    protocols: &'static [Protocol],
    shape: Shape,
    default: &'static str,
    meaning: &'static str,
) -> Directive {
    Directive { name, protocols, shape, repeats: true, default, meaning }
}

/// Every directive, in the order of the manual page.
#[rustfmt::skip]
pub const DIRECTIVES: &[Directive] = &[
    // what moves
    row("interface",        &ALL,      Device,      "none",     "the network interface of the adverts, and of addresses that name none"),
    several("address",      &ALL,      Address,     "none",     "an address that the active director holds; there may be several"),
    several("excluded",     SPOKEN,    Address,     "none",     "an address that moves along, and that no advert names; there may be several"),
    // who is active: pulse
    row("primary",          PULSE,     Node,        "none",     "the director that is master, and its address on a second network"),
    row("backup",           PULSE,     Node,        "none",     "the other director, and its address on a second network"),
    row("port",             PULSE,     Port,        "539",      "the UDP port of heartbeats, at both directors"),
    row("deadtime",         PULSE,     TIME,        "three times interval", "the silence after which the other director is dead"),
    row("interval",         TIMED,     TIME,        "2 for pulse, 1 for vrrp", "the time from heartbeat to heartbeat, or from advert to advert"),
    // carp and vrrp
    row("id",               SPOKEN,    ID,          "none",     "the number of this pair on its network"),
    row("source",           SPOKEN,    Host,        "the first address of the interface", "this director's own address, which its adverts come from"),
    row("preempt",          SPOKEN,    YesNo,       "no for carp, yes for vrrp", "takes the place of a master that is less preferred"),
    row("secretfile",       SIGNED,    Path,        "none",     "a file with the secret that all directors of the pair share"),
    row("monitorlinks",     SIGNED,    YesNo,       "no for pulse, yes for carp and vrrp", "a director whose cable is out is not active"),
    row("advbase",          CARP,      BYTE,        "1",        "the time from advert to advert"),
    row("advskew",          CARP,      SKEW,        "0",        "what is added to it, in 256ths of a second; who has less is preferred"),
    row("deadratio",        CARP,      TIMES,       "3",        "after so many times advbase without an advert the master is dead"),
    row("group",            CARP,      Group,       "224.0.0.18", "the group that adverts are sent to"),
    row("multicast",        CARP,      YesNo,       "yes",      "sends the frames of adverts to the group alone, not to everybody"),
    row("version",          VRRP,      Word(VERSIONS), "3",     "the version of VRRP that is spoken"),
    row("priority",         VRRP,      PRIORITY,    "100",      "who has the most is preferred; 255 is the owner of the addresses"),
    several("peer",         VRRP,      Host,        "none",     "a director that adverts are sent to, in place of the group; there may be several"),
    row("preemptdelay",     VRRP,      DELAY,       "0",        "how long a less preferred master is left alone"),
    row("accept",           VRRP,      YesNo,       "yes",      "the master takes packets to the addresses itself"),
    row("authentication",   VRRP,      Word(AUTHENTICATIONS), "none; with secretfile password for version 2, hmac for version 3", "how an advert shows whose it is"),
    // vqalive
    several("checkip",      VQALIVE,   Host,        "every address", "an address that is asked; there may be several"),
    several("checkport",    VQALIVE,   Port,        "none",     "a TCP port that is asked on each of them; there may be several"),
    row("checkinterval",    VQALIVE,   TIME,        "5",        "the time from round to round"),
    row("checktimeout",     VQALIVE,   TIME,        "3",        "the deadline of one connection"),
    row("checkfails",       VQALIVE,   TIMES,       "3",        "the failed rounds in a row before the standby takes over"),
    row("checkmode",        VQALIVE,   Word(MODES), "all",      "whether a round fails where all is silent, one address, or anything"),
    row("checkbanner",      VQALIVE,   Pattern,     "none",     "a regular expression that the first line of an answer must match"),
    row("startdelay",       VQALIVE,   DELAY,       "a round and a chance part of checkinterval", "what is waited before the first takeover"),
    row("conflictcheck",    VQALIVE,   Word(CONFLICTS), "warn", "what is done where somebody has a dead address still"),
    row("ownfails",         VQALIVE,   COUNT,       "0",        "the failed rounds of its own services before the active one gives up, 0 for never"),
    row("witness",          VQALIVE,   Host,        "none",     "who must answer a ping before a takeover"),
    row("garp",             VQALIVE,   ROUNDS,      "5",        "how often the neighbours are told of a takeover, 0 for never"),
    row("drophold",         VQALIVE,   DELAY,       "checkinterval by checkfails by three", "how long a director that was told to stand by does not take over"),
    row("promotetimeout",   VQALIVE,   TIME,        "120",      "how long activecommand may take"),
    row("demotetimeout",    VQALIVE,   TIME,        "120",      "how long inactivecommand may take"),
    // who is fit
    row("livereals",        &ALL,      YesNo,       "no for pulse, else yes", "a director with services and not one live real server is less fit"),
    several("canary",       &ALL,      Canary,      "none",     "who is pinged: a director that none of them answers is less fit; there may be several"),
    row("decrement",        VRRP,      DECREMENT,   "100",      "what a director that is less fit loses of its priority"),
    // what else a director does
    row("activecommand",    &ALL,      Command,     "none",     "a command that is run as a director becomes active"),
    row("inactivecommand",  &ALL,      Command,     "none",     "a command that is run as a director starts, and is active no more"),
    row("syncinterface",    &ALL,      Device,      "none",     "the network interface on which the kernel tells the standby of its connections"),
    row("syncid",           &ALL,      BYTE_ID,     "0",        "which of several pairs on one network this is"),
    row("syncwait",         SPOKEN,    DELAY,       "10",       "how long a returning director waits for the connections before it takes over"),
    row("standbychecks",    &ALL,      YesNo,       "yes",      "the standby checks the real servers, too"),
    row("standbytable",     TABLED,    YesNo,       "no for pulse, else yes", "the standby's kernel holds the services, too"),
];

use Shape::{
    Address, Canary, Command, Device, Group, Host, Node, Number, Path, Pattern, Port, Seconds,
    Word, YesNo,
};

/// Every protocol.
pub const ALL: [Protocol; 5] =
    [Protocol::Pulse, Protocol::Carp, Protocol::Vrrp, Protocol::Vqalive, Protocol::External];
const PULSE: &[Protocol] = &[Protocol::Pulse];
/// A kernel that held the services would answer the questions of its own standby.
const TABLED: &[Protocol] = &[Protocol::Pulse, Protocol::Carp, Protocol::Vrrp, Protocol::External];
const CARP: &[Protocol] = &[Protocol::Carp];
const VRRP: &[Protocol] = &[Protocol::Vrrp];
const VQALIVE: &[Protocol] = &[Protocol::Vqalive];
const TIMED: &[Protocol] = &[Protocol::Pulse, Protocol::Vrrp];
const SPOKEN: &[Protocol] = &[Protocol::Carp, Protocol::Vrrp];
const SIGNED: &[Protocol] = &[Protocol::Pulse, Protocol::Carp, Protocol::Vrrp];

const ID: Shape = Number { unit: "number", min: 1, max: 255 };
const BYTE_ID: Shape = Number { unit: "number", min: 0, max: 255 };
const BYTE: Shape = Number { unit: "seconds", min: 0, max: 255 };
const SKEW: Shape = Number { unit: "number", min: 0, max: 255 };
const PRIORITY: Shape = Number { unit: "number", min: 1, max: 255 };
const DECREMENT: Shape = Number { unit: "number", min: 1, max: 253 };
const TIMES: Shape = Number { unit: "number", min: 1, max: u32::MAX };
const COUNT: Shape = Number { unit: "number", min: 0, max: u32::MAX };
/// One a second at most: nobody needs to be told for longer.
const ROUNDS: Shape = Number { unit: "number", min: 0, max: 1000 };
const TIME: Shape = Seconds { min: 10, max: LONGEST };
const DELAY: Shape = Seconds { min: 0, max: LONGEST };
/// What lvs.cf takes as well.
const LONGEST: u64 = i32::MAX as u64 * 1000;

const VERSIONS: &[&str] = &["2", "3"];
const AUTHENTICATIONS: &[&str] = &["none", "password", "hmac"];
const MODES: &[&str] = &["all", "address", "any"];
const CONFLICTS: &[&str] = &["off", "warn", "strict"];
