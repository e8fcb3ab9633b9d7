//! Tells people: the log, the mail, the monitor files, the status page. It looks and never touches.
//!
//! In: [`Change`](crate::director::Change)s and [`Snapshot`](crate::director::Snapshot)s of the
//! director, and the kernel's reports. An observer that fails is a warning, never the daemon's end.

pub mod line;
pub mod log;
pub mod mail;
pub mod monitor;
pub mod post;
pub mod status;
pub mod voice;
