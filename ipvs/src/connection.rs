//! Single connections, as `/proc/net/ip_vs_conn` shows them: generic netlink has no word for them.
//!
//! The parser is tolerant: the file is read while the kernel changes it, and a newer kernel may
//! have new words. A line that is not understood is passed over and counted.

use std::io::{self, BufRead};
use std::net::SocketAddr;

mod line;
mod state;

/// A connection that the kernel remembers, or the template of a client's persistent ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Connection {
    /// The number of its protocol: TCP, UDP or SCTP; 0 for the template of a firewall mark.
    pub protocol: u8,
    /// Who connects; of a template the network, and port 0.
    pub client: SocketAddr,
    /// Whom it asked; of a firewall mark's template the mark, in the place of the address.
    pub target: SocketAddr,
    /// The destination that it was given.
    pub real: SocketAddr,
    /// It is the template of persistent connections.
    pub is_template: bool,
    /// The number of its state in its protocol's table; of a template 1 when it was of use.
    pub state: u16,
    /// Whole seconds until it is forgotten.
    pub expires: u32,
    /// What a persistence engine knows it by.
    pub engine: Option<Engine>,
}

/// What a persistence engine knows a template by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Engine {
    /// The engine's name: `sip`; 1 to 16 bytes.
    pub name: Vec<u8>,
    /// The engine's own word: a Call-ID; 1 to 255 bytes.
    pub data: Vec<u8>,
}

impl Connection {
    /// Whether it counts as active, as the kernel has it: established, or about to be.
    pub fn is_active(&self) -> bool {
        !self.is_template && state::is_active(self.protocol, self.state)
    }

    /// Whether the kernel's own sync daemon would tell of one in this state: not of those that are
    /// not established yet, of which a flood can make any number.
    pub fn is_told(&self) -> bool {
        match self.is_template {
            // what is left of a template whose destination is gone has a port that nobody asks for
            true => self.target.port() != u16::MAX,
            false => self.client.port() != 0 && state::is_told(self.protocol, self.state),
        }
    }
}

/// Connections, one after the other, from the text of `/proc/net/ip_vs_conn`.
#[derive(Debug)]
pub struct Connections<R> {
    text: R,
    line: Vec<u8>,
    odd: u64,
}

impl<R: BufRead> Connections<R> {
    /// Reads from this text.
    pub fn new(text: R) -> Self {
        Connections { text, line: Vec::new(), odd: 0 }
    }

    /// How many lines have been passed over so far.
    pub fn odd(&self) -> u64 {
        self.odd
    }

    /// The next line is in `self.line`, if there is one; of a longer one than any of the kernel's
    /// only that much is kept.
    fn read_line(&mut self) -> io::Result<bool> {
        self.line.clear();
        let mut any = false;
        loop {
            let bytes = match self.text.fill_buf() {
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                bytes => bytes?,
            };
            if bytes.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let piece = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
            let room = LONGEST.saturating_sub(self.line.len());
            self.line.extend(piece.iter().take(room));
            let read = piece.len() + usize::from(end.is_some());
            self.text.consume(read);
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

impl<R: BufRead> Iterator for Connections<R> {
    type Item = io::Result<Connection>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.read_line() {
                Ok(true) if self.line.starts_with(b"Pro ") => {}
                Ok(true) if self.line.len() < LONGEST => match line::parse(&self.line) {
                    Some(connection) => return Some(Ok(connection)),
                    None => self.odd += 1,
                },
                Ok(true) => self.odd += 1,
                Ok(false) => return None,
                Err(why) => return Some(Err(why)),
            }
        }
    }
}

/// Bytes of a line; the kernel's own have three addresses of IPv6 and 271 bytes of an engine at most.
const LONGEST: usize = 1024;

#[cfg(test)]
mod tests;
