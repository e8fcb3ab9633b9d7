//! This machine's own addresses, and whether the cables that they hang on carry.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::failover::announcement::Mac;
use crate::model::{Name, Node};

use super::address::Address;
use super::route::{Interface, News, Route};

/// Whose cables are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Those of the interfaces that have these addresses. An address that is on no interface counts as
    /// one that carries, as piranha has it.
    Node(Node),
    /// That of this interface. One that is not there does not carry.
    Interface(Name),
}

/// Whether a director's own cables carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links {
    /// The interface of the public address, or the only one.
    pub public: bool,
    /// The interface of the private address; true if there is no such address.
    pub private: bool,
    /// The number of the only interface: another one is another interface of the same name.
    pub index: Option<u32>,
}

/// An interface, and what it is called by others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its name.
    pub name: String,
    /// Its MAC; `None` where it is no Ethernet.
    pub mac: Option<Mac>,
    /// Its own addresses, in the kernel's order; none that a director has raised.
    pub addresses: Vec<IpAddr>,
}

/// An interface of Ethernet, and the networks that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// Its name.
    pub interface: Name,
    /// Its number: another one is another interface of the same name.
    pub index: u32,
    /// Its MAC.
    pub mac: Mac,
    /// All its addresses, each with the length of its prefix.
    pub addresses: Vec<(IpAddr, u8)>,
}

/// All interfaces of Ethernet that are up and carry.
pub fn ports() -> io::Result<Vec<Port>> {
    let mut route = Route::open()?;
    let (interfaces, addresses) = (route.interfaces()?, route.addresses()?);
    let port = |interface: Interface| {
        let is_its = |there: &&Address| there.interface == interface.index;
        let addresses = addresses.iter().filter(is_its).map(|there| (there.address, there.prefix));
        Some(Port {
            interface: interface.name.parse().ok()?,
            index: interface.index,
            mac: interface.mac?,
            addresses: addresses.collect(),
        })
    };
    Ok(interfaces.into_iter().filter(|interface| interface.carries).filter_map(port).collect())
}

/// The addresses that this machine has, on all interfaces.
pub fn own() -> io::Result<BTreeSet<IpAddr>> {
    let addresses = Route::open()?.addresses()?;
    Ok(addresses.into_iter().map(|there| there.address).collect())
}

/// All interfaces of this machine.
pub fn cards() -> io::Result<Vec<Card>> {
    let mut route = Route::open()?;
    let (interfaces, addresses) = (route.interfaces()?, route.addresses()?);
    let card = |interface: Interface| {
        let is_its = |there: &&Address| there.interface == interface.index && !there.is_marked;
        let addresses = addresses.iter().filter(is_its).map(|there| there.address).collect();
        Card { name: interface.name, mac: interface.mac, addresses }
    };
    Ok(interfaces.into_iter().map(card).collect())
}

/// Tells how the cables are, at once and whenever that changes or others are named, until either
/// channel is dropped. Nobody's cables: nothing to tell. An interface carries when it is up and
/// so is what is below it, which is true of bonds and VLANs as well.
///
/// # Errors
///
/// Where the kernel cannot be asked any more: how the cables are is unknown then.
pub async fn watch(
    mut whose: watch::Receiver<Option<Watched>>,
    links: mpsc::UnboundedSender<Links>,
) -> io::Result<()> {
    let mut news = News::of_links()?;
    let mut route = Route::open()?;
    let mut last = None;
    loop {
        let watched = whose.borrow_and_update().clone();
        if let Some(watched) = watched {
            let now = look(&mut route, &watched)?;
            let seen = Some((watched, now));
            if seen != last && links.send(now).is_err() {
                return Ok(());
            }
            last = seen;
        } else {
            // who asks again does not know what was told before
            last = None;
        }
        tokio::select! {
            changed = whose.changed() => if changed.is_err() {
                return Ok(());
            },
            heard = news.wait() => {
                heard?;
                sleep(GATHER).await;
            }
            // what no news tell of, and an address that is on another interface now
            () = sleep(LOOK) => {}
            () = links.closed() => return Ok(()),
        }
    }
}

fn look(route: &mut Route, watched: &Watched) -> io::Result<Links> {
    let interfaces = route.interfaces()?;
    let node = match watched {
        Watched::Node(node) => node,
        Watched::Interface(name) => {
            let it = interfaces.iter().find(|interface| interface.name == name.as_str());
            let public = it.is_some_and(|it| it.carries);
            return Ok(Links { public, private: true, index: it.map(|it| it.index) });
        }
    };
    let addresses = route.addresses()?;
    let carries = |address: IpAddr| {
        let numbers = addresses.iter().filter(|there| there.address == address);
        let numbers: BTreeSet<u32> = numbers.map(|there| there.interface).collect();
        let mut of_it = interfaces.iter().filter(|interface| numbers.contains(&interface.index));
        of_it.all(|interface| interface.carries)
    };
    Ok(Links {
        public: carries(node.public.into()),
        private: node.private.is_none_or(|private| carries(private.into())),
        index: None,
    })
}

/// How long to wait for more news before the links are looked at.
const GATHER: Duration = Duration::from_millis(10);
/// How often they are looked at where nothing is heard.
const LOOK: Duration = Duration::from_secs(2);
