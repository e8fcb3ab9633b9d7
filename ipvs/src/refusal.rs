//! The kernel's no: its errno, its own words where there are some, and ours for this very request.

use std::borrow::Cow;
use std::fmt;

use rustix::io::Errno;

use crate::request::Request;
use crate::{Command, Destination, Family, Forwarding, Service, ServiceId, Tunnel};

/// Why the kernel did not do what it was asked.
///
/// Displays as `no such service (ESRCH)`, with the kernel's own text where it sent one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// The error number, positive.
    pub errno: i32,
    /// What the kernel itself says, from its extended acknowledgement.
    pub text: Option<String>,
    /// What the error number means for this request.
    pub words: Cow<'static, str>,
}

impl Refusal {
    pub(crate) fn new(request: &Request<'_>, errno: i32, text: Option<&str>) -> Self {
        let number = Errno::from_raw_os_error(errno.clamp(1, 4095));
        Refusal { errno, text: text.map(str::to_owned), words: words(request, number) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", self.words)?;
        match name(self.errno) {
            Some(name) => f.write_str(name)?,
            None => write!(f, "errno {}", self.errno)?,
        }
        if let Some(text) = &self.text {
            write!(f, ": {text}")?;
        }
        f.write_str(")")
    }
}

/// What an errno means for a request, as seen on Linux 6.1.
fn words(request: &Request<'_>, errno: Errno) -> Cow<'static, str> {
    use Command::*;
    use Request::*;
    let text = match (request, errno) {
        (_, Errno::PERM) => "not permitted: CAP_NET_ADMIN is needed",
        (_, Errno::NOMEM) => "the kernel is out of memory",
        (_, Errno::AFNOSUPPORT) => "the kernel's IPVS was built without IPv6",
        (StopDaemon(_), Errno::SRCH) => "this sync daemon does not run",
        (_, Errno::SRCH) => "no such service",

        (Change(AddService(_)), Errno::EXIST) => "the service exists already",
        (Change(AddService(service) | EditService(service)), Errno::NOENT) => {
            return unknown_name(service).into();
        }
        (Change(AddService(_) | EditService(_)), Errno::INVAL) => {
            "the netmask or prefix does not suit the address family, or the scheduler refused the service"
        }

        (Change(AddDestination(..)), Errno::EXIST) => "the service has this destination already",
        (Change(EditDestination(..) | DeleteDestination(..)), Errno::NOENT) => {
            "the service has no such destination"
        }
        (Change(AddDestination(_, it) | EditDestination(_, it)), Errno::RANGE) => out_of_range(it),
        (Change(AddDestination(id, it) | EditDestination(id, it)), Errno::INVAL) => invalid(id, it),

        (StartDaemon(_), Errno::EXIST) => "this sync daemon runs already",
        (StartDaemon(_), Errno::NODEV) => "no such interface, or it is down",
        (StartDaemon(_), Errno::ADDRNOTAVAIL) => "the interface has no address",
        (StartDaemon(daemon), Errno::INVAL) => match daemon.group {
            Some(group) if !group.is_multicast() => "the group is not a multicast address",
            _ => "a service has destinations of another family, of which a sync daemon cannot tell",
        },
        (SetTimeouts(_), Errno::INVAL) => "too long a time-out",
        _ => "refused",
    };
    text.into()
}

fn unknown_name(service: &Service) -> String {
    match &service.engine {
        None => format!("unknown scheduler {}, or its module cannot be loaded", service.scheduler),
        Some(engine) => format!(
            "unknown scheduler {} or persistence engine {engine}, or its module cannot be loaded",
            service.scheduler
        ),
    }
}

fn out_of_range(destination: &Destination) -> &'static str {
    if destination.lower_threshold > destination.upper_threshold {
        "the lower threshold is above the upper one"
    } else {
        "the weight is above 2147483647"
    }
}

fn invalid(service: &ServiceId, destination: &Destination) -> &'static str {
    let crosses = Family::of(destination.address.ip()) != service.family();
    match destination.forwarding {
        Forwarding::Tunnel(Tunnel::Gue { port: 0, .. }) => "a GUE tunnel needs a port",
        Forwarding::Tunnel(_) if crosses => {
            "not a unicast address (is lo up?), or a sync daemon runs, which allows no destination of another family"
        }
        _ if crosses => "a destination of another family than the service's must be tunnelled",
        _ => "not a unicast address (is lo up?)",
    }
}

/// The name of an errno that IPVS and netlink use.
fn name(errno: i32) -> Option<&'static str> {
    let names = [
        (Errno::PERM, "EPERM"),
        (Errno::NOENT, "ENOENT"),
        (Errno::SRCH, "ESRCH"),
        (Errno::INTR, "EINTR"),
        (Errno::NOMEM, "ENOMEM"),
        (Errno::BUSY, "EBUSY"),
        (Errno::EXIST, "EEXIST"),
        (Errno::NODEV, "ENODEV"),
        (Errno::INVAL, "EINVAL"),
        (Errno::RANGE, "ERANGE"),
        (Errno::MSGSIZE, "EMSGSIZE"),
        (Errno::OPNOTSUPP, "EOPNOTSUPP"),
        (Errno::AFNOSUPPORT, "EAFNOSUPPORT"),
        (Errno::PROTONOSUPPORT, "EPROTONOSUPPORT"),
        (Errno::ADDRINUSE, "EADDRINUSE"),
        (Errno::ADDRNOTAVAIL, "EADDRNOTAVAIL"),
        (Errno::NOBUFS, "ENOBUFS"),
    ];
    names.iter().find(|(known, _)| known.raw_os_error() == errno).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests;
