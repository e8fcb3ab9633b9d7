//! Listens to ARP, and asks with it.
//!
//! A task of the driver's runtime. It opens a socket on every interface that one of the addresses
//! belongs to, looks again and again whether these are the same, and goes on without what cannot be had.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use crate::failover::announcement::{Mac, arp_question};
use crate::failover::arp::{Arp, Says};
use crate::failover::machine::{Input, Owner, Sign};
use crate::kernel::addresses;
use crate::kernel::arp::ArpSocket;
use crate::kernel::links::{self, Port};
use crate::model::{Cluster, VirtualAddress};

use super::reach::{own, reach};

/// What is to be done.
pub(super) enum Errand {
    /// These addresses are of interest, of this cluster.
    Follow(Box<Cluster>, Vec<IpAddr>),
    /// Ask who has them, and tell when this time is over.
    Seek {
        /// As one who is about to take them.
        claims: bool,
        /// How long answers are waited for.
        within: Duration,
    },
    /// Tell of those that are here.
    Announce,
}

/// Whoever listens.
pub(super) struct Ears {
    errands: mpsc::UnboundedReceiver<Errand>,
    tell: mpsc::UnboundedSender<Input<'static>>,
    cluster: Option<Box<Cluster>>,
    addresses: Vec<IpAddr>,
    ports: Vec<Port>,
    /// What is listened to, by the number of the interface.
    sockets: BTreeMap<u32, ArpSocket>,
    seeking: Option<Seeking>,
    /// Where cards are, as they have said themselves.
    known: BTreeMap<Mac, Ipv4Addr>,
    /// When what was told last.
    told: BTreeMap<(IpAddr, Mac, bool), Instant>,
    /// What has been complained of.
    missing: BTreeSet<String>,
    look: Instant,
}

/// A question that is being asked.
struct Seeking {
    claims: bool,
    end: Instant,
    next: Instant,
    pause: Duration,
    /// Who has an address, by its place in the file.
    found: BTreeMap<usize, Owner>,
}

impl Ears {
    /// Starts one, which ends when nobody can send it anywhere any more.
    pub(super) fn start(
        tell: mpsc::UnboundedSender<Input<'static>>,
    ) -> mpsc::UnboundedSender<Errand> {
        let (send, errands) = mpsc::unbounded_channel();
        let ears = Ears {
            errands,
            tell,
            cluster: None,
            addresses: Vec::new(),
            ports: Vec::new(),
            sockets: BTreeMap::new(),
            seeking: None,
            known: BTreeMap::new(),
            told: BTreeMap::new(),
            missing: BTreeSet::new(),
            look: Instant::now(),
        };
        tokio::spawn(ears.listen());
        send
    }

    async fn listen(mut self) {
        loop {
            let due = self
                .seeking
                .as_ref()
                .map_or(self.look, |seeking| self.look.min(seeking.next).min(seeking.end));
            let mut buffer = [0; LONGEST];
            tokio::select! {
                biased;
                errand = self.errands.recv() => match errand {
                    Some(errand) => self.run(errand).await,
                    None => return,
                },
                () = sleep_until(due) => self.tick().await,
                (index, received) = heard(&self.sockets, &mut buffer) => match received {
                    Ok(length) => self.hear(index, buffer.get(..length).unwrap_or_default()),
                    // the interface is gone, or down: it is looked for again
                    Err(_) => drop(self.sockets.remove(&index)),
                },
            }
        }
    }

    async fn run(&mut self, errand: Errand) {
        match errand {
            Errand::Follow(cluster, addresses) => {
                (self.cluster, self.addresses) = (Some(cluster), addresses);
                self.look().await;
            }
            Errand::Seek { claims, within } => {
                self.look().await;
                let (now, pause) = (Instant::now(), within / QUESTIONS);
                let (next, end, found) = (now, now + within, BTreeMap::new());
                self.seeking = Some(Seeking { claims, end, next, pause, found });
                self.tick().await;
            }
            Errand::Announce => {
                self.look().await;
                self.announce().await;
            }
        }
    }

    async fn tick(&mut self) {
        let now = Instant::now();
        if self.look <= now {
            self.look().await;
        }
        if let Some(over) = self.seeking.take_if(|seeking| seeking.end <= now) {
            let owner = over.found.into_values().next();
            // nobody listens any more when the director has ended
            let _ = self.tell.send(Input::Owned(owner));
        } else if let Some(seeking) = self.seeking.as_mut().filter(|seeking| seeking.next <= now) {
            seeking.next = now + seeking.pause;
            let claims = seeking.claims;
            self.ask(claims);
        }
    }

    /// Looks by which interfaces the addresses are to be asked for.
    async fn look(&mut self) {
        self.look = Instant::now() + LOOK;
        match spawn_blocking(links::ports).await {
            Ok(Ok(ports)) => self.ports = ports,
            Ok(Err(why)) => self.complain(format!("the interfaces cannot be read: {why}")),
            Err(_) => {}
        }
        let mut wanted = BTreeMap::new();
        for address in self.v4() {
            match self.reach(address) {
                Some(port) => drop(wanted.insert(port.index, port.interface.to_string())),
                None => self.complain(format!(
                    "this machine is in no network of {address}: who else has it is not seen"
                )),
            }
        }
        self.sockets.retain(|index, _| wanted.contains_key(index));
        for (index, interface) in wanted {
            if self.sockets.contains_key(&index) {
                continue;
            }
            match ArpSocket::open(&interface) {
                Ok(socket) => drop(self.sockets.insert(index, socket)),
                Err(why) => self.complain(format!("ARP is not heard on {interface}: {why}")),
            }
        }
    }

    fn complain(&mut self, why: String) {
        if self.missing.len() < COMPLAINTS && self.missing.insert(why.clone()) {
            warn!("{why}");
        }
    }

    fn v4(&self) -> Vec<Ipv4Addr> {
        let v4 = |address: &IpAddr| match address {
            IpAddr::V4(v4) => Some(*v4),
            IpAddr::V6(_) => None,
        };
        self.addresses.iter().filter_map(v4).collect()
    }

    fn reach(&self, address: Ipv4Addr) -> Option<&Port> {
        let named = self.cluster.as_ref().and_then(|cluster| {
            let mut all = cluster.addresses.iter();
            all.find(|held| held.address == address).map(|held| &held.interface)
        });
        reach(&self.ports, address, named)
    }

    /// Asks for every address once. One who has it asks from an own address: a probe would be a claim.
    fn ask(&self, claims: bool) {
        for address in self.v4() {
            let Some(port) = self.reach(address) else { continue };
            let from = match claims {
                true => Some(Ipv4Addr::UNSPECIFIED),
                false => own(port, address, &self.addresses),
            };
            if let (Some(from), Some(socket)) = (from, self.sockets.get(&port.index)) {
                // a frame that is lost is asked again, an interface that is gone is looked for
                let _ = socket.send(&arp_question(address, port.mac, from));
            }
        }
    }

    fn hear(&mut self, index: u32, frame: &[u8]) {
        let own = self.ports.iter().find(|port| port.index == index).map(|port| port.mac);
        let (Some(arp), Some(own)) = (Arp::read(frame), own) else { return };
        if self.ports.iter().any(|port| port.mac == arp.mac) {
            return;
        }
        let is_virtual = self.addresses.contains(&arp.from.into());
        if !is_virtual && !arp.from.is_unspecified() && self.known.len() < CARDS {
            self.known.insert(arp.mac, arp.from);
        }
        for (place, address) in self.addresses.clone().into_iter().enumerate() {
            let IpAddr::V4(v4) = address else { continue };
            let real = self.known.get(&arp.mac).map(|real| IpAddr::V4(*real));
            let owner = Owner { address, mac: arp.mac, own, real };
            let says = arp.says(v4);
            if matches!(says, Says::Has | Says::Announces)
                && let Some(seeking) = &mut self.seeking
            {
                seeking.found.entry(place).or_insert(owner);
            }
            match says {
                Says::Announces => self.see(owner, Sign::Announces),
                Says::Claims => self.see(owner, Sign::Claims),
                Says::Has | Says::Nothing => {}
            }
        }
    }

    /// Tells what somebody says unasked: not more often than that could matter.
    fn see(&mut self, owner: Owner, sign: Sign) {
        let now = Instant::now();
        self.told.retain(|_, at| now.duration_since(*at) < AGAIN);
        let key = (owner.address, owner.mac, sign == Sign::Claims);
        if self.told.len() < CARDS && !self.told.contains_key(&key) {
            self.told.insert(key, now);
            let _ = self.tell.send(Input::Seen(owner, sign));
        }
    }

    async fn announce(&mut self) {
        let mut here = Vec::new();
        for port in &self.ports {
            let ours = port.addresses.iter().filter(|(own, _)| self.addresses.contains(own));
            here.extend(ours.map(|(address, prefix)| VirtualAddress {
                address: *address,
                prefix: Some(*prefix),
                interface: port.interface.clone(),
                label: None,
            }));
        }
        // that rests where there are many, and waits for a card that is stuck
        let told = spawn_blocking(move || addresses::announce(&here)).await;
        for (address, why) in told.unwrap_or_default() {
            self.complain(format!("{}: {why}", address.address));
        }
    }
}

/// The next frame that any of them receives, and by which interface.
async fn heard(
    sockets: &BTreeMap<u32, ArpSocket>,
    buffer: &mut [u8],
) -> (u32, std::io::Result<usize>) {
    poll_fn(|cx| {
        for (index, socket) in sockets {
            if let Poll::Ready(received) = socket.poll(cx, buffer) {
                return Poll::Ready((*index, received));
            }
        }
        Poll::Pending
    })
    .await
}

/// Questions in the time that answers are waited for.
const QUESTIONS: u32 = 3;
/// How often the interfaces are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// The same is told so often at most.
const AGAIN: Duration = Duration::from_millis(300);
/// Cards whose place is known, or that may say something at once.
const CARDS: usize = 256;
/// What is complained of, each once.
const COMPLAINTS: usize = 64;
/// Bytes of a frame that are looked at.
const LONGEST: usize = 64;
