//! What control does for its pair: the table of a role, mail, and the end.

use std::future::pending;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tracing::{error, info};

use crate::daemon::Error;
use crate::daemon::cluster::Request;
use crate::daemon::signals::Signals;
use crate::director::{Effect, Event};
use crate::failover::machine::Input;
use crate::kernel::Orders;
use crate::kernel::task::Round;
use crate::model::Role;
use crate::observe::mail;

use super::Control;

impl Control {
    /// Does what the pair asks for.
    pub(super) fn request(&mut self, request: Request) {
        match request {
            Request::Role(role, done) => {
                self.role = role;
                let mut effects = self.director.handle(Event::Role(role), self.now());
                // the sync daemon goes with the role, whatever there is in the table
                effects.push(Effect::Program);
                self.carry(effects);
                self.awaited = Some((self.number, done));
            }
            Request::Mail(text) => {
                let (alert, from) = (&self.settings.alert, self.settings.mail_from.as_deref());
                let letter = mail::notice(alert, from, &text, &self.host, self.director.phase());
                let letter = letter.filter(|_| !self.options.dry_run);
                letter.into_iter().for_each(|letter| self.post.take(letter));
            }
        }
    }

    /// What is ordered of the kernel beside its table; at the end there is no role.
    pub(super) fn orders(&mut self, role: Option<Role>) -> Orders {
        let sync = self.pair.as_mut().map(|pair| pair.sync(role)).unwrap_or_default();
        Orders { sync, timeouts: self.settings.timeouts }
    }

    /// Answers who waits for the kernel; and where that cannot be told anything for long, who is
    /// active cannot serve. Single steps that it refuses are no reason for that.
    pub(super) fn taken(&mut self, round: &Round) {
        if round.refused != self.refused_orders {
            match &round.refused {
                Some(why) => error!("the kernel refuses, to be tried again: {why}"),
                None => info!("the kernel does what it was ordered beside its table"),
            }
            self.refused_orders.clone_from(&round.refused);
        }
        if let Some((_, setup)) = self.setup.take_if(|(number, _)| *number <= round.number)
            && let Some(pair) = &self.pair
        {
            self.reload.keep_places(setup.cluster().clone());
            pair.follow(setup);
        }
        let Err(why) = &round.result else {
            self.untold = None;
            if let Some((_, done)) = self.awaited.take_if(|(number, _)| *number <= round.number) {
                // who has been overtaken waits no more
                let _ = done.send(());
            }
            return;
        };
        let since = *self.untold.get_or_insert_with(Instant::now);
        let waits = self.awaited.as_ref().is_some_and(|(_, done)| !done.is_closed());
        if let Some(pair) = &self.pair
            && self.role == Role::Active
            && !waits
            && since.elapsed() >= UNTOLD
        {
            // and again if that lasts
            self.untold = None;
            pair.tell(Input::Broken(why.to_string()));
        }
    }

    /// The time of day of a moment.
    pub(super) fn time_of_day(&self, at: Instant) -> Timestamp {
        let since = at.saturating_duration_since(self.born);
        self.program.started.checked_add(since).unwrap_or(self.program.started)
    }

    /// Gives up what only one of a pair may hold, and tells the peer. A second signal does not wait
    /// for commands, a third one, or a moment later, for nothing more: then this fails. Returns
    /// whether there was a second one.
    pub(super) async fn leave(
        &mut self,
        rounds: &mut mpsc::UnboundedReceiver<Round>,
        requests: &mut mpsc::Receiver<Request>,
        signals: &mut Signals,
    ) -> Result<bool, Error> {
        let Some(pair) = &self.pair else { return Ok(false) };
        pair.tell(Input::Stop);
        let mut hurried = None;
        loop {
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => self.request(request),
                    None => return Ok(hurried.is_some()),
                },
                Some(round) = rounds.recv() => self.round(round),
                () = hurry(signals, hurried) => match (hurried, &self.pair) {
                    (None, Some(pair)) => {
                        pair.hurry();
                        hurried = Some(Instant::now() + HURRY);
                    }
                    _ => {
                        let why = "a signal came before the addresses were given up";
                        return Err(Error::Untold(why.to_owned()));
                    }
                }
            }
        }
    }
}

/// Waits for a signal to stop, or for the end of a hurry.
async fn hurry(signals: &mut Signals, end: Option<Instant>) {
    let end = async {
        match end {
            Some(end) => sleep_until(end).await,
            None => pending().await,
        }
    };
    tokio::select! {
        () = signals.stop() => {}
        () = end => {}
    }
}

/// How long a stop may take still after a second signal.
const HURRY: Duration = Duration::from_secs(5);
/// How long the kernel may not be told anything before the peer is to serve.
const UNTOLD: Duration = Duration::from_secs(10);
