//! A change of one row of the kernel's tables.

use std::net::SocketAddr;

use crate::{Destination, Service, ServiceId};

/// One change of the tables of services and destinations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    /// Adds a service that is not there yet.
    AddService(Service),
    /// Changes scheduler, flags or persistence of a service; connections and destinations stay.
    EditService(Service),
    /// Removes a service with its destinations.
    DeleteService(ServiceId),
    /// Adds a destination that the service does not have yet.
    AddDestination(ServiceId, Destination),
    /// Changes weight, thresholds or forwarding of a destination; its connections stay.
    EditDestination(ServiceId, Destination),
    /// Removes a destination.
    DeleteDestination(ServiceId, SocketAddr),
}

impl Command {
    /// The service that it concerns.
    pub fn service(&self) -> &ServiceId {
        match self {
            Command::AddService(service) | Command::EditService(service) => &service.id,
            Command::DeleteService(id)
            | Command::AddDestination(id, _)
            | Command::EditDestination(id, _)
            | Command::DeleteDestination(id, _) => id,
        }
    }
}
