//! The part outside of all blocks, as far as it concerns every service.

use super::section::Document;
use crate::config::{Diagnostic, Resolver};
use crate::model::{Forwarding, Settings, Timeouts, Tunnel};

/// What holds for all services.
#[derive(Clone, Copy)]
pub(super) struct Site {
    /// The failover blocks are meant (`service = fos`), not the virtual ones.
    pub(super) fos: bool,
    /// How packets reach real servers.
    pub(super) forwarding: Forwarding,
}

impl Site {
    pub(super) fn new(document: &Document<'_>) -> Self {
        let globals = &document.globals;
        let forwarding = match globals.word("network") {
            Some("direct") => Forwarding::Direct,
            Some("tunnel") => Forwarding::Tunnel(Tunnel::Ipip),
            _ => Forwarding::Masq,
        };
        Site { fos: globals.word("service") == Some("fos"), forwarding }
    }
}

/// Lowers what concerns the program itself; what is wrong is noted.
pub(super) fn settings(
    document: &Document<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Settings {
    let globals = &document.globals;
    let seconds = |name| globals.number(name).unwrap_or(0);
    let [tcp, tcp_fin, udp] = ["tcp_timeout", "tcpfin_timeout", "udp_timeout"].map(seconds);
    Settings {
        timeouts: (tcp | tcp_fin | udp != 0).then_some(Timeouts { tcp, tcp_fin, udp }),
        hard_shutdown: globals.boolean("hard_shutdown").unwrap_or(true),
        ..document.lent.settings(resolver, notes)
    }
}
