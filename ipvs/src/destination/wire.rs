//! A destination as netlink attributes (`IPVS_DEST_ATTR_…`), both ways.

use std::net::SocketAddr;

use crate::attribute::{
    Value, attributes, family, family_number, put, put_address, put_port, put_u16, put_u32,
};
use crate::header::*;
use crate::{Checksum, Destination, DestinationEntry, Family, Forwarding, Stats, Tunnel};

/// What names a destination within its service.
pub(crate) fn encode_address(address: &SocketAddr, out: &mut Vec<u8>) {
    put_address(out, IPVS_DEST_ATTR_ADDR, address.ip());
    put_port(out, IPVS_DEST_ATTR_PORT, address.port());
    put_u16(out, IPVS_DEST_ATTR_ADDR_FAMILY, family_number(Family::of(address.ip())));
}

impl Destination {
    /// The whole destination, as adding and editing want it.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let (kind, port, checksum) = match self.forwarding {
            Forwarding::Tunnel(Tunnel::Gue { port, checksum }) => {
                (IP_VS_CONN_F_TUNNEL_TYPE_GUE, port, checksum)
            }
            Forwarding::Tunnel(Tunnel::Gre { checksum }) => {
                (IP_VS_CONN_F_TUNNEL_TYPE_GRE, 0, checksum)
            }
            _ => (IP_VS_CONN_F_TUNNEL_TYPE_IPIP, 0, Checksum::None),
        };
        put_address(out, IPVS_DEST_ATTR_ADDR, self.address.ip());
        put_port(out, IPVS_DEST_ATTR_PORT, self.address.port());
        put_u32(out, IPVS_DEST_ATTR_FWD_METHOD, method(self.forwarding));
        put_u32(out, IPVS_DEST_ATTR_WEIGHT, self.weight);
        put(out, IPVS_DEST_ATTR_TUN_TYPE, &[kind]);
        put_port(out, IPVS_DEST_ATTR_TUN_PORT, port);
        put_u16(out, IPVS_DEST_ATTR_TUN_FLAGS, checksum_flags(checksum));
        put_u32(out, IPVS_DEST_ATTR_U_THRESH, self.upper_threshold);
        put_u32(out, IPVS_DEST_ATTR_L_THRESH, self.lower_threshold);
        put_u16(out, IPVS_DEST_ATTR_ADDR_FAMILY, family_number(Family::of(self.address.ip())));
    }
}

impl DestinationEntry {
    /// Reads what is inside IPVS_CMD_ATTR_DEST of a service of this family; `None` if
    /// [`Destination`] cannot express it.
    pub(crate) fn decode(bytes: &[u8], service: Family) -> Option<Self> {
        let mut raw = Raw { family: Some(service), ..Raw::default() };
        for (kind, value) in attributes(bytes) {
            raw.take(kind, value);
        }
        Some(DestinationEntry {
            destination: raw.destination()?,
            active: raw.active,
            inactive: raw.inactive,
            persistent: raw.persistent,
            stats: raw.stats64.or(raw.stats).map(Stats::decode).unwrap_or_default(),
        })
    }
}

/// The attributes as they come, in any order.
#[derive(Default)]
struct Raw<'a> {
    family: Option<Family>,
    address: Option<Value<'a>>,
    port: u16,
    method: Option<u32>,
    weight: u32,
    upper_threshold: u32,
    lower_threshold: u32,
    tunnel: u8,
    tunnel_port: u16,
    tunnel_flags: u16,
    active: u32,
    inactive: u32,
    persistent: u32,
    stats: Option<&'a [u8]>,
    stats64: Option<&'a [u8]>,
}

impl<'a> Raw<'a> {
    fn take(&mut self, kind: u16, value: Value<'a>) {
        match kind {
            IPVS_DEST_ATTR_ADDR_FAMILY => self.family = value.u16().and_then(family),
            IPVS_DEST_ATTR_ADDR => self.address = Some(value),
            IPVS_DEST_ATTR_PORT => self.port = value.port().unwrap_or(0),
            IPVS_DEST_ATTR_FWD_METHOD => self.method = value.u32(),
            IPVS_DEST_ATTR_WEIGHT => self.weight = value.u32().unwrap_or(0),
            IPVS_DEST_ATTR_U_THRESH => self.upper_threshold = value.u32().unwrap_or(0),
            IPVS_DEST_ATTR_L_THRESH => self.lower_threshold = value.u32().unwrap_or(0),
            IPVS_DEST_ATTR_TUN_TYPE => self.tunnel = value.u8().unwrap_or(u8::MAX),
            IPVS_DEST_ATTR_TUN_PORT => self.tunnel_port = value.port().unwrap_or(0),
            IPVS_DEST_ATTR_TUN_FLAGS => self.tunnel_flags = value.u16().unwrap_or(0),
            IPVS_DEST_ATTR_ACTIVE_CONNS => self.active = value.u32().unwrap_or(0),
            IPVS_DEST_ATTR_INACT_CONNS => self.inactive = value.u32().unwrap_or(0),
            IPVS_DEST_ATTR_PERSIST_CONNS => self.persistent = value.u32().unwrap_or(0),
            IPVS_DEST_ATTR_STATS => self.stats = Some(value.0),
            IPVS_DEST_ATTR_STATS64 => self.stats64 = Some(value.0),
            _ => {}
        }
    }

    fn destination(&self) -> Option<Destination> {
        Some(Destination {
            address: SocketAddr::new(self.address?.address(self.family?)?, self.port),
            forwarding: self.forwarding()?,
            weight: self.weight,
            upper_threshold: self.upper_threshold,
            lower_threshold: self.lower_threshold,
        })
    }

    fn forwarding(&self) -> Option<Forwarding> {
        Some(match self.method? & IP_VS_CONN_F_FWD_MASK {
            IP_VS_CONN_F_MASQ => Forwarding::Masq,
            IP_VS_CONN_F_LOCALNODE => Forwarding::Local,
            IP_VS_CONN_F_TUNNEL => Forwarding::Tunnel(self.tunnel()?),
            IP_VS_CONN_F_DROUTE => Forwarding::Direct,
            IP_VS_CONN_F_BYPASS => Forwarding::Bypass,
            _ => return None,
        })
    }

    fn tunnel(&self) -> Option<Tunnel> {
        let checksum = checksum(self.tunnel_flags);
        match self.tunnel {
            IP_VS_CONN_F_TUNNEL_TYPE_IPIP => Some(Tunnel::Ipip),
            IP_VS_CONN_F_TUNNEL_TYPE_GUE => Some(Tunnel::Gue { port: self.tunnel_port, checksum }),
            IP_VS_CONN_F_TUNNEL_TYPE_GRE => Some(Tunnel::Gre { checksum }),
            _ => None,
        }
    }
}

fn method(forwarding: Forwarding) -> u32 {
    match forwarding {
        Forwarding::Masq => IP_VS_CONN_F_MASQ,
        Forwarding::Local => IP_VS_CONN_F_LOCALNODE,
        Forwarding::Tunnel(_) => IP_VS_CONN_F_TUNNEL,
        Forwarding::Direct => IP_VS_CONN_F_DROUTE,
        Forwarding::Bypass => IP_VS_CONN_F_BYPASS,
    }
}

fn checksum_flags(checksum: Checksum) -> u16 {
    match checksum {
        Checksum::None => 0,
        Checksum::Full => IP_VS_TUNNEL_ENCAP_FLAG_CSUM,
        Checksum::Remote => IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM,
    }
}

/// Where somebody set both flags, remote offload is what the kernel tries first.
fn checksum(flags: u16) -> Checksum {
    if flags & IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM != 0 {
        Checksum::Remote
    } else if flags & IP_VS_TUNNEL_ENCAP_FLAG_CSUM != 0 {
        Checksum::Full
    } else {
        Checksum::None
    }
}

#[cfg(test)]
mod tests;
