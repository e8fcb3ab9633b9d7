//! UDP over one cable, bound to this director's own address there.

use std::io;
use std::net::{SocketAddr, SocketAddrV4, UdpSocket as Sender};
use std::task::{Context, Poll};

use tokio::io::ReadBuf;
use tokio::net::UdpSocket as Listener;
use tracing::{debug, info, warn};

use crate::failover::path::Path;

use super::{AT_ONCE, Datagram};

/// A cable: where heartbeats come from, and where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::daemon::cluster) struct Cable {
    /// Which of both.
    pub(in crate::daemon::cluster) path: Path,
    /// Our address and port on it.
    pub(in crate::daemon::cluster) from: SocketAddrV4,
    /// The peer's.
    pub(in crate::daemon::cluster) to: SocketAddrV4,
}

/// Its socket.
#[derive(Debug)]
pub(super) struct Socket {
    pub(super) cable: Cable,
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

impl Socket {
    /// Binds it.
    pub(super) fn open(cable: Cable) -> io::Result<Self> {
        let of = |why: io::Error| io::Error::new(why.kind(), format!("{}: {why}", cable.from));
        let ends = Some(Ends::open(cable).map_err(of)?);
        Ok(Socket { ends, ..Socket::missing(cable) })
    }

    /// One that is to be bound yet.
    pub(super) fn missing(cable: Cable) -> Self {
        Socket { cable, ends: None, is_stuck: false }
    }

    pub(super) fn is_missing(&self) -> bool {
        self.ends.is_none()
    }

    /// Binds it if it is not, and says so where that fails.
    pub(super) fn begin(&mut self) {
        if let Err(why) = self.bind() {
            let from = self.cable.from;
            warn!("cannot create heartbeat socket on {from}, to be tried again: {why}");
        }
    }

    /// Binds it if it is not, and says so where that does not fail.
    pub(super) fn complete(&mut self) {
        let (was_missing, from) = (self.is_missing(), self.cable.from);
        match self.bind() {
            Ok(()) if was_missing => info!("heartbeats are sent from {from} again"),
            Ok(()) => {}
            Err(why) => debug!("cannot create heartbeat socket on {from}: {why}"),
        }
    }

    fn bind(&mut self) -> io::Result<()> {
        if self.ends.is_none() {
            self.ends = Some(Ends::open(self.cable)?);
        }
        Ok(())
    }

    /// A heartbeat that cannot be sent is none; that is told once, and when one can be.
    pub(super) fn send(&mut self, datagram: &[u8]) {
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

    /// The next datagram that lies ready.
    pub(super) fn ready(&self, buffer: &mut [u8]) -> Option<Datagram> {
        let Ends { sender, .. } = self.ends.as_ref()?;
        for _ in 0..AT_ONCE {
            match sender.recv_from(buffer) {
                Ok((length, from)) => return Some(self.datagram(from, buffer, length)),
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => return None,
                Err(why) => complain(&why),
            }
        }
        None
    }

    /// The next datagram.
    pub(super) fn poll(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Datagram> {
        let Some(Ends { listener, .. }) = &self.ends else { return Poll::Pending };
        for _ in 0..AT_ONCE {
            let mut read = ReadBuf::new(buffer);
            match listener.poll_recv_from(cx, &mut read) {
                Poll::Ready(Ok(from)) => {
                    let length = read.filled().len();
                    return Poll::Ready(self.datagram(from, buffer, length));
                }
                Poll::Ready(Err(why)) => complain(&why),
                Poll::Pending => return Poll::Pending,
            }
        }
        // there may be more, and somebody else is to have a turn
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn datagram(&self, from: SocketAddr, buffer: &[u8], length: usize) -> Datagram {
        let bytes = buffer.get(..length).unwrap_or_default().to_owned();
        let Cable { path, from: own, .. } = self.cable;
        Datagram { from: from.ip(), to: (*own.ip()).into(), hops: 0, path, bytes }
    }
}

fn complain(why: &io::Error) {
    // what an earlier heartbeat met: nobody listens there yet
    if why.kind() != io::ErrorKind::ConnectionRefused {
        warn!("recvfrom() failed: {why}");
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
