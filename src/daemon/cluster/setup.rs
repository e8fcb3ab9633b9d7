//! What this director is among the directors of its site, and by what it talks to them.

mod here;
mod pulse;
mod station;

use std::fmt;
use std::net::IpAddr;

use crate::failover::rules::Rules;
use crate::failover::{external, vqalive};
use crate::kernel::links::Watched;
use crate::model::protocol::{FailoverProtocol, Vrrp};
use crate::model::{Cluster, Node, ServiceId};

use super::sockets::Transport;

pub(super) use here::Here;

/// A site's directors as one of them sees it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::daemon) struct Setup {
    /// All that the file says.
    pub(super) cluster: Cluster,
    /// What the machine has to know; or what there is not on this machine (yet), in words.
    pub(super) rules: Result<Rules, String>,
    /// By what it talks.
    pub(super) transport: Transport,
    /// The interfaces without which it cannot be active.
    pub(super) watched: Option<Watched>,
    /// The bytes of the secret, if there is one.
    pub(super) key: Option<Vec<u8>>,
    /// What a master takes that accepts nothing else; empty for one that accepts all.
    pub(super) services: Vec<ServiceId>,
}

/// Nobody reads the key in a log.
impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Setup");
        shown.field("cluster", &self.cluster).field("missing", &self.rules.as_ref().err());
        shown.field("transport", &self.transport).finish_non_exhaustive()
    }
}

impl Setup {
    /// The site as this machine sees it. Fails for a machine that has no part in it; where something is
    /// not there that may come, `rules` says what.
    pub(in crate::daemon) fn of(cluster: &Cluster, here: &Here) -> Result<Self, String> {
        let setup = |rules, transport, watched| Setup {
            cluster: cluster.clone(),
            rules,
            transport,
            watched,
            key: here.key.clone(),
            services: Vec::new(),
        };
        Ok(match &cluster.protocol {
            FailoverProtocol::Pulse(pulse) => {
                let (rules, transport, own) = pulse::seen(pulse, cluster, here)?;
                let watched = rules.part.has_peer.then_some(Watched::Node(own));
                setup(Ok(Rules::Pulse(rules)), transport, watched)
            }
            FailoverProtocol::Carp(carp) => {
                let watched = Some(Watched::Interface(carp.interface.clone()));
                match station::carp(carp, cluster, here) {
                    Ok((rules, station)) => {
                        setup(Ok(Rules::Carp(rules)), Transport::Station(station), watched)
                    }
                    Err(why) => setup(Err(why), Transport::Nothing, watched),
                }
            }
            FailoverProtocol::Vrrp(vrrp) => {
                let watched = Some(Watched::Interface(vrrp.interface.clone()));
                match station::vrrp(vrrp, cluster, here) {
                    Ok((rules, station)) => {
                        setup(Ok(Rules::Vrrp(rules)), Transport::Station(station), watched)
                    }
                    Err(why) => setup(Err(why), Transport::Nothing, watched),
                }
            }
            FailoverProtocol::Vqalive(vqalive) => {
                // any number will do
                let chance = u16::try_from(here.birth.chance % 1000).unwrap_or(0);
                let rules = vqalive::Rules { vqalive: vqalive.clone(), chance };
                setup(Ok(Rules::Vqalive(rules)), Transport::Nothing, None)
            }
            FailoverProtocol::External => {
                setup(Ok(Rules::External(external::Rules)), Transport::Nothing, None)
            }
        })
    }

    /// The same as one sees it that is told nothing by others, and tells them nothing. A director of a
    /// pair is the primary where the machine is none of both.
    pub(super) fn alone(cluster: &Cluster, here: &Here) -> Result<Self, String> {
        let pulse = cluster.protocol.pulse();
        let mut setup = match pulse.map(|pulse| pulse::alone(pulse, cluster, here)) {
            Some(rules) => Setup {
                cluster: cluster.clone(),
                rules: Ok(Rules::Pulse(rules)),
                transport: Transport::Nothing,
                watched: None,
                key: None,
                services: Vec::new(),
            },
            None => Setup::of(cluster, here)?,
        };
        (setup.transport, setup.watched) = (Transport::Nothing, None);
        Ok(setup)
    }

    /// The same site with these services.
    pub(super) fn serving(mut self, services: impl IntoIterator<Item = ServiceId>) -> Self {
        if let FailoverProtocol::Vrrp(Vrrp { accept: false, .. }) = &self.cluster.protocol {
            self.services = services.into_iter().collect();
        }
        self
    }

    /// Whether there may be another director.
    pub(in crate::daemon) fn has_peer(&self) -> bool {
        match &self.rules {
            Ok(Rules::Pulse(rules)) => rules.part.has_peer,
            _ => true,
        }
    }

    /// Whether it is the primary of a pair; `None` where there is no such thing.
    pub(super) fn is_master(&self) -> Option<bool> {
        match &self.rules {
            Ok(Rules::Pulse(rules)) => Some(rules.part.is_master),
            _ => None,
        }
    }

    /// The other one of a pair, as the file has it.
    pub(super) fn peer(&self) -> Option<Node> {
        match &self.rules {
            Ok(Rules::Pulse(rules)) => rules.peer,
            _ => None,
        }
    }

    /// Whose word this director's is, where it does not come from the file.
    pub(super) fn source(&self) -> Option<IpAddr> {
        match &self.transport {
            Transport::Station(station) => Some(station.source),
            Transport::Nothing | Transport::Cables(_) => None,
        }
    }

    /// All that the file says.
    pub(in crate::daemon) fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The name of the protocol.
    pub(in crate::daemon) fn protocol(&self) -> &'static str {
        self.cluster.protocol.name()
    }

    /// Whether the machine is to be told what its cables do.
    pub(super) fn monitors_links(&self) -> bool {
        self.cluster.monitor_links && self.watched.is_some()
    }
}

pub(in crate::daemon) use pulse::INACTIVE;
#[cfg(test)]
pub(in crate::daemon) use tests::{cluster, here_with, vrrp};

#[cfg(test)]
mod tests;
