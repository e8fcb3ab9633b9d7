//! Sockets whose other side is a fuzz target (`fuzz/`), and what of the insides it must reach. Built by
//! `cargo fuzz` only.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::Pattern;

/// What a server answers: it is given what was said to it, and nothing when a connection opens.
pub type Server = Box<dyn FnMut(&[u8]) -> Vec<u8>>;

thread_local! {
    static SERVER: RefCell<Server> = RefCell::new(Box::new(|_| Vec::new()));
}

/// Has all checks of this thread meet `server`.
pub fn meet(server: Server) {
    SERVER.set(server);
}

/// Whether a pattern is found in the start of a text, whatever may follow.
pub fn is_settled(pattern: &Pattern, start: &[u8]) -> bool {
    pattern.is_settled(start)
}

fn answer(said: &[u8]) -> Vec<u8> {
    SERVER.with_borrow_mut(|server| server(said))
}

/// A connection that ends when the server has said all.
#[derive(Debug)]
pub(crate) struct TcpStream(VecDeque<u8>);

impl TcpStream {
    pub(crate) async fn connect(_: SocketAddr) -> io::Result<Self> {
        Ok(TcpStream(answer(&[]).into()))
    }

    pub(crate) fn set_nodelay(&self, _: bool) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(HERE)
    }

    pub(crate) fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(HERE)
    }
}

impl AsyncRead for TcpStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // in pieces, as from a network
        let piece = self.0.len().min(buf.remaining()).min(PIECE);
        let piece: Vec<u8> = self.0.drain(..piece).collect();
        buf.put_slice(&piece);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TcpStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.extend(answer(bytes));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A socket that hears one datagram for each that is sent, and then nothing.
pub(crate) struct UdpSocket(Mutex<VecDeque<Vec<u8>>>);

/// What is there to be heard.
type Heard<'a> = MutexGuard<'a, VecDeque<Vec<u8>>>;

impl UdpSocket {
    pub(crate) async fn bind(_: SocketAddr) -> io::Result<Self> {
        Ok(UdpSocket(Mutex::default()))
    }

    pub(crate) async fn connect(&self, _: SocketAddr) -> io::Result<()> {
        Ok(())
    }

    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(HERE)
    }

    pub(crate) async fn send(&self, datagram: &[u8]) -> io::Result<usize> {
        self.heard().push_back(answer(datagram));
        Ok(datagram.len())
    }

    pub(crate) async fn recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(datagram) = self.heard().pop_front() else {
            return std::future::pending().await;
        };
        let length = datagram.len().min(buffer.len());
        buffer[..length].copy_from_slice(&datagram[..length]);
        Ok(length)
    }

    fn heard(&self) -> Heard<'_> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names that are not looked up.
pub(crate) trait ToSocketAddrs {
    fn to_socket_addrs(&self) -> io::Result<std::vec::IntoIter<SocketAddr>>;
}

impl ToSocketAddrs for (&str, u16) {
    fn to_socket_addrs(&self) -> io::Result<std::vec::IntoIter<SocketAddr>> {
        Ok(vec![HERE].into_iter())
    }
}

const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9);
/// Bytes that are read at one time.
const PIECE: usize = 61;
