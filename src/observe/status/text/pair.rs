//! A director's side of its cluster, for people.

use std::fmt::Write;

use jiff::{Timestamp, tz::TimeZone};

use crate::model::Role;

use super::super::{PairStatus, PeerStatus};
use super::moment;

/// Its role, what is wrong with it, whom it hears, and what it holds.
pub(super) fn describe(page: &mut String, pair: &PairStatus, now: Timestamp, zone: &TimeZone) {
    let when = |at| moment(at, now, zone);
    let office = match pair.master {
        Some(true) => "primary",
        Some(false) => "backup",
        None => "director",
    };
    let protocol = &pair.protocol;
    let role = match pair.role {
        Role::Active => "ACTIVE",
        Role::Standby => "standby",
    };
    // writing to a String cannot fail
    let _ = writeln!(
        page,
        "The {office} is {role} ({protocol}) since {}: {}",
        when(pair.since),
        pair.because
    );
    if !pair.settled {
        page.push_str("It is not yet done: addresses, table and commands\n");
    }
    if let Some(why) = &pair.unfit {
        let since = pair.unfit_since.map_or(String::new(), |at| format!(" since {}", when(at)));
        let _ = writeln!(page, "UNFIT{since}: {why}");
    }
    if let Some(since) = pair.split_brain {
        let _ = writeln!(page, "SPLIT BRAIN since {}: the peer is active, too", when(since));
    }
    // only the master speaks
    let silent = matches!(pair.protocol.as_str(), "carp" | "vrrp") && pair.role == Role::Active;
    match &pair.peer {
        Some(peer) if silent && pair.split_brain.is_none() => of_standbys(page, pair, peer, when),
        Some(peer) => of_peer(page, peer, when),
        None => {}
    }
    if !pair.ignored.is_empty() {
        let reasons: Vec<String> =
            pair.ignored.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        let _ = writeln!(page, "Packets not believed: {}", reasons.join(", "));
    }
    if !pair.addresses.is_empty() {
        let _ = writeln!(page, "It holds {}", pair.addresses.join(", "));
    }
    for refused in &pair.refused {
        let _ = writeln!(page, "Not as it should be: {refused}");
    }
}

/// Of an active one's: that nothing is heard of them is well.
fn of_standbys(
    page: &mut String,
    pair: &PairStatus,
    peer: &PeerStatus,
    when: impl Fn(Timestamp) -> String,
) {
    let _ = writeln!(page, "Its standbys are silent, as {} has it", pair.protocol);
    if let (Some(address), Some(at)) = (&peer.address, peer.heard) {
        let claim = peer.claim.as_deref().map_or(String::new(), |claim| format!(" ({claim})"));
        let _ =
            writeln!(page, "The last active one but it was {address}{claim}, until {}", when(at));
    }
    if let Some(why) = &peer.disbelieved {
        let _ = writeln!(page, "ANOTHER MAY BE ACTIVE, and is not believed: {why}");
    }
}

fn of_peer(page: &mut String, peer: &PeerStatus, when: impl Fn(Timestamp) -> String) {
    let name = peer.address.as_deref().map_or(String::new(), |address| format!(" {address}"));
    let claim = peer.claim.as_deref().map_or(String::new(), |claim| format!(" ({claim})"));
    let heard = peer.heard.map(|at| format!("was heard at {}", when(at)));
    let doubt = peer.disbelieved.as_ref();
    let doubt = doubt.map(|why| format!("its heartbeats are not believed: {why}"));
    let state = match (heard, doubt) {
        (Some(heard), Some(doubt)) => format!(" {heard}; since then {doubt}"),
        (Some(heard), None) => format!(" {heard}"),
        (None, Some(doubt)) => format!(": {doubt}"),
        (None, None) => " has not been heard yet".to_owned(),
    };
    let _ = writeln!(page, "Its peer{name}{claim}{state}");
}
