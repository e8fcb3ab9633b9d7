//! One socket and the family's number: a request goes out, its own answers come back.
//!
//! After any error but a refusal the link is to be dropped: what is left in its socket is in doubt.

use netlink_packet_core::{NLM_F_DUMP_INTR, NLMSG_DONE, NLMSG_ERROR, NLMSG_OVERRUN};
use rustix::io::Errno;

use crate::batch::Batch;
use crate::message::replies;
use crate::request::Request;
use crate::socket::Socket;
use crate::{Command, Error, Refusal, family};

#[derive(Debug)]
pub(crate) struct Link {
    socket: Socket,
    family: u16,
}

impl Link {
    pub(crate) fn open() -> Result<Self, Error> {
        let mut socket = Socket::open()?;
        let family = family::resolve(&mut socket)?;
        Ok(Link { socket, family })
    }

    /// Is the family still the one of the beginning? [`Error::NoIpvs`] if not.
    pub(crate) fn verify(&mut self) -> Result<(), Error> {
        let family = family::resolve(&mut self.socket)?;
        if family == self.family { Ok(()) } else { Err(Error::NoIpvs) }
    }

    /// The link that is open, or a fresh one.
    pub(crate) fn get(link: &mut Option<Self>) -> Result<&mut Self, Error> {
        match link {
            Some(link) => Ok(link),
            None => Ok(link.insert(Link::open()?)),
        }
    }

    /// Sends one request and gives each row of the answer to `row`, until the kernel says that it
    /// is done.
    pub(crate) fn exchange(
        &mut self,
        out: &mut Vec<u8>,
        request: &Request<'_>,
        mut row: impl FnMut(&[u8]),
    ) -> Result<Dump, Error> {
        let sequence = self.socket.sequence(1);
        out.clear();
        request.write(out, self.family, sequence, request.mode());
        self.socket.send(out)?;
        let mut dump = Dump::Whole;
        loop {
            for reply in replies(self.socket.receive(1)?) {
                let reply = reply?;
                if reply.kind == NLMSG_OVERRUN {
                    return Err(Error::Lost { missing: 1 });
                }
                if reply.sequence != sequence {
                    continue;
                }
                if reply.flags & NLM_F_DUMP_INTR != 0 {
                    dump = Dump::Interrupted;
                }
                if reply.kind != NLMSG_ERROR && reply.kind != NLMSG_DONE {
                    row(reply.attributes());
                    continue;
                }
                return match reply.errno()? {
                    0 => Ok(dump),
                    // none of these requests can miss a name: the family is no more
                    errno if errno == Errno::NOENT.raw_os_error() => Err(Error::NoIpvs),
                    errno => Err(Refusal::new(request, errno, reply.text()).into()),
                };
            }
        }
    }

    /// Sends as many of the commands as go into one batch and waits for all answers.
    pub(crate) fn send_batch<'a>(
        &mut self,
        commands: &'a [Command],
        out: &mut Vec<u8>,
    ) -> Result<Batch<'a>, Error> {
        let first = self.socket.sequence(0);
        let mut batch = Batch::fill(commands, self.family, first, out);
        self.socket.sequence(batch.len());
        self.socket.send(out)?;
        while batch.waiting() > 0 {
            let datagram = self.socket.receive(batch.waiting())?;
            batch.take(datagram)?;
        }
        Ok(batch)
    }
}

/// Whether the table kept still while it was listed.
#[derive(PartialEq, Eq)]
pub(crate) enum Dump {
    Whole,
    Interrupted,
}
