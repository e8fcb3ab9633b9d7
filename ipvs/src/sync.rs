//! The messages by which directors tell each other of connections, version 1: the kernel's
//! `struct ip_vs_sync_mesg` with a `struct ip_vs_sync_v4` or `…_v6` for each, of
//! net/netfilter/ipvs/ip_vs_sync.c. The kernel's sync daemon in the backup state takes them.
//!
//! ```text
//! 0 | sync id | size   | count | version 1 | 0 |  one after the other, each on a multiple of 4:
//! type | protocol | size | flags | state | ports: client, target, real | mark | time-out
//! addresses: client, target, real | parameters, each: type | length | value
//! ```

use std::net::IpAddr;

use crate::{Connection, Engine, Forwarding};

/// What is to be told of a connection beside what `/proc` shows of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// How its packets reach the destination. A kernel that has the destination takes its own word
    /// for that.
    pub forwarding: Forwarding,
    /// The firewall mark of its service; 0 for none.
    pub mark: u32,
    /// Seconds that it is remembered from now on, and a template again and again; 0 for what is left.
    pub timeout: u32,
}

/// Messages that are being filled, one after the other.
#[derive(Debug)]
pub struct Messages {
    sync_id: u8,
    longest: usize,
    bytes: Vec<u8>,
    count: u8,
}

impl Messages {
    /// Messages of this sync id, none longer than so many bytes; 600 at least, 65,507 at most.
    pub fn new(sync_id: u8, longest: usize) -> Self {
        let longest = longest.clamp(LEAST, MOST);
        Messages { sync_id, longest, bytes: Vec::with_capacity(longest), count: 0 }
    }

    /// Adds a connection; returns a message that is full because of it.
    pub fn add(&mut self, connection: &Connection, way: &Way) -> Option<Vec<u8>> {
        let size = size(connection);
        let start = self.bytes.len().next_multiple_of(4);
        let is_full = self.count == u8::MAX || start + size > self.longest;
        let full = if is_full { self.finish() } else { None };
        if self.bytes.is_empty() {
            self.bytes.extend([0, self.sync_id, 0, 0, 0, VERSION, 0, 0]);
        }
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        encode(&mut self.bytes, connection, way, size);
        self.count += 1;
        full
    }

    /// The message that is not full yet, if anything is in it.
    pub fn finish(&mut self) -> Option<Vec<u8>> {
        let mut message = std::mem::replace(&mut self.bytes, Vec::with_capacity(self.longest));
        let count = std::mem::take(&mut self.count);
        let length = u16::try_from(message.len()).ok()?;
        message.get_mut(2..4)?.copy_from_slice(&length.to_be_bytes());
        *message.get_mut(4)? = count;
        Some(message)
    }
}

/// How many connections a message tells of.
pub fn count(message: &[u8]) -> usize {
    message.get(4).copied().map_or(0, usize::from)
}

fn size(connection: &Connection) -> usize {
    let fixed = if connection.client.is_ipv4() { 36 } else { 72 };
    let engine = connection.engine.as_ref();
    fixed + engine.map_or(0, |Engine { name, data }| 2 + data.len() + 2 + name.len())
}

fn encode(out: &mut Vec<u8>, connection: &Connection, way: &Way, size: usize) {
    let Connection { client, target, real, .. } = connection;
    let kind = if client.is_ipv4() { 0 } else { INET6 };
    out.extend([kind, connection.protocol]);
    // the four highest bits are the entry's own version, 0
    out.extend(u16::try_from(size).unwrap_or_default().to_be_bytes());
    out.extend(flags(connection, way.forwarding).to_be_bytes());
    out.extend(connection.state.to_be_bytes());
    for place in [client, target, real] {
        out.extend(place.port().to_be_bytes());
    }
    out.extend(way.mark.to_be_bytes());
    // to the kernel 0 is the whole of its own time-out
    let timeout = if way.timeout == 0 { connection.expires.max(1) } else { way.timeout };
    out.extend(timeout.to_be_bytes());
    for place in [client, target, real] {
        match place.ip() {
            IpAddr::V4(address) => out.extend(address.octets()),
            IpAddr::V6(address) => out.extend(address.octets()),
        }
    }
    if let Some(Engine { name, data }) = &connection.engine {
        for (kind, value) in [(ENGINE_DATA, data), (ENGINE_NAME, name)] {
            out.extend([kind, u8::try_from(value.len()).unwrap_or_default()]);
            out.extend(value);
        }
    }
}

/// Sequence numbers that an application has shifted are not among them: `/proc` does not show them.
fn flags(connection: &Connection, forwarding: Forwarding) -> u32 {
    let method = match forwarding {
        Forwarding::Masq => MASQ,
        Forwarding::Local => LOCALNODE | NOOUTPUT,
        Forwarding::Tunnel(_) => TUNNEL | NOOUTPUT,
        Forwarding::Direct => DROUTE | NOOUTPUT,
        Forwarding::Bypass => BYPASS | NOOUTPUT,
    };
    let inactive = if connection.is_active() { 0 } else { INACTIVE };
    let template = if connection.is_template { TEMPLATE } else { 0 };
    method | inactive | template
}

const VERSION: u8 = 1;
const INET6: u8 = 1;
const ENGINE_DATA: u8 = 2;
const ENGINE_NAME: u8 = 3;

// the kernel's IP_VS_CONN_F_…
const MASQ: u32 = 0x0000;
const LOCALNODE: u32 = 0x0001;
const TUNNEL: u32 = 0x0002;
const DROUTE: u32 = 0x0003;
const BYPASS: u32 = 0x0004;
const NOOUTPUT: u32 = 0x0080;
const INACTIVE: u32 = 0x0100;
const TEMPLATE: u32 = 0x1000;

/// A header and the longest connection fit.
const LEAST: usize = 600;
/// What UDP over IPv4 takes.
const MOST: usize = 65_507;

#[cfg(test)]
mod tests;
