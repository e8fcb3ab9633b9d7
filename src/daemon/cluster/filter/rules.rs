//! The table in the words of nft(8).

use std::fmt::Write;
use std::net::IpAddr;

use crate::daemon::cluster::setup::Setup;
use crate::model::protocol::FailoverProtocol;
use crate::model::{Cluster, Protocol, ServiceId};

/// What is to be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// What the table is called.
    pub(super) name: String,
    /// All that nft is told.
    pub(super) text: String,
}

impl Rules {
    /// Those of a site; `None` where its master accepts what is for its addresses.
    pub(super) fn of(setup: &Setup) -> Option<Rules> {
        let FailoverProtocol::Vrrp(vrrp) = &setup.cluster.protocol else { return None };
        if vrrp.accept {
            return None;
        }
        let name = name(&setup.cluster)?;
        let addresses: Vec<_> = setup.cluster.addresses.iter().map(|of| of.address).collect();
        let text = text(&name, &addresses, &setup.services);
        Some(Rules { name, text })
    }
}

/// What the table of a site is called, if its protocol has any. Several directors of one machine do
/// not take each other's.
pub(super) fn name(cluster: &Cluster) -> Option<String> {
    let FailoverProtocol::Vrrp(vrrp) = &cluster.protocol else { return None };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let interface = vrrp.interface.as_str().replace(|c| !is_plain(c), "_");
    let six = if vrrp.over_v6 { "6" } else { "" };
    Some(format!("lvs-director{six}-{interface}-{}", vrrp.vrid))
}

/// Removes the table, whether it is there or not.
pub(super) fn without(name: &str) -> String {
    format!("add table inet {name}\ndelete table inet {name}\n")
}

fn text(name: &str, addresses: &[IpAddr], services: &[ServiceId]) -> String {
    let mut text = without(name);
    // writing to a String cannot fail
    let _ = writeln!(text, "table inet {name} {{\n\tchain input {{");
    let _ = writeln!(text, "\t\ttype filter hook input priority {BEHIND_IPVS}; policy accept;");
    let _ = writeln!(text, "\t\ticmp type {{ {ERRORS} }} accept");
    let _ = writeln!(text, "\t\ticmpv6 type {{ {ERRORS}, packet-too-big, {NEIGHBOURS} }} accept");
    for service in services {
        match service {
            ServiceId::Address { address, protocol } if addresses.contains(&address.ip()) => {
                let family = family(address.ip());
                let _ = write!(text, "\t\t{family} daddr {} ", address.ip());
                let _ = match (word(*protocol), address.port()) {
                    (word, 0) => writeln!(text, "meta l4proto {word} accept"),
                    (word, port) => writeln!(text, "{word} dport {port} accept"),
                };
            }
            ServiceId::Mark { mark, .. } => {
                let _ = writeln!(text, "\t\tmeta mark {mark} accept");
            }
            ServiceId::Address { .. } => {}
        }
    }
    for of in ["ip", "ip6"] {
        let all = addresses.iter().filter(|address| family(**address) == of);
        let all: Vec<_> = all.map(ToString::to_string).collect();
        if !all.is_empty() {
            let _ = writeln!(text, "\t\t{of} daddr {{ {} }} drop", all.join(", "));
        }
    }
    text + "\t}\n}\n"
}

fn family(of: IpAddr) -> &'static str {
    if of.is_ipv4() { "ip" } else { "ip6" }
}

fn word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Tcp => "tcp",
        Protocol::Udp => "udp",
        Protocol::Sctp => "sctp",
    }
}

/// IPVS takes what comes in at 98 and 99 (net/netfilter/ipvs/ip_vs_core.c).
const BEHIND_IPVS: u8 = 200;
const ERRORS: &str = "destination-unreachable, time-exceeded, parameter-problem";
const NEIGHBOURS: &str = "nd-neighbor-solicit, nd-neighbor-advert";

#[cfg(test)]
mod tests;
