//! The language of lvs.cf: one row per key.
//!
//! The parser, `check`, the manual page lvs.cf(5) and lvs.cf.example all follow this table.
//! What is not in it may be a directive of ldirectord's ([`borrowed`]).

use std::fmt;

use crate::config::ldirectord::{DIRECTIVES, Directive, lent};

/// A key of lvs.cf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The word before the `=`.
    pub name: &'static str,
    /// Where it may stand.
    pub places: &'static [Place],
    /// What may follow the `=`.
    pub shape: Shape,
    /// What holds without it.
    pub default: &'static str,
    /// Since when there is such a key.
    pub era: Era,
    /// Whether it does anything.
    pub effect: Effect,
    /// What it is for.
    pub meaning: &'static str,
}

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Outside of all blocks.
    Global,
    /// In a `virtual` block.
    Virtual,
    /// In a `failover` block.
    Failover,
    /// In a `server` block.
    Server,
}

/// The form of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `NAME {`, to the line of the closing brace.
    Block,
    /// A whole number as C writes them, within bounds, both included; `unit` names what is counted.
    Integer {
        /// What is counted.
        unit: &'static str,
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// 0 or 1.
    Boolean,
    /// A port, or the name of a service.
    Port,
    /// An address or a host name.
    Host,
    /// An address or a host name, or a range of addresses.
    Hosts,
    /// An address or a host name, and the network interface or alias that it is raised on.
    Address,
    /// A netmask with dots, or the length of a prefix.
    Mask,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A word, or a text in quotes.
    Text,
    /// Words in brackets.
    List,
}

/// Since when a key is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// This release of piranha.
    Piranha(&'static str),
    /// Only piranha's web pages, or its manual page: the daemons refused it.
    Refused,
    /// It is ours.
    Ours,
}

/// Whether a key does anything in this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It does what it says.
    Now,
    /// It is accepted, and there is nothing that it could do here; nor did it ever.
    Never,
    /// The same, with a warning.
    Warned,
}

/// The key of this name, in this part of the file.
pub(super) fn find(name: &str, place: Place) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name && key.places.contains(&place))
}

/// Whether a word is a key of piranha's that stands outside of all blocks, and nothing to ldirectord.
pub(in crate::config) fn of_piranha(name: &str) -> bool {
    let known = find(name, Place::Global).is_some_and(|key| key.era != Era::Ours);
    known && !DIRECTIVES.iter().any(|directive| directive.name == name)
}

/// The directives of ldirectord that are keys here as well, written and meant as in ldirectord.cf(5).
pub fn borrowed(place: Place) -> impl Iterator<Item = &'static Directive> {
    DIRECTIVES.iter().filter(move |directive| is_borrowed(directive, place))
}

/// The directive of this name that is a key in this part of the file.
pub(super) fn find_borrowed(name: &str, place: Place) -> Option<&'static Directive> {
    let named = DIRECTIVES.iter().find(|directive| directive.name == name);
    named.filter(|directive| is_borrowed(directive, place))
}

fn is_borrowed(directive: &Directive, place: Place) -> bool {
    let lent = match place {
        Place::Global => lent::is_lent(directive, true),
        Place::Virtual => lent::is_lent(directive, false),
        Place::Failover | Place::Server => false,
    };
    lent && find(directive.name, place).is_none()
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::Global => "global",
            Place::Virtual => "virtual",
            Place::Failover => "failover",
            Place::Server => "server",
        })
    }
}

/// As the manual page writes it.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shape::Block => f.write_str("name {"),
            Shape::Integer { unit, .. } => f.write_str(unit),
            Shape::Boolean => f.write_str("0 | 1"),
            Shape::Port => f.write_str("port"),
            Shape::Host => f.write_str("host"),
            Shape::Hosts => f.write_str("host | address->address"),
            Shape::Address => f.write_str("host device"),
            Shape::Mask => f.write_str("netmask | prefix"),
            Shape::Word(words) => f.write_str(&words.join(" | ")),
            Shape::Text => f.write_str("word | \"text\""),
            Shape::List => f.write_str("[ word ... ]"),
        }
    }
}

/// As the manual page writes it.
impl fmt::Display for Era {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Era::Piranha(release) => write!(f, "piranha {release}"),
            Era::Refused => f.write_str("refused by piranha"),
            Era::Ours => f.write_str("lvs-director"),
        }
    }
}

const fn row(
    name: &'static str,
    places: &'static [Place],
    shape: Shape,
    default: &'static str,
    era: Era,
    effect: Effect,
    meaning: &'static str,
) -> Key {
    Key { name, places, shape, default, era, effect, meaning }
}

/// Every key, in the order of the manual page.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    // the two directors
    row("primary",          GLOBAL,  Host,    "none",      FIRST,     Now,   "the address of the director that is master"),
    row("primary_private",  GLOBAL,  Host,    "that of primary", V06, Now,   "its address on a second network, for heartbeats"),
    row("primary_shared",   GLOBAL,  Text,    "none",      V06,       Never, "the SCSI device that both directors share, as it sees it"),
    row("backup",           GLOBAL,  Host,    "0.0.0.0",   FIRST,     Now,   "the address of the other director; 0.0.0.0 for none"),
    row("backup_private",   GLOBAL,  Host,    "none",      V06,       Now,   "its address on the second network"),
    row("backup_shared",    GLOBAL,  Text,    "none",      V06,       Never, "the SCSI device that both directors share, as it sees it"),
    row("backup_active",    GLOBAL,  Boolean, "0",         FIRST,     Now,   "there is another director: heartbeats are sent and awaited"),
    row("heartbeat",        GLOBAL,  Boolean, "0",         FIRST,     Never, "a number that nothing ever asked for"),
    row("heartbeat_port",   GLOBAL,  Port,    "539",       FIRST,     Now,   "the UDP port of heartbeats, at both directors"),
    row("heartbeat_key_file", GLOBAL, Text,   "none",      Ours,      Now,   "a file whose text both directors sign their heartbeats with"),
    row("keepalive",        GLOBAL,  POSITIVE, "2",        FIRST,     Now,   "the time from heartbeat to heartbeat"),
    row("deadtime",         GLOBAL,  POSITIVE, "5",        FIRST,     Now,   "the silence after which the other director is dead"),
    row("monitor_links",    GLOBAL,  NUMBER,  "0",         V081,      Now,   "1 for a director whose cable is out not to be active"),
    row("standby_checks",   GLOBAL,  Boolean, "1",         Ours,      Now,   "the director that is not active checks the real servers as well"),
    row("active_cmd",       GLOBAL,  Text,    "none",      V078,      Now,   "a command that is run before a director becomes active"),
    row("inactive_cmd",     GLOBAL,  Text,    "none",      V078,      Now,   "a command that is run as a director starts, and is active no more"),
    row("syncdaemon",       GLOBAL,  Boolean, "0",         V085,      Now,   "the kernel tells the other director of its connections"),
    row("syncd_iface",      GLOBAL,  Text,    "eth0",      V085,      Now,   "the network interface that it tells them on"),
    row("syncd_id",         GLOBAL,  NUMBER,  "0",         V085,      Now,   "which of several pairs of directors on one network this is, 0 to 255"),
    row("cluster",          GLOBAL,  Block,     "none",    Ours,      Now,   "begins the block that says all of this for any protocol, in place of these keys"),
    row("service",          GLOBAL,  Word(SERVICES), "lvs", V04,      Now,   "whether the virtual blocks are meant, or the failover blocks"),
    row("reservation_conflict_action", GLOBAL, Word(CONFLICTS), "none", V06, Never, "what to do if the shared SCSI device is reserved"),
    // the kernel
    row("network",          GLOBAL,  Word(NETWORKS), "nat", FIRST,    Now,   "how packets reach the real servers"),
    row("nat_router",       GLOBAL,  Address, "none",      FIRST,     Now,   "the real servers' gateway, an address that the active director holds"),
    row("nat_nmask",        GLOBAL,  Mask,    "0.0.0.0",   V04,       Now,   "the netmask of nat_router"),
    row("tcp_timeout",      GLOBAL,  TIMEOUT, "0",         V085,      Now,   "how long the kernel remembers an idle TCP connection, 0 for as it does"),
    row("tcpfin_timeout",   GLOBAL,  TIMEOUT, "0",         V085,      Now,   "how long it remembers one that is being closed"),
    row("udp_timeout",      GLOBAL,  TIMEOUT, "0",         V085,      Now,   "how long it remembers where UDP went"),
    row("hard_shutdown",    GLOBAL,  Boolean, "1",         V085,      Now,   "a director that cannot check any more gives up what it holds"),
    row("ipvsadm",          GLOBAL,  Text,    "/sbin/ipvsadm", V06,   Never, "the program that told the kernel"),
    row("rsh_command",      GLOBAL,  Text,    "rsh",       FIRST,     Now,   "the program that asks a real server for its load, if load_monitor = uptime"),
    // of the past
    row("serial_no",        GLOBAL,  NUMBER,  "0",         V06,       Never, "how often piranha's web pages wrote the file"),
    row("debug_level",      GLOBAL,  Text,    "NONE",      FIRST,     Never, "a word that nothing ever used"),
    row("sync",             GLOBAL,  Boolean, "0",         FIRST,     Never, "a switch of what copied files, once"),
    row("debug",            GLOBAL,  Text,    "none",      Refused,   Warned, "what the manual page called debug_level"),
    row("mode",             GLOBAL,  NUMBER,  "none",      Refused,   Warned, "a plan of the manual page"),
    row("heartbeat_dev",    GLOBAL,  Text,    "none",      Refused,   Warned, "a plan of the manual page"),
    // services
    row("virtual",          GLOBAL,  Block,   "none",      FIRST,     Now,   "begins a virtual service"),
    row("failover",         GLOBAL,  Block,   "none",      V04,       Now,   "begins a service that runs on the active director itself"),
    row("active",           ALL,     Boolean, "0",         FIRST,     Now,   "1 for it to be there at all"),
    row("address",          BLOCKS,  Address, "none",      FIRST,     Now,   "its address, which the active director holds, and where"),
    row("vip_nmask",        BLOCKS,  Mask,    "0.0.0.0",   V04,       Now,   "the netmask of that address"),
    row("fwmark",           VIRTUAL, MARK,    "0",         V06,       Now,   "the firewall mark that the service is, in place of address and port"),
    row("protocol",         BLOCKS,  Word(PROTOCOLS), "tcp", V04,     Now,   "the transport protocol"),
    row("port",             BLOCKS,  Port,    "80",        FIRST,     Now,   "its port"),
    row("scheduler",        VIRTUAL, Word(SCHEDULERS), "wlc", FIRST,  Now,   "the kernel's scheduler"),
    row("persistent",       VIRTUAL, PERSISTENT, "0",      FIRST,     Now,   "how long a client is kept at its real server, 0 for not at all"),
    row("pmask",            VIRTUAL, Mask,    "255.255.255.255", V04, Now,   "clients alike under it are one, if persistent"),
    // how reals are checked
    row("send",             BLOCKS,  Text,    "none",      V04,       Now,   "what a real server is sent"),
    row("expect",           BLOCKS,  Text,    "none",      V04,       Now,   "what its answer begins with, or what send_program prints; * for anything"),
    row("use_regex",        BLOCKS,  Boolean, "0",         V074,      Now,   "expect is a regular expression"),
    row("send_program",     BLOCKS,  Text,    "none",      V06,       Now,   "a program that checks a real server, %h, in place of send"),
    row("client_monitor",   BLOCKS,  Text,    "/usr/sbin/nanny", FIRST, Never, "the program that checked a real server"),
    row("timeout",          BLOCKS,  INTERVAL, "10",       FIRST,     Now,   "the time from check to check, and the deadline of one"),
    row("reentry",          BLOCKS,  SECONDS, "180",       FIRST,     Now,   "how long a real server must be well before it gets clients again"),
    row("quiesce_server",   VIRTUAL, Boolean, "0",         V06,       Now,   "gives a dead real server weight 0 instead of removing it"),
    row("load_monitor",     VIRTUAL, Text,    "none",      FIRST,     Now,   "who tells how busy a real server is: none, rup, ruptime, uptime, agent:port or a command"),
    row("slow_start",       GLOBAL_VIRTUAL, Boolean, "1",  Ours,      Now,   "gives a real server that comes in its weight little by little"),
    row("sorry_server",     VIRTUAL, Host,    "0.0.0.0",   V084,      Now,   "the server that stands in while no real server is up"),
    row("start_cmd",        BLOCKS,  Text,    "none",      V04,       Now,   "what starts the service (failover)"),
    row("stop_cmd",         BLOCKS,  Text,    "none",      V04,       Now,   "what stops it (failover)"),
    row("master",           BLOCKS,  Text,    "none",      FIRST,     Never, "where files were copied from, once"),
    row("dirs",             BLOCKS,  List,    "none",      FIRST,     Never, "which files were copied, once"),
    row("expect_program",   BLOCKS,  Text,    "none",      Refused,   Warned, "what piranha's web pages wrote beside expect"),
    row("heartbeat",        FAILOVER, Boolean, "0",        Refused,   Warned, "what piranha's web pages wrote"),
    // real servers
    row("server",           BLOCKS,  Block,   "none",      FIRST,     Now,   "begins a real server of the virtual service"),
    row("address",          SERVER,  Hosts,   "none",      FIRST,     Now,   "its address"),
    row("port",             SERVER,  Port,    "the port of the virtual service", V084, Now, "its port"),
    row("weight",           SERVER,  WEIGHT,  "1",         FIRST,     Now,   "its share"),
    row("forwarding",       SERVER,  Word(METHODS), "by network", Ours, Now, "how packets reach this one"),
    row("upper_threshold",  SERVER,  CONNECTIONS, "0",     Ours,      Now,   "connections above which it gets no more, 0 for no bound"),
    row("lower_threshold",  SERVER,  CONNECTIONS, "0",     Ours,      Now,   "connections below which it gets new ones again"),
    row("request",          SERVER,  Text,    "that of the virtual service", Ours, Now, "what this one is asked, or sent in place of send"),
    row("receive",          SERVER,  Text,    "that of the virtual service", Ours, Now, "what its answer must be, in place of receive or expect"),
    row("nmask",            SERVER,  Mask,    "none",      Refused,   Warned, "what piranha's web pages wrote"),
    row("log_file",         SERVER,  Text,    "none",      Refused,   Warned, "a plan of the manual page"),
];

use Effect::{Never, Now, Warned};
use Era::{Ours, Refused};
use Shape::{Address, Block, Boolean, Host, Hosts, Integer, List, Mask, Port, Text, Word};

const GLOBAL: &[Place] = &[Place::Global];
const VIRTUAL: &[Place] = &[Place::Virtual, Place::Failover];
const FAILOVER: &[Place] = &[Place::Failover];
const BLOCKS: &[Place] = &[Place::Virtual, Place::Failover];
const SERVER: &[Place] = &[Place::Server];
const ALL: &[Place] = &[Place::Virtual, Place::Failover, Place::Server];
const GLOBAL_VIRTUAL: &[Place] = &[Place::Global, Place::Virtual];

const FIRST: Era = Era::Piranha("0.1");
const V04: Era = Era::Piranha("0.4");
const V06: Era = Era::Piranha("0.6.0");
const V074: Era = Era::Piranha("0.7.4");
const V078: Era = Era::Piranha("0.7.8");
const V081: Era = Era::Piranha("0.8.1");
const V084: Era = Era::Piranha("0.8.4");
const V085: Era = Era::Piranha("0.8.5");

const NUMBER: Shape = Integer { unit: "number", min: i32::MIN as i64, max: i32::MAX as i64 };
const POSITIVE: Shape = Integer { unit: "seconds", min: 1, max: LONGEST };
/// What is none is asked of a block that is active: one that is not never harmed piranha.
const INTERVAL: Shape = Integer { unit: "seconds", min: i32::MIN as i64, max: LONGEST };
const SECONDS: Shape = Integer { unit: "seconds", min: 0, max: LONGEST };
/// The kernel's bound at 1000 ticks a second.
const TIMEOUT: Shape = Integer { unit: "seconds", min: 0, max: 2_147_483 };
/// ipvsadm's bound: 31 days.
const PERSISTENT: Shape = Integer { unit: "seconds", min: 0, max: 2_678_400 };
const MARK: Shape = Integer { unit: "mark", min: 0, max: u32::MAX as i64 };
const WEIGHT: Shape = Integer { unit: "weight", min: 0, max: i32::MAX as i64 };
const CONNECTIONS: Shape = Integer { unit: "connections", min: 0, max: u32::MAX as i64 };
const LONGEST: i64 = i32::MAX as i64;

const SERVICES: &[&str] = &["lvs", "fos"];
const CONFLICTS: &[&str] = &["nothing", "preempt"];
const NETWORKS: &[&str] = &["direct", "nat", "tunnel"];
const PROTOCOLS: &[&str] = &["tcp", "udp"];
const METHODS: &[&str] = &["masq", "gate", "ipip"];
/// Piranha's; the oldest releases called `lc` `pcc`.
const SCHEDULERS: &[&str] = &[
    "lc", "rr", "wlc", "wrr", "lblc", "lblcr", "dh", "sh", "pcc", "sed", "nq", "mh", "fo", "ovf",
    "twos",
];
/// How many of them piranha knows.
pub(super) const THEIRS: usize = 9;
