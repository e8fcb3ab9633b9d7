//! Why a packet is not believed, in keepalived's words.

use crate::failover::line::Level;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// So many bytes, and so many are expected.
    Length(usize, usize),
    /// It is of another virtual router, as many may be on one network.
    Vrid(u8),
    /// It is no VRRP, but an advert of CARP with this number.
    Carp(u8),
    /// It has come over a router, or says so.
    Hops(u8),
    /// This version, and that is expected.
    Version(u8, u8),
    Type(u8),
    /// Of this version.
    Checksum(u8),
    /// It came to one, where all are spoken to; or the reverse.
    Cast {
        unicast: bool,
    },
    /// Nobody that the file names sent it.
    Stranger,
    /// Who sent it has this director's own address.
    Own,
    /// This kind of authentication, and that is expected.
    Authentication(u8, u8),
    Password,
    Unsigned,
    Signed,
    Forged,
    Replayed,
    /// These seconds, and those are expected.
    Interval(u64, u64),
}

impl Refusal {
    /// In a word or two, as the status has it.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Refusal::Length(..) => "wrong length",
            Refusal::Vrid(_) => "other vrid",
            Refusal::Carp(_) => "CARP with this id",
            Refusal::Hops(_) => "wrong TTL",
            Refusal::Version(..) => "wrong version",
            Refusal::Type(_) => "wrong type",
            Refusal::Checksum(_) => "wrong checksum",
            Refusal::Cast { unicast: true } => "unicast",
            Refusal::Cast { unicast: false } => "multicast",
            Refusal::Stranger => "no peer",
            Refusal::Own => "own address",
            Refusal::Authentication(..) => "wrong authentication",
            Refusal::Password => "wrong password",
            Refusal::Unsigned => "no signature",
            Refusal::Signed => "signed, and this director has no key",
            Refusal::Forged => "wrong signature",
            Refusal::Replayed => "old",
            Refusal::Interval(..) => "wrong interval",
        }
    }

    /// For the log.
    pub(super) fn text(self) -> String {
        match self {
            Refusal::Length(is, expected) if is < expected => {
                format!("vrrp packet too short, length {is} and expect {expected}")
            }
            Refusal::Length(is, expected) => {
                format!("vrrp packet too long, length {is} and expect {expected}")
            }
            Refusal::Vrid(is) => format!("Unknown VRID({is}) received. ignoring..."),
            Refusal::Carp(id) => {
                format!("that is CARP with the id {id}, and no VRRP: another id is needed for one")
            }
            Refusal::Hops(is) => format!("invalid TTL/HL. Received {is} and expect 255"),
            Refusal::Version(is @ 2..=3, expected) => format!(
                "wrong version. Received {is} and expect {expected}: write `version={is}` here, or \
                 `vrrp_version {expected}` in a keepalived there"
            ),
            Refusal::Version(is, expected) => {
                format!("wrong version. Received {is} and expect {expected}")
            }
            Refusal::Type(is) => format!("Invalid packet type. {is} and expect 1"),
            Refusal::Checksum(version) => format!("Invalid VRRPv{version} checksum"),
            Refusal::Cast { unicast: true } => {
                "discarding unicast packet on multicast instance".to_owned()
            }
            Refusal::Cast { unicast: false } => {
                "discarding multicast packet on unicast instance".to_owned()
            }
            Refusal::Stranger => "discarding packet of one that is no peer".to_owned(),
            Refusal::Own => OWN.to_owned(),
            Refusal::Authentication(is, expected) => {
                format!("received a {is} auth, expecting {expected}!")
            }
            Refusal::Password => "received an invalid passwd!".to_owned(),
            Refusal::Unsigned => UNSIGNED.to_owned(),
            Refusal::Signed => SIGNED.to_owned(),
            Refusal::Forged => FORGED.to_owned(),
            Refusal::Replayed => REPLAYED.to_owned(),
            Refusal::Interval(is, expected) => {
                format!("advertisement interval mismatch mine={expected} sec rcv'd={is} sec")
            }
        }
    }

    /// Whether it looks like one that should have been believed.
    pub(super) fn is_doubtful(self) -> bool {
        !matches!(self, Refusal::Vrid(_) | Refusal::Carp(_))
    }

    /// How much it matters: where two that belong together do not understand each other, both become
    /// master.
    pub(super) fn level(self) -> Level {
        match self {
            Refusal::Vrid(_) => Level::Debug,
            Refusal::Length(..)
            | Refusal::Hops(_)
            | Refusal::Type(_)
            | Refusal::Stranger
            | Refusal::Own => Level::Warning,
            _ => Level::Error,
        }
    }
}

const OWN: &str = "equal address: an advert from this director's own address, thrown back by the \
                   network or of another machine that has it, too";
const UNSIGNED: &str = "advert without a signature, not believed: this director has a `secretfile`";
const SIGNED: &str = "advert with a signature, not believed: this director has no `secretfile`";
const FORGED: &str =
    "advert with a wrong signature, not believed: `secretfile` is not the same there";
const REPLAYED: &str = "advert with an old stamp: not believed, for somebody sends it again, or the \
                        sender's clock is behind";
