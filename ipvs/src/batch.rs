//! Many commands in one datagram, and each of the kernel's answers brought back to its command.
//!
//! Pure: bytes go out, bytes come in. A batch is not a transaction: the kernel goes on after an
//! error. Its bounds keep the datagram below the send buffer (EMSGSIZE at 208 KiB) and the
//! acknowledgements below the receive buffer (ENOBUFS at some 270, with both as Linux sets them).

use netlink_packet_core::{NLMSG_ERROR, NLMSG_OVERRUN};

use crate::message::{Mode, replies};
use crate::request::Request;
use crate::{Command, Error, Refusal};

/// Commands that were written into one datagram, and what has been heard of them.
///
/// The kernel carries them out one after the other and always reports an error, so only the last
/// asks for an acknowledgement: when it comes, no news of the others is good news. That saves a
/// system call for each.
pub(crate) struct Batch<'a> {
    commands: &'a [Command],
    first: u32,
    results: Vec<Result<(), Refusal>>,
    complete: bool,
}

impl<'a> Batch<'a> {
    /// Writes as many of the commands as go into one datagram, 128, to an emptied `out`.
    /// Command i gets the sequence number `first + i`.
    pub(crate) fn fill(
        commands: &'a [Command],
        family: u16,
        first: u32,
        out: &mut Vec<u8>,
    ) -> Self {
        let commands = commands.get(..MOST_COMMANDS).unwrap_or(commands);
        out.clear();
        for (index, (command, sequence)) in commands.iter().zip(Sequence(first)).enumerate() {
            let last = index + 1 == commands.len();
            let mode = if last { Mode::Acknowledged } else { Mode::Quiet };
            Request::Change(command).write(out, family, sequence, mode);
        }
        let complete = commands.is_empty();
        Batch { commands, first, results: vec![Ok(()); commands.len()], complete }
    }

    /// How many commands it holds.
    pub(crate) fn len(&self) -> usize {
        self.commands.len()
    }

    /// How many commands may still be answered.
    pub(crate) fn waiting(&self) -> usize {
        if self.complete { 0 } else { self.len() }
    }

    /// Takes the answers in a datagram; what answers none of these commands is left aside.
    pub(crate) fn take(&mut self, datagram: &[u8]) -> Result<(), Error> {
        for reply in replies(datagram) {
            let reply = reply?;
            if reply.kind == NLMSG_OVERRUN {
                return Err(Error::Lost { missing: self.len() });
            }
            let index = reply.sequence.wrapping_sub(self.first) as usize;
            let (Some(command), Some(result)) =
                (self.commands.get(index), self.results.get_mut(index))
            else {
                continue;
            };
            if reply.kind != NLMSG_ERROR {
                continue;
            }
            if let errno @ 1.. = reply.errno()? {
                *result = Err(Refusal::new(&Request::Change(command), errno, reply.text()));
            }
            self.complete |= index + 1 == self.commands.len();
        }
        Ok(())
    }

    /// The results in the order of the commands.
    pub(crate) fn results(self) -> Vec<Result<(), Refusal>> {
        self.results
    }
}

/// Sequence numbers from the given one on; after the last comes 0.
struct Sequence(u32);

impl Iterator for Sequence {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let this = self.0;
        self.0 = this.wrapping_add(1);
        Some(this)
    }
}

/// The longest command is some 250 bytes, so that a batch stays below 64 KiB.
const MOST_COMMANDS: usize = 128;

#[cfg(test)]
mod tests;
