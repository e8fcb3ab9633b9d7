//! Who of two directors is active: machines that decide, and the bytes that they speak.
//!
//! In: what a peer said, what the links do, the time. Out: what to send, and when to change the role.
//! Nothing here opens a socket or has a clock; the daemon does what a machine says.

pub mod announcement;
pub mod fos;
mod hold;
pub mod line;
mod links;
pub mod pulse;
mod rounds;
mod rules;
mod split;
pub mod wire;

#[cfg(test)]
mod tests;
