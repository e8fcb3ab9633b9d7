//! Which of a pair this machine is.

use std::net::SocketAddrV4;

use crate::daemon::cluster::sockets::{Cable, Transport};
use crate::failover::path::Path;
use crate::failover::pulse::Rules;
use crate::failover::pulse::part::Part;
use crate::model::Cluster;
use crate::model::protocol::{Node, Pulse};

use super::Here;

/// The pair as this machine sees it: who has `primary` is the master, who has `backup` the backup.
/// Fails for anybody else, and in pulse's words for a backup that there is not.
pub(super) fn seen(
    pulse: &Pulse,
    cluster: &Cluster,
    here: &Here,
) -> Result<(Rules, Transport, Node), String> {
    let is_master = here.addresses.contains(&pulse.primary.public.into());
    let (own, peer) = match (is_master, pulse.backup) {
        (true, peer) => (pulse.primary, peer),
        // its address is not there yet, or not any more: that makes no backup of a primary
        (false, Some(backup)) if !here.addresses.contains(&backup.public.into()) => {
            let (primary, backup) = (pulse.primary.public, backup.public);
            return Err(format!(
                "this machine has neither the address of `primary` ({primary}) nor that of \
                 `backup` ({backup})"
            ));
        }
        (false, Some(backup)) => (backup, Some(pulse.primary)),
        (false, None) => return Err(INACTIVE.to_owned()),
    };
    let rules = rules(pulse, cluster, here, is_master, peer);
    Ok((rules, Transport::Cables(cables(own, peer, pulse.port)), own))
}

/// The pair as one sees it that has no peer; it is the primary if it is not the backup.
pub(super) fn alone(pulse: &Pulse, cluster: &Cluster, here: &Here) -> Rules {
    let is_backup = seen(pulse, cluster, here).is_ok_and(|(rules, ..)| !rules.part.is_master);
    rules(pulse, cluster, here, !is_backup, None)
}

fn rules(
    pulse: &Pulse,
    cluster: &Cluster,
    here: &Here,
    is_master: bool,
    peer: Option<Node>,
) -> Rules {
    let Pulse { keepalive, deadtime, .. } = *pulse;
    Rules {
        part: Part { keepalive, deadtime, is_master, has_peer: peer.is_some() },
        peer,
        key: here.key.clone(),
        services: cluster.failovers.iter().map(|service| service.target).collect(),
        session: here.birth.chance,
    }
}

/// The cables to the peer, the public one first.
fn cables(own: Node, peer: Option<Node>, port: u16) -> Vec<Cable> {
    let Some(peer) = peer else { return Vec::new() };
    let at = |address| SocketAddrV4::new(address, port);
    let cable = |path, (from, to)| Cable { path, from: at(from), to: at(to) };
    let public = cable(Path::Public, (own.public, peer.public));
    let private = own.private.zip(peer.private).map(|both| cable(Path::Private, both));
    [Some(public), private].into_iter().flatten().collect()
}

/// Why a backup does not run whose file says that there is none, in pulse's words.
pub(in crate::daemon) const INACTIVE: &str =
    "We are backup node and backup is marked inactive -- exiting pulse";
