//! The kernel's connections as messages that another director's kernel takes: every one, where the
//! kernel's own sync daemon speaks only of those that see packets.
//!
//! Connections whose packets an application of the kernel rewrites (FTP, masqueraded) are left to
//! that daemon: by how much their sequence numbers are shifted stands nowhere else.

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufReader};

use ipvs::sync::Messages;
use ipvs::{Connection, Connections, DaemonState, DestinationEntry, Ipvs};

use super::{Error, Kernel, Netlink};

mod ways;

use ways::Ways;

/// One telling of all connections, message by message.
///
/// The kernel counts from the beginning for each page of its text: ten times as many connections take
/// it a hundred times as long.
pub struct Telling {
    all: Connections<BufReader<File>>,
    ways: Ways,
    messages: Messages,
    /// Those that have been told of, each by a number of its own: what comes in while it is read makes
    /// the kernel show others once more.
    met: HashSet<u64>,
    lasting: u32,
    unknown: u64,
}

impl Telling {
    /// Begins, with this sync id, in messages of so many bytes at most. Fails where the kernel cannot
    /// be read.
    pub fn begin(sync_id: u8, longest: usize) -> Result<Self, Error> {
        let table = Netlink::connect()?.read()?;
        let rewritten = fs::read_to_string(APPLICATIONS).unwrap_or_default();
        Ok(Telling {
            all: open().map_err(failed)?,
            ways: Ways::new(table, &rewritten),
            messages: Messages::new(sync_id, longest),
            met: HashSet::new(),
            lasting: 0,
            unknown: 0,
        })
    }

    /// The next message; `None` after the last one.
    pub fn message(&mut self) -> Result<Option<Vec<u8>>, Error> {
        for connection in self.all.by_ref() {
            let connection = connection.map_err(failed)?;
            if !connection.is_told() {
                continue;
            }
            let Some(way) = self.ways.find(&connection) else {
                self.unknown += 1;
                continue;
            };
            let Connection { protocol, client, target, .. } = connection;
            let mut hasher = DefaultHasher::new();
            (protocol, client, target).hash(&mut hasher);
            if !self.met.insert(hasher.finish()) {
                continue;
            }
            self.lasting = self.lasting.saturating_add((connection.expires > SOON).into());
            if let Some(full) = self.messages.add(&connection, &way) {
                return Ok(Some(full));
            }
        }
        Ok(self.messages.finish())
    }

    /// How many connections have been told of.
    pub fn number(&self) -> usize {
        self.met.len()
    }

    /// How many of them are there for a while yet.
    pub fn lasting(&self) -> u32 {
        self.lasting
    }

    /// How many have not, because it is not known how: their line is odd, nobody has their
    /// destination any more, or an application rewrites them.
    pub fn left_out(&self) -> u64 {
        self.unknown + self.all.odd()
    }
}

/// How many connections this kernel has: those that its destinations know of, if they are as many as
/// this; else they are counted, for a kernel without a table has some as well.
pub fn count(enough: u32) -> Result<u32, Error> {
    let mut known = 0_u32;
    for entry in Ipvs::connect()?.dump()?.entries {
        for DestinationEntry { active, inactive, persistent, .. } in entry.destinations {
            known = [active, inactive, persistent].into_iter().fold(known, u32::saturating_add);
        }
    }
    if known >= enough {
        return Ok(known);
    }
    let mut number = 0_u32;
    for connection in open().map_err(failed)? {
        let is_told = connection.map_err(failed)?.is_told();
        number = number.saturating_add(is_told.into());
    }
    Ok(number)
}

/// Whether the kernel takes what others tell; with a table, whether there are destinations yet: what
/// is told before is held all the same, but a template that belongs to none is of no use.
pub fn is_listening(has_table: bool) -> Result<bool, Error> {
    let mut kernel = Ipvs::connect()?;
    let listens = kernel.daemons()?.iter().any(|daemon| daemon.state == DaemonState::Backup);
    if !listens || !has_table {
        return Ok(listens);
    }
    Ok(kernel.dump()?.entries.iter().any(|entry| !entry.destinations.is_empty()))
}

/// The longest message that passes this interface in one piece; that of the kernel's master daemon
/// is no longer than Ethernet's.
pub fn longest_on(interface: &str) -> usize {
    let said = fs::read_to_string(format!("/sys/class/net/{interface}/mtu")).ok();
    let mtu = said.and_then(|text| text.trim().parse().ok()).unwrap_or(ETHERNET);
    mtu.min(ETHERNET).saturating_sub(HEADERS)
}

fn open() -> io::Result<Connections<BufReader<File>>> {
    File::open(CONNECTIONS).map(|file| Connections::new(BufReader::new(file)))
}

fn failed(why: io::Error) -> Error {
    Error::Netlink(format!("{CONNECTIONS}: {why}"))
}

const CONNECTIONS: &str = "/proc/thread-self/net/ip_vs_conn";
const APPLICATIONS: &str = "/proc/thread-self/net/ip_vs_app";
/// Seconds; the kernel keeps what is closed for ten of them.
const SOON: u32 = 10;
const ETHERNET: usize = 1500;
/// Of IPv4 and UDP.
const HEADERS: usize = 28;
