//! The table that the configuration and each real's standing ask for.
//!
//! A quiesced real is loose, for people take it out to be rid of its clients, unless the file says
//! `readdquiescent`.

use std::net::SocketAddr;

use ipvs::{Destination, ServiceId};

use crate::health::Standing;
use crate::model::{Fallback, Real, Virtual};

use super::Entry;

/// What the kernel should hold for one virtual, given the standing of each of its reals, the weight
/// of each while it is up, who is not configured and serves all the same for now, and whether its
/// fallback is to serve.
pub fn want(
    r#virtual: &Virtual,
    standing: impl Fn(&Real) -> Standing,
    weight: impl Fn(&Real) -> u32,
    leaving: &[Destination],
    fallback_serves: bool,
) -> Entry {
    let id = r#virtual.service.id;
    let mut entry = Entry::new(r#virtual.service.clone());
    for real in &r#virtual.reals {
        let weight = match standing(real) {
            Standing::Up => weight(real),
            Standing::Down | Standing::Maintenance if r#virtual.quiescent => {
                if !r#virtual.readd_quiescent {
                    entry.loose.insert(real.on_the_wire(id));
                }
                0
            }
            Standing::Down | Standing::Maintenance | Standing::Unknown => continue,
        };
        add(&mut entry, destination(id, real, weight));
    }
    leaving.iter().for_each(|destination| add(&mut entry, destination.clone()));
    let address = r#virtual.fallback_on_the_wire().filter(|_| fallback_serves);
    if let (Some(fallback), Some(address)) = (&r#virtual.fallback, address) {
        add(&mut entry, stand_in(address, fallback));
    }
    let Entry { loose, destinations, .. } = &mut entry;
    loose.retain(|at| destinations.get(at).is_some_and(|d| d.weight == 0));
    entry
}

/// Two may come to the same address, as a fallback that is also a quiesced real:
/// the stronger wins, or the service would be without a server that it is promised.
fn add(entry: &mut Entry, destination: Destination) {
    let weaker = entry.destinations.get(&destination.address);
    if weaker.is_none_or(|d| d.weight < destination.weight) {
        entry.destinations.insert(destination.address, destination);
    }
}

fn destination(id: ServiceId, real: &Real, weight: u32) -> Destination {
    Destination {
        address: real.on_the_wire(id),
        forwarding: real.forwarding,
        weight,
        upper_threshold: real.upper_threshold,
        lower_threshold: real.lower_threshold,
    }
}

/// A fallback serves alone, so any weight above 0 will do; ldirectord's is 1.
fn stand_in(address: SocketAddr, fallback: &Fallback) -> Destination {
    Destination {
        address,
        forwarding: fallback.forwarding,
        weight: 1,
        upper_threshold: 0,
        lower_threshold: 0,
    }
}
