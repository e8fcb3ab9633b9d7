//! The sync interface: the kernel's multicast group, its port, and ours beside it.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};

use nix::net::if_::if_nametoindex;
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use super::word::LENGTH;

/// One socket for both ports, on one interface. What arrives by another one is not heard, and what
/// is said goes no further than the interface's network.
#[derive(Debug)]
pub(super) struct Group(UdpSocket);

impl Group {
    /// Joins on this interface; fails where there is none, or it has no address. To be called within
    /// the runtime that listens.
    pub(super) fn join(interface: &str) -> io::Result<Self> {
        let index = if_nametoindex(interface).map_err(io::Error::from)?;
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        // directors of two files may share an interface
        socket.set_reuse_address(true)?;
        socket.bind_device(Some(interface.as_bytes()))?;
        socket.bind(&SocketAddrV4::new(GROUP, OUR_PORT).into())?;
        socket.join_multicast_v4_n(&GROUP, &InterfaceIndexOrAddress::Index(index))?;
        socket.set_multicast_loop_v4(false)?;
        socket.set_multicast_ttl_v4(1)?;
        socket.set_nonblocking(true)?;
        UdpSocket::from_std(socket.into()).map(Group)
    }

    /// The next datagram on our port; of a longer one than a word as much as shows that it is none.
    pub(super) async fn hear(&self) -> io::Result<Vec<u8>> {
        let mut bytes = [0; LENGTH + 1];
        let (length, _) = self.0.recv_from(&mut bytes).await?;
        Ok(bytes.get(..length).unwrap_or_default().to_owned())
    }

    /// Says something to directors.
    pub(super) async fn say(&self, word: &[u8]) -> io::Result<()> {
        self.0.send_to(word, SocketAddrV4::new(GROUP, OUR_PORT)).await.map(drop)
    }

    /// Tells their kernels something.
    pub(super) async fn tell(&self, message: &[u8]) -> io::Result<()> {
        self.0.send_to(message, SocketAddrV4::new(GROUP, KERNELS_PORT)).await.map(drop)
    }
}

/// The kernel's, where nothing else is said.
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 81);
const KERNELS_PORT: u16 = 8848;
/// Below: with net.ipv4.vs.sync_ports the kernel uses up to 63 of those above.
pub(super) const OUR_PORT: u16 = 8847;
