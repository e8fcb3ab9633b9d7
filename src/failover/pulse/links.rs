//! This director's own cables (piranha's monitor_links).

use crate::failover::line::Line;

/// Which of them carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) public: bool,
    pub(super) private: bool,
}

/// As long as nobody says otherwise, all do.
impl Default for Links {
    fn default() -> Self {
        Links { public: true, private: true }
    }
}

impl Links {
    /// Whether the director may be active.
    pub(super) fn carry(self) -> bool {
        self.public && self.private
    }

    /// Takes note of a change; what is to be said of it.
    pub(super) fn change(&mut self, links: Links) -> Vec<Line> {
        let was = std::mem::replace(self, links);
        let mut lines = Vec::new();
        if was.public && !links.public {
            lines.push(Line::logged("Primary NIC: link down").warning());
        }
        if was.private && !links.private {
            lines.push(Line::logged("Private NIC: link down").warning());
        }
        match (was.carry(), links.carry()) {
            (true, false) => {
                lines.push(Line::mailed("Local NIC link failure: Pulse disabled").warning());
            }
            (false, true) => lines.push(Line::mailed("Local NIC link(s) restored: Pulse enabled")),
            _ => {}
        }
        lines
    }
}
