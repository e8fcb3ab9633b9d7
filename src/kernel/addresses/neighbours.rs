//! Tells the neighbours where addresses are, on the interface that has them and with its MAC.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::net::IpAddr;
use std::thread;
use std::time::Duration;

use crate::failover::announcement::{
    BROADCAST, Mac, arp_reply, arp_request, neighbour_advertisement,
};
use crate::kernel::packet::Packets;
use crate::kernel::route::Interface;
use crate::model::{Name, VirtualAddress};

/// Those that the neighbours could not be told of, and why.
pub type Untold = Vec<(VirtualAddress, String)>;

/// Tells of these addresses once; blocks, and rests now and then. Where an interface has no neighbours that could be told, as lo, none
/// are.
pub fn tell(addresses: &[VirtualAddress]) -> Untold {
    Voices::default().tell(addresses)
}

/// A socket on each interface, opened before it is needed: to open one, and to close it, takes the
/// kernel some milliseconds, and more with many addresses.
#[derive(Debug, Default)]
pub(super) struct Voices {
    of: BTreeMap<Name, Voice>,
    /// Frames that were sent since the last rest.
    sent: u32,
}

#[derive(Debug)]
struct Voice {
    /// As the interface was; `None` where it was not looked at.
    interface: Option<Interface>,
    packets: Result<Packets, String>,
}

impl Voice {
    fn new(name: &Name, interface: Option<&Interface>) -> Self {
        let packets = Packets::open(name.as_str()).map_err(|why| why.to_string());
        Voice { interface: interface.cloned(), packets }
    }

    /// How many frames that took: one, or none.
    fn say(&self, frame: impl FnOnce(Mac) -> Option<Vec<u8>>) -> io::Result<u32> {
        let packets = self.packets.as_ref().map_err(|why| io::Error::other(why.clone()))?;
        let Some(frame) = packets.mac().and_then(frame) else { return Ok(0) };
        packets.send(&frame)?;
        Ok(1)
    }
}

impl Voices {
    /// Is ready to tell of these addresses, on the interfaces as they are now.
    pub(super) fn follow(&mut self, addresses: &[VirtualAddress], interfaces: &[Interface]) {
        let names: BTreeSet<&Name> = addresses.iter().map(|address| &address.interface).collect();
        let is = |name: &Name| interfaces.iter().find(|interface| interface.name == name.as_str());
        self.of.retain(|name, voice| {
            names.contains(name)
                && voice.interface.is_some()
                && voice.interface.as_ref() == is(name)
        });
        for name in names {
            if let (Some(interface), false) = (is(name), self.of.contains_key(name)) {
                self.of.insert(name.clone(), Voice::new(name, Some(interface)));
            }
        }
    }

    /// Tells of these addresses once: of each by a question, which Linux always heeds, before any by an
    /// answer, for the last of many is not to wait for what is said twice.
    pub(super) fn tell(&mut self, addresses: &[VirtualAddress]) -> Untold {
        let mut routers = BTreeMap::new();
        let mut untold = self.say(addresses, |name, mac, address| match address {
            IpAddr::V4(v4) => Some(arp_request(v4, mac)),
            IpAddr::V6(v6) => {
                let is_router = routers.entry(name.clone()).or_insert_with(|| is_router(name));
                Some(neighbour_advertisement(v6, mac, *is_router))
            }
        });
        let is_told = |of: &&VirtualAddress| !untold.iter().any(|(failed, _)| failed == *of);
        let told: Vec<VirtualAddress> = addresses.iter().filter(is_told).cloned().collect();
        untold.extend(self.say(&told, |_, mac, address| match address {
            IpAddr::V4(v4) => Some(arp_reply(v4, mac, BROADCAST)),
            IpAddr::V6(_) => None,
        }));
        // what was opened for this only may be of an interface that goes
        self.of.retain(|_, voice| voice.interface.is_some());
        untold
    }

    /// Says one thing of each.
    fn say(
        &mut self,
        addresses: &[VirtualAddress],
        mut frame: impl FnMut(&Name, Mac, IpAddr) -> Option<Vec<u8>>,
    ) -> Untold {
        let mut untold = Vec::new();
        for of in addresses {
            let name = &of.interface;
            let mut frame = |mac| frame(name, mac, of.address);
            let voice = self.of.entry(name.clone()).or_insert_with(|| Voice::new(name, None));
            let mut said = voice.say(&mut frame);
            let is_stuck = |said: &io::Result<u32>| {
                said.as_ref().is_err_and(|why| why.kind() == io::ErrorKind::WouldBlock)
            };
            if said.is_err() && voice.interface.is_some() && !is_stuck(&said) {
                // the interface was down meanwhile, or is another one
                *voice = Voice::new(name, None);
                said = voice.say(&mut frame);
            }
            if is_stuck(&said) {
                // a card that is stuck is waited for once, not for each address
                *voice =
                    Voice { interface: None, packets: Err("the card takes nothing".to_owned()) };
            }
            match said {
                Ok(frames) => self.sent += frames,
                Err(why) => {
                    untold.push((of.clone(), format!("the neighbours are not told: {why}")));
                }
            }
            if self.sent >= BURST {
                thread::sleep(REST);
                self.sent = 0;
            }
        }
        untold
    }
}

/// Whether the machine forwards what it gets there; of no interface if that cannot be read.
fn is_router(interface: &Name) -> bool {
    let path = format!("/proc/sys/net/ipv6/conf/{interface}/forwarding");
    fs::read_to_string(path).is_ok_and(|said| said.trim() == "1")
}

/// So many frames go out at once. More of them wait in queues of this machine, of the switch and of those
/// who listen, some of which have room for few hundred; who loses one learns of that address a second
/// later.
const BURST: u32 = 64;
/// And so long is rested then.
const REST: Duration = Duration::from_millis(1);
