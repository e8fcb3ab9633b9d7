//! This machine's own addresses, and whether the cables that they hang on carry.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::model::Node;

use super::route::{News, Route};

/// Whether a director's own cables carry. An address that is on no interface counts as one that
/// does, as piranha has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links {
    /// The interface of the public address.
    pub public: bool,
    /// The interface of the private address; true if there is no such address.
    pub private: bool,
}

/// The addresses that this machine has, on all interfaces.
pub fn own() -> io::Result<BTreeSet<IpAddr>> {
    let addresses = Route::open()?.addresses()?;
    Ok(addresses.into_iter().map(|there| there.address).collect())
}

/// Tells how the cables of the node are, at once and whenever that changes or another node is named,
/// until either channel is dropped. No node: nothing to tell. An interface carries when it is up and
/// so is what is below it, which is true of bonds and VLANs as well.
///
/// # Errors
///
/// Where the kernel cannot be asked any more: how the cables are is unknown then.
pub async fn watch(
    mut node: watch::Receiver<Option<Node>>,
    links: mpsc::UnboundedSender<Links>,
) -> io::Result<()> {
    let mut news = News::open()?;
    let mut route = Route::open()?;
    let mut last = None;
    loop {
        let watched = *node.borrow_and_update();
        if let Some(watched) = watched {
            let seen = Some((watched, look(&mut route, watched)?));
            if let Some((_, now)) = seen.filter(|_| seen != last)
                && links.send(now).is_err()
            {
                return Ok(());
            }
            last = seen;
        } else {
            // who asks again does not know what was told before
            last = None;
        }
        tokio::select! {
            changed = node.changed() => if changed.is_err() {
                return Ok(());
            },
            heard = news.wait() => {
                heard?;
                sleep(GATHER).await;
            }
            // what no news tell of
            () = sleep(LOOK) => {}
            () = links.closed() => return Ok(()),
        }
    }
}

fn look(route: &mut Route, node: Node) -> io::Result<Links> {
    let interfaces = route.interfaces()?;
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
    })
}

/// How long to wait for more news before the links are looked at.
const GATHER: Duration = Duration::from_millis(10);
/// How often they are looked at where nothing is heard.
const LOOK: Duration = Duration::from_secs(2);
