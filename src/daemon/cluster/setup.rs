//! Who this director is of its pair, and over which cables it talks to its peer.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddrV4};

use crate::failover::pulse::Rules;
use crate::failover::wire::{Path, Service};
use crate::model::Cluster;
use crate::model::protocol::{Node, Pulse};

use super::sockets::Cable;

/// A pair as one of its two sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::daemon) struct Setup {
    /// All that the file says.
    pub(super) cluster: Cluster,
    /// Where heartbeats go.
    pub(super) port: u16,
    /// What the machine has to know.
    pub(super) rules: Rules,
    /// This director's own addresses.
    pub(super) own: Node,
    /// Its peer's, if it has one.
    pub(super) peer: Option<Node>,
    /// What both sign their heartbeats with, if they do.
    pub(super) secret: Option<Secret>,
}

/// A secret, which nobody reads in a log.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::daemon) struct Secret(pub(super) Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Setup {
    /// The pair as the owner of these addresses sees it: who has `primary` is the master, who has
    /// `backup` the backup. Fails for anybody else, and in pulse's words for a backup that there is
    /// not.
    pub(in crate::daemon) fn of(
        cluster: &Cluster,
        addresses: &BTreeSet<IpAddr>,
        secret: Option<Secret>,
    ) -> Result<Self, String> {
        let pulse = pulse(cluster)?;
        let is_master = addresses.contains(&pulse.primary.public.into());
        let (own, peer) = match (is_master, pulse.backup) {
            (true, peer) => (pulse.primary, peer),
            // its address is not there yet, or not any more: that makes no backup of a primary
            (false, Some(backup)) if !addresses.contains(&backup.public.into()) => {
                let (primary, backup) = (pulse.primary.public, backup.public);
                return Err(format!(
                    "this machine has neither the address of `primary` ({primary}) nor that of \
                     `backup` ({backup})"
                ));
            }
            (false, Some(backup)) => (backup, Some(pulse.primary)),
            (false, None) => return Err(INACTIVE.to_owned()),
        };
        let rules = rules(pulse, is_master, peer.is_some());
        Ok(Setup { cluster: cluster.clone(), port: pulse.port, rules, own, peer, secret })
    }

    /// The pair as one sees it that is told nothing by its peer, and tells it nothing.
    pub(super) fn alone(cluster: &Cluster, is_master: bool) -> Result<Self, String> {
        let pulse = pulse(cluster)?;
        let backup = pulse.backup.filter(|_| !is_master);
        let (rules, own) = (rules(pulse, is_master, false), backup.unwrap_or(pulse.primary));
        let port = pulse.port;
        Ok(Setup { cluster: cluster.clone(), port, rules, own, peer: None, secret: None })
    }

    /// Whether there is another director to it.
    pub(in crate::daemon) fn has_peer(&self) -> bool {
        self.peer.is_some()
    }

    /// The cables to the peer, the public one first.
    pub(super) fn cables(&self) -> Vec<Cable> {
        let Some(peer) = self.peer else { return Vec::new() };
        let at = |address| SocketAddrV4::new(address, self.port);
        let cable = |path, (from, to)| Cable { path, from: at(from), to: at(to) };
        let public = cable(Path::Public, (self.own.public, peer.public));
        let private = self.own.private.zip(peer.private).map(|both| cable(Path::Private, both));
        [Some(public), private].into_iter().flatten().collect()
    }

    /// What the pair does.
    pub(super) fn service(&self) -> Service {
        if self.cluster.failovers.is_empty() { Service::Lvs } else { Service::Fos }
    }

    /// The bytes of the secret.
    pub(super) fn key(&self) -> Option<&[u8]> {
        self.secret.as_ref().map(|secret| secret.0.as_slice())
    }
}

fn pulse(cluster: &Cluster) -> Result<&Pulse, String> {
    let name = cluster.protocol.name();
    cluster.protocol.pulse().ok_or_else(|| format!("{name} is not spoken"))
}

fn rules(pulse: &Pulse, is_master: bool, has_peer: bool) -> Rules {
    Rules { keepalive: pulse.keepalive, deadtime: pulse.deadtime, is_master, has_peer }
}

#[cfg(test)]
pub(super) use tests::cluster;

/// Why a backup does not run whose file says that there is none, in pulse's words.
pub(in crate::daemon) const INACTIVE: &str =
    "We are backup node and backup is marked inactive -- exiting pulse";

#[cfg(test)]
mod tests;
