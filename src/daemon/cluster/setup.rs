//! Who this director is of its pair, and over which cables it talks to its peer.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddrV4};

use crate::failover::pulse::Rules;
use crate::model::{Cluster, Node};

use super::sockets::Path;

/// A pair as one of its two sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::daemon) struct Setup {
    /// All that the file says.
    pub(super) cluster: Cluster,
    /// What the machine has to know.
    pub(super) rules: Rules,
    /// This director's own addresses.
    pub(super) own: Node,
    /// Its peer's, if it has one that is to be told and heard.
    pub(super) peer: Option<Node>,
}

impl Setup {
    /// The pair as the owner of these addresses sees it: who has `primary` is the master, anybody
    /// else the backup. Fails, in pulse's words, for a backup that there is not.
    pub(super) fn of(cluster: &Cluster, addresses: &BTreeSet<IpAddr>) -> Result<Self, String> {
        let is_master = addresses.contains(&cluster.primary.public.into());
        let (own, peer) = match (is_master, cluster.backup) {
            (true, peer) => (cluster.primary, peer),
            (false, Some(backup)) => (backup, Some(cluster.primary)),
            (false, None) => {
                return Err("We are backup node and backup is marked inactive".to_owned());
            }
        };
        Ok(Setup::with(cluster, own, peer, is_master))
    }

    /// The pair as a master sees it that is told nothing by its peer, and tells it nothing.
    pub(super) fn alone(cluster: &Cluster) -> Self {
        Setup::with(cluster, cluster.primary, None, true)
    }

    fn with(cluster: &Cluster, own: Node, peer: Option<Node>, is_master: bool) -> Self {
        let (keepalive, deadtime) = (cluster.keepalive, cluster.deadtime);
        let rules = Rules { keepalive, deadtime, is_master, has_peer: peer.is_some() };
        Setup { cluster: cluster.clone(), rules, own, peer }
    }

    /// The cables to the peer, the public one first.
    pub(super) fn paths(&self) -> Vec<Path> {
        let Some(peer) = self.peer else { return Vec::new() };
        let port = |address| SocketAddrV4::new(address, self.cluster.port);
        let path = |(from, to)| Path { from: port(from), to: port(to) };
        let private = self.own.private.zip(peer.private);
        [Some((self.own.public, peer.public)), private].into_iter().flatten().map(path).collect()
    }
}
