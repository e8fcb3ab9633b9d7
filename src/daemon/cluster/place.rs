//! A director's places on its machine: no other one may hold its part in a cluster, nor its addresses.
//!
//! Each would take the other's adverts for its own, and its addresses for leftovers. What holds a place
//! is an abstract socket: there is one of a name in a network namespace, whatever files and folders
//! directors are started with, and it goes with the process.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::geteuid;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Mutex;
use tokio::task::AbortHandle;
use tokio::time::sleep;
use tracing::warn;

use crate::model::{Cluster, FailoverProtocol};

/// The places that a director holds.
#[derive(Debug, Default)]
pub(in crate::daemon) struct Places {
    held: Mutex<BTreeMap<String, Hold>>,
}

/// Nobody else has it until this is dropped.
#[derive(Debug)]
struct Hold(AbortHandle);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Places {
    /// Takes those of a cluster, beside what is held already. Fails, in words, where another director
    /// of this machine has one: then none is taken. One that ends is waited for, for a second.
    pub(in crate::daemon) async fn take(&self, cluster: &Cluster) -> Result<(), String> {
        let mut held = self.held.lock().await;
        let mut taken = BTreeMap::new();
        for place in places(cluster).into_iter().filter(|place| !held.contains_key(place)) {
            if let Some(hold) = take(&place).await? {
                taken.insert(place, hold);
            }
        }
        held.extend(taken);
        Ok(())
    }

    /// Gives all back but those of this cluster.
    pub(in crate::daemon) async fn keep(&self, cluster: &Cluster) {
        let wanted = places(cluster);
        self.held.lock().await.retain(|place, _| wanted.contains(place));
    }
}

/// What they are called, for people as well.
fn places(cluster: &Cluster) -> BTreeSet<String> {
    let family = |is_v6| if is_v6 { ", IPv6" } else { "" };
    let own = match &cluster.protocol {
        FailoverProtocol::Pulse(_) | FailoverProtocol::Vqalive(_) | FailoverProtocol::External => {
            // the heartbeats' port can be bound only once; these speak of nothing but their addresses
            None
        }
        FailoverProtocol::Carp(carp) => Some(format!("carp {} id {}", carp.interface, carp.vhid)),
        FailoverProtocol::Vrrp(vrrp) => {
            let family = family(vrrp.over_v6);
            Some(format!("vrrp {} id {}{family}", vrrp.interface, vrrp.vrid))
        }
    };
    let addresses = cluster.addresses.iter().take(MOST);
    let addresses = addresses.map(|held| format!("{} on {}", held.address, held.interface));
    own.into_iter().chain(addresses).collect()
}

/// Takes one; `None`, and a warning, where that can be done by nobody.
async fn take(place: &str) -> Result<Option<Hold>, String> {
    let name = PathBuf::from(format!("\0lvs-director {place}"));
    let mut tries = 0;
    loop {
        let why = match UnixListener::bind(&name) {
            Ok(listener) => return Ok(Some(Hold(tokio::spawn(hold(listener)).abort_handle()))),
            Err(why) => why,
        };
        let in_use = why.kind() == io::ErrorKind::AddrInUse;
        tries += 1;
        if in_use && tries < TRIES {
            sleep(BREATH).await;
            continue;
        }
        let why = match in_use {
            true => match holder(&name).await {
                Ok((user, pid)) if user == 0 || user == geteuid().as_raw() => {
                    let pid = pid.map_or(String::new(), |pid| format!(", pid {pid}"));
                    return Err(format!(
                        "a director runs already on this machine for {place}{pid}: two would take \
                         the addresses from each other; stop that one, or give this one an id and \
                         addresses of its own"
                    ));
                }
                Ok((user, _)) => format!("user {user} has it, who may not run a director"),
                Err(why) => why.to_string(),
            },
            false => why.to_string(),
        };
        warn!("there is no guard against a second director for {place}: {why}");
        return Ok(None);
    }
}

/// The user and the process that have a place.
async fn holder(name: &PathBuf) -> io::Result<(u32, Option<i32>)> {
    let who = UnixStream::connect(name).await?.peer_cred()?;
    Ok((who.uid(), who.pid().filter(|pid| *pid > 0)))
}

/// Who asks sees whose it is; there is nothing else to be told.
async fn hold(listener: UnixListener) {
    loop {
        if listener.accept().await.is_err() {
            sleep(BREATH).await;
        }
    }
}

/// Of so many addresses at most: each place is an open file.
const MOST: usize = 256;
/// How often it is tried to take one.
const TRIES: u32 = 10;
/// From one try to the next.
const BREATH: Duration = Duration::from_millis(100);

#[cfg(test)]
mod tests;
