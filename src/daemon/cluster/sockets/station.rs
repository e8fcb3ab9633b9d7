//! IP protocol 112 on one interface, and whole frames out of it.

use std::io;
use std::net::IpAddr;
use std::task::{Context, Poll};

use tracing::{debug, info, warn};

use crate::failover::path::Path;
use crate::kernel::packet::Packets;
use crate::kernel::raw::{Raw, Received};

use super::{AT_ONCE, Datagram, Station};

/// What a station speaks by.
#[derive(Debug)]
pub(super) struct Radio {
    station: Station,
    /// `None` where the system gives none.
    ends: Option<Ends>,
    /// The last that was to be sent could not be, so that they may be of an interface that is gone; they
    /// are used all the same until there are others.
    is_worn: bool,
    /// That something does not work has been said.
    is_stuck: bool,
}

#[derive(Debug)]
struct Ends {
    raw: Raw,
    frames: Option<Packets>,
}

impl Radio {
    /// Opens the sockets; fails where the system will never give them.
    pub(super) fn open(station: Station) -> io::Result<Self> {
        let mut radio = Radio::missing(station);
        match radio.try_open() {
            Err(why) if why.kind() == io::ErrorKind::PermissionDenied => Err(why),
            Err(why) => {
                radio.complain(&why);
                Ok(radio)
            }
            Ok(()) => Ok(radio),
        }
    }

    /// Opens the sockets, and says so where that fails.
    pub(super) fn begin(station: Station) -> Self {
        let mut radio = Radio::missing(station);
        radio.complete();
        radio
    }

    fn missing(station: Station) -> Self {
        Radio { station, ends: None, is_worn: false, is_stuck: false }
    }

    pub(super) fn station(&self) -> &Station {
        &self.station
    }

    pub(super) fn is_missing(&self) -> bool {
        self.ends.is_none() || self.is_worn
    }

    /// Opens them anew.
    pub(super) fn renew(&mut self) {
        self.ends = None;
        self.complete();
    }

    /// Opens them if they are not there.
    pub(super) fn complete(&mut self) {
        if self.is_missing()
            && let Err(why) = self.try_open()
        {
            self.complain(&why);
        }
    }

    /// Sends to a host or a group.
    pub(super) fn send(&mut self, to: IpAddr, bytes: &[u8]) {
        let Some(ends) = &self.ends else { return };
        let sent = ends.raw.send(to, bytes);
        self.sent(sent);
    }

    /// Sends a frame.
    pub(super) fn send_frame(&mut self, frame: &[u8]) {
        let Some(frames) = self.ends.as_ref().and_then(|ends| ends.frames.as_ref()) else { return };
        let sent = frames.try_send(frame);
        self.sent(sent);
    }

    /// The next packet that lies ready.
    pub(super) fn ready(&self, buffer: &mut [u8]) -> Option<Datagram> {
        let Ends { raw, .. } = self.ends.as_ref()?;
        for _ in 0..AT_ONCE {
            match raw.receive(buffer) {
                Ok(received) => match self.datagram(received, buffer) {
                    None => {}
                    some => return some,
                },
                Err(why) if why.kind() == io::ErrorKind::WouldBlock => return None,
                Err(why) => debug!("recvmsg() failed: {why}"),
            }
        }
        None
    }

    /// The next packet.
    pub(super) fn poll(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Datagram> {
        let Some(Ends { raw, .. }) = &self.ends else { return Poll::Pending };
        for _ in 0..AT_ONCE {
            match raw.poll(cx, buffer) {
                Poll::Ready(Ok(received)) => {
                    if let Some(datagram) = self.datagram(received, buffer) {
                        return Poll::Ready(datagram);
                    }
                }
                // of an interface that is away, which the next advert meets as well
                Poll::Ready(Err(why)) => debug!("recvmsg() failed: {why}"),
                Poll::Pending => return Poll::Pending,
            }
        }
        // there may be more, and somebody else is to have a turn
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// What is for this station.
    fn datagram(&self, received: Received, buffer: &[u8]) -> Option<Datagram> {
        let Received { from, to, hops, start, end } = received;
        let is_ours = to == self.station.source || Some(to) == self.station.group;
        let bytes = buffer.get(start..end).filter(|_| is_ours)?.to_owned();
        Some(Datagram { from, to, hops, path: Path::Public, bytes })
    }

    fn try_open(&mut self) -> io::Result<()> {
        let Station { interface, source, group, frames } = &self.station;
        let raw = Raw::open(interface.as_str(), *source, *group)?;
        let frames = frames.then(|| Packets::open(interface.as_str())).transpose()?;
        (self.ends, self.is_worn) = (Some(Ends { raw, frames }), false);
        Ok(())
    }

    /// What could not be sent is told once, and when something can be.
    fn sent(&mut self, sent: io::Result<()>) {
        let Station { interface, source, .. } = &self.station;
        match sent {
            Ok(()) => {
                if std::mem::take(&mut self.is_stuck) {
                    info!("adverts are sent again on {interface} as {source}");
                }
                self.is_worn = false;
            }
            Err(why) => {
                self.is_worn = true;
                self.complain(&why);
            }
        }
    }

    fn complain(&mut self, why: &io::Error) {
        let Station { interface, source, .. } = &self.station;
        let text = format!("adverts cannot be sent on {interface} as {source}: {why}");
        match std::mem::replace(&mut self.is_stuck, true) {
            true => debug!("{text}"),
            false => warn!("{text}; it is tried again"),
        }
    }
}
