//! Another master beside this one: said loud, once, and its end as well.
//!
//! A change of the master is none: a while passes until both know of it.

use std::net::IpAddr;
use std::time::Duration;

use crate::failover::line::Line;
use crate::model::Time;

/// Who it is, and what has been said of it.
#[derive(Debug, Default)]
pub(super) struct Rival {
    heard: Option<Heard>,
}

#[derive(Debug)]
struct Heard {
    since: Time,
    /// If it is not heard again until then there is none any more.
    until: Time,
    /// When the neighbours were told last where the addresses are.
    told: Time,
    /// It goes on, and that was said.
    said: bool,
}

impl Rival {
    /// It is heard beside one that has been master since then, and is believed to be there for as long
    /// as who is silent is not dead. What is to be said, once, when either has been master for longer;
    /// and whether the neighbours are to be told now, for it tells them something else.
    pub(super) fn is_heard(
        &mut self,
        (master, dead): (Time, Duration),
        now: Time,
        what: &str,
    ) -> (Option<Line>, bool) {
        let until = now + dead;
        let is_new = self.heard.is_none();
        let new = || Heard { since: now, until, told: now, said: false };
        let heard = self.heard.get_or_insert_with(new);
        heard.until = until;
        let tells = is_new || now.saturating_sub(heard.told) >= AGAIN;
        if tells {
            heard.told = now;
        }
        let lasts = now.saturating_sub(master.min(heard.since)) > dead;
        if !lasts || std::mem::replace(&mut heard.said, true) {
            return (None, tells);
        }
        let text = format!("SPLIT BRAIN: two directors are master, this one stays: {what}");
        (Some(Line::mailed(text).error()), tells)
    }

    /// One is master, and this is it; `None`: this one.
    pub(super) fn ends(&mut self, master: Option<IpAddr>) -> Option<Line> {
        self.heard.take().filter(|heard| heard.said)?;
        let who = master.map_or("this director".to_owned(), |address| address.to_string());
        Some(Line::mailed(format!("split brain is over: {who} is the only master")))
    }

    /// Since when two are master.
    pub(super) fn since(&self) -> Option<Time> {
        self.heard.as_ref().filter(|heard| heard.said).map(|heard| heard.since)
    }

    /// When it is gone if it is not heard before.
    pub(super) fn until(&self) -> Option<Time> {
        self.heard.as_ref().map(|heard| heard.until)
    }
}

/// From one telling of the neighbours to the next, as keepalived's `garp_master_delay`.
const AGAIN: Duration = Duration::from_secs(5);
