//! What there is on this machine that no file says.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;

use crate::failover::announcement::Mac;
use crate::kernel::links::{self, Card};
use crate::model::{Cluster, FailoverProtocol, Name};

use super::super::secret::Birth;

/// It.
#[derive(Clone)]
pub(in crate::daemon) struct Here {
    /// All addresses, those that a director has raised as well.
    pub(in crate::daemon::cluster) addresses: BTreeSet<IpAddr>,
    /// All interfaces.
    pub(in crate::daemon::cluster) cards: Vec<Card>,
    /// The bytes of the secret, if there is one.
    pub(in crate::daemon::cluster) key: Option<Vec<u8>>,
    /// What was by chance, and what time it was, when this director was started.
    pub(in crate::daemon::cluster) birth: Birth,
    /// Who this director has been until now, if it is that still.
    pub(in crate::daemon::cluster) source: Option<IpAddr>,
}

impl Here {
    /// Looks.
    ///
    /// # Errors
    ///
    /// Where the kernel cannot be asked.
    pub(in crate::daemon::cluster) fn look(key: Option<Vec<u8>>) -> io::Result<Self> {
        let (addresses, cards) = (links::own()?, links::cards()?);
        Ok(Here { addresses, cards, key, birth: Birth::get()?, source: None })
    }

    /// The MAC of an interface; what is missing otherwise.
    pub(super) fn mac(&self, interface: &Name) -> Result<Mac, String> {
        let mac = self.card(interface)?.mac;
        mac.ok_or_else(|| format!("{interface} is no Ethernet"))
    }

    /// Whose word is sent by an interface: `wanted` if the machine has it, or else the first address of its
    /// own of that family, of IPv6 the first link-local one; what is missing otherwise. An address
    /// that moves is nobody's own.
    pub(super) fn source(
        &self,
        interface: &Name,
        wanted: Option<IpAddr>,
        is_v6: bool,
        cluster: &Cluster,
    ) -> Result<IpAddr, String> {
        let card = self.card(interface)?;
        if let Some(wanted) = wanted {
            let is_there = self.cards.iter().any(|card| card.addresses.contains(&wanted));
            return is_there
                .then_some(wanted)
                .ok_or_else(|| format!("this machine has no {wanted}"));
        }
        let moves = moving(cluster);
        let may_be = |address: &IpAddr| !moves.contains(address) && of_family(address, is_v6);
        let mut all = card.addresses.iter().copied().filter(may_be);
        let last = self.source.filter(|last| all.clone().any(|there| there == *last));
        let family = if is_v6 { "link-local IPv6" } else { "IPv4" };
        last.or_else(|| all.next())
            .ok_or_else(|| format!("{interface} has no {family} address of its own"))
    }

    /// What is said of addresses that move, and are on another interface than theirs besides: there
    /// they do not move, and the kernel answers ARP for the addresses of all its interfaces on each. It
    /// does not so for IPv6.
    pub(in crate::daemon::cluster) fn elsewhere(&self, cluster: &Cluster) -> Vec<String> {
        let moves = cluster.addresses.iter().filter(|one| one.address.is_ipv4());
        let odd = moves.flat_map(|one| {
            let others = self.cards.iter().filter(|card| card.name != one.interface.as_str());
            let others = others.filter(|card| card.addresses.contains(&one.address));
            others.map(|card| {
                format!(
                    "{} is on {} as well, where it does not move: a standby answers for it, too; take it off \
                     there, or set net.ipv4.conf.all.arp_ignore=1 and arp_announce=2",
                    one.address, card.name
                )
            })
        });
        odd.collect()
    }

    fn card(&self, interface: &Name) -> Result<&Card, String> {
        let card = self.cards.iter().find(|card| card.name == interface.as_str());
        card.ok_or_else(|| format!("there is no interface {interface}"))
    }
}

/// The addresses that move with the role.
fn moving(cluster: &Cluster) -> Vec<IpAddr> {
    let held = cluster.addresses.iter().map(|of| of.address);
    let named: &[IpAddr] = match &cluster.protocol {
        FailoverProtocol::Carp(carp) => &carp.signed,
        FailoverProtocol::Vrrp(vrrp) => &vrrp.named,
        FailoverProtocol::Vqalive(vqalive) => &vqalive.addresses,
        FailoverProtocol::Pulse(_) | FailoverProtocol::External => &[],
    };
    held.chain(named.iter().copied()).collect()
}

fn of_family(address: &IpAddr, is_v6: bool) -> bool {
    match address {
        IpAddr::V4(_) => !is_v6,
        IpAddr::V6(v6) => is_v6 && v6.is_unicast_link_local(),
    }
}
