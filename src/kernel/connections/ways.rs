//! How the packets of a connection reach its destination, as far as the table says: `/proc` does
//! not show that, and a standby may have no table of its own to know it from.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;

use ipvs::sync::Way;
use ipvs::{Connection, Family, Forwarding, Protocol, ServiceId};

use crate::plan::{Entry, Table};

/// What is known of all.
#[derive(Debug)]
pub(super) struct Ways {
    table: Table,
    /// Ports of TCP whose masqueraded packets an application of the kernel rewrites.
    rewritten: BTreeSet<u16>,
}

impl Ways {
    /// Those of a table; the text is that of /proc/net/ip_vs_app.
    pub(super) fn new(table: Table, applications: &str) -> Self {
        let port = |line: &str| {
            let mut words = line.split_whitespace();
            words.next().filter(|protocol| *protocol == "TCP")?;
            words.next()?.parse().ok()
        };
        Ways { table, rewritten: applications.lines().filter_map(port).collect() }
    }

    /// That of a connection, if it is known.
    pub(super) fn find(&self, connection: &Connection) -> Option<Way> {
        let (entry, mark) = self.service(connection);
        let forwarding = entry.and_then(|entry| forwarding(entry, connection.real));
        let forwarding = forwarding.or_else(|| {
            let mut all = self.table.entries();
            all.find_map(|entry| destination(entry, connection.real))
        })?;
        let is_rewritten = self.rewritten.contains(&connection.target.port());
        if is_rewritten && forwarding == Forwarding::Masq && connection.protocol == TCP {
            return None;
        }
        // a template is remembered that long after each connection, whatever is left of it now
        let persistence = entry.and_then(|entry| entry.service.persistence);
        let timeout = persistence.filter(|_| connection.is_template);
        Some(Way { forwarding, mark, timeout: timeout.map_or(0, |long| long.seconds.get()) })
    }

    /// The service that it belongs to, and the firewall mark of that.
    fn service(&self, connection: &Connection) -> (Option<&Entry>, u32) {
        let Connection { target, real, .. } = connection;
        let family = if target.is_ipv4() { Family::V4 } else { Family::V6 };
        if connection.protocol == MARKED {
            let mark = first_word(target.ip());
            let id = NonZeroU32::new(mark).map(|mark| ServiceId::Mark { family, mark });
            return (id.and_then(|id| self.table.get(&id)), mark);
        }
        let every_port = SocketAddr::new(target.ip(), 0);
        for address in [*target, every_port] {
            let protocol = protocol(connection.protocol);
            let id = protocol.map(|protocol| ServiceId::Address { protocol, address });
            if let Some(entry) = id.and_then(|id| self.table.get(&id)) {
                return (Some(entry), 0);
            }
        }
        let mut marked = self.table.entries().filter_map(|entry| match entry.service.id {
            ServiceId::Mark { family: its, mark } if its == family => {
                destination(entry, *real).map(|_| (Some(entry), mark.get()))
            }
            _ => None,
        });
        match (marked.next(), marked.next()) {
            (Some(only), None) => only,
            // none, or nobody knows which
            _ => (None, 0),
        }
    }
}

/// That of this destination; of one that the service has no more, that of all its others.
fn forwarding(entry: &Entry, real: SocketAddr) -> Option<Forwarding> {
    destination(entry, real).or_else(|| {
        let mut others = entry.destinations.values().map(|other| other.forwarding);
        let first = others.next()?;
        others.all(|other| other == first).then_some(first)
    })
}

fn destination(entry: &Entry, real: SocketAddr) -> Option<Forwarding> {
    let every_port = SocketAddr::new(real.ip(), 0);
    let found = [real, every_port].iter().find_map(|at| entry.destinations.get(at))?;
    Some(found.forwarding)
}

fn protocol(number: u8) -> Option<Protocol> {
    match number {
        TCP => Some(Protocol::Tcp),
        17 => Some(Protocol::Udp),
        132 => Some(Protocol::Sctp),
        _ => None,
    }
}

/// The mark of a template, which stands where others have their address.
fn first_word(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => address.to_bits(),
        IpAddr::V6(address) => u32::try_from(address.to_bits() >> 96).unwrap_or_default(),
    }
}

const MARKED: u8 = 0;
const TCP: u8 = 6;

#[cfg(test)]
mod tests {
    use ipvs::Connections;

    use super::*;
    use crate::plan::words;

    const TABLE: &str = "\
        -A -t 10.1.0.20:80 -s rr\n\
        -a -t 10.1.0.20:80 -r 10.2.0.12:80 -m -w 1\n\
        -A -t 10.1.0.10:0 -s rr -p 360\n\
        -a -t 10.1.0.10:0 -r 10.1.0.11:0 -g -w 1\n\
        -A -t 10.1.0.30:21 -s rr\n\
        -a -t 10.1.0.30:21 -r 10.2.0.12:21 -m -w 1\n\
        -A -f 5 -s rr -p 50\n\
        -a -f 5 -r 10.3.0.1:0 -i -w 1\n\
        -A -f 6 -s rr\n\
        -a -f 6 -r 10.1.0.11:0 -g -w 1\n\
        -A -f 7 -s rr\n\
        -a -f 7 -r 10.1.0.11:0 -g -w 1\n\
        -A -f 7 -6 -s rr -p 70\n\
        -a -f 7 -6 -r [fd03::1]:0 -g -w 1\n";

    fn way(line: &str) -> Option<(Forwarding, u32, u32)> {
        let ways = Ways::new(words::parse_table(TABLE).unwrap(), APPLICATIONS);
        let connection = Connections::new(line.as_bytes()).next().unwrap().unwrap();
        ways.find(&connection).map(|way| (way.forwarding, way.mark, way.timeout))
    }

    const APPLICATIONS: &str = "prot port    usecnt name\nTCP  21      1      ftp              \n";

    #[test]
    fn it_is_that_of_the_destination() {
        let masq = "TCP 0A010064 C350 0A010014 0050 0A02000C 0050 ESTABLISHED 899";
        assert_eq!(way(masq), Some((Forwarding::Masq, 0, 0)));
        let gone = "TCP 0A010064 C350 0A010014 0050 0A02000D 0050 ESTABLISHED 899";
        assert_eq!(way(gone), Some((Forwarding::Masq, 0, 0)), "it was like the others");
        let any_port = "TCP 0A010064 C350 0A01000A 1F90 0A01000B 1F90 ESTABLISHED 899";
        assert_eq!(way(any_port), Some((Forwarding::Direct, 0, 0)));
        let nobody_s = "TCP 0A010064 C350 0A090909 0050 0A090908 0050 ESTABLISHED 899";
        assert_eq!(way(nobody_s), None);
    }

    #[test]
    fn a_mark_is_known_by_its_destination_if_only_one_has_it() {
        let tunnel = Forwarding::Tunnel(ipvs::Tunnel::Ipip);
        let one = "TCP 0A010064 C350 0A090909 0050 0A030001 0050 ESTABLISHED 899";
        assert_eq!(way(one), Some((tunnel, 5, 0)));
        let two = "TCP 0A010064 C350 0A090909 0050 0A01000B 0050 ESTABLISHED 899";
        assert_eq!(way(two), Some((Forwarding::Direct, 0, 0)), "that of any of them");
    }

    #[test]
    fn templates_last_as_long_as_their_service_has_it() {
        let service = "TCP 0A010064 0000 0A01000A 0000 0A01000B 0000 ASSURED 12";
        assert_eq!(way(service), Some((Forwarding::Direct, 0, 360)));
        let mark = "IP  0A010064 0000 00000005 0000 0A030001 0000 ASSURED 12";
        assert_eq!(way(mark), Some((Forwarding::Tunnel(ipvs::Tunnel::Ipip), 5, 50)));
        let six = "IP  fd01:0000:0000:0000:0000:0000:0000:0100 0000 \
                   0000:0007:0000:0000:0000:0000:0000:0000 0000 \
                   fd03:0000:0000:0000:0000:0000:0000:0001 0000 ASSURED 12";
        assert_eq!(way(six), Some((Forwarding::Direct, 7, 70)));
    }

    #[test]
    fn what_an_application_rewrites_is_not_told() {
        let ftp = "TCP 0A010064 C350 0A01001E 0015 0A02000C 0015 ESTABLISHED 899";
        assert_eq!(way(ftp), None);
        let direct = "TCP 0A010064 C350 0A01000A 0015 0A01000B 0015 ESTABLISHED 899";
        assert_eq!(way(direct), Some((Forwarding::Direct, 0, 0)), "it passes as it is");
    }
}
