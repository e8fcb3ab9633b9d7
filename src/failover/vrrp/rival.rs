//! Another master beside this one: said loud, once, and its end as well.

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
}

impl Rival {
    /// It is heard, and is believed to be there until then. What is to be said the first time; and
    /// whether the neighbours are to be told now, for it tells them something else.
    pub(super) fn is_heard(&mut self, until: Time, now: Time, what: &str) -> (Option<Line>, bool) {
        if let Some(heard) = &mut self.heard {
            heard.until = until;
            let tells = now.saturating_sub(heard.told) >= AGAIN;
            if tells {
                heard.told = now;
            }
            return (None, tells);
        }
        self.heard = Some(Heard { since: now, until, told: now });
        let text = format!("SPLIT BRAIN: two directors are master, this one stays: {what}");
        (Some(Line::mailed(text).error()), true)
    }

    /// One is master, and this is it; `None`: this one.
    pub(super) fn ends(&mut self, master: Option<IpAddr>) -> Option<Line> {
        self.heard.take()?;
        let who = master.map_or("this director".to_owned(), |address| address.to_string());
        Some(Line::mailed(format!("split brain is over: {who} is the only master")))
    }

    /// Since when two are master.
    pub(super) fn since(&self) -> Option<Time> {
        self.heard.as_ref().map(|heard| heard.since)
    }

    /// When it is gone if it is not heard before.
    pub(super) fn until(&self) -> Option<Time> {
        self.heard.as_ref().map(|heard| heard.until)
    }
}

/// From one telling of the neighbours to the next, as keepalived's `garp_master_delay`.
const AGAIN: Duration = Duration::from_secs(5);
