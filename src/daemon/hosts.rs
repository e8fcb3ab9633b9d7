//! What hosts are called: addresses to names, by the system's resolver.
//!
//! A look-up may take as long as the resolver does, so each has a thread of its own, a few at once.
//! What one found is kept for a while, and for longer where the resolver has no answer later on.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use dns_lookup::{LookupErrorKind, lookup_addr};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// The names that are known.
pub(super) struct Hosts {
    known: Mutex<HashMap<IpAddr, Known>>,
    /// Tells that something was learnt.
    learnt: watch::Sender<()>,
    places: Arc<Semaphore>,
    look_up: fn(IpAddr) -> Found,
}

/// What is known of an address.
#[derive(Default)]
struct Known {
    name: Option<String>,
    /// Whether a look-up has ever ended.
    answered: bool,
    /// When to look it up again; `None` while that is being done.
    stale: Option<Instant>,
}

/// What a look-up came to.
enum Found {
    Name(String),
    Nothing,
    NoAnswer,
}

impl Hosts {
    /// Knows nothing yet.
    pub(super) fn new() -> Arc<Self> {
        Hosts::by(system)
    }

    fn by(look_up: fn(IpAddr) -> Found) -> Arc<Self> {
        Arc::new(Hosts {
            known: Mutex::default(),
            learnt: watch::Sender::new(()),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            look_up,
        })
    }

    /// The name of an address, as it was last found.
    pub(super) fn name(&self, address: IpAddr) -> Option<String> {
        self.known().get(&address)?.name.clone()
    }

    /// Changes whenever something was learnt.
    pub(super) fn learnt(&self) -> watch::Receiver<()> {
        self.learnt.subscribe()
    }

    /// Begins to look up those that are not known, or not for certain any more.
    pub(super) fn look_up(self: &Arc<Self>, addresses: &BTreeSet<IpAddr>) {
        let mut known = self.known();
        let now = Instant::now();
        let mut open = Vec::new();
        for address in addresses {
            let entry = known.entry(*address);
            let entry = entry.or_insert_with(|| Known { stale: Some(now), ..Known::default() });
            if entry.stale.take_if(|stale| *stale <= now).is_some() {
                open.push(*address);
            }
        }
        drop(known);
        if !open.is_empty() {
            tokio::spawn(Arc::clone(self).ask(open));
        }
    }

    /// Waits until each of these has been looked up once.
    pub(super) async fn answered(&self, addresses: &BTreeSet<IpAddr>) {
        let mut learnt = self.learnt();
        let open = |known: &HashMap<IpAddr, Known>| {
            addresses.iter().any(|address| known.get(address).is_none_or(|known| !known.answered))
        };
        while open(&self.known()) && learnt.changed().await.is_ok() {}
    }

    async fn ask(self: Arc<Self>, addresses: Vec<IpAddr>) {
        for address in addresses {
            let Ok(place) = Arc::clone(&self.places).acquire_owned().await else { return };
            let hosts = Arc::clone(&self);
            tokio::task::spawn_blocking(move || {
                hosts.learn(address, (hosts.look_up)(address));
                drop(place);
            });
        }
    }

    /// A resolver without an answer takes back nothing that it said before: a real that is out by
    /// its name stays out.
    fn learn(&self, address: IpAddr, found: Found) {
        let mut known = self.known();
        let entry = known.entry(address).or_default();
        let keep = match found {
            Found::Name(name) => {
                entry.name = Some(name);
                KEEP
            }
            Found::Nothing => {
                entry.name = None;
                KEEP
            }
            Found::NoAnswer => AGAIN,
        };
        entry.answered = true;
        entry.stale = Some(Instant::now() + keep);
        drop(known);
        self.learnt.send_replace(());
    }

    fn known(&self) -> MutexGuard<'_, HashMap<IpAddr, Known>> {
        // nothing is half written, wherever another thread may have ended
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn system(address: IpAddr) -> Found {
    match lookup_addr(&address) {
        Ok(name) => Found::Name(name),
        Err(why) if matches!(why.kind(), LookupErrorKind::NoName | LookupErrorKind::NoData) => {
            Found::Nothing
        }
        Err(_) => Found::NoAnswer,
    }
}

/// Look-ups under way at most: a resolver that hangs holds no more threads.
const AT_ONCE: usize = 8;
/// How long an answer holds.
const KEEP: Duration = Duration::from_secs(60);
/// How soon a resolver that gave none is asked again.
const AGAIN: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_found_holds_until_the_resolver_says_otherwise() {
        let hosts = Hosts::by(|_| Found::NoAnswer);
        let address = "192.0.2.1".parse().unwrap();
        let addresses = BTreeSet::from([address]);
        hosts.learn(address, Found::Name("web1.example.com".to_owned()));
        let name = || hosts.name(address);
        assert_eq!(name().as_deref(), Some("web1.example.com"));
        let mut learnt = hosts.learnt();
        hosts.look_up(&addresses);
        assert!(hosts.known()[&address].stale.is_some(), "it is fresh");
        hosts.known().get_mut(&address).unwrap().stale = Some(Instant::now());
        hosts.look_up(&addresses);
        learnt.changed().await.unwrap();
        assert_eq!(name().as_deref(), Some("web1.example.com"));
        hosts.learn(address, Found::Nothing);
        assert_eq!(name(), None);
    }

    #[tokio::test]
    async fn all_are_looked_up_and_a_few_at_once() {
        let hosts = Hosts::by(|address| Found::Name(format!("host-{address}")));
        let addresses: BTreeSet<IpAddr> = (1..=200).map(|n| [192, 0, 2, n].into()).collect();
        hosts.look_up(&addresses);
        hosts.answered(&addresses).await;
        for address in addresses {
            assert_eq!(hosts.name(address), Some(format!("host-{address}")));
        }
    }

    #[tokio::test]
    async fn this_machine_knows_itself() {
        let hosts = Hosts::new();
        let addresses = BTreeSet::from(["127.0.0.1".parse().unwrap()]);
        hosts.look_up(&addresses);
        hosts.answered(&addresses).await;
        let name = hosts.name("127.0.0.1".parse().unwrap()).unwrap();
        assert!(name.parse::<IpAddr>().is_err(), "{name}");
    }
}
