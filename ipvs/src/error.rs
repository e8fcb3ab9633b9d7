//! What can go wrong on the way to the kernel and back.

use std::io;

use crate::Refusal;
use crate::message::Broken;

/// Why a call gave no answer.
///
/// After any of these but [`Error::Refused`] the next call starts on a fresh socket, so it never
/// takes an old answer for its own. After [`Error::Lost`] and [`Error::Silent`] from [`Ipvs::apply`](crate::Ipvs::apply)
/// some of the commands may have taken effect: read the table again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The kernel does not know the generic-netlink family IPVS.
    #[error("the kernel has no IPVS: load the module ip_vs")]
    NoIpvs,
    /// The kernel understood the request and said no; nothing is wrong with the socket.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The socket could not be had, or failed.
    #[error("netlink: {doing}: {source}")]
    Socket {
        /// What was being done.
        doing: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The receive buffer overran, and answers of the kernel with it.
    #[error(
        "netlink: the kernel's answers to {missing} commands are lost (the receive buffer overran): read the table again"
    )]
    Lost {
        /// How many commands have no answer.
        missing: usize,
    },
    /// No answer came for a second, though the kernel answers before a request is sent off.
    #[error("netlink: the kernel did not answer {missing} commands: read the table again")]
    Silent {
        /// How many commands have no answer.
        missing: usize,
    },
    /// What came is not netlink.
    #[error("netlink: the kernel's answer cannot be read")]
    Broken,
    /// The table changed during each of several attempts to list it.
    #[error("netlink: the table changed while it was being read, {attempts} times in a row")]
    Changing {
        /// How often it was tried.
        attempts: u32,
    },
}

impl From<Broken> for Error {
    fn from(_: Broken) -> Self {
        Error::Broken
    }
}
