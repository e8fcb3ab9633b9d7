//! The heartbeats' sockets: one for each cable, bound to this director's own address there.
//!
//! What arrives from anybody but the peer is nobody's word. A socket that cannot be had is an error at
//! the start; later it is tried again, for an address may come.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddrV4, UdpSocket as Sender};
use std::task::{Context, Poll};

use tokio::io::ReadBuf;
use tokio::net::UdpSocket as Listener;
use tracing::{debug, info, warn};

/// A cable: where heartbeats come from, and where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// Our address and port on it.
    pub(super) from: SocketAddrV4,
    /// The peer's.
    pub(super) to: SocketAddrV4,
}

/// The sockets of all cables.
#[derive(Debug, Default)]
pub(super) struct Sockets(Vec<Socket>);

#[derive(Debug)]
struct Socket {
    path: Path,
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
    pub(super) fn open(paths: &[Path]) -> io::Result<Self> {
        let open = |&path: &Path| {
            let ends = Some(Ends::open(path)?);
            Ok(Socket { path, ends, is_stuck: false })
        };
        paths.iter().map(open).collect::<io::Result<_>>().map(Sockets)
    }

    /// Has the sockets of these cables and no others; those that there are stay as they are.
    pub(super) fn follow(&mut self, paths: &[Path]) {
        self.0.retain(|socket| paths.contains(&socket.path));
        let mut old = std::mem::take(&mut self.0);
        for &path in paths {
            let kept = old.iter().position(|socket| socket.path == path).map(|at| old.remove(at));
            self.0.push(kept.unwrap_or_else(|| Socket::missing(path)));
        }
        for socket in self.0.iter_mut().filter(|socket| socket.ends.is_none()) {
            if let Err(why) = socket.open() {
                warn!("cannot create heartbeat socket on {}, to be tried again: {why}", socket.path.from);
            }
        }
    }

    /// Whether one of them could not be had.
    pub(super) fn is_incomplete(&self) -> bool {
        self.0.iter().any(|socket| socket.ends.is_none())
    }

    /// Tries again to have those that could not be had.
    pub(super) fn complete(&mut self) {
        for socket in self.0.iter_mut().filter(|socket| socket.ends.is_none()) {
            match socket.open() {
                Ok(()) => info!("heartbeats are sent from {} again", socket.path.from),
                Err(why) => debug!("cannot create heartbeat socket on {}: {why}", socket.path.from),
            }
        }
    }

    /// Sends a heartbeat over every cable.
    pub(super) fn send(&mut self, heartbeat: &[u8]) {
        self.0.iter_mut().for_each(|socket| socket.send(heartbeat));
    }

    /// The next datagram of the peer, as much of it as `buffer` takes; waits for ever where there is
    /// no socket. Nothing is lost when it is left.
    pub(super) async fn receive<'b>(&self, buffer: &'b mut [u8]) -> &'b [u8] {
        let length = poll_fn(|cx| self.poll(cx, buffer)).await;
        buffer.get(..length).unwrap_or_default()
    }

    fn poll(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<usize> {
        for listener in self.0.iter().filter_map(|socket| Some(&socket.ends.as_ref()?.listener)) {
            let mut datagram = ReadBuf::new(buffer);
            while let Poll::Ready(heard) = listener.poll_recv_from(cx, &mut datagram) {
                match heard {
                    Ok(from) if self.is_peer(from.ip()) => {
                        return Poll::Ready(datagram.filled().len());
                    }
                    Ok(from) => debug!("Unexpected heartbeat from {}", from.ip()),
                    // what an earlier heartbeat met: nobody listens there yet
                    Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => {}
                    Err(why) => warn!("recvfrom() failed: {why}"),
                }
                datagram.clear();
            }
        }
        Poll::Pending
    }

    fn is_peer(&self, address: IpAddr) -> bool {
        self.0.iter().any(|socket| IpAddr::V4(*socket.path.to.ip()) == address)
    }
}

impl Socket {
    fn missing(path: Path) -> Self {
        Socket { path, ends: None, is_stuck: false }
    }

    fn open(&mut self) -> io::Result<()> {
        self.ends = Some(Ends::open(self.path)?);
        Ok(())
    }

    /// A heartbeat that cannot be sent is none; that is told once, and when one can be.
    fn send(&mut self, heartbeat: &[u8]) {
        let Some(ends) = &self.ends else { return };
        let sent = ends.sender.send_to(heartbeat, self.path.to);
        // the one before it may have met a peer that is not there; this one has not been sent, then
        let sent = match sent {
            Err(why) if why.kind() == io::ErrorKind::ConnectionRefused => {
                ends.sender.send_to(heartbeat, self.path.to)
            }
            sent => sent,
        };
        match (&sent, self.is_stuck) {
            (Err(why), false) => warn!("sendto() failed: {}: {why}", self.path.to),
            (Ok(_), true) => info!("heartbeats to {} are sent again", self.path.to),
            _ => {}
        }
        self.is_stuck = sent.is_err();
    }
}

impl Ends {
    fn open(path: Path) -> io::Result<Self> {
        let sender = Sender::bind(path.from)?;
        sender.set_nonblocking(true)?;
        let listener = Listener::from_std(sender.try_clone()?)?;
        Ok(Ends { sender, listener })
    }
}

#[cfg(test)]
mod tests;
