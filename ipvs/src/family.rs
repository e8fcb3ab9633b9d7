//! The number that the kernel gave to the generic-netlink family IPVS when the module was loaded.

use netlink_packet_core::NLMSG_ERROR;
use netlink_packet_generic::GenlHeader;
use netlink_packet_generic::constants::{
    CTRL_ATTR_FAMILY_ID, CTRL_ATTR_FAMILY_NAME, CTRL_CMD_GETFAMILY, GENL_ID_CTRL,
};
use rustix::io::Errno;

use crate::Error;
use crate::attribute::{attributes, put_text};
use crate::header::IPVS_GENL_NAME;
use crate::message::{self, Mode, replies};
use crate::socket::Socket;

/// Asks the controller of generic netlink; [`Error::NoIpvs`] where there is no such family.
pub(crate) fn resolve(socket: &mut Socket) -> Result<u16, Error> {
    let sequence = socket.sequence(1);
    let mut question = Vec::new();
    let genl = GenlHeader { cmd: CTRL_CMD_GETFAMILY, version: CONTROLLER_VERSION };
    message::write(&mut question, (GENL_ID_CTRL, sequence), Mode::Acknowledged, genl, |out| {
        put_text(out, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME);
    });
    socket.send(&question)?;
    let mut family = None;
    loop {
        for reply in replies(socket.receive(1)?) {
            let reply = reply?;
            if reply.sequence != sequence {
                continue;
            }
            if reply.kind != NLMSG_ERROR {
                let mut found = attributes(reply.attributes());
                family = found
                    .find(|(kind, _)| *kind == CTRL_ATTR_FAMILY_ID)
                    .and_then(|(_, id)| id.u16());
                continue;
            }
            return match reply.errno()? {
                0 => family.ok_or(Error::Broken),
                errno if errno == Errno::NOENT.raw_os_error() => Err(Error::NoIpvs),
                errno => {
                    let source = std::io::Error::from_raw_os_error(errno);
                    Err(Error::Socket { doing: "resolve the family IPVS", source })
                }
            };
        }
    }
}

const CONTROLLER_VERSION: u8 = 2;
