//! What checks reach a server by: the system's sockets and names. Under `cargo fuzz` (`cfg(fuzzing)`), what
//! a server says is made up, so that nothing leaves the process.

#[cfg(not(fuzzing))]
pub(crate) use std::net::ToSocketAddrs;
#[cfg(not(fuzzing))]
pub(crate) use tokio::net::{TcpStream, UdpSocket};

#[cfg(fuzzing)]
pub(crate) use crate::fuzzing::{TcpStream, ToSocketAddrs, UdpSocket};
