//! Is that server well?
//!
//! A [`Check`] is a question, a [`Target`] is who is asked, an [`Outcome`] is the answer.
//! [`Check::run`] asks once and always answers within its deadline, whatever the server does.
//! One file per protocol, every one of the same shape. No name is looked up but that of a redirect.
//!
//! ```
//! use std::time::Duration;
//! use checkers::{Check, Target, Verdict};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! // a port that was free a moment ago: nobody listens there
//! let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
//! let outcome = Check::Connect.run(Target { address: free }, Duration::from_secs(5)).await;
//! assert_eq!(outcome.verdict, Verdict::Down);
//! assert_eq!(outcome.message, "connection refused");
//! # std::io::Result::Ok(()) })?;
//! # std::io::Result::Ok(())
//! ```

mod asking;
mod check;
mod connect;
mod datagrams;
mod dns;
mod external;
mod ftp;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod grpc;
mod hidden;
mod http;
mod imap;
mod ldap;
mod lines;
mod load;
mod memcached;
mod mysql;
mod net;
mod nntp;
mod oracle;
mod outcome;
mod pattern;
mod perl;
mod pgsql;
mod ping;
mod pop;
mod program;
mod progress;
mod radius;
mod random;
mod redis;
mod secret;
mod security;
mod send_expect;
mod send_program;
mod simpletcp;
mod sip;
mod smtp;
mod stream;
mod threads;
mod tls;
mod transcript;
mod transport;
mod words;

#[cfg(test)]
mod tests;

pub use check::{Check, Part, Probe, Target};
pub use dns::Dns;
pub use external::External;
pub use ftp::Ftp;
pub use grpc::Grpc;
pub use http::{Http, Login, Method, Statuses, StatusesError, Version};
pub use imap::Imap;
/// The time of [`Outcome::certificate_until`].
pub use jiff::Timestamp;
pub use ldap::Ldap;
pub use load::Load;
pub use memcached::Memcached;
pub use mysql::Mysql;
pub use nntp::Nntp;
pub use oracle::Oracle;
pub use outcome::{Outcome, Times, Verdict};
pub use pattern::{Pattern, PatternError};
pub use perl::Perl;
pub use pgsql::Pgsql;
pub use ping::Ping;
pub use pop::Pop;
pub use radius::Radius;
pub use redis::Redis;
pub use secret::Secret;
pub use security::{Identity, Security, Tls, Verify};
pub use send_expect::{Expect, SendExpect};
pub use send_program::SendProgram;
pub use simpletcp::SimpleTcp;
pub use sip::Sip;
pub use smtp::Smtp;
pub use transcript::{Side, Transcript};
pub use transport::Transport;
