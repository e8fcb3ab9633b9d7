//! From the addresses that are there to those that are to be held: what is to be raised and lowered.
//!
//! An address is ours if it bears the mark of a director, or if it has the alias that it is to have
//! (`eth0:1`), as piranha's ifconfig and kernels before 5.18 leave it. One with neither was given to
//! the machine by somebody else: it counts where it is to be held, and is never lowered.

use std::net::IpAddr;

use crate::kernel::address::Address;
use crate::kernel::route::Interface;
use crate::model::VirtualAddress;

/// One thing to be done.
#[derive(Clone, Debug)]
pub(super) enum Step<'a> {
    /// Takes an address off.
    Lower(&'a VirtualAddress, &'a Address),
    /// Gives an address to the interface of this number, in a network of this prefix.
    Raise(&'a VirtualAddress, u32, u8),
    /// Nothing can be done, and why.
    Not(&'a VirtualAddress, String),
    /// It is held as the machine's own address, which no peer can take over; and how to end that.
    Own(&'a VirtualAddress, String),
}

/// What leads from `found` to the addresses that are `ours` being held, or not.
pub(super) fn difference<'a>(
    ours: &'a [VirtualAddress],
    up: bool,
    interfaces: &[Interface],
    found: &'a [Address],
) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    for want in ours {
        let name = want.interface.as_str();
        let Some(interface) = interfaces.iter().find(|interface| interface.name == name) else {
            if up {
                steps.push(Step::Not(want, format!("there is no interface {name}")));
            }
            continue;
        };
        let is_it =
            |there: &&Address| there.interface == interface.index && there.address == want.address;
        let there: Vec<&Address> = found.iter().filter(is_it).collect();
        let (fit, unfit): (Vec<&Address>, Vec<&Address>) =
            there.into_iter().partition(|there| up && fits(want, there));
        for wrong in unfit {
            match is_ours(want, wrong) {
                true => steps.push(Step::Lower(want, wrong)),
                false => steps.push(Step::Not(want, left_alone(want, wrong))),
            }
        }
        let own = fit.iter().find(|there| !is_ours(want, there));
        steps.extend(own.map(|own| Step::Own(want, own_already(want, own))));
        let is_left = matches!(steps.last(), Some(Step::Not(left, _)) if *left == want);
        if up && fit.is_empty() && !is_left {
            steps.push(Step::Raise(want, interface.index, prefix(want, interface, ours, found)));
        }
    }
    steps
}

/// Whether an address that is there is as wanted, or somebody else's, which it is then to remain.
fn fits(want: &VirtualAddress, there: &Address) -> bool {
    let has_label = want.address.is_ipv6() || want.label.is_none() || want.label == there.label;
    let has_prefix = want.prefix.is_none_or(|prefix| prefix == there.prefix);
    has_label && has_prefix || !is_ours(want, there)
}

fn is_ours(want: &VirtualAddress, there: &Address) -> bool {
    let is_alias = want.label.as_ref().is_some_and(|label| label.contains(':'));
    there.is_marked || is_alias && want.label == there.label
}

fn left_alone(want: &VirtualAddress, there: &Address) -> String {
    let (address, prefix, interface) = (there.address, there.prefix, &want.interface);
    format!(
        "it is on {interface} and no director has put it there, so it is left alone: \
         `ip address del {address}/{prefix} dev {interface}` takes it off"
    )
}

fn own_already(want: &VirtualAddress, there: &Address) -> String {
    let (address, prefix, interface) = (there.address, there.prefix, &want.interface);
    format!(
        "it is on {interface} already as the machine's own, and stays there whoever is active: \
         `ip address del {address}/{prefix} dev {interface}` takes it off, and it is raised at once"
    )
}

/// The length of the prefix that was given, or that of the smallest network on the interface that
/// the address is in, or that of its class; an IPv6 address has no class, and is alone.
fn prefix(
    want: &VirtualAddress,
    interface: &Interface,
    ours: &[VirtualAddress],
    found: &[Address],
) -> u8 {
    let is_own = |there: &&Address| {
        there.interface == interface.index
            && !there.is_marked
            && !ours.iter().any(|ours| ours.address == there.address)
            && is_in(want.address, there)
    };
    let network = || found.iter().filter(is_own).map(|there| there.prefix).max();
    want.prefix.or_else(network).unwrap_or_else(|| class(want.address))
}

/// Whether an address is in the network of one that is there.
fn is_in(address: IpAddr, there: &Address) -> bool {
    let prefix = u32::from(there.prefix);
    match (address, there.address) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let differs = u32::from(one) ^ u32::from(other);
            differs.checked_shr(32 - prefix.min(32)).unwrap_or(0) == 0
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let differs = u128::from(one) ^ u128::from(other);
            differs.checked_shr(128 - prefix.min(128)).unwrap_or(0) == 0
        }
        _ => false,
    }
}

fn class(address: IpAddr) -> u8 {
    match address {
        IpAddr::V6(_) => 128,
        IpAddr::V4(v4) => match v4.octets()[0] {
            0..=127 => 8,
            128..=191 => 16,
            _ => 24,
        },
    }
}

#[cfg(test)]
mod tests;
