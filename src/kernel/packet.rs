//! Whole Ethernet frames out of one interface.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::sys::socket::{AddressFamily, LinkAddr, MsgFlags, SockFlag, SockType};
use nix::sys::socket::{bind, send, socket};
use socket2::SockRef;

use crate::failover::announcement::Mac;

/// A socket that sends on one interface of the network namespace of the thread that opened it.
#[derive(Debug)]
pub struct Packets {
    socket: OwnedFd,
    mac: Option<Mac>,
}

impl Packets {
    /// Opens the socket.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::PermissionDenied`] without CAP_NET_RAW; any other where there is no such
    /// interface.
    pub fn open(interface: &str) -> io::Result<Self> {
        let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)?;
        SockRef::from(&socket).set_write_timeout(Some(PATIENCE))?;
        let (address, flags) = card(interface)?;
        // the protocol of such an address is none: nothing is received
        bind(socket.as_raw_fd(), &address)?;
        let is_mute = flags.intersects(InterfaceFlags::IFF_LOOPBACK | InterfaceFlags::IFF_NOARP);
        let mac = address.addr().filter(|_| address.hatype() == ETHERNET && !is_mute);
        Ok(Packets { socket, mac })
    }

    /// The MAC of the interface; `None` where it is no Ethernet or has no neighbours that ask.
    pub fn mac(&self) -> Option<Mac> {
        self.mac
    }

    /// Sends a frame; its sender's MAC may be another. Waits a moment for a card that takes none, and
    /// fails with [`io::ErrorKind::WouldBlock`] then.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        send(self.socket.as_raw_fd(), frame, MsgFlags::empty())?;
        Ok(())
    }

    /// The same for who does not wait at all.
    pub fn try_send(&self, frame: &[u8]) -> io::Result<()> {
        send(self.socket.as_raw_fd(), frame, MsgFlags::MSG_DONTWAIT)?;
        Ok(())
    }
}

/// The address of an interface's card. It is not to be had from its number without unsafe code.
pub(super) fn card(interface: &str) -> io::Result<(LinkAddr, InterfaceFlags)> {
    let of_name = getifaddrs()?.filter(|found| found.interface_name == interface);
    let cards = of_name.filter_map(|found| {
        let address = found.address.as_ref()?.as_link_addr().copied()?;
        Some((address, found.flags))
    });
    { cards }.next().ok_or_else(|| io::Error::from_raw_os_error(nix::errno::Errno::ENODEV as i32))
}

/// How long a card may take nothing. One that is well takes a thousand frames in that time.
const PATIENCE: Duration = Duration::from_millis(200);
/// ARPHRD_ETHER
const ETHERNET: u16 = 1;
