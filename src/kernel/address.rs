//! One address of one interface, as rtnetlink tells of it, and the messages that change it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use neli::consts::rtnl::{Ifa, IfaF, RtAddrFamily, RtScope, Rtm};
use neli::rtnl::{Ifaddrmsg, IfaddrmsgBuilder, Rtattr, RtattrBuilder};
use neli::types::{Buffer, RtBuffer};

/// An address that is there.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// The number of its interface.
    pub(super) interface: u32,
    /// The address.
    pub(super) address: IpAddr,
    /// The length of its network's prefix in bits.
    pub(super) prefix: u8,
    /// What it is called; IPv6 has no such names.
    pub(super) label: Option<String>,
    /// A director has raised it.
    pub(super) is_marked: bool,
    /// It goes when the first address of its network goes.
    pub(super) is_secondary: bool,
    /// All that the kernel says of it.
    message: Ifaddrmsg,
}

/// A change of one address.
pub(super) struct Change {
    /// RTM_NEWADDR or RTM_DELADDR.
    pub(super) kind: Rtm,
    /// The address.
    pub(super) message: Ifaddrmsg,
}

impl Address {
    /// Reads a message; `None` if it is of neither family.
    pub(super) fn new(message: Ifaddrmsg) -> Option<Self> {
        let find = |kind: Ifa| {
            let found = message.rtattrs().iter().find(|attribute| *attribute.rta_type() == kind);
            found.map(|attribute| attribute.rta_payload().as_ref())
        };
        // on a line between two the other end is Address
        let bytes = find(Ifa::Local).or_else(|| find(Ifa::Address))?;
        let address = match message.ifa_family() {
            RtAddrFamily::Inet => Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into(),
            RtAddrFamily::Inet6 => Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into(),
            _ => return None,
        };
        Some(Address {
            interface: *message.ifa_index(),
            address,
            prefix: *message.ifa_prefixlen(),
            label: find(Ifa::Label).and_then(text),
            is_marked: find(PROTOCOL) == Some(&[MARK]),
            is_secondary: message.ifa_flags().contains(IfaF::SECONDARY),
            message,
        })
    }

    /// Takes exactly this address off exactly this interface.
    pub(super) fn lower(&self) -> Option<Change> {
        let attributes = both(self.address);
        Change::new(Rtm::Deladdr, self.interface, self.address, self.prefix, attributes)
    }

    /// Puts it back as it was.
    pub(super) fn restore(&self) -> Change {
        Change { kind: Rtm::Newaddr, message: self.message.clone() }
    }
}

impl Change {
    /// Raises an address, marked as a director's; `None` if it cannot be said in netlink.
    pub(super) fn raise(
        interface: u32,
        address: IpAddr,
        prefix: u8,
        label: &str,
    ) -> Option<Change> {
        let mut attributes = both(address);
        match address {
            IpAddr::V4(v4) => {
                if let Some(broadcast) = broadcast(v4, prefix) {
                    attributes.push((Ifa::Broadcast, broadcast.octets().to_vec()));
                }
                let label = label.bytes().chain([0]).collect();
                attributes.push((Ifa::Label, label));
            }
            // never the source of what this machine itself asks: preferred for 0 s, valid for ever
            IpAddr::V6(_) => {
                let times = [0, u32::MAX, 0, 0];
                let times = times.into_iter().flat_map(u32::to_ne_bytes).collect();
                attributes.push((Ifa::Cacheinfo, times));
            }
        }
        attributes.push((PROTOCOL, vec![MARK]));
        Change::new(Rtm::Newaddr, interface, address, prefix, attributes)
    }

    fn new(
        kind: Rtm,
        interface: u32,
        address: IpAddr,
        prefix: u8,
        attributes: Vec<(Ifa, Vec<u8>)>,
    ) -> Option<Change> {
        let (family, flags) = match address {
            IpAddr::V4(_) => (RtAddrFamily::Inet, IfaF::PERMANENT),
            // its last owner may still answer for it: it is not asked
            IpAddr::V6(_) => (RtAddrFamily::Inet6, IfaF::PERMANENT | IfaF::NODAD),
        };
        let attributes: Option<RtBuffer<Ifa, Buffer>> =
            attributes.into_iter().map(|(kind, value)| attribute(kind, value)).collect();
        let message = IfaddrmsgBuilder::default()
            .ifa_family(family)
            .ifa_prefixlen(prefix)
            .ifa_flags(flags)
            .ifa_scope(RtScope::Universe)
            .ifa_index(interface)
            .rtattrs(attributes?);
        Some(Change { kind, message: message.build().ok()? })
    }
}

/// A text up to its NUL.
pub(super) fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8(bytes.get(..end)?.to_vec()).ok()
}

/// The address of all in a network; those of one or two have none.
fn broadcast(address: Ipv4Addr, prefix: u8) -> Option<Ipv4Addr> {
    let hosts = u32::MAX.checked_shr(u32::from(prefix)).filter(|_| prefix <= 30)?;
    Some(Ipv4Addr::from(u32::from(address) | hosts))
}

fn both(address: IpAddr) -> Vec<(Ifa, Vec<u8>)> {
    let bytes = match address {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    vec![(Ifa::Local, bytes.clone()), (Ifa::Address, bytes)]
}

fn attribute(kind: Ifa, value: Vec<u8>) -> Option<Rtattr<Ifa, Buffer>> {
    RtattrBuilder::default().rta_type(kind).rta_payload(Buffer::from(value)).build().ok()
}

/// IFA_PROTO: who has made an address. Linux keeps it since 5.18, and passes over it before.
const PROTOCOL: Ifa = Ifa::UnrecognizedConst(11);
/// A director; the kernel itself uses 1 to 3.
const MARK: u8 = 0x4c;
