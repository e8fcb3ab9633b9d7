//! The socket: datagrams out, datagrams in, sequence numbers. It understands nothing of them.

use std::io;
use std::time::Duration;

use netlink_sys::SocketAddr;
use netlink_sys::protocols::NETLINK_GENERIC;
use rustix::io::Errno;
use rustix::net::sockopt;

use crate::Error;

/// A generic-netlink socket that hears the kernel only. Opened anew it has another port number, so
/// that answers meant for the old one never reach it.
#[derive(Debug)]
pub(crate) struct Socket {
    inner: netlink_sys::Socket,
    sequence: u32,
    buffer: Vec<u8>,
}

impl Socket {
    pub(crate) fn open() -> Result<Self, Error> {
        let mut inner = netlink_sys::Socket::new(NETLINK_GENERIC).map_err(failed("open"))?;
        inner.bind_auto().map_err(failed("bind"))?;
        inner.connect(&SocketAddr::new(0, 0)).map_err(failed("connect"))?;
        // Old kernels have neither option: then the request is echoed and no text comes along.
        let _ = inner.set_ext_ack(true);
        let _ = inner.set_cap_ack(true);
        // Batches fit the default buffer; a larger one is a reserve that may be denied.
        if sockopt::set_socket_recv_buffer_size_force(&inner, RECEIVE_BUFFER).is_err() {
            let _ = sockopt::set_socket_recv_buffer_size(&inner, RECEIVE_BUFFER);
        }
        sockopt::set_socket_timeout(&inner, sockopt::Timeout::Recv, Some(PATIENCE))
            .map_err(|errno| failed("set the time-out")(errno.into()))?;
        Ok(Socket { inner, sequence: 0, buffer: Vec::with_capacity(DATAGRAM) })
    }

    /// Reserves `count` sequence numbers and returns the first.
    pub(crate) fn sequence(&mut self, count: usize) -> u32 {
        let first = self.sequence;
        self.sequence = first.wrapping_add(u32::try_from(count).unwrap_or(u32::MAX));
        first
    }

    /// Sends one datagram; the kernel has carried it out when this returns.
    pub(crate) fn send(&self, datagram: &[u8]) -> Result<(), Error> {
        let sent = again(|| self.inner.send(datagram, 0)).map_err(failed("send"))?;
        if sent == datagram.len() { Ok(()) } else { Err(Error::Broken) }
    }

    /// Waits for one datagram, 1 second at most. `missing` answers are due, for the error's text.
    pub(crate) fn receive(&mut self, missing: usize) -> Result<&[u8], Error> {
        self.buffer.clear();
        let length = again(|| self.inner.recv(&mut self.buffer, TRUNC));
        let length = length.map_err(|error| match Errno::from_io_error(&error) {
            Some(Errno::NOBUFS) => Error::Lost { missing },
            Some(Errno::AGAIN) => Error::Silent { missing },
            _ => failed("receive")(error),
        })?;
        // with MSG_TRUNC the length is the datagram's, even where the buffer was shorter
        self.buffer.get(..length).ok_or(Error::Broken)
    }
}

/// Repeats a call that a signal interrupted.
fn again(mut call: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

fn failed(doing: &'static str) -> impl Fn(io::Error) -> Error {
    move |source| Error::Socket { doing, source }
}

/// The kernel fills at most 32 KiB of a dump at once.
const DATAGRAM: usize = 64 * 1024;
const RECEIVE_BUFFER: usize = 4 * 1024 * 1024;
/// Answers lie ready when sending returns, so this is long.
const PATIENCE: Duration = Duration::from_secs(1);
const TRUNC: i32 = rustix::net::RecvFlags::TRUNC.bits() as i32;
