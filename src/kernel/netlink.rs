//! The machine's own IPVS.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::process::{Command, Stdio};

use ipvs::{Daemon, DaemonState, Ipvs, Timeouts};

use crate::plan::{Entry, Step, Table};

use super::{ConnectionCount, Connections, Error, Kernel};

/// The kernel's IPVS in the network namespace of this process.
pub struct Netlink(Ipvs);

impl Netlink {
    /// Connects, after loading the module if need be.
    pub fn connect() -> Result<Self, Error> {
        let connected = match Ipvs::connect() {
            Err(ipvs::Error::NoIpvs) => {
                let loaded = load_module();
                Ipvs::connect().map_err(|why| match (why, loaded) {
                    (ipvs::Error::NoIpvs, Err(why)) => Error::NoIpvs(why),
                    (why, _) => Error::from(why),
                })
            }
            connected => connected.map_err(Error::from),
        };
        connected.map(Netlink)
    }
}

impl Kernel for Netlink {
    fn read(&mut self) -> Result<Table, Error> {
        let found = self.0.dump()?;
        let entry = |found: ipvs::Entry| Entry {
            destinations: found
                .destinations
                .into_iter()
                .map(|d| (d.destination.address, d.destination))
                .collect(),
            ..Entry::new(found.service)
        };
        Ok(found.entries.into_iter().map(entry).collect())
    }

    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, Error> {
        let results = self.0.apply(steps)?;
        Ok(results.into_iter().map(|result| result.map_err(|why| why.to_string())).collect())
    }

    /// From /proc/net/ip_vs, a hundred times cheaper than a dump; its last two columns, the
    /// connections, come and go and do not count.
    fn fingerprint(&mut self) -> Option<u64> {
        let text = fs::read_to_string("/proc/thread-self/net/ip_vs").ok()?;
        let mut hasher = DefaultHasher::new();
        for line in text.lines() {
            let words = line.split_whitespace();
            let counted = if line.trim_start().starts_with("->") { 4 } else { usize::MAX };
            words.take(counted).for_each(|word| word.hash(&mut hasher));
        }
        Some(hasher.finish())
    }

    fn connections(&mut self) -> Result<Connections, Error> {
        let mut connections = Connections::new();
        for entry in self.0.dump()?.entries {
            for found in entry.destinations {
                let count = ConnectionCount { active: found.active, inactive: found.inactive };
                connections.insert((entry.service.id, found.destination.address), count);
            }
        }
        Ok(connections)
    }

    fn sync(&mut self, daemon: Option<&Daemon>) -> Result<(), String> {
        let wanted = daemon.map_or_else(Vec::new, |daemon| halves(daemon, is_backup_only()));
        let runs = self.0.daemons().map_err(|why| why.to_string())?;
        for other in runs.iter().filter(|running| !wanted.iter().any(|want| is(want, running))) {
            self.0.stop_daemon(other.state).map_err(|why| why.to_string())?;
        }
        for want in wanted.iter().filter(|want| !runs.iter().any(|running| is(want, running))) {
            self.0.start_daemon(want).map_err(|why| why.to_string())?;
        }
        Ok(())
    }

    fn set_timeouts(&mut self, timeouts: &Timeouts) -> Result<(), String> {
        self.0.set_timeouts(timeouts).map_err(|why| why.to_string())
    }
}

/// The daemon of a role, and its other half: a master that stops throws away what it has not sent yet,
/// of the last two seconds, and who takes over is still to hear what the other one has to say.
fn halves(daemon: &Daemon, is_backup_only: bool) -> Vec<Daemon> {
    let other = match daemon.state {
        DaemonState::Master => DaemonState::Backup,
        DaemonState::Backup => DaemonState::Master,
    };
    // with that an active director would forward nothing
    let is_alone = daemon.state == DaemonState::Master && is_backup_only;
    let other = (!is_alone).then(|| Daemon { state: other, ..daemon.clone() });
    [Some(daemon.clone()), other].into_iter().flatten().collect()
}

/// Whether a kernel with a backup daemon is no director.
fn is_backup_only() -> bool {
    fs::read_to_string(BACKUP_ONLY).is_ok_and(|value| value.trim() != "0")
}

/// Whether the daemon that runs is the one that is wanted; what was left to the kernel fits.
fn is(want: &Daemon, running: &Daemon) -> bool {
    want.state == running.state
        && want.interface == running.interface
        && want.sync_id & 0xff == running.sync_id & 0xff
}

impl From<ipvs::Error> for Error {
    fn from(why: ipvs::Error) -> Self {
        match why {
            ipvs::Error::NoIpvs => Error::NoIpvs("load its module: modprobe ip_vs".to_owned()),
            why => Error::Netlink(why.to_string()),
        }
    }
}

/// The kernel loads schedulers by itself, but not IPVS as such.
fn load_module() -> Result<(), String> {
    let output = Command::new("modprobe").arg("ip_vs").stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(said.lines().next().unwrap_or("modprobe ip_vs failed").to_owned())
        }
        Err(why) => Err(format!("cannot run modprobe ip_vs: {why}")),
    }
}

const BACKUP_ONLY: &str = "/proc/sys/net/ipv4/vs/backup_only";
