//! What a reading of the kernel's tables gives: rows with their counters.

use crate::{Destination, Service, Stats};

/// The whole table, in the kernel's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The services with their destinations.
    pub entries: Vec<Entry>,
    /// How many rows were left out because this crate has no word for what a newer kernel put
    /// there (a protocol, a forwarding method, a tunnel).
    pub unknown: usize,
}

/// A service with its destinations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The service.
    pub service: Service,
    /// What went through it.
    pub stats: Stats,
    /// Its destinations.
    pub destinations: Vec<DestinationEntry>,
}

/// A service with its counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceEntry {
    /// The service.
    pub service: Service,
    /// What went through it.
    pub stats: Stats,
}

/// A destination with its counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestinationEntry {
    /// The destination.
    pub destination: Destination,
    /// Its connections that are established.
    pub active: u32,
    /// Its connections in any other state.
    pub inactive: u32,
    /// The persistence templates that lead to it.
    pub persistent: u32,
    /// What went through it.
    pub stats: Stats,
}
