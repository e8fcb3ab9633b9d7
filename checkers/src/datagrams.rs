//! A question and its answer over UDP. A question that gets lost is asked again, after 1 s, 2 s, 4 s
//! and so on, as long as the check may take.

use std::borrow::Cow;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::time::timeout;

use crate::asking::{Asking, Failure};
use crate::net::UdpSocket;
use crate::progress::Progress;

/// A socket that hears this server only: the kernel drops what others send, and tells when the
/// server's says that nobody listens.
pub(crate) struct Datagrams {
    socket: UdpSocket,
    progress: Progress,
}

/// What a datagram is to a question.
pub(crate) enum Heard<T> {
    /// Its answer.
    Answer(T),
    /// Something else, which is passed over: how far the check has come, if nothing better follows.
    Stray(Cow<'static, str>),
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

    /// Sends `question` until `read` finds its answer, or finds it bad.
    pub(crate) async fn ask<T>(
        &self,
        question: &[u8],
        mut read: impl FnMut(&[u8]) -> Result<Heard<T>, Failure>,
    ) -> Result<T, Failure> {
        let mut patience = FIRST_PATIENCE;
        loop {
            self.socket.send(question).await.map_err(failure)?;
            self.progress.sent(question);
            if let Ok(answer) = timeout(patience, self.answer(&mut read)).await {
                return answer;
            }
            patience = patience.saturating_mul(2);
        }
    }

    async fn answer<T>(
        &self,
        read: &mut impl FnMut(&[u8]) -> Result<Heard<T>, Failure>,
    ) -> Result<T, Failure> {
        let mut datagram = vec![0; LARGEST];
        loop {
            let length = self.socket.recv(&mut datagram).await.map_err(failure)?;
            let datagram = datagram.get(..length).unwrap_or_default();
            self.progress.received(datagram);
            match read(datagram)? {
                Heard::Answer(answer) => return Ok(answer),
                Heard::Stray(phase) => self.progress.enter(phase),
            }
        }
    }
}

/// That nobody listens says all, whichever question it was that the server's kernel answered.
fn failure(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        _ => error.into(),
    }
}

/// When a question is asked for the second time; it doubles from then on.
const FIRST_PATIENCE: Duration = Duration::from_secs(1);
/// Bytes of a datagram that are looked at: twice as many as the longest that a protocol here has
/// reason to send.
const LARGEST: usize = 8 * 1024;
