//! The kernel's connections as messages that another director's kernel takes: every one, where the
//! kernel's own sync daemon speaks only of those that see packets.
//!
//! Connections whose packets an application of the kernel rewrites (FTP, masqueraded) are left to
//! that daemon: by how much their sequence numbers are shifted stands nowhere else.

use std::fs::{self, File};
use std::io::{self, BufReader};

use ipvs::sync::Messages;
use ipvs::{Connections, DaemonState, Ipvs};

use super::{Error, Kernel, Netlink};

mod ways;

use ways::Ways;

/// All connections, ready to be told.
pub struct Telling {
    /// Messages, as many as it takes.
    pub messages: Vec<Vec<u8>>,
    /// How many connections they tell of.
    pub number: u32,
    /// How many they do not, because it is not known how: their line is odd, nobody has their
    /// destination any more, or an application rewrites them.
    pub left_out: u64,
}

impl Telling {
    /// What the kernel holds now; with this sync id, in messages of so many bytes at most. In one
    /// go, for what ends while it is read makes the kernel pass others over. Fails where the kernel
    /// cannot be read.
    pub fn read(sync_id: u8, longest: usize) -> Result<Self, Error> {
        let table = Netlink::connect()?.read()?;
        let rewritten = fs::read_to_string(APPLICATIONS).unwrap_or_default();
        let ways = Ways::new(table, &rewritten);
        let failed = |why: io::Error| Error::Netlink(format!("{CONNECTIONS}: {why}"));
        let mut filled = Messages::new(sync_id, longest);
        let mut telling = Telling { messages: Vec::new(), number: 0, left_out: 0 };
        let mut all = open().map_err(failed)?;
        for connection in all.by_ref() {
            let connection = connection.map_err(failed)?;
            match ways.find(&connection).filter(|_| connection.is_told()) {
                Some(way) => {
                    telling.messages.extend(filled.add(&connection, &way));
                    telling.number = telling.number.saturating_add(1);
                }
                None => telling.left_out += u64::from(connection.is_told()),
            }
        }
        telling.messages.extend(filled.finish());
        telling.left_out += all.odd();
        Ok(telling)
    }
}

/// How many connections this kernel has of the kind that are told.
pub fn count() -> io::Result<u32> {
    let mut number = 0_u32;
    for connection in open()? {
        number = number.saturating_add(connection?.is_told().into());
    }
    Ok(number)
}

/// Whether the kernel takes what others tell.
pub fn is_listening() -> Result<bool, Error> {
    let daemons = Ipvs::connect()?.daemons()?;
    Ok(daemons.iter().any(|daemon| daemon.state == DaemonState::Backup))
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

const CONNECTIONS: &str = "/proc/thread-self/net/ip_vs_conn";
const APPLICATIONS: &str = "/proc/thread-self/net/ip_vs_app";
const ETHERNET: usize = 1500;
/// Of IPv4 and UDP.
const HEADERS: usize = 28;
