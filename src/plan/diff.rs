//! The smallest change from one table to another, in an order that never serves worse than both.

use ipvs::{Destination, ServiceId};

use super::{Entry, Step, Table};

/// The steps that turn `have` into `want`; none touches what need not change.
///
/// Additions come first, deletions last, so that at no instant a service has fewer servers than
/// both before and after: the fallback comes in before the last real goes out, and a real is back
/// before the fallback leaves.
pub fn diff(have: &Table, want: &Table) -> Vec<Step> {
    let mut steps = Vec::new();
    for entry in want.entries() {
        let id = &entry.service.id;
        if !have.same_entry(want, id) {
            steps.extend(diff_entry(have.get(id), Some(entry)));
        }
    }
    for entry in have.entries() {
        if want.get(&entry.service.id).is_none() {
            steps.extend(diff_entry(Some(entry), None));
        }
    }
    steps
}

/// The steps for one service: from what the kernel has of it, if anything, to what it should have.
pub fn diff_entry(have: Option<&Entry>, want: Option<&Entry>) -> Vec<Step> {
    match (have, want) {
        (None, None) => Vec::new(),
        (None, Some(want)) => add(want),
        (Some(have), None) => vec![Step::DeleteService(have.service.id)],
        (Some(have), Some(want)) => change(have, want),
    }
}

fn add(want: &Entry) -> Vec<Step> {
    let mut steps = vec![Step::AddService(want.service.clone())];
    let id = want.service.id;
    steps.extend(want.destinations.values().map(|d| Step::AddDestination(id, d.clone())));
    steps
}

fn change(have: &Entry, want: &Entry) -> Vec<Step> {
    let id = want.service.id;
    let mut steps = Vec::new();
    if have.service != want.service {
        steps.push(Step::EditService(want.service.clone()));
    }
    let (gains, losses) = edits(id, have, want);
    steps.extend(gains);
    steps.extend(losses);
    for address in have.destinations.keys() {
        if !want.destinations.contains_key(address) {
            steps.push(Step::DeleteDestination(id, *address));
        }
    }
    steps
}

/// Additions and edits: those that may bring a server in, and those that may take one out.
fn edits(id: ServiceId, have: &Entry, want: &Entry) -> (Vec<Step>, Vec<Step>) {
    let (mut gains, mut losses) = (Vec::new(), Vec::new());
    for (address, wanted) in &want.destinations {
        match have.destinations.get(address) {
            None => gains.push(Step::AddDestination(id, wanted.clone())),
            Some(found) if found == wanted => {}
            Some(found) if weakens(found, wanted) => {
                losses.push(Step::EditDestination(id, wanted.clone()));
            }
            Some(_) => gains.push(Step::EditDestination(id, wanted.clone())),
        }
    }
    (gains, losses)
}

fn weakens(found: &Destination, wanted: &Destination) -> bool {
    wanted.weight < found.weight
}
