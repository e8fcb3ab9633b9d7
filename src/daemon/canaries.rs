//! Who is asked whether this director can be reached: where nobody answers it had better not be the
//! active one. Where there is nobody to be asked nothing is sent.

use std::net::IpAddr;
use std::time::Duration;

use checkers::Verdict;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::model::Canary;

use super::gateway;

/// Asks these, round by round, and tells what counts against the director from then on, or that
/// nothing does; until there is nobody who could name others.
pub(super) async fn watch(
    mut canaries: watch::Receiver<Vec<Canary>>,
    tell: mpsc::Sender<Option<String>>,
) {
    let mut judge = Judge::default();
    loop {
        let asked = canaries.borrow_and_update().clone();
        let next = Instant::now() + INTERVAL;
        let news = match asked.is_empty() {
            true => judge.forget(),
            false => judge.hear(round(&asked).await),
        };
        if let Some(news) = news
            && tell.send(news).await.is_err()
        {
            return;
        }
        tokio::select! {
            changed = canaries.changed() => match changed {
                Ok(()) => {}
                Err(_) => return,
            },
            () = sleep_until(next), if !asked.is_empty() => {}
        }
    }
}

/// What the rounds come to: all must be silent twice in a row, and one must answer thrice, so that a bad
/// line does not hand the role to and fro.
#[derive(Debug, Default)]
struct Judge {
    silent: u32,
    answered: u32,
    is_told: bool,
}

impl Judge {
    /// Who was silent in a round in which nobody answered; what is to be told, if that is news.
    fn hear(&mut self, silent: Option<String>) -> Option<Option<String>> {
        (self.silent, self.answered) = match silent {
            Some(_) => (self.silent.saturating_add(1), 0),
            None => (0, self.answered.saturating_add(1)),
        };
        match silent {
            Some(who) if !self.is_told && self.silent >= SILENT => {
                self.is_told = true;
                Some(Some(format!("no canary answers: {who}")))
            }
            None if self.is_told && self.answered >= ANSWERED => self.forget(),
            _ => None,
        }
    }

    /// Nobody is asked; what is to be told, if that is news.
    fn forget(&mut self) -> Option<Option<String>> {
        std::mem::take(self).is_told.then_some(None)
    }
}

/// Asks all at once, until the first one answers; who they were, if nobody does.
async fn round(canaries: &[Canary]) -> Option<String> {
    let mut asked = JoinSet::new();
    let mut names = Vec::new();
    for canary in canaries {
        let (name, address) = match canary {
            Canary::Host(address) => (address.to_string(), Some(*address)),
            Canary::Gateway => match gateway::address().await {
                Some(address) => (format!("{address} (default gateway)"), Some(address.into())),
                None => ("there is no default gateway".to_owned(), None),
            },
        };
        names.push(name);
        address.map(|address| asked.spawn(answers(address)));
    }
    while let Some(answer) = asked.join_next().await {
        if answer.is_ok_and(|answers| answers) {
            return None;
        }
    }
    Some(names.join(", "))
}

async fn answers(address: IpAddr) -> bool {
    gateway::ping(address, ATTEMPTS, LIMIT).await.verdict == Verdict::Up
}

/// From one round to the next.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long a round lasts where nobody answers.
const LIMIT: Duration = Duration::from_secs(1);
/// Echo requests in that time.
const ATTEMPTS: u32 = 2;
/// Rounds in a row that tell of silence.
const SILENT: u32 = 2;
/// And of its end.
const ANSWERED: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_when_it_lasts_and_when_it_ends() {
        let mut judge = Judge::default();
        let silent = || Some("192.0.2.1".to_owned());
        let dead = || Some("no canary answers: 192.0.2.1".to_owned());
        assert_eq!(judge.hear(None), None);
        assert_eq!(judge.hear(silent()), None);
        assert_eq!(judge.hear(None), None, "one silent round is none");
        assert_eq!(judge.hear(silent()), None);
        assert_eq!(judge.hear(silent()), Some(dead()));
        assert_eq!(judge.hear(silent()), None, "it has been told");
        assert_eq!(judge.hear(None), None);
        assert_eq!(judge.hear(None), None);
        assert_eq!(judge.hear(silent()), None, "nor is one that answers now and then well");
        assert_eq!(judge.hear(silent()), None, "which is no news");
        assert_eq!([judge.hear(None), judge.hear(None)], [None, None]);
        assert_eq!(judge.hear(None), Some(None));
        assert_eq!(judge.hear(None), None);
    }

    #[tokio::test]
    async fn one_answer_is_enough_and_nobody_is_asked_where_there_is_nobody() {
        let (list, seen) = watch::channel(Vec::new());
        let (tell, mut told) = mpsc::channel(1);
        let watching = tokio::spawn(watch(seen, tell));
        // to whom nothing can be sent by who has not asked for a broadcast
        let nobody = Canary::Host(IpAddr::from([255, 255, 255, 255]));
        assert!(round(&[nobody]).await.is_some());
        let own = Canary::Host(IpAddr::from([127, 0, 0, 1]));
        if !answers(IpAddr::from([127, 0, 0, 1])).await {
            eprintln!("not tested: this machine may not ping");
        } else {
            assert_eq!(round(&[nobody, own]).await, None);
        }
        list.send_replace(vec![nobody]);
        assert_eq!(told.recv().await, Some(Some("no canary answers: 255.255.255.255".to_owned())));
        list.send_replace(Vec::new());
        assert_eq!(told.recv().await, Some(None), "who asks nobody has nothing against it");
        drop(list);
        watching.await.unwrap();
    }
}
