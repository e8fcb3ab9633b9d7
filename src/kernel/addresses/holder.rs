//! Brings the machine's addresses to what is to be held, and tells the neighbours.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::kernel::address::{Address, Change};
use crate::kernel::route::{Interface, Route};
use crate::model::VirtualAddress;

use super::difference::{Step, difference};
use super::neighbours::Voices;
use super::{Held, Report};

/// What is held, and who is still to be told of it.
#[derive(Default)]
pub(super) struct Holder {
    /// Gone after an error, opened again by the next look.
    route: Option<Route>,
    held: Held,
    /// What this run has raised and not lowered, be it wanted or not any more.
    raised: Vec<VirtualAddress>,
    /// What could not be done at the last look.
    refused: Refused,
    /// Those of them that are here all the same, as the machine's own.
    own: Vec<VirtualAddress>,
    /// What was reported as refused last.
    reported: Refused,
    tellings: Vec<Telling>,
    /// Who tells them.
    voices: Voices,
}

/// What could not be done, and why.
type Refused = Vec<(VirtualAddress, String)>;

/// Addresses that the neighbours are told of some more times.
struct Telling {
    addresses: Vec<VirtualAddress>,
    next: Instant,
    left: u32,
}

/// What the machine has.
struct Seen {
    interfaces: Vec<Interface>,
    addresses: Vec<Address>,
}

impl Holder {
    /// Does what is to be done for this asking, and returns what became of it; `None` where nothing
    /// has been asked for yet.
    pub(super) fn bring(&mut self, held: Held) -> Option<Report> {
        if held.ours.is_empty() && self.raised.is_empty() && held.number == 0 {
            return None;
        }
        let again = held.announcements > self.held.announcements || held.up && !self.held.up;
        self.held = held;
        let mut report = Report { number: self.held.number, ..Report::default() };
        let (told, untold) = self.change(&mut report).unwrap_or_else(|why| {
            self.route = None;
            let all = self.held.ours.iter();
            report.refused = all.map(|ours| (ours.clone(), why.to_string())).collect();
            Default::default()
        });
        self.refused.clone_from(&report.refused);
        report.refused.extend(untold);
        match self.held.up {
            true => self.forget(&report.lowered),
            false => self.tellings.clear(),
        }
        let tell = match again && self.held.up {
            true => self.here(),
            false => report.raised.clone(),
        };
        if !tell.is_empty() {
            let (now, is_told) = (Instant::now(), tell == told);
            let next = if is_told { now + BETWEEN_TELLINGS } else { now };
            let left = if is_told { TELLINGS - 1 } else { TELLINGS };
            self.tellings.push(Telling { addresses: tell, next, left });
            let (failed, ended) = self.tell_due();
            report.refused.extend(failed);
            report.announced = ended;
        }
        Some(report)
    }

    /// Whether this asking has not been answered yet.
    pub(super) fn is_fresh(&self, held: &Held) -> bool {
        held.number != self.held.number
    }

    /// Whether a report says something that the last one did not.
    pub(super) fn is_news(&mut self, report: &Report) -> bool {
        let other = report.refused != self.reported;
        self.reported.clone_from(&report.refused);
        other || report.announced || !report.raised.is_empty() || !report.lowered.is_empty()
    }

    /// When the neighbours are to be told again.
    pub(super) fn due(&self) -> Option<Instant> {
        self.tellings.iter().map(|telling| telling.next).min()
    }

    /// Tells those that are due; a report where that was the last time.
    pub(super) fn tell(&mut self) -> Option<Report> {
        let (failed, announced) = self.tell_due();
        let refused = self.refused.iter().cloned().chain(failed).collect();
        let number = self.held.number;
        let report = Report { number, announced, refused, ..Report::default() };
        announced.then_some(report)
    }

    /// Tells those that are due; who could not be told of, and whether that was the last time for any.
    fn tell_due(&mut self) -> (Refused, bool) {
        let now = Instant::now();
        let mut refused = Vec::new();
        for telling in self.tellings.iter_mut().filter(|telling| telling.next <= now) {
            refused.extend(self.voices.tell(&telling.addresses));
            telling.left = telling.left.saturating_sub(1);
            telling.next = now + BETWEEN_TELLINGS;
        }
        let before = self.tellings.len();
        self.tellings.retain(|telling| telling.left > 0);
        (refused, self.tellings.len() < before)
    }

    /// Those that are held.
    fn here(&self) -> Vec<VirtualAddress> {
        let is_refused = |ours: &VirtualAddress| self.refused.iter().any(|(of, _)| of == ours);
        let is_here = |ours: &&VirtualAddress| self.own.contains(*ours) || !is_refused(ours);
        self.held.ours.iter().filter(is_here).cloned().collect()
    }

    /// Whoever is told of an address that is not here any more would be told wrong.
    fn forget(&mut self, lowered: &[VirtualAddress]) {
        for telling in &mut self.tellings {
            telling.addresses.retain(|told| !lowered.contains(told));
        }
        self.tellings.retain(|telling| !telling.addresses.is_empty());
    }

    /// Changes what is to be changed, until it is as it should be or does not get any better: where one
    /// is lowered, it takes those of its network with it that came after it. Neighbours are told of what is
    /// raised at once, before anything is looked at again; returns those that they were told of, and
    /// those that they could not be told of, and why.
    fn change(&mut self, report: &mut Report) -> io::Result<(Vec<VirtualAddress>, Refused)> {
        let (mut told, mut untold) = (Vec::new(), Vec::new());
        self.own.clear();
        let at_first = self.look()?;
        let (ours, gone) = (Arc::clone(&self.held.ours), self.gone());
        self.voices.follow(&ours, &at_first.interfaces);
        let mut seen = None;
        let mut lowered = Vec::new();
        for _ in 0..ROUNDS {
            let now = seen.as_ref().unwrap_or(&at_first);
            let mut steps = difference(&gone, false, &now.interfaces, &now.addresses);
            steps.extend(difference(&ours, self.held.up, &now.interfaces, &now.addresses));
            // a kernel that keeps no marks shows what this run has raised as the machine's own
            let is_raised = |want| self.raised.contains(want) || report.raised.contains(want);
            steps.retain(|step| !matches!(step, Step::Own(want, _) if is_raised(want)));
            report.refused = steps.iter().filter_map(refusal).collect();
            self.own = steps.iter().filter_map(own).collect();
            let (changes, of): (Vec<Change>, Vec<&Step<'_>>) =
                steps.iter().filter_map(|step| Some((change(step)?, step))).unzip();
            if changes.is_empty() {
                break;
            }
            let results = self.route()?.change(&changes)?;
            let progress = results.iter().any(Result::is_ok);
            let all = results.iter().all(Result::is_ok);
            sort(of.into_iter().zip(results), report, &mut lowered);
            if told.is_empty() && !report.raised.is_empty() {
                told.clone_from(&report.raised);
                untold = self.voices.tell(&told);
            }
            if !lowered.is_empty() {
                self.restore(&at_first)?;
            }
            if !progress {
                break;
            }
            // what is raised takes nothing with it, and is looked at when the kernel tells of it
            if all && lowered.is_empty() {
                break;
            }
            seen = Some(self.look()?);
        }
        self.note(lowered, report);
        Ok((told, untold))
    }

    fn note(&mut self, lowered: Vec<VirtualAddress>, report: &mut Report) {
        report.raised.iter().for_each(|raised| push(&mut self.raised, raised));
        // one that went with another is not here any more, either, though the kernel did not find it
        let is_here = |address: &VirtualAddress| {
            report.raised.contains(address)
                || report.refused.iter().any(|(left, _)| left == address)
        };
        report.lowered = lowered.into_iter().filter(|address| !is_here(address)).collect();
        self.raised.retain(|raised| !report.lowered.contains(raised));
    }

    /// What this run has raised and nobody names any more.
    fn gone(&self) -> Vec<VirtualAddress> {
        let named = |raised: &&VirtualAddress| {
            let is_it = |ours: &VirtualAddress| {
                ours.address == raised.address && ours.interface == raised.interface
            };
            !self.held.ours.iter().any(is_it)
        };
        self.raised.iter().filter(named).cloned().collect()
    }

    /// Puts back what was somebody else's and has gone with an address of ours.
    fn restore(&mut self, at_first: &Seen) -> io::Result<()> {
        let now = self.look()?;
        let there: BTreeSet<_> = now.addresses.iter().map(|a| (a.interface, a.address)).collect();
        let is_lost = |was: &&Address| {
            was.is_secondary
                && !was.is_marked
                && !self.held.ours.iter().any(|ours| ours.address == was.address)
                && !there.contains(&(was.interface, was.address))
        };
        let lost: Vec<Change> =
            at_first.addresses.iter().filter(is_lost).map(Address::restore).collect();
        if !lost.is_empty() {
            self.route()?.change(&lost)?;
        }
        Ok(())
    }

    fn look(&mut self) -> io::Result<Seen> {
        let route = self.route()?;
        let interfaces = route.interfaces()?;
        Ok(Seen { interfaces, addresses: route.addresses()? })
    }

    fn route(&mut self) -> io::Result<&mut Route> {
        match &mut self.route {
            Some(route) => Ok(route),
            empty => Ok(empty.insert(Route::open()?)),
        }
    }
}

/// What has been raised and lowered, and what is refused.
fn sort<'a>(
    results: impl Iterator<Item = (&'a Step<'a>, Result<(), String>)>,
    report: &mut Report,
    lowered: &mut Vec<VirtualAddress>,
) {
    for (step, result) in results {
        match (step, result) {
            (Step::Raise(want, ..), Ok(())) => push(&mut report.raised, want),
            (Step::Raise(want, ..), Err(why)) => report.refused.push(((*want).clone(), why)),
            (Step::Lower(want, _), result) => {
                push(lowered, want);
                let refused = result.err().map(|why| ((*want).clone(), why));
                report.refused.extend(refused);
            }
            (Step::Not(..) | Step::Own(..), _) => {}
        }
    }
}

fn change(step: &Step<'_>) -> Option<Change> {
    match step {
        Step::Lower(_, there) => there.lower(),
        Step::Raise(want, interface, prefix) => {
            let label = want.label.as_deref().unwrap_or(want.interface.as_str());
            Change::raise(*interface, want.address, *prefix, label)
        }
        Step::Not(..) | Step::Own(..) => None,
    }
}

fn refusal(step: &Step<'_>) -> Option<(VirtualAddress, String)> {
    match step {
        Step::Not(want, why) | Step::Own(want, why) => Some(((*want).clone(), why.clone())),
        _ => None,
    }
}

fn own(step: &Step<'_>) -> Option<VirtualAddress> {
    match step {
        Step::Own(want, _) => Some((*want).clone()),
        _ => None,
    }
}

fn push(list: &mut Vec<VirtualAddress>, address: &VirtualAddress) {
    if !list.contains(address) {
        list.push(address.clone());
    }
}

/// How often a look, and what it asks for, may follow the last one at once.
const ROUNDS: u32 = 4;
/// How often the neighbours are told, as piranha does.
const TELLINGS: u32 = 5;
const BETWEEN_TELLINGS: Duration = Duration::from_secs(1);
