//! A service as netlink attributes (`IPVS_SVC_ATTR_…`), both ways.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use crate::attribute::{
    Value, attributes, family, family_number, put, put_address, put_port, put_text, put_u16,
    put_u32,
};
use crate::header::*;
use crate::{
    Family, Netmask, Persistence, Protocol, SchedulerFlags, Service, ServiceEntry, ServiceId, Stats,
};

impl ServiceId {
    /// What names the service: a mark goes without protocol, address and port, as from ipvsadm.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_u16(out, IPVS_SVC_ATTR_AF, family_number(self.family()));
        match self {
            ServiceId::Address { protocol, address } => {
                put_u16(out, IPVS_SVC_ATTR_PROTOCOL, protocol_number(*protocol));
                put_address(out, IPVS_SVC_ATTR_ADDR, address.ip());
                put_port(out, IPVS_SVC_ATTR_PORT, address.port());
            }
            ServiceId::Mark { mark, .. } => put_u32(out, IPVS_SVC_ATTR_FWMARK, mark.get()),
        }
    }
}

impl Service {
    /// The whole service, as adding and editing want it.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        self.id.encode(out);
        put_text(out, IPVS_SVC_ATTR_SCHED_NAME, self.scheduler.as_str());
        if let Some(engine) = &self.engine {
            put_text(out, IPVS_SVC_ATTR_PE_NAME, engine.as_str());
        }
        // struct ip_vs_flags: the flags, then a mask of those that are meant
        let mut flags = [0xff; 8];
        flags[..4].copy_from_slice(&flag_bits(self).to_ne_bytes());
        put(out, IPVS_SVC_ATTR_FLAGS, &flags);
        put_u32(out, IPVS_SVC_ATTR_TIMEOUT, self.persistence.map_or(0, |p| p.seconds.get()));
        let family = self.id.family();
        match (family, self.persistence.map_or(Netmask::host(family), |p| p.netmask)) {
            (Family::V4, Netmask::V4(mask)) => put(out, IPVS_SVC_ATTR_NETMASK, &mask.octets()),
            (Family::V6, Netmask::V6(prefix)) => put_u32(out, IPVS_SVC_ATTR_NETMASK, prefix.into()),
            // the kernel would take the bytes for a mask of the right family; without any it refuses
            _ => {}
        }
    }
}

impl ServiceEntry {
    /// Reads what is inside IPVS_CMD_ATTR_SERVICE; `None` if [`Service`] cannot express it.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut raw = Raw::default();
        for (kind, value) in attributes(bytes) {
            raw.take(kind, value);
        }
        Some(ServiceEntry {
            service: raw.service()?,
            stats: raw.stats64.or(raw.stats).map(Stats::decode).unwrap_or_default(),
        })
    }
}

/// The attributes as they come, in any order.
#[derive(Default)]
struct Raw<'a> {
    family: Option<Family>,
    protocol: Option<Protocol>,
    address: Option<Value<'a>>,
    port: u16,
    mark: Option<NonZeroU32>,
    scheduler: Option<&'a str>,
    engine: Option<&'a str>,
    flags: u32,
    timeout: u32,
    netmask: Option<Value<'a>>,
    stats: Option<&'a [u8]>,
    stats64: Option<&'a [u8]>,
}

impl<'a> Raw<'a> {
    fn take(&mut self, kind: u16, value: Value<'a>) {
        match kind {
            IPVS_SVC_ATTR_AF => self.family = value.u16().and_then(family),
            IPVS_SVC_ATTR_PROTOCOL => self.protocol = value.u16().and_then(protocol),
            IPVS_SVC_ATTR_ADDR => self.address = Some(value),
            IPVS_SVC_ATTR_PORT => self.port = value.port().unwrap_or(0),
            IPVS_SVC_ATTR_FWMARK => self.mark = value.u32().and_then(NonZeroU32::new),
            IPVS_SVC_ATTR_SCHED_NAME => self.scheduler = value.text(),
            IPVS_SVC_ATTR_PE_NAME => self.engine = value.text(),
            IPVS_SVC_ATTR_FLAGS => {
                let flags = value.0.first_chunk().copied().map(u32::from_ne_bytes);
                self.flags = flags.unwrap_or(0);
            }
            IPVS_SVC_ATTR_TIMEOUT => self.timeout = value.u32().unwrap_or(0),
            IPVS_SVC_ATTR_NETMASK => self.netmask = Some(value),
            IPVS_SVC_ATTR_STATS => self.stats = Some(value.0),
            IPVS_SVC_ATTR_STATS64 => self.stats64 = Some(value.0),
            _ => {}
        }
    }

    fn service(&self) -> Option<Service> {
        let has = |flag| self.flags & flag != 0;
        let engine = self.engine.filter(|name| !name.is_empty());
        Some(Service {
            id: self.id()?,
            scheduler: self.scheduler?.parse().ok()?,
            flags: SchedulerFlags {
                first: has(IP_VS_SVC_F_SCHED1),
                second: has(IP_VS_SVC_F_SCHED2),
                third: has(IP_VS_SVC_F_SCHED3),
            },
            one_packet: has(IP_VS_SVC_F_ONEPACKET),
            persistence: if has(IP_VS_SVC_F_PERSISTENT) { Some(self.persistence()?) } else { None },
            engine: engine.map(str::parse).transpose().ok()?,
        })
    }

    fn id(&self) -> Option<ServiceId> {
        let family = self.family?;
        if let Some(mark) = self.mark {
            return Some(ServiceId::Mark { family, mark });
        }
        let address = SocketAddr::new(self.address?.address(family)?, self.port);
        Some(ServiceId::Address { protocol: self.protocol?, address })
    }

    /// Zero seconds, which other programs can set, become one: templates are gone at once in both.
    fn persistence(&self) -> Option<Persistence> {
        let netmask = match self.family? {
            Family::V4 => Netmask::V4(self.netmask?.0.first_chunk::<4>().copied()?.into()),
            Family::V6 => Netmask::V6(u8::try_from(self.netmask?.u32()?).ok()?),
        };
        Some(Persistence {
            seconds: NonZeroU32::new(self.timeout).unwrap_or(NonZeroU32::MIN),
            netmask,
        })
    }
}

fn flag_bits(service: &Service) -> u32 {
    let bits = [
        (service.persistence.is_some(), IP_VS_SVC_F_PERSISTENT),
        (service.one_packet, IP_VS_SVC_F_ONEPACKET),
        (service.flags.first, IP_VS_SVC_F_SCHED1),
        (service.flags.second, IP_VS_SVC_F_SCHED2),
        (service.flags.third, IP_VS_SVC_F_SCHED3),
    ];
    bits.iter().filter(|(set, _)| *set).fold(0, |all, (_, bit)| all | bit)
}

fn protocol_number(protocol: Protocol) -> u16 {
    match protocol {
        Protocol::Tcp => IPPROTO_TCP,
        Protocol::Udp => IPPROTO_UDP,
        Protocol::Sctp => IPPROTO_SCTP,
    }
}

fn protocol(number: u16) -> Option<Protocol> {
    match number {
        IPPROTO_TCP => Some(Protocol::Tcp),
        IPPROTO_UDP => Some(Protocol::Udp),
        IPPROTO_SCTP => Some(Protocol::Sctp),
        _ => None,
    }
}

const IPPROTO_TCP: u16 = 6;
const IPPROTO_UDP: u16 = 17;
const IPPROTO_SCTP: u16 = 132;

#[cfg(test)]
mod tests;
