//! A question and its answer over UDP. A question that gets lost is asked again within the deadline.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::asking::{Asking, Failure};
use crate::progress::Progress;

/// A socket that hears this server only: the kernel drops what others send, and tells when the
/// server's says that nobody listens.
pub(crate) struct Datagrams {
    socket: UdpSocket,
    progress: Progress,
}

impl Datagrams {
    pub(crate) async fn open(asking: &Asking) -> Result<Self, Failure> {
        let any: SocketAddr = match asking.address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        socket.connect(asking.address).await?;
        Ok(Datagrams { socket, progress: asking.progress.clone() })
    }

    /// The address and port that questions come from.
    pub(crate) fn local_addr(&self) -> Result<SocketAddr, Failure> {
        Ok(self.socket.local_addr()?)
    }

    /// Sends `question` until `read` makes something of an answer, or finds the answer bad; it gives
    /// `Ok(None)` for a datagram that answers something else, which is passed over.
    pub(crate) async fn ask<T>(
        &self,
        question: &[u8],
        mut read: impl FnMut(&[u8]) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let mut patience = FIRST_PATIENCE;
        self.progress.enter("asked, waiting for an answer");
        loop {
            self.socket.send(question).await?;
            self.progress.sent(question);
            if let Ok(answer) = timeout(patience, self.answer(&mut read)).await {
                return answer;
            }
            patience *= 2;
        }
    }

    async fn answer<T>(
        &self,
        read: &mut impl FnMut(&[u8]) -> Result<Option<T>, Failure>,
    ) -> Result<T, Failure> {
        let mut datagram = vec![0; LARGEST];
        loop {
            let length = self.socket.recv(&mut datagram).await?;
            let datagram = datagram.get(..length).unwrap_or_default();
            self.progress.received(datagram);
            match read(datagram)? {
                Some(answer) => return Ok(answer),
                None => self.progress.enter("asked, got answers to something else only"),
            }
        }
    }
}

/// When a question is asked for the second time; it doubles from then on.
const FIRST_PATIENCE: Duration = Duration::from_secs(1);
/// Bytes of a datagram, as UDP bounds them.
const LARGEST: usize = 65_535;
