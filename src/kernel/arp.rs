//! ARP on one interface: what others say, and what is asked of them.

use std::io;
use std::os::fd::AsRawFd;
use std::task::{Context, Poll, ready};

use nix::sys::socket::bind;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::unix::AsyncFd;

use super::packet::card;

/// A socket of the network namespace of the thread that opened it. The kernel gives it ARP alone, and
/// nothing that it has sent itself.
#[derive(Debug)]
pub struct ArpSocket {
    socket: AsyncFd<Socket>,
}

impl ArpSocket {
    /// Opens the socket. To be called within the runtime that listens.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW; any other where there is no such
    /// interface.
    pub fn open(interface: &str) -> io::Result<Self> {
        let protocol = Protocol::from(i32::from(ETH_P_ARP.to_be()));
        let socket = Socket::new(Domain::PACKET, Type::RAW, Some(protocol))?;
        socket.set_nonblocking(true)?;
        // the protocol of such an address is none, which leaves it as it is
        let (address, _) = card(interface)?;
        bind(socket.as_raw_fd(), &address)?;
        // what was heard of other interfaces before
        while io::Read::read(&mut &socket, &mut [0; 64]).is_ok() {}
        #[allow(
            deprecated,
            reason = "sound here: the socket owns its descriptor and never lends it"
        )]
        let socket = AsyncFd::new(socket)?;
        Ok(ArpSocket { socket })
    }

    /// Sends a whole frame.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        io::Write::write(&mut self.socket.get_ref(), frame).map(drop)
    }

    /// Receives the next frame; a longer one is cut. Fails where the interface has gone down.
    pub fn poll(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            let mut guard = ready!(self.socket.poll_read_ready(cx))?;
            match guard.try_io(|socket| io::Read::read(&mut socket.get_ref(), buffer)) {
                Ok(received) => return Poll::Ready(received),
                Err(_not_ready) => {}
            }
        }
    }
}

const ETH_P_ARP: u16 = 0x0806;
