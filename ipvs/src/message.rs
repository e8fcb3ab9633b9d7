//! Netlink messages: requests written one after the other, answers read from what a datagram holds.

use netlink_packet_core::{
    Emitable, NLM_F_ACK, NLM_F_ACK_TLVS, NLM_F_CAPPED, NLM_F_DUMP, NLM_F_REQUEST, NLMSG_ALIGNTO,
    NetlinkBuffer, NetlinkHeader,
};
use netlink_packet_generic::GenlHeader;

use crate::attribute::attributes;

/// What the kernel is to answer: always something, errors only, or a list.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Acknowledged,
    Quiet,
    Dump,
}

/// Appends one message; `body` writes its attributes.
pub(crate) fn write(
    out: &mut Vec<u8>,
    (family, sequence): (u16, u32),
    mode: Mode,
    genl: GenlHeader,
    body: impl FnOnce(&mut Vec<u8>),
) {
    let start = out.len();
    out.resize(start + HEADERS, 0);
    body(out);
    let mut header = NetlinkHeader::default();
    header.length = u32::try_from(out.len() - start).unwrap_or(u32::MAX);
    header.message_type = family;
    header.flags = NLM_F_REQUEST
        | match mode {
            Mode::Acknowledged => NLM_F_ACK,
            Mode::Quiet => 0,
            Mode::Dump => NLM_F_DUMP,
        };
    header.sequence_number = sequence;
    if let Some((first, rest)) = out.get_mut(start..).and_then(|m| m.split_at_mut_checked(HEADER)) {
        header.emit(first);
        genl.emit(rest);
    }
    out.resize(out.len().next_multiple_of(NLMSG_ALIGNTO as usize), 0);
}

/// One message from the kernel.
pub(crate) struct Reply<'a> {
    pub(crate) kind: u16,
    pub(crate) flags: u16,
    pub(crate) sequence: u32,
    /// What follows the netlink header.
    pub(crate) payload: &'a [u8],
}

/// The messages in a datagram, up to the first that is broken, which is an error.
pub(crate) fn replies(mut bytes: &[u8]) -> impl Iterator<Item = Result<Reply<'_>, Broken>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let Ok(found) = NetlinkBuffer::new_checked(bytes) else {
            bytes = &[];
            return Some(Err(Broken));
        };
        let length = (found.length() as usize).next_multiple_of(NLMSG_ALIGNTO as usize);
        bytes = bytes.get(length..).unwrap_or_default();
        Some(Ok(Reply {
            kind: found.message_type(),
            flags: found.flags(),
            sequence: found.sequence_number(),
            payload: found.payload(),
        }))
    })
}

/// A datagram that is not a sequence of netlink messages.
#[derive(Debug)]
pub(crate) struct Broken;

impl Reply<'_> {
    /// The attributes after the generic-netlink header.
    pub(crate) fn attributes(&self) -> &[u8] {
        self.payload.get(GENL_HEADER..).unwrap_or_default()
    }

    /// The errno at the head of NLMSG_ERROR and NLMSG_DONE, positive; 0 says that all went well.
    pub(crate) fn errno(&self) -> Result<i32, Broken> {
        match self.payload.first_chunk() {
            Some(&code) => Ok(i32::from_ne_bytes(code).saturating_neg().max(0)),
            // the kernel may send an empty NLMSG_DONE
            None if self.payload.is_empty() => Ok(0),
            None => Err(Broken),
        }
    }

    /// The kernel's own words in NLMSG_ERROR (NLMSGERR_ATTR_MSG), if it sent any.
    pub(crate) fn text(&self) -> Option<&str> {
        if self.flags & NLM_F_ACK_TLVS == 0 {
            return None;
        }
        let echoed = if self.flags & NLM_F_CAPPED != 0 {
            HEADER
        } else {
            let length = self.payload.get(ERRNO..)?.first_chunk().copied()?;
            (u32::from_ne_bytes(length) as usize).next_multiple_of(NLMSG_ALIGNTO as usize)
        };
        let extended = self.payload.get(ERRNO.checked_add(echoed)?..)?;
        let (_, value) = attributes(extended).find(|(kind, _)| *kind == NLMSGERR_ATTR_MSG)?;
        value.text()
    }
}

const HEADER: usize = 16;
const GENL_HEADER: usize = 4;
const HEADERS: usize = HEADER + GENL_HEADER;
const ERRNO: usize = 4;
const NLMSGERR_ATTR_MSG: u16 = 1;
