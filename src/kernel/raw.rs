//! IP protocol 112, that of CARP and VRRP, over one interface and nothing but it.

use std::io::{self, IoSlice, IoSliceMut};
use std::net::{IpAddr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd;
use std::task::{Context, Poll, ready};

use nix::cmsg_space;
use nix::libc::{in_addr, in_pktinfo, in6_pktinfo};
use nix::net::if_::if_nametoindex;
use nix::sys::socket::sockopt::{Ipv6RecvHopLimit, Ipv6RecvPacketInfo, RcvBufForce};
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn, SockaddrIn6};
use nix::sys::socket::{recvmsg, sendmsg, setsockopt};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::io::unix::AsyncFd;

use crate::failover::datagram;

/// A socket of the network namespace of the thread that opened it.
#[derive(Debug)]
pub struct Raw {
    socket: AsyncFd<Socket>,
    /// Of the interface.
    index: u32,
    source: IpAddr,
}

/// Something that was received; its bytes are where they were to be put, from `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    /// Who sent it.
    pub from: IpAddr,
    /// Whom it was sent to.
    pub to: IpAddr,
    /// Its time to live, or hop limit, as it arrived.
    pub hops: u8,
    /// Where what follows the header of IP begins.
    pub start: usize,
    /// And where it ends.
    pub end: usize,
}

impl Raw {
    /// Opens a socket that sends from `source` with 255 hops, and hears what comes to that address or to
    /// `group`, by this interface; of what it sends itself it hears nothing. To be called within the
    /// runtime that listens.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW, any other where there is no such
    /// interface, or it has not that address (yet).
    pub fn open(interface: &str, source: IpAddr, group: Option<IpAddr>) -> io::Result<Self> {
        let domain = if source.is_ipv6() { Domain::IPV6 } else { Domain::IPV4 };
        let socket = Socket::new(domain, Type::RAW, Some(Protocol::from(PROTOCOL)))?;
        socket.set_nonblocking(true)?;
        let index = if_nametoindex(interface)?;
        socket.bind_device(Some(interface.as_bytes()))?;
        // adverts are not to be lost behind a flood of anything else; less will do as well
        let _ = setsockopt(&socket, RcvBufForce, &RECEIVE_BUFFER);
        match source {
            IpAddr::V4(_) => {
                socket.set_ttl_v4(HOPS)?;
                socket.set_tos_v4(INTERNETWORK_CONTROL)?;
                socket.set_multicast_ttl_v4(HOPS)?;
                socket.set_multicast_loop_v4(false)?;
                socket.set_multicast_all_v4(false)?;
                let device = socket2::InterfaceIndexOrAddress::Index(index);
                if let Some(IpAddr::V4(group)) = group {
                    socket.join_multicast_v4_n(&group, &device)?;
                }
            }
            IpAddr::V6(_) => {
                socket.set_unicast_hops_v6(HOPS)?;
                socket.set_multicast_hops_v6(HOPS)?;
                socket.set_tclass_v6(INTERNETWORK_CONTROL)?;
                socket.set_multicast_loop_v6(false)?;
                socket.set_multicast_if_v6(index)?;
                // kernels before 4.20 have it not, and hear more than is looked at
                let _ = socket.set_multicast_all_v6(false);
                setsockopt(&socket, Ipv6RecvHopLimit, &true)?;
                setsockopt(&socket, Ipv6RecvPacketInfo, &true)?;
                if let Some(IpAddr::V6(group)) = group {
                    socket.join_multicast_v6(&group, index)?;
                }
            }
        }
        // one of IPv4 that is bound hears no multicast, so that each packet says whose it is
        if source.is_ipv6() {
            socket.bind(&at(source, index))?;
        }
        #[allow(
            deprecated,
            reason = "sound here: the socket owns its descriptor and never lends it"
        )]
        let socket = AsyncFd::new(socket)?;
        Ok(Raw { socket, index, source })
    }

    /// Sends this to a host or a group.
    pub fn send(&self, to: IpAddr, bytes: &[u8]) -> io::Result<()> {
        let socket = self.socket.get_ref();
        match (self.source, to) {
            (IpAddr::V4(source), IpAddr::V4(to)) => {
                let from = in_pktinfo {
                    ipi_ifindex: i32::try_from(self.index).unwrap_or(0),
                    ipi_spec_dst: in_addr { s_addr: u32::from_ne_bytes(source.octets()) },
                    ipi_addr: in_addr { s_addr: 0 },
                };
                let parts = [IoSlice::new(bytes)];
                let control = [ControlMessage::Ipv4PacketInfo(&from)];
                let to = SockaddrIn::from(SocketAddrV4::new(to, 0));
                sendmsg(socket.as_raw_fd(), &parts, &control, MsgFlags::empty(), Some(&to))?;
            }
            _ => {
                socket.send_to(bytes, &at(to, self.index))?;
            }
        }
        Ok(())
    }

    /// Receives the next packet, whoever it is for; longer ones are cut.
    pub fn poll(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<Received>> {
        loop {
            let mut guard = ready!(self.socket.poll_read_ready(cx))?;
            match guard.try_io(|_| self.receive(buffer)) {
                Ok(received) => return Poll::Ready(received),
                Err(_not_ready) => {}
            }
        }
    }

    /// Receives a packet that lies ready; fails with [`io::ErrorKind::WouldBlock`] where there is none.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        match self.source {
            IpAddr::V4(_) => self.receive_v4(buffer),
            IpAddr::V6(_) => self.receive_v6(buffer),
        }
    }

    fn receive_v4(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let length = io::Read::read(&mut self.socket.get_ref(), buffer)?;
        let received = buffer.get(..length).unwrap_or_default();
        let Some(packet) = datagram::open(received) else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no datagram of IPv4"));
        };
        // the header is of any length, and behind the end may be more
        let start = packet.bytes.as_ptr().addr() - received.as_ptr().addr();
        Ok(Received {
            from: packet.from.into(),
            to: packet.to.into(),
            hops: packet.hops,
            start,
            end: start + packet.bytes.len(),
        })
    }

    fn receive_v6(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let mut control = cmsg_space!(i32, in6_pktinfo);
        let mut parts = [IoSliceMut::new(buffer)];
        let fd = self.socket.get_ref().as_raw_fd();
        let flags = MsgFlags::MSG_DONTWAIT;
        let message = recvmsg::<SockaddrIn6>(fd, &mut parts, Some(&mut control), flags)?;
        let mut received = Received {
            from: message.address.map_or(Ipv6Addr::UNSPECIFIED, |from| from.ip()).into(),
            to: Ipv6Addr::UNSPECIFIED.into(),
            hops: 0,
            start: 0,
            end: message.bytes,
        };
        for said in message.cmsgs()? {
            match said {
                ControlMessageOwned::Ipv6HopLimit(hops) => {
                    received.hops = u8::try_from(hops).unwrap_or(0);
                }
                ControlMessageOwned::Ipv6PacketInfo(to) => {
                    received.to = Ipv6Addr::from(to.ipi6_addr.s6_addr).into();
                }
                _ => {}
            }
        }
        Ok(received)
    }
}

/// An address on this interface, where there may be the same on another.
fn at(address: IpAddr, index: u32) -> SockAddr {
    match address {
        IpAddr::V4(v4) => SocketAddrV4::new(v4, 0).into(),
        IpAddr::V6(v6) => SocketAddrV6::new(v6, 0, 0, index).into(),
    }
}

/// Of CARP and VRRP (RFC 9568, 5.1.1.4).
const PROTOCOL: i32 = 112;
/// Less would have passed a router, and is not believed.
const HOPS: u32 = 255;
/// The class of what networks themselves are run with, as keepalived marks it.
const INTERNETWORK_CONTROL: u32 = 0xc0;
/// Bytes that may wait to be read: some thousand adverts.
const RECEIVE_BUFFER: usize = 1 << 20;
