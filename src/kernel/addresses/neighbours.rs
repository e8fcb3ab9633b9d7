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

/// Tells of these addresses once. Where an interface has no neighbours that could be told, as lo, none
/// are.
pub fn tell(addresses: &[VirtualAddress]) -> Untold {
    Voices::default().tell(addresses)
}

/// A socket on each interface, opened before it is needed: to open one, and to close it, takes the
/// kernel some milliseconds, and more with many addresses.
#[derive(Debug, Default)]
pub(super) struct Voices(BTreeMap<Name, Voice>);

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

    fn say(&self, frame: impl FnOnce(Mac) -> Option<Vec<u8>>) -> io::Result<()> {
        let packets = self.packets.as_ref().map_err(|why| io::Error::other(why.clone()))?;
        let frame = packets.mac().and_then(frame);
        frame.map_or(Ok(()), |frame| packets.send(&frame))
    }
}

impl Voices {
    /// Is ready to tell of these addresses, on the interfaces as they are now.
    pub(super) fn follow(&mut self, addresses: &[VirtualAddress], interfaces: &[Interface]) {
        let names: BTreeSet<&Name> = addresses.iter().map(|address| &address.interface).collect();
        let is = |name: &Name| interfaces.iter().find(|interface| interface.name == name.as_str());
        self.0.retain(|name, voice| {
            names.contains(name)
                && voice.interface.is_some()
                && voice.interface.as_ref() == is(name)
        });
        for name in names {
            if let (Some(interface), false) = (is(name), self.0.contains_key(name)) {
                self.0.insert(name.clone(), Voice::new(name, Some(interface)));
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
        self.0.retain(|_, voice| voice.interface.is_some());
        untold
    }

    /// Says one thing of each, and rests now and then: who gets hundreds at once drops some, be it a card,
    /// a switch or this machine's own kernel, and learns of those addresses a second later.
    fn say(
        &mut self,
        addresses: &[VirtualAddress],
        mut frame: impl FnMut(&Name, Mac, IpAddr) -> Option<Vec<u8>>,
    ) -> Untold {
        let mut untold = Vec::new();
        for (n, of) in addresses.iter().enumerate() {
            if n > 0 && n % BURST == 0 {
                thread::sleep(REST);
            }
            let name = &of.interface;
            let mut frame = |mac| frame(name, mac, of.address);
            let voice = self.0.entry(name.clone()).or_insert_with(|| Voice::new(name, None));
            let mut said = voice.say(&mut frame);
            let is_stuck = |said: &io::Result<()>| {
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
            if let Err(why) = said {
                untold.push((of.clone(), format!("the neighbours are not told: {why}")));
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

/// What the shortest queue of a card has room for, and how long it is given for that.
const BURST: usize = 64;
const REST: Duration = Duration::from_millis(1);
