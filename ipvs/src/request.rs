//! Everything that this crate asks of the kernel: number and attributes of each command.

use netlink_packet_generic::GenlHeader;

use crate::attribute::nest;
use crate::destination::encode_address;
use crate::header::*;
use crate::message::{self, Mode};
use crate::{Command, Daemon, DaemonState, ServiceId, Timeouts};

/// A request, before it has a sequence number.
#[derive(Clone, Copy)]
pub(crate) enum Request<'a> {
    Change(&'a Command),
    Services,
    Service(&'a ServiceId),
    Destinations(&'a ServiceId),
    Daemons,
    StartDaemon(&'a Daemon),
    StopDaemon(DaemonState),
    Timeouts,
    SetTimeouts(&'a Timeouts),
    Kernel,
    Zero(Option<&'a ServiceId>),
    Flush,
}

impl Request<'_> {
    /// Appends the request as a message.
    pub(crate) fn write(&self, out: &mut Vec<u8>, family: u16, sequence: u32, mode: Mode) {
        let genl = GenlHeader { cmd: self.number(), version: IPVS_GENL_VERSION };
        message::write(out, (family, sequence), mode, genl, |out| self.encode(out));
    }

    /// How it is asked by itself.
    pub(crate) fn mode(&self) -> Mode {
        match self {
            Request::Services | Request::Destinations(_) | Request::Daemons => Mode::Dump,
            _ => Mode::Acknowledged,
        }
    }

    fn number(&self) -> u8 {
        match self {
            Request::Change(Command::AddService(_)) => IPVS_CMD_NEW_SERVICE,
            Request::Change(Command::EditService(_)) => IPVS_CMD_SET_SERVICE,
            Request::Change(Command::DeleteService(_)) => IPVS_CMD_DEL_SERVICE,
            Request::Change(Command::AddDestination(..)) => IPVS_CMD_NEW_DEST,
            Request::Change(Command::EditDestination(..)) => IPVS_CMD_SET_DEST,
            Request::Change(Command::DeleteDestination(..)) => IPVS_CMD_DEL_DEST,
            Request::Services | Request::Service(_) => IPVS_CMD_GET_SERVICE,
            Request::Destinations(_) => IPVS_CMD_GET_DEST,
            Request::Daemons => IPVS_CMD_GET_DAEMON,
            Request::StartDaemon(_) => IPVS_CMD_NEW_DAEMON,
            Request::StopDaemon(_) => IPVS_CMD_DEL_DAEMON,
            Request::Timeouts => IPVS_CMD_GET_CONFIG,
            Request::SetTimeouts(_) => IPVS_CMD_SET_CONFIG,
            Request::Kernel => IPVS_CMD_GET_INFO,
            Request::Zero(_) => IPVS_CMD_ZERO,
            Request::Flush => IPVS_CMD_FLUSH,
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Request::Change(command) => encode_change(command, out),
            Request::Service(id) | Request::Destinations(id) | Request::Zero(Some(id)) => {
                nest(out, IPVS_CMD_ATTR_SERVICE, |out| id.encode(out));
            }
            Request::StartDaemon(daemon) => {
                nest(out, IPVS_CMD_ATTR_DAEMON, |out| daemon.encode(out));
            }
            Request::StopDaemon(state) => nest(out, IPVS_CMD_ATTR_DAEMON, |out| state.encode(out)),
            Request::SetTimeouts(timeouts) => timeouts.encode(out),
            Request::Services
            | Request::Daemons
            | Request::Timeouts
            | Request::Kernel
            | Request::Zero(None)
            | Request::Flush => {}
        }
    }
}

fn encode_change(command: &Command, out: &mut Vec<u8>) {
    match command {
        Command::AddService(service) | Command::EditService(service) => {
            nest(out, IPVS_CMD_ATTR_SERVICE, |out| service.encode(out));
        }
        Command::DeleteService(id) => nest(out, IPVS_CMD_ATTR_SERVICE, |out| id.encode(out)),
        Command::AddDestination(id, destination) | Command::EditDestination(id, destination) => {
            nest(out, IPVS_CMD_ATTR_SERVICE, |out| id.encode(out));
            nest(out, IPVS_CMD_ATTR_DEST, |out| destination.encode(out));
        }
        Command::DeleteDestination(id, address) => {
            nest(out, IPVS_CMD_ATTR_SERVICE, |out| id.encode(out));
            nest(out, IPVS_CMD_ATTR_DEST, |out| encode_address(address, out));
        }
    }
}
