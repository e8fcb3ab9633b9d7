//! Who of several directors is active: machines that decide, and the bytes that they speak.
//!
//! In: what others said, what the links do, how fit this director is, the time. Out: what to send, and
//! when to change the role. Nothing here opens a socket or has a clock; the daemon's one driver does
//! what a machine says, whichever it is: [`machine`] is the shape of all.

pub mod action;
pub mod announcement;
pub mod arp;
pub mod carp;
mod checksum;
pub mod datagram;
pub mod external;
mod hold;
pub mod line;
pub mod machine;
pub mod path;
pub mod pulse;
mod rounds;
pub mod rules;
mod spells;
pub mod vqalive;
pub mod vrrp;

#[cfg(test)]
mod tests;
