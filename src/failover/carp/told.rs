//! What people want it to be.

use super::claim::Claim;
use super::{Carp, DOWN, Phase, Rules};
use crate::model::Time;

impl Carp {
    /// It is to be master, and claims that before all who advertise less often than is possible.
    pub(super) fn claim_it(&mut self, now: Time) {
        self.hold.end();
        if self.phase == Phase::Down {
            return self.warn(format!("{DOWN}: not active, though told to be"));
        }
        if self.stopping {
            return;
        }
        let was = self.skew;
        // without a base there is no advert without a skew
        if self.skew.is_none() && self.rules.carp.advbase > 0 {
            self.skew = Some(std::mem::take(&mut self.rules.carp.advskew));
        }
        if self.phase != Phase::Master {
            self.take_over(if self.skew.is_some() { CLAIMS } else { TOLD }, now);
        } else if was != self.skew {
            self.warn(CLAIMS.to_owned());
            if self.claimed {
                self.advertise(now);
            }
        }
    }

    /// It is to be a backup, for as long as another is master, as with VRRP; who is about to leave is not
    /// driven out before it has.
    pub(super) fn stand_back(&mut self, now: Time) {
        self.hold.stand_back();
        self.leave("told to be standby, for as long as another is MASTER", now);
        if self.phase != Phase::Leaving {
            self.resign();
        }
    }

    /// It claims nothing any more.
    pub(super) fn resign(&mut self) {
        if let Some(own) = self.skew.take() {
            self.rules.carp.advskew = own;
        }
    }

    /// Another claims the place as much: who was told so last is meant.
    pub(super) fn yields(&mut self, theirs: &Claim) {
        if self.skew.is_some() && !self.claim().is_faster(theirs) {
            self.resign();
        }
    }
}

/// What other rules change, in the file's words; `skew` is what the old ones had of their own.
pub(super) fn changes(was: &Rules, skew: u8, is: &Rules) -> Option<String> {
    let (old, new) = (&was.carp, &is.carp);
    let said =
        |word: &str, was: u32, is: u32| (was != is).then(|| format!("{word} {was} is {is} now"));
    let all = [
        said("id", old.vhid.get().into(), new.vhid.get().into()),
        said("advbase", old.advbase.into(), new.advbase.into()),
        said("advskew", skew.into(), new.advskew.into()),
        said("deadratio", old.dead_ratio, new.dead_ratio),
        (was.source != is.source).then(|| format!("source {} is {} now", was.source, is.source)),
        (old.preempt != new.preempt).then(|| format!("preempt is {} now", new.preempt)),
        (was.key != is.key).then(|| "another secret".to_owned()),
        (old.signed != new.signed).then(|| "other addresses".to_owned()),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    (!all.is_empty()).then(|| format!("the file has changed: {}", all.join(", ")))
}

const TOLD: &str = "told to be active";
const CLAIMS: &str = "told to be active: advskew 0 until it is told to be standby, has another one in \
                      its file, or starts again";
