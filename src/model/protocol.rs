//! The protocols by which directors agree who is active.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU8;
use std::time::Duration;

use checkers::Pattern;

use super::{Name, Secret};

/// One of them, with what it has to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailoverProtocol {
    /// piranha's: a primary and a backup that send heartbeats to each other.
    Pulse(Pulse),
    /// That of OpenBSD's carp(4), as UCARP 1.5 speaks it.
    Carp(Carp),
    /// RFC 3768 and RFC 9568, as keepalived speaks them.
    Vrrp(Vrrp),
    /// vqalive's: the standby uses the service, and takes it over when nobody serves.
    Vqalive(Vqalive),
    /// None: another cluster manager says who is active.
    External,
}

impl FailoverProtocol {
    /// Its name, as files and the log have it.
    pub fn name(&self) -> &'static str {
        match self {
            FailoverProtocol::Pulse(_) => "pulse",
            FailoverProtocol::Carp(_) => "carp",
            FailoverProtocol::Vrrp(_) => "vrrp",
            FailoverProtocol::Vqalive(_) => "vqalive",
            FailoverProtocol::External => "external",
        }
    }

    /// What its words are signed with, or bear.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            FailoverProtocol::Pulse(pulse) => pulse.secret.as_ref(),
            FailoverProtocol::Carp(carp) => Some(&carp.secret),
            FailoverProtocol::Vrrp(vrrp) => match &vrrp.authentication {
                VrrpAuthentication::None => None,
                VrrpAuthentication::Password(secret) | VrrpAuthentication::Hmac(secret) => {
                    Some(secret)
                }
            },
            FailoverProtocol::Vqalive(_) | FailoverProtocol::External => None,
        }
    }

    /// Whether what is run for a standby is not run at the start.
    pub fn is_neutral(&self) -> bool {
        matches!(self, FailoverProtocol::Carp(Carp { neutral: true, .. }))
    }

    /// What pulse's has to know, if it is that.
    pub fn pulse(&self) -> Option<&Pulse> {
        match self {
            FailoverProtocol::Pulse(pulse) => Some(pulse),
            _ => None,
        }
    }
}

/// piranha's heartbeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// The director that is master: the one that has this address.
    pub primary: Node,
    /// Its peer; `None` for a lone director, which hears and says nothing.
    pub backup: Option<Node>,
    /// The UDP port of heartbeats, source and destination.
    pub port: u16,
    /// From one heartbeat to the next; above 0.
    pub keepalive: Duration,
    /// Silence after which the peer is dead; above 0.
    pub deadtime: Duration,
    /// What both sign their heartbeats with; `None` for piranha's, unsigned.
    pub secret: Option<Secret>,
}

/// A director's own addresses, which never move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where heartbeats go.
    pub public: Ipv4Addr,
    /// Where they go as well, over another cable.
    pub private: Option<Ipv4Addr>,
}

/// A virtual host of CARP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carp {
    /// The interface that adverts go by.
    pub interface: Name,
    /// Whose word an advert is; `None` for the first address of the interface.
    pub source: Option<Ipv4Addr>,
    /// Where adverts go: 224.0.0.18 unless said otherwise.
    pub group: Ipv4Addr,
    /// Whether their frames go to the group's MAC, and not to everybody's.
    pub multicast: bool,
    /// The number of the virtual host on its network.
    pub vhid: NonZeroU8,
    /// From one advert to the next, in seconds; 0 only if the skew is above 0.
    pub advbase: u8,
    /// And so many 256ths of a second: who has less is preferred.
    pub advskew: u8,
    /// After so many times `advbase`, and the skew, a master is dead; above 0.
    pub dead_ratio: u32,
    /// A backup takes the place of a master that advertises more slowly.
    pub preempt: bool,
    /// What is run for a backup is not run at the start.
    pub neutral: bool,
    /// What adverts are signed with.
    pub secret: Secret,
    /// The addresses that the signature is over; UCARP has one, of IPv4.
    pub signed: Vec<IpAddr>,
}

/// A virtual router of VRRP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vrrp {
    /// 2 or 3 of the standard.
    pub version: VrrpVersion,
    /// The interface that adverts go by.
    pub interface: Name,
    /// Whose word an advert is, which is its family as well; `None` for the interface's first address
    /// of IPv4, or with `over_v6` its link-local one.
    pub source: Option<IpAddr>,
    /// Adverts go over IPv6.
    pub over_v6: bool,
    /// Whom adverts go to; empty for the group of all.
    pub peers: Vec<IpAddr>,
    /// The number of the virtual router on its network.
    pub vrid: NonZeroU8,
    /// 1 to 255; who has the most is master, 255 is the owner of the addresses.
    pub priority: NonZeroU8,
    /// From one advert to the next: whole seconds in version 2, 10 ms to 40.95 s in version 3.
    pub interval: Duration,
    /// A backup takes the place of a master of less priority.
    pub preempt: bool,
    /// After a master of less priority has been heard for so long.
    pub preempt_delay: Duration,
    /// The addresses that adverts name, all of one family.
    pub named: Vec<IpAddr>,
    /// A master that is not the owner takes packets to the addresses itself.
    pub accept: bool,
    /// How an advert shows whose it is.
    pub authentication: VrrpAuthentication,
}

/// A version of VRRP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VrrpVersion {
    /// RFC 3768, IPv4.
    V2,
    /// RFC 9568, IPv4 and IPv6.
    V3,
}

/// How a VRRP advert shows whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VrrpAuthentication {
    /// Not at all, as RFC 3768 and 9568 have it.
    None,
    /// By the first 8 bytes of a password, in clear: RFC 2338, version 2 only.
    Password(Secret),
    /// By an HMAC-SHA256 behind it, as in keepalived 2.4.
    Hmac(Secret),
}

/// What vqalive asks, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vqalive {
    /// The virtual addresses that are asked.
    pub addresses: Vec<IpAddr>,
    /// The TCP ports that are asked, on each of them.
    pub ports: Vec<u16>,
    /// From one round to the next; above 0.
    pub interval: Duration,
    /// The deadline of one connection; above 0.
    pub timeout: Duration,
    /// Failed rounds in a row before the standby takes over; above 0.
    pub fails: u32,
    /// When a round has failed.
    pub mode: VqaliveMode,
    /// What the first line of an answer must match.
    pub banner: Option<Pattern>,
    /// Before the first takeover; `None` for a round and a chance part of the interval.
    pub start_delay: Option<Duration>,
    /// What is done where somebody has an address still.
    pub conflict: VqaliveConflict,
    /// Failed rounds of its own services in a row before the active one gives up; 0 for never.
    pub own_fails: u32,
    /// Who must answer a ping before a takeover.
    pub witness: Option<IpAddr>,
    /// How often the neighbours are told of a takeover; 0 for never.
    pub announcements: u32,
    /// After a drop that was asked for it does not take over for so long.
    pub drop_hold: Duration,
    /// How long the promote script may take; above 0.
    pub promote_timeout: Duration,
    /// How long the demote script may take; above 0.
    pub demote_timeout: Duration,
}

/// When a round of vqalive has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VqaliveMode {
    /// Nothing answers.
    All,
    /// No port of one of the addresses answers.
    Address,
    /// Something does not answer.
    Any,
}

/// What a standby of vqalive does where somebody has an address whose service is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VqaliveConflict {
    /// It does not look.
    Off,
    /// It takes over, and warns.
    Warn,
    /// It does not take over.
    Strict,
}
