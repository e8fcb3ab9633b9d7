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
    /// When the neighbours were told last where the addresses are.
    told: Option<Time>,
    /// When it was last said that there are two.
    said: Option<Time>,
}

#[derive(Debug)]
struct Heard {
    since: Time,
    /// If it is not heard again until then there is none any more.
    until: Time,
    /// People know of it; not of a change of the master, nor of one that comes and goes with every
    /// packet.
    is_said: bool,
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
        let is_news = self.said.is_none_or(|said| now.saturating_sub(said) >= QUIET);
        let pause = if self.heard.is_none() { SOON } else { AGAIN };
        let new = || Heard { since: now, until: now, is_said: false };
        let heard = self.heard.get_or_insert_with(new);
        heard.until = now + dead;
        let lasts = now.saturating_sub(master.min(heard.since)) > dead;
        let line = (lasts && is_news && !heard.is_said).then(|| {
            heard.is_said = true;
            self.said = Some(now);
            let text = format!("SPLIT BRAIN: two directors are master, this one stays: {what}");
            Line::mailed(text).error()
        });
        (line, self.tells(pause, now))
    }

    /// One is master, and this is it; `None`: this one.
    pub(super) fn ends(&mut self, master: Option<IpAddr>) -> Option<Line> {
        self.heard.take().filter(|heard| heard.is_said)?;
        let who = master.map_or("this director".to_owned(), |address| address.to_string());
        Some(Line::mailed(format!("split brain is over: {who} is the only master")))
    }

    /// It has told the neighbours something else until now: whether they are to be told, and are not
    /// being told already.
    pub(super) fn corrects(&mut self, now: Time) -> bool {
        self.tells(SOON, now)
    }

    /// Since when two are master.
    pub(super) fn since(&self) -> Option<Time> {
        self.heard.as_ref().filter(|heard| heard.is_said).map(|heard| heard.since)
    }

    /// When it is gone if it is not heard before.
    pub(super) fn until(&self) -> Option<Time> {
        self.heard.as_ref().map(|heard| heard.until)
    }

    fn tells(&mut self, pause: Duration, now: Time) -> bool {
        let tells = self.told.is_none_or(|told| now.saturating_sub(told) >= pause);
        if tells {
            self.told = Some(now);
        }
        tells
    }
}

/// From one telling of the neighbours to the next, as keepalived's `garp_master_delay`.
const AGAIN: Duration = Duration::from_secs(5);
/// The same where there is news: a telling takes longer, so that what is left out is told by it.
const SOON: Duration = Duration::from_secs(1);
/// From one split brain that is said to the next.
const QUIET: Duration = Duration::from_secs(60);
