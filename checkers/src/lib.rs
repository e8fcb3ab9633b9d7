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
mod external;
mod http;
mod mysql;
mod outcome;
mod pattern;
mod ping;
mod simpletcp;
mod tls;
mod words;

#[cfg(test)]
mod tests;

pub use check::{Check, Target};
pub use external::External;
pub use http::{Http, Method};
pub use mysql::Mysql;
pub use outcome::{Outcome, Verdict};
pub use pattern::{Pattern, PatternError};
pub use ping::Ping;
pub use simpletcp::SimpleTcp;
