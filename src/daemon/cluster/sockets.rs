//! What a machine speaks by: the cables of a pair, or IP protocol 112 on one interface.
//!
//! A socket that cannot be had is an error at the start; later it is tried again, for an address may
//! come, and an interface come back.

mod cable;
mod station;

use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::task::{Context, Poll};

use crate::failover::action::To;
use crate::failover::machine::Packet;
use crate::failover::path::Path;
use crate::model::Name;

pub(super) use cable::Cable;
use cable::Socket;
use station::Radio;

/// What is spoken by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Transport {
    /// Nobody is told or heard.
    #[default]
    Nothing,
    /// UDP over these cables.
    Cables(Vec<Cable>),
    /// IP protocol 112.
    Station(Station),
}

/// Where IP protocol 112 is spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Station {
    /// On which interface.
    pub(super) interface: Name,
    /// As whom.
    pub(super) source: IpAddr,
    /// What is sent to all of this group is heard.
    pub(super) group: Option<IpAddr>,
    /// Whole frames are sent as well.
    pub(super) frames: bool,
}

/// What has been received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Datagram {
    /// Who sent it.
    pub(super) from: IpAddr,
    /// Whom it was sent to.
    pub(super) to: IpAddr,
    /// Its time to live; 0 of UDP.
    pub(super) hops: u8,
    /// The cable.
    pub(super) path: Path,
    /// What it says.
    pub(super) bytes: Vec<u8>,
}

impl Datagram {
    /// As a machine is told of it.
    pub(super) fn packet(&self) -> Packet<'_> {
        let Datagram { from, to, hops, path, bytes } = self;
        Packet { from: *from, to: *to, hops: *hops, path: *path, bytes }
    }
}

/// The sockets of a transport.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    cables: Vec<Socket>,
    station: Option<Radio>,
}

impl Sockets {
    /// Opens all; fails where one cannot be had now, and waiting would not help. To be called within
    /// the runtime that listens.
    pub(super) fn open(transport: &Transport) -> io::Result<Self> {
        match transport {
            Transport::Nothing => Ok(Sockets::default()),
            Transport::Cables(cables) => {
                let cables = cables.iter().map(|&cable| Socket::open(cable));
                Ok(Sockets { cables: cables.collect::<io::Result<_>>()?, station: None })
            }
            Transport::Station(station) => {
                let radio = Radio::open(station.clone())?;
                Ok(Sockets { cables: Vec::new(), station: Some(radio) })
            }
        }
    }

    /// Has the sockets of this transport and no others; those that there are stay as they are.
    pub(super) fn follow(&mut self, transport: &Transport) {
        let none = Vec::new();
        let (cables, station) = match transport {
            Transport::Nothing => (&none, None),
            Transport::Cables(cables) => (cables, None),
            Transport::Station(station) => (&none, Some(station)),
        };
        let mut old = std::mem::take(&mut self.cables);
        for &cable in cables {
            let kept = old.iter().position(|socket| socket.cable == cable).map(|at| old.remove(at));
            self.cables.push(kept.unwrap_or_else(|| Socket::missing(cable)));
        }
        // a socket that is not wanted any more may be in the way of one that is
        drop(old);
        self.cables.iter_mut().for_each(Socket::begin);
        if self.station.as_ref().map(Radio::station) != station {
            self.station = None;
            self.station = station.cloned().map(Radio::begin);
        }
    }

    /// The interface is another one, or was away: what was bound to it hears nothing any more.
    pub(super) fn renew(&mut self) {
        if let Some(station) = &mut self.station {
            station.renew();
        }
    }

    /// Whether one of them could not be had.
    pub(super) fn is_incomplete(&self) -> bool {
        let station = self.station.as_ref().is_some_and(Radio::is_missing);
        station || self.cables.iter().any(Socket::is_missing)
    }

    /// Tries again to have those that could not be had.
    pub(super) fn complete(&mut self) {
        self.cables.iter_mut().for_each(Socket::complete);
        if let Some(station) = &mut self.station {
            station.complete();
        }
    }

    /// Sends, if there is what it is to be sent by.
    pub(super) fn send(&mut self, to: To, bytes: &[u8]) {
        match (to, &mut self.station) {
            (To::Path(path), _) => {
                let over = self.cables.iter_mut().filter(|socket| socket.cable.path == path);
                over.for_each(|socket| socket.send(bytes));
            }
            (To::Host(host), Some(station)) => station.send(host, bytes),
            (To::Wire, Some(station)) => station.send_frame(bytes),
            (To::Host(_) | To::Wire, None) => {}
        }
    }

    /// The next datagram; waits for ever where there is no socket. Nothing is lost when it is left.
    pub(super) async fn receive(&self) -> Datagram {
        let mut buffer = [0; LONGEST];
        poll_fn(|cx| self.poll(cx, &mut buffer)).await
    }

    /// The next datagram that lies ready.
    pub(super) fn ready(&self) -> Option<Datagram> {
        let mut buffer = [0; LONGEST];
        let cable = self.cables.iter().find_map(|socket| socket.ready(&mut buffer));
        cable.or_else(|| self.station.as_ref()?.ready(&mut buffer))
    }

    fn poll(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Datagram> {
        for socket in &self.cables {
            if let Poll::Ready(datagram) = socket.poll(cx, buffer) {
                return Poll::Ready(datagram);
            }
        }
        match &self.station {
            Some(station) => station.poll(cx, buffer),
            None => Poll::Pending,
        }
    }
}

/// Bytes of a datagram that are read: an advert of 255 addresses is no longer, with its headers.
const LONGEST: usize = 4608;
/// Errors that are passed over before all else has its turn.
const AT_ONCE: u32 = 16;

#[cfg(test)]
mod tests;
