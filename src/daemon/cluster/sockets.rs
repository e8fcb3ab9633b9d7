//! The heartbeats' sockets: one for each cable, bound to this director's own address there.
//!
//! What arrives from anybody but the peer is nobody's word. A socket that cannot be had is an error at
//! the start; later it is tried again, for an address may come.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, UdpSocket as Sender};
use std::task::{Context, Poll};

use tokio::io::ReadBuf;
use tokio::net::UdpSocket as Listener;
use tracing::{debug, info, warn};

use crate::failover::wire::Path;

/// A cable: where heartbeats come from, and where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cable {
    /// Which of both.
    pub(super) path: Path,
    /// Our address and port on it.
    pub(super) from: SocketAddrV4,
    /// The peer's.
    pub(super) to: SocketAddrV4,
}

/// The sockets of all cables.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    all: Vec<Socket>,
    /// Who was heard last that is not the peer.
    stranger: Cell<Option<IpAddr>>,
}

#[derive(Debug)]
struct Socket {
    cable: Cable,
    /// `None` where the system gives none.
    ends: Option<Ends>,
    /// The last heartbeat could not be sent.
    is_stuck: bool,
}

/// One socket twice: a heartbeat is sent or not, and nobody waits for that.
#[derive(Debug)]
struct Ends {
    sender: Sender,
    listener: Listener,
}

impl Sockets {
    /// Binds a socket for each cable; fails where one cannot be had. To be called within the runtime
    /// that listens.
    pub(super) fn open(cables: &[Cable]) -> io::Result<Self> {
        let open = |&cable: &Cable| {
            let of = |why: io::Error| io::Error::new(why.kind(), format!("{}: {why}", cable.from));
            let ends = Some(Ends::open(cable).map_err(of)?);
            Ok(Socket { cable, ends, is_stuck: false })
        };
        cables
            .iter()
            .map(open)
            .collect::<io::Result<_>>()
            .map(|all| Sockets { all, ..Sockets::default() })
    }

    /// Has the sockets of these cables and no others; those that there are stay as they are.
    pub(super) fn follow(&mut self, cables: &[Cable]) {
        self.all.retain(|socket| cables.contains(&socket.cable));
        let mut old = std::mem::take(&mut self.all);
        for &cable in cables {
            let kept = old.iter().position(|socket| socket.cable == cable).map(|at| old.remove(at));
            self.all.push(kept.unwrap_or_else(|| Socket::missing(cable)));
        }
        for socket in self.all.iter_mut().filter(|socket| socket.ends.is_none()) {
            if let Err(why) = socket.open() {
                warn!(
                    "cannot create heartbeat socket on {}, to be tried again: {why}",
                    socket.cable.from
                );
            }
        }
    }

    /// Whether one of them could not be had.
    pub(super) fn is_incomplete(&self) -> bool {
        self.all.iter().any(|socket| socket.ends.is_none())
    }

    /// Tries again to have those that could not be had.
    pub(super) fn complete(&mut self) {
        for socket in self.all.iter_mut().filter(|socket| socket.ends.is_none()) {
            match socket.open() {
                Ok(()) => info!("heartbeats are sent from {} again", socket.cable.from),
                Err(why) => {
                    debug!("cannot create heartbeat socket on {}: {why}", socket.cable.from)
                }
            }
        }
    }

    /// Sends over one of the cables, if it is there.
    pub(super) fn send(&mut self, path: Path, datagram: &[u8]) {
        let over = self.all.iter_mut().filter(|socket| socket.cable.path == path);
        over.for_each(|socket| socket.send(datagram));
    }

    /// The next datagram of the peer, and where it came; waits for ever where there is no socket.
    /// Nothing is lost when it is left.
    pub(super) async fn receive(&self) -> (Path, Vec<u8>) {
        let mut buffer = [0; LONGEST];
        let (path, length) = poll_fn(|cx| self.poll(cx, &mut buffer)).await;
        (path, buffer.get(..length).unwrap_or_default().to_owned())
    }

    /// The next datagram of the peer that lies ready.
    pub(super) fn ready(&self) -> Option<(Path, Vec<u8>)> {
        let mut buffer = [0; LONGEST];
        self.all.iter().find_map(|socket| {
            let Ends { sender, .. } = socket.ends.as_ref()?;
            for _ in 0..AT_ONCE {
                let (heard, length) = match sender.recv_from(&mut buffer) {
                    Ok((length, from)) => (Ok(from), length),
                    Err(why) if why.kind() == io::ErrorKind::WouldBlock => return None,
                    Err(why) => (Err(why), 0),
                };
                if self.counts(heard) {
                    let datagram = buffer.get(..length).unwrap_or_default();
                    return Some((socket.cable.path, datagram.to_owned()));
                }
            }
            None
        })
    }

    fn poll(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<(Path, usize)> {
        for socket in &self.all {
            let Some(Ends { listener, .. }) = &socket.ends else { continue };
            for _ in 0..AT_ONCE {
                let mut datagram = ReadBuf::new(buffer);
                let Poll::Ready(heard) = listener.poll_recv_from(cx, &mut datagram) else { break };
                if self.counts(heard) {
                    return Poll::Ready((socket.cable.path, datagram.filled().len()));
                }
                // there may be more, and somebody else is to have a turn
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    }

    /// Whether it is a datagram of the peer.
    fn counts(&self, heard: io::Result<SocketAddr>) -> bool {
        match heard {
            Ok(from) if self.is_peer(from.ip()) => return true,
            Ok(from) => self.stranger.set(Some(from.ip())),
            // what an earlier heartbeat met: nobody listens there yet
            Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => {}
            Err(why) => warn!("recvfrom() failed: {why}"),
        }
        false
    }

    /// Who was heard since this was asked last, and is not the peer.
    pub(super) fn stranger(&self) -> Option<IpAddr> {
        self.stranger.take()
    }

    fn is_peer(&self, address: IpAddr) -> bool {
        self.all.iter().any(|socket| IpAddr::V4(*socket.cable.to.ip()) == address)
    }
}

impl Socket {
    fn missing(cable: Cable) -> Self {
        Socket { cable, ends: None, is_stuck: false }
    }

    fn open(&mut self) -> io::Result<()> {
        self.ends = Some(Ends::open(self.cable)?);
        Ok(())
    }

    /// A heartbeat that cannot be sent is none; that is told once, and when one can be.
    fn send(&mut self, datagram: &[u8]) {
        let Some(ends) = &self.ends else { return };
        let sent = ends.sender.send_to(datagram, self.cable.to);
        // the one before it may have met a peer that is not there; this one has not been sent, then
        let sent = match sent {
            Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => {
                ends.sender.send_to(datagram, self.cable.to)
            }
            sent => sent,
        };
        match (&sent, self.is_stuck) {
            (Err(why), false) => warn!("sendto() failed: {}: {why}", self.cable.to),
            (Ok(_), true) => info!("heartbeats to {} are sent again", self.cable.to),
            _ => {}
        }
        self.is_stuck = sent.is_err();
    }
}

impl Ends {
    fn open(cable: Cable) -> io::Result<Self> {
        let sender = Sender::bind(cable.from)?;
        sender.set_nonblocking(true)?;
        let listener = Listener::from_std(sender.try_clone()?)?;
        Ok(Ends { sender, listener })
    }
}

/// Bytes of a datagram that are read; no heartbeat is longer.
const LONGEST: usize = 512;
/// Datagrams of strangers that are passed over before all else has its turn.
const AT_ONCE: u32 = 16;

#[cfg(test)]
mod tests;
