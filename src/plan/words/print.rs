//! Steps and tables as ipvsadm's words.

use std::fmt::{self, Display, Formatter};

use ipvs::{
    Checksum, Destination, Family, Forwarding, Netmask, Persistence, Protocol, SchedulerFlags,
    Service, ServiceId, Tunnel,
};

use crate::plan::{Step, Table};

/// A step as one line, without a newline: `-a -t 192.0.2.10:80 -r 10.0.0.1:80 -g -w 1`.
pub fn step(step: &Step) -> impl Display + '_ {
    Line(step)
}

/// A service's address as people name it: `192.0.2.10:80`, or the mark alone.
pub fn virtual_address(id: &ServiceId) -> impl Display {
    match id {
        ServiceId::Address { address, .. } => address.to_string(),
        ServiceId::Mark { mark, .. } => mark.to_string(),
    }
}

/// The lines of `ipvsadm -Sn`, services in the order of their identity.
impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for entry in self.entries() {
            service(f, "-A", &entry.service)?;
            writeln!(f)?;
            for wanted in entry.destinations.values() {
                destination(f, "-a", &entry.service.id, wanted)?;
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

struct Line<'a>(&'a Step);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Step::AddService(wanted) => service(f, "-A", wanted),
            Step::EditService(wanted) => service(f, "-E", wanted),
            Step::DeleteService(id) => write!(f, "-D {}", Words(id)),
            Step::AddDestination(id, wanted) => destination(f, "-a", id, wanted),
            Step::EditDestination(id, wanted) => destination(f, "-e", id, wanted),
            Step::DeleteDestination(id, address) => write!(f, "-d {} -r {address}", Words(id)),
        }
    }
}

/// `-t 192.0.2.10:80`, `-f 7`, `-f 7 -6`.
struct Words<'a>(&'a ServiceId);

impl Display for Words<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            ServiceId::Address { protocol: Protocol::Tcp, address } => write!(f, "-t {address}"),
            ServiceId::Address { protocol: Protocol::Udp, address } => write!(f, "-u {address}"),
            ServiceId::Address { protocol: Protocol::Sctp, address } => {
                write!(f, "--sctp-service {address}")
            }
            ServiceId::Mark { family: Family::V4, mark } => write!(f, "-f {mark}"),
            ServiceId::Mark { family: Family::V6, mark } => write!(f, "-f {mark} -6"),
        }
    }
}

fn service(f: &mut Formatter<'_>, verb: &str, service: &Service) -> fmt::Result {
    write!(f, "{verb} {} -s {}", Words(&service.id), service.scheduler)?;
    if let Some(persistence) = &service.persistence {
        persistent(f, &service.id, persistence)?;
    }
    if let Some(engine) = &service.engine {
        write!(f, " --pe {engine}")?;
    }
    if service.one_packet {
        write!(f, " -o")?;
    }
    scheduler_flags(f, service.scheduler.as_str(), service.flags)
}

fn persistent(f: &mut Formatter<'_>, id: &ServiceId, persistence: &Persistence) -> fmt::Result {
    write!(f, " -p {}", persistence.seconds)?;
    if persistence.netmask == Netmask::host(id.family()) {
        return Ok(());
    }
    match persistence.netmask {
        Netmask::V4(mask) => write!(f, " -M {mask}"),
        Netmask::V6(prefix) => write!(f, " -M {prefix}"),
    }
}

fn scheduler_flags(f: &mut Formatter<'_>, scheduler: &str, flags: SchedulerFlags) -> fmt::Result {
    let names = flag_names(scheduler);
    let set = [flags.first, flags.second, flags.third];
    let mut lead = " -b ";
    for (name, _) in names.into_iter().zip(set).filter(|(_, set)| *set) {
        write!(f, "{lead}{name}")?;
        lead = ",";
    }
    Ok(())
}

/// The names of a scheduler's three flags.
fn flag_names(scheduler: &str) -> [&'static str; 3] {
    match scheduler {
        "sh" => ["sh-fallback", "sh-port", "flag-3"],
        "mh" => ["mh-fallback", "mh-port", "flag-3"],
        _ => ["flag-1", "flag-2", "flag-3"],
    }
}

fn destination(
    f: &mut Formatter<'_>,
    verb: &str,
    id: &ServiceId,
    wanted: &Destination,
) -> fmt::Result {
    write!(f, "{verb} {} -r {}", Words(id), wanted.address)?;
    match wanted.forwarding {
        Forwarding::Masq => write!(f, " -m")?,
        // ipvsadm has no word for the last two; it saves the first of them as -g
        Forwarding::Direct | Forwarding::Local | Forwarding::Bypass => write!(f, " -g")?,
        Forwarding::Tunnel(_) => write!(f, " -i")?,
    }
    write!(f, " -w {}", wanted.weight)?;
    if wanted.upper_threshold != 0 {
        write!(f, " -x {}", wanted.upper_threshold)?;
    }
    if wanted.lower_threshold != 0 {
        write!(f, " -y {}", wanted.lower_threshold)?;
    }
    match wanted.forwarding {
        Forwarding::Tunnel(tunnel) => encapsulation(f, tunnel),
        _ => Ok(()),
    }
}

fn encapsulation(f: &mut Formatter<'_>, tunnel: Tunnel) -> fmt::Result {
    let checksum = match tunnel {
        Tunnel::Ipip => return write!(f, " --tun-type ipip"),
        Tunnel::Gue { port, checksum } => {
            write!(f, " --tun-type gue --tun-port {port}")?;
            checksum
        }
        Tunnel::Gre { checksum } => {
            write!(f, " --tun-type gre")?;
            checksum
        }
    };
    f.write_str(match checksum {
        Checksum::None => " --tun-nocsum",
        Checksum::Full => " --tun-csum",
        Checksum::Remote => " --tun-remcsum",
    })
}
