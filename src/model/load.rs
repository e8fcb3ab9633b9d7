//! How a real's weight follows how busy it is (piranha's `load_monitor`).

use checkers::Load;

/// Who tells how busy a real is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadMonitor {
    /// A program that prints its load average; the weight moves between the configured one and ten
    /// times as much, as nanny's does.
    Program(Load),
    /// An agent on the real, at this TCP port, that says in one line which share of its weight it
    /// should have: `75%`.
    Agent {
        /// The port.
        port: u16,
    },
}
