//! The calls of this crate: requests go out on the socket, typed answers come back.

use rustix::io::Errno;

use crate::attribute::attributes;
use crate::header::{IPVS_CMD_ATTR_DAEMON, IPVS_CMD_ATTR_DEST, IPVS_CMD_ATTR_SERVICE};
use crate::link::{Dump, Link};
use crate::request::Request;
use crate::{
    Command, Daemon, DaemonState, DestinationEntry, Entry, Error, Family, Kernel, Refusal,
    ServiceEntry, ServiceId, Table, Timeouts,
};

/// The kernel's IPVS in the network namespace of the thread that connected.
///
/// Every call blocks until the kernel has answered, and gives up after a second of silence.
#[derive(Debug)]
pub struct Ipvs {
    /// Gone after an error, opened again by the next call.
    link: Option<Link>,
    request: Vec<u8>,
}

impl Ipvs {
    /// Opens a socket and asks for the family IPVS. Where the module `ip_vs` is not loaded the
    /// kernel itself tries `modprobe` at this.
    ///
    /// # Errors
    ///
    /// [`Error::NoIpvs`] where that did not help.
    pub fn connect() -> Result<Self, Error> {
        Ok(Ipvs { link: Some(Link::open()?), request: Vec::new() })
    }

    /// All services with their counters, in the kernel's order; rows that [`Table::unknown`] would
    /// count are left out.
    pub fn services(&mut self) -> Result<Vec<ServiceEntry>, Error> {
        Ok(self.list_services()?.0)
    }

    /// One service; `None` if the kernel does not have it.
    pub fn service(&mut self, id: &ServiceId) -> Result<Option<ServiceEntry>, Error> {
        let mut entry = None;
        let asked = self.exchange(&Request::Service(id), |attributes| {
            entry = nested(attributes, IPVS_CMD_ATTR_SERVICE).and_then(ServiceEntry::decode);
        });
        match asked {
            Err(Error::Refused(refusal)) if refusal.errno == Errno::SRCH.raw_os_error() => Ok(None),
            Err(error) => Err(error),
            Ok(_) => Ok(entry),
        }
    }

    /// The destinations of a service with their counters, latest first; none if the service is
    /// missing, which the kernel does not tell apart.
    pub fn destinations(&mut self, id: &ServiceId) -> Result<Vec<DestinationEntry>, Error> {
        Ok(self.list_destinations(id)?.0)
    }

    /// The whole table. Generic netlink has no list of all destinations, so this is one request
    /// for the services and one for the destinations of each; what others change meanwhile may
    /// be in it or not.
    pub fn dump(&mut self) -> Result<Table, Error> {
        let (services, mut unknown) = self.list_services()?;
        let mut entries = Vec::with_capacity(services.len());
        for ServiceEntry { service, stats } in services {
            let (destinations, more) = self.list_destinations(&service.id)?;
            unknown += more;
            entries.push(Entry { service, stats, destinations });
        }
        Ok(Table { entries, unknown })
    }

    /// Carries out commands in their order; result i belongs to command i. An error of one does
    /// not keep the kernel from the next. They go out 128 at a time, which is less than 64 KiB.
    ///
    /// # Errors
    ///
    /// With [`Error::Lost`] and [`Error::Silent`] it is unknown what took effect: read the table.
    pub fn apply(&mut self, commands: &[Command]) -> Result<Vec<Result<(), Refusal>>, Error> {
        let applied = self.apply_batches(commands);
        self.keep_or_drop(applied)
    }

    /// The sync daemons that run in this namespace, two at most.
    pub fn daemons(&mut self) -> Result<Vec<Daemon>, Error> {
        Ok(self.list(&Request::Daemons, IPVS_CMD_ATTR_DAEMON, Daemon::decode)?.0)
    }

    /// Starts a sync daemon.
    pub fn start_daemon(&mut self, daemon: &Daemon) -> Result<(), Error> {
        self.exchange(&Request::StartDaemon(daemon), |_| {}).map(drop)
    }

    /// Stops the sync daemon of this state.
    pub fn stop_daemon(&mut self, state: DaemonState) -> Result<(), Error> {
        match self.exchange(&Request::StopDaemon(state), |_| {}) {
            // a daemon stopped before it first ran ends with EINTR, and that netlink never reports
            Err(Error::Silent { missing }) => {
                let runs = self.daemons()?.iter().any(|daemon| daemon.state == state);
                if runs { Err(Error::Silent { missing }) } else { Ok(()) }
            }
            stopped => stopped.map(drop),
        }
    }

    /// The time-outs of connections.
    pub fn timeouts(&mut self) -> Result<Timeouts, Error> {
        let mut timeouts = None;
        self.exchange(&Request::Timeouts, |attributes| {
            timeouts = Some(Timeouts::decode(attributes));
        })?;
        timeouts.ok_or(Error::Broken)
    }

    /// Sets the time-outs of connections; 0 leaves one as it is.
    pub fn set_timeouts(&mut self, timeouts: &Timeouts) -> Result<(), Error> {
        self.exchange(&Request::SetTimeouts(timeouts), |_| {}).map(drop)
    }

    /// Version and size of the kernel's IPVS.
    pub fn kernel(&mut self) -> Result<Kernel, Error> {
        let mut kernel = None;
        self.exchange(&Request::Kernel, |attributes| kernel = Kernel::decode(attributes))?;
        kernel.ok_or(Error::Broken)
    }

    /// Sets the counters of a service and its destinations to 0, or those of all services.
    pub fn zero(&mut self, id: Option<&ServiceId>) -> Result<(), Error> {
        self.exchange(&Request::Zero(id), |_| {}).map(drop)
    }

    /// Removes all services with their destinations.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.exchange(&Request::Flush, |_| {}).map(drop)
    }

    fn list_services(&mut self) -> Result<(Vec<ServiceEntry>, usize), Error> {
        self.list(&Request::Services, IPVS_CMD_ATTR_SERVICE, ServiceEntry::decode)
    }

    fn list_destinations(
        &mut self,
        id: &ServiceId,
    ) -> Result<(Vec<DestinationEntry>, usize), Error> {
        let family: Family = id.family();
        self.list(&Request::Destinations(id), IPVS_CMD_ATTR_DEST, |bytes| {
            DestinationEntry::decode(bytes, family)
        })
    }

    /// The rows of a dump, and how many of them could not be expressed. A dump that the kernel
    /// marks as inconsistent is taken again.
    fn list<T>(
        &mut self,
        request: &Request<'_>,
        kind: u16,
        decode: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<(Vec<T>, usize), Error> {
        for _ in 0..DUMP_ATTEMPTS {
            let (mut rows, mut unknown) = (Vec::new(), 0);
            let whole = self.exchange(request, |attributes| {
                match nested(attributes, kind).and_then(&decode) {
                    Some(row) => rows.push(row),
                    None => unknown += 1,
                }
            })?;
            if whole == Dump::Whole {
                return Ok((rows, unknown));
            }
        }
        Err(Error::Changing { attempts: DUMP_ATTEMPTS })
    }

    fn exchange(&mut self, request: &Request<'_>, row: impl FnMut(&[u8])) -> Result<Dump, Error> {
        let done = match Link::get(&mut self.link) {
            Ok(link) => link.exchange(&mut self.request, request, row),
            Err(error) => Err(error),
        };
        self.keep_or_drop(done)
    }

    fn apply_batches(&mut self, commands: &[Command]) -> Result<Vec<Result<(), Refusal>>, Error> {
        let link = Link::get(&mut self.link)?;
        let mut results = Vec::with_capacity(commands.len());
        let mut rest = commands;
        while !rest.is_empty() {
            let batch = link.send_batch(rest, &mut self.request)?;
            rest = rest.get(batch.len()..).unwrap_or_default();
            results.extend(batch.results());
        }
        // ENOENT is also what any command gets once the module is unloaded
        let absent = |result: &Result<(), Refusal>| {
            result.as_ref().is_err_and(|refusal| refusal.errno == Errno::NOENT.raw_os_error())
        };
        if results.iter().any(absent) {
            link.verify()?;
        }
        Ok(results)
    }

    /// A refusal ends an exchange in order; any other error leaves the socket in doubt.
    fn keep_or_drop<T>(&mut self, result: Result<T, Error>) -> Result<T, Error> {
        if !matches!(result, Ok(_) | Err(Error::Refused(_))) {
            self.link = None;
        }
        result
    }
}

fn nested(bytes: &[u8], kind: u16) -> Option<&[u8]> {
    attributes(bytes).find(|(found, _)| *found == kind).map(|(_, value)| value.0)
}

const DUMP_ATTEMPTS: u32 = 5;
