//! Two that are active: said loud, once, and its end as well.

use super::line::Line;

/// What has been said of it.
#[derive(Debug, Default)]
pub(super) struct Split {
    /// Both were active when last heard.
    seen: bool,
    /// A STOPME has been refused.
    refused: bool,
}

impl Split {
    /// Both are active, as this one knows now.
    pub(super) fn begins(&mut self, is_master: bool) -> Option<Line> {
        let what = if is_master { "the primary stays" } else { "the backup yields" };
        let first = !std::mem::replace(&mut self.seen, true);
        let text = format!("SPLIT BRAIN: both directors are active: this one, {what}");
        first.then(|| Line::mailed(text))
    }

    /// One is active: `who`.
    pub(super) fn ends(&mut self, who: &str) -> Option<Line> {
        self.refused = false;
        let text = format!("split brain is over: {who} the only active director");
        std::mem::take(&mut self.seen).then(|| Line::mailed(text))
    }

    /// The peer is silent: nobody knows what it is.
    pub(super) fn forget(&mut self) -> Option<Line> {
        self.refused = false;
        let text = "split brain is over, or the peer cannot be heard any more";
        std::mem::take(&mut self.seen).then(|| Line::mailed(text))
    }

    /// The peer says STOPME, which failover services do.
    pub(super) fn refuses(&mut self) -> Option<Line> {
        let first = !std::mem::replace(&mut self.refused, true);
        let text = "PARTNER HAS TOLD US TO GO INACTIVE! -- refused: that is for service = fos only";
        first.then(|| Line::logged(text))
    }
}
