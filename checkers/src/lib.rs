//! Is that server well?
//!
//! A [`Check`] is a question, a [`Target`] is who is asked, an [`Outcome`] is the answer.
//! [`Check::run`] asks once and always answers within its deadline.

mod check;
mod external;
mod http;
mod mysql;
mod outcome;
mod pattern;
mod ping;
mod simpletcp;

pub use check::{Check, Target};
pub use external::External;
pub use http::{Http, Method};
pub use mysql::Mysql;
pub use outcome::{Outcome, Verdict};
pub use pattern::{Pattern, PatternError};
pub use ping::Ping;
pub use simpletcp::SimpleTcp;
