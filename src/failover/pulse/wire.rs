//! The heartbeat's bytes: 32 bits in the sender's own byte order.

/// What a heartbeat says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    /// I am active.
    Running,
    /// I am not.
    Stopped,
    /// Failover services: give up, I take over.
    StopMe,
    /// Reserved: both refresh the timer and do nothing else.
    Hold,
    /// Reserved as well.
    Held,
}
