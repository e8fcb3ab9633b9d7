//! rtnetlink, the kernel's way to interfaces and addresses: both are read, addresses are changed, and
//! news of either wakes up who waits for them.
//!
//! Requests go out many to a datagram, and the kernel has carried them out when sending returns.

use std::io::{self, Cursor};

use neli::consts::nl::{NlmF, Nlmsg};
use neli::consts::rtnl::{Arphrd, Iff, Ifla, RtAddrFamily, RtScope, Rtm};
use neli::consts::socket::{Msg, NlFamily};
use neli::err::DeError;
use neli::nl::{NlPayload, Nlmsghdr, NlmsghdrBuilder};
use neli::rtnl::{Ifaddrmsg, IfaddrmsgBuilder, Ifinfomsg, IfinfomsgBuilder};
use neli::socket::NlSocket;
use neli::types::Buffer;
use neli::utils::Groups;
use neli::{FromBytes, FromBytesWithInput, Size, ToBytes};
use nix::errno::Errno;
use tokio::io::unix::AsyncFd;

use crate::failover::announcement::Mac;

use super::address::{Address, Change, text};

/// A socket that asks and changes.
pub(super) struct Route {
    socket: NlSocket,
    sequence: u32,
    buffer: Vec<u8>,
}

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interface {
    /// Its number.
    pub(super) index: u32,
    /// Its name.
    pub(super) name: String,
    /// It is up, and its cable carries.
    pub(super) carries: bool,
    /// Its MAC; `None` where it is no Ethernet.
    pub(super) mac: Option<Mac>,
}

impl Route {
    /// Opens the socket, in the network namespace of this thread.
    pub(super) fn open() -> io::Result<Self> {
        let socket = NlSocket::connect(NlFamily::Route, None, Groups::empty())?;
        // an old kernel has no words of its own
        let _ = socket.enable_ext_ack(true);
        Ok(Route { socket, sequence: 0, buffer: vec![0; DATAGRAM] })
    }

    /// All interfaces.
    pub(super) fn interfaces(&mut self) -> io::Result<Vec<Interface>> {
        let ask = IfinfomsgBuilder::default().ifi_family(RtAddrFamily::Unspecified);
        let rows = self.list(Rtm::Getlink, ask.build().map_err(io::Error::other)?)?;
        rows.into_iter().filter_map(|row| interface(row).transpose()).collect()
    }

    /// All addresses, of both families.
    pub(super) fn addresses(&mut self) -> io::Result<Vec<Address>> {
        let ask = IfaddrmsgBuilder::default()
            .ifa_family(RtAddrFamily::Unspecified)
            .ifa_prefixlen(0)
            .ifa_scope(RtScope::Universe)
            .ifa_index(0);
        let rows = self.list(Rtm::Getaddr, ask.build().map_err(io::Error::other)?)?;
        let parse = |row: Buffer| {
            let message = Ifaddrmsg::from_bytes_with_input(&mut Cursor::new(&row), row.len());
            message.map(Address::new).map_err(broken).transpose()
        };
        rows.into_iter().filter_map(parse).collect()
    }

    /// Makes changes, in order; result i is that of change i, in the kernel's words. One that is
    /// refused does not stop those behind it.
    pub(super) fn change(&mut self, changes: &[Change]) -> io::Result<Vec<Result<(), String>>> {
        let mut results = Vec::with_capacity(changes.len());
        for batch in changes.chunks(BATCH) {
            let first = self.sequence.wrapping_add(1);
            let mut datagram = Vec::new();
            for change in batch {
                let message = change.message.clone();
                datagram.extend(self.request(u16::from(change.kind), NlmF::ACK, message)?);
            }
            self.socket.send(&datagram, Msg::empty())?;
            let mut answers: Vec<Option<Result<(), String>>> = vec![None; batch.len()];
            while answers.iter().any(Option::is_none) {
                for answer in self.receive()? {
                    let place = answer.nl_seq().wrapping_sub(first) as usize;
                    if let (Some(slot), Some(said)) = (answers.get_mut(place), outcome(&answer)) {
                        *slot = Some(said);
                    }
                }
            }
            results.extend(answers.into_iter().flatten());
        }
        Ok(results)
    }

    fn list<P: Size + ToBytes + Clone>(&mut self, kind: Rtm, ask: P) -> io::Result<Vec<Buffer>> {
        for _ in 0..LOOKS {
            let datagram = self.request(u16::from(kind), NlmF::DUMP, ask.clone())?;
            self.socket.send(&datagram, Msg::empty())?;
            if let Some(rows) = self.rows()? {
                return Ok(rows);
            }
        }
        Err(io::Error::other("the kernel's list changes faster than it can be read"))
    }

    /// The rows of a list; `None` if it changed meanwhile.
    fn rows(&mut self) -> io::Result<Option<Vec<Buffer>>> {
        let (mut rows, mut is_whole) = (Vec::new(), true);
        loop {
            for answer in self.receive()? {
                if *answer.nl_seq() != self.sequence {
                    continue;
                }
                is_whole &= !answer.nl_flags().contains(NlmF::DUMP_INTR);
                if let Some(Err(why)) = outcome(&answer) {
                    return Err(io::Error::other(why));
                }
                if *answer.nl_type() == u16::from(Nlmsg::Done) {
                    return Ok(is_whole.then_some(rows));
                }
                rows.extend(answer.get_payload().cloned());
            }
        }
    }

    fn request<P: Size + ToBytes>(
        &mut self,
        kind: u16,
        flags: NlmF,
        payload: P,
    ) -> io::Result<Vec<u8>> {
        self.sequence = self.sequence.wrapping_add(1);
        let create = match kind == u16::from(Rtm::Newaddr) {
            true => NlmF::CREATE | NlmF::EXCL,
            false => NlmF::empty(),
        };
        let message = NlmsghdrBuilder::default()
            .nl_type(kind)
            .nl_flags(NlmF::REQUEST | flags | create)
            .nl_seq(self.sequence)
            .nl_payload(NlPayload::Payload(payload))
            .build()
            .map_err(io::Error::other)?;
        let mut bytes = Cursor::new(vec![0; message.padded_size()]);
        message.to_bytes(&mut bytes).map_err(io::Error::other)?;
        Ok(bytes.into_inner())
    }

    fn receive(&mut self) -> io::Result<Vec<Nlmsghdr<u16, Buffer>>> {
        // an answer that does not lie ready will never come
        let (length, _) = self.socket.recv(&mut self.buffer, Msg::DONTWAIT)?;
        let bytes = self.buffer.get(..length).unwrap_or_default();
        let mut cursor = Cursor::new(bytes);
        let mut messages = Vec::new();
        while (cursor.position() as usize) < bytes.len() {
            messages.push(Nlmsghdr::from_bytes(&mut cursor).map_err(broken)?);
        }
        Ok(messages)
    }
}

/// A socket that hears when interfaces change, and addresses if they are of interest.
pub(super) struct News(AsyncFd<NlSocket>);

impl News {
    /// Of interfaces only, in the network namespace of this thread: who raises hundreds of addresses
    /// wakes nobody up who looks at cables.
    pub(super) fn of_links() -> io::Result<Self> {
        News::open(RTMGRP_LINK)
    }

    /// Of interfaces and addresses, likewise.
    pub(super) fn of_addresses() -> io::Result<Self> {
        News::open(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR)
    }

    fn open(groups: u32) -> io::Result<Self> {
        let groups = Groups::new_bitmask(groups);
        let socket = NlSocket::connect(NlFamily::Route, None, groups)?;
        socket.nonblock()?;
        #[allow(
            deprecated,
            reason = "sound here: the socket owns its descriptor and never lends it"
        )]
        let watched = AsyncFd::new(socket)?;
        Ok(News(watched))
    }

    /// Waits until something changes, and takes all that is known then. News that were too many for
    /// the socket are news as well.
    pub(super) async fn wait(&mut self) -> io::Result<()> {
        let mut heard = false;
        while !heard {
            let mut ready = self.0.readable().await?;
            while let Ok(taken) = ready.try_io(|socket| take(socket.get_ref())) {
                taken?;
                heard = true;
            }
        }
        Ok(())
    }
}

/// Takes one message, and not what it says: what there is now is looked at afresh.
fn take(socket: &NlSocket) -> io::Result<()> {
    match socket.recv([0; 16], Msg::empty()) {
        Err(why) if why.raw_os_error() != Some(Errno::ENOBUFS as i32) => Err(why),
        _ => Ok(()),
    }
}

fn interface(row: Buffer) -> io::Result<Option<Interface>> {
    let message = Ifinfomsg::from_bytes_with_input(&mut Cursor::new(&row), row.len());
    let message = message.map_err(broken)?;
    let find = |kind: Ifla| {
        let found = message.rtattrs().iter().find(|attribute| *attribute.rta_type() == kind);
        found.map(|attribute| attribute.rta_payload().as_ref())
    };
    let Some(name) = find(Ifla::Ifname).and_then(text) else { return Ok(None) };
    let is_ethernet = *message.ifi_type() == Arphrd::Ether;
    let mac = find(Ifla::Address).and_then(|mac| mac.try_into().ok()).filter(|_| is_ethernet);
    let carries = message.ifi_flags().contains(Iff::UP | Iff::LOWERUP);
    let index = u32::try_from(*message.ifi_index()).unwrap_or(0);
    Ok(Some(Interface { index, name, carries, mac }))
}

/// What an answer says of its request; `None` if it is no answer of that kind.
fn outcome(answer: &Nlmsghdr<u16, Buffer>) -> Option<Result<(), String>> {
    match answer.nl_payload() {
        NlPayload::Ack(_) => Some(Ok(())),
        NlPayload::DumpExtAck(end) if *end.error() < 0 => {
            Some(Err(Errno::from_raw(-end.error()).desc().to_owned()))
        }
        NlPayload::Err(refusal) => {
            let errno = Errno::from_raw(-refusal.error());
            let texts = refusal.ext_ack().iter();
            let said = texts.filter(|attribute| u16::from(attribute.nla_type().nla_type()) == TEXT);
            let said = said.map(|said| text(said.nla_payload().as_ref())).next();
            Some(Err(match said.flatten() {
                Some(said) => format!("{}: {said}", errno.desc()),
                None => errno.desc().to_owned(),
            }))
        }
        _ => None,
    }
}

fn broken(why: DeError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// What the kernel fills at most is half of it.
const DATAGRAM: usize = 64 * 1024;
/// Changes of one datagram; their answers fit the smallest receive buffer.
const BATCH: usize = 64;
/// How often a list is read that changes meanwhile.
const LOOKS: u32 = 5;
const RTMGRP_LINK: u32 = 1;
const RTMGRP_IPV4_IFADDR: u32 = 0x10;
const RTMGRP_IPV6_IFADDR: u32 = 0x100;
/// NLMSGERR_ATTR_MSG
const TEXT: u16 = 1;
