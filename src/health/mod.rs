//! Is each real server in or out, since when, and why.
//!
//! The judge ([`Health`]) is a value that turns outcomes into a [`Standing`]; the [`nanny`] is the
//! task that asks the questions.

mod duty;
mod judge;
pub mod nanny;
mod record;
mod rota;

pub use duty::{Checked, Duty};
pub use judge::{Health, Judgement, Standing, Warned};
pub use record::{Record, Recorder, Records, records};
