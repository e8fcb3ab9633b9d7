//! The cables of a pair.

/// What a director speaks over, and hears on. Protocols that know one cable only call it the public one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// Between the public addresses.
    Public,
    /// Between the private ones.
    Private,
}
