//! Tells the neighbours where addresses are, on the interface that has them and with its MAC.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::IpAddr;

use crate::failover::announcement::{BROADCAST, arp_reply, arp_request, neighbour_advertisement};
use crate::kernel::packet::Packets;
use crate::model::{Name, VirtualAddress};

/// What came of a telling.
#[derive(Debug, Default)]
pub struct Told {
    /// Those that the neighbours could not be told of, and why.
    pub failed: Vec<(VirtualAddress, String)>,
    /// The sockets. To close one takes the kernel some milliseconds, for which nobody is to wait.
    pub sockets: Vec<Packets>,
}

/// Tells of these addresses once. Where an interface has no neighbours that could be told, as lo, none
/// are.
pub fn tell(addresses: &[VirtualAddress]) -> Told {
    let mut open: BTreeMap<&Name, Result<Packets, String>> = BTreeMap::new();
    let mut failed = Vec::new();
    for virtual_address in addresses {
        let interface = &virtual_address.interface;
        let packets = open
            .entry(interface)
            .or_insert_with(|| Packets::open(interface.as_str()).map_err(|why| why.to_string()));
        let told = match packets {
            Ok(packets) => announce(packets, interface, virtual_address.address),
            Err(why) => Err(io::Error::other(why.clone())),
        };
        if let Err(why) = told {
            if why.kind() == io::ErrorKind::WouldBlock {
                // a card that is stuck is waited for once, not for each address
                *packets = Err(why.to_string());
            }
            failed.push((virtual_address.clone(), format!("the neighbours are not told: {why}")));
        }
    }
    Told { failed, sockets: open.into_values().filter_map(Result::ok).collect() }
}

fn announce(packets: &Packets, interface: &Name, address: IpAddr) -> io::Result<()> {
    let Some(mac) = packets.mac() else { return Ok(()) };
    match address {
        IpAddr::V4(v4) => {
            packets.send(&arp_reply(v4, mac, BROADCAST))?;
            packets.send(&arp_request(v4, mac))
        }
        IpAddr::V6(v6) => packets.send(&neighbour_advertisement(v6, mac, is_router(interface))),
    }
}

/// Whether the machine forwards what it gets there; of no interface if that cannot be read.
fn is_router(interface: &Name) -> bool {
    let path = format!("/proc/sys/net/ipv6/conf/{interface}/forwarding");
    fs::read_to_string(path).is_ok_and(|said| said.trim() == "1")
}
