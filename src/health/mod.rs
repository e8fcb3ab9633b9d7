//! Is each real server in or out, since when, and why.
//!
//! The judge ([`Health`]) is a value that turns outcomes into a [`Standing`]; the [`nanny`] is the
//! task that asks the questions. A [`Pace`] is a real's weight as it moves, a [`Sentry`] watches a
//! failover service. [`in_maintenance`] says who is out on purpose.

mod duty;
mod judge;
mod load;
mod maintenance;
pub mod nanny;
mod pace;
mod record;
mod rota;
mod sentry;

pub use duty::{Busy, Checked, Duty, Weighed};
pub use judge::{Health, Judgement, Standing, Warned};
pub use maintenance::{Maintenance, has_host_name, in_maintenance};
pub use pace::{Pace, period};
pub use record::{Record, Recorder, Records, records};
pub use sentry::{News, Sentry};
