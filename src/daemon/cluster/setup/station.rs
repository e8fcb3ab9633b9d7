//! Who this machine is among those that speak CARP or VRRP.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::daemon::cluster::sockets::Station;
use crate::failover::{carp, vrrp};
use crate::model::Cluster;
use crate::model::protocol::{Carp, Vrrp};

use super::Here;

/// CARP's rules, and what it speaks by; what is missing otherwise.
pub(super) fn carp(
    carp: &Carp,
    cluster: &Cluster,
    here: &Here,
) -> Result<(carp::Rules, Station), String> {
    let interface = carp.interface.clone();
    let source = here.source(&interface, carp.source.map(IpAddr::V4), false, cluster)?;
    let IpAddr::V4(own) = source else {
        return Err(format!("{interface} has no IPv4 address"));
    };
    let mac = here.mac(&interface)?;
    let key = here.key.clone().unwrap_or_default();
    let group = Some(IpAddr::V4(carp.group));
    // as much of it as is needed
    let chance = here.birth.chance as u64;
    let rules = carp::Rules { carp: carp.clone(), source: own, mac, key, chance };
    Ok((rules, Station { interface, source, group, frames: true }))
}

/// VRRP's rules, and what it speaks by; what is missing otherwise.
pub(super) fn vrrp(
    vrrp: &Vrrp,
    cluster: &Cluster,
    here: &Here,
) -> Result<(vrrp::Rules, Station), String> {
    let interface = vrrp.interface.clone();
    let source = here.source(&interface, vrrp.source, vrrp.over_v6, cluster)?;
    let group = match source {
        IpAddr::V4(_) => IpAddr::V4(GROUP_V4),
        IpAddr::V6(_) => IpAddr::V6(GROUP_V6),
    };
    let group = Some(group).filter(|_| vrrp.peers.is_empty());
    // a file that names all directors is the same on all of them
    let peers: Vec<_> = vrrp.peers.iter().copied().filter(|peer| *peer != source).collect();
    if peers.is_empty() && !vrrp.peers.is_empty() {
        return Err(format!("{source} is this director itself, and there is no other peer"));
    }
    let rules = vrrp::Rules {
        vrrp: Vrrp { peers, ..vrrp.clone() },
        source,
        key: here.key.clone(),
        decrement: cluster.fitness.decrement,
        born: here.birth.time,
    };
    Ok((rules, Station { interface, source, group, frames: false }))
}

/// Where VRRP's adverts go (RFC 9568, 5.1.1.2 and 5.1.2.2).
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12);
