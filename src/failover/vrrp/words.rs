//! What the log is told, in keepalived's words.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Rules;

/// What it has become.
pub(super) fn state(carries: bool, is_master: bool) -> &'static str {
    match (carries, is_master) {
        (true, true) => "Entering MASTER STATE",
        (true, false) => "Entering BACKUP STATE",
        (false, _) => "Entering FAULT STATE",
    }
}

/// Another master whose place it is.
pub(super) fn better(theirs: u8, ours: u8, from: IpAddr) -> String {
    let heard = format!("Master received advert from {from} with");
    if theirs == ours {
        format!("{heard} same priority {theirs} but higher IP address than ours")
    } else {
        format!("{heard} higher priority {theirs}, ours {ours}")
    }
}

/// Another master whose place it is not.
pub(super) fn worse(theirs: u8, ours: u8, from: IpAddr) -> String {
    let heard = format!("Received advert from {from} with");
    if theirs == ours {
        format!(
            "{heard} same priority {theirs} but lower IP address than ours, forcing new election"
        )
    } else {
        format!("{heard} lower priority {theirs}, ours {ours}, forcing new election")
    }
}

/// Other addresses than this one's are named: who names them, and what is not on both sides.
pub(super) fn names(ours: &[u8], theirs: &[u8], from: IpAddr) -> String {
    let [ours, theirs] = [ours, theirs].map(|bytes| addresses(bytes, from));
    let lacking = ours.iter().find(|address| !theirs.contains(address));
    let beyond = theirs.iter().find(|address| !ours.contains(address));
    let mut text =
        format!("expected {} VIPs but received {}, from {from}", ours.len(), theirs.len());
    if let Some(address) = lacking {
        text += &format!("; it does not name {address}");
    }
    if let Some(address) = beyond {
        text += &format!("; this director has no {address}");
    }
    text + ": have both the same addresses in their files?"
}

/// What other rules change, in the file's words.
pub(super) fn changes(was: &Rules, is: &Rules) -> Vec<String> {
    let (old, new) = (&was.vrrp, &is.vrrp);
    let said = |word: &str, was: String, is: String| {
        (was != is).then(|| format!("{word} {was} is {is} now"))
    };
    let seconds = |of: &Rules| of.vrrp.interval.as_secs_f64().to_string();
    let secret = (was.key != is.key).then(|| "another secret".to_owned());
    let named = (old.named != new.named).then(|| "other addresses".to_owned());
    let peers = (old.peers != new.peers).then(|| "other peers".to_owned());
    let all = [
        said("id", old.vrid.to_string(), new.vrid.to_string()),
        said("priority", old.priority.to_string(), new.priority.to_string()),
        said("interval", seconds(was), seconds(is)),
        said("version", format!("{:?}", old.version), format!("{:?}", new.version)),
        said("source", was.source.to_string(), is.source.to_string()),
        said("preempt", old.preempt.to_string(), new.preempt.to_string()),
        secret,
        named,
        peers,
    ];
    all.into_iter().flatten().collect()
}

/// An address that an advert names, and that is one of ours as well.
pub(super) fn shared(ours: &[u8], advert: &[u8], from: IpAddr) -> Option<IpAddr> {
    let size = if from.is_ipv4() { 4 } else { 16 };
    let count = usize::from(*advert.get(3)?);
    let theirs = addresses(advert.get(8..8 + count * size)?, from);
    addresses(ours, from).into_iter().find(|address| theirs.contains(address))
}

fn addresses(bytes: &[u8], family: IpAddr) -> Vec<IpAddr> {
    let v4 = |bytes: &[u8]| Some(Ipv4Addr::from(*bytes.first_chunk::<4>()?).into());
    let v6 = |bytes: &[u8]| Some(Ipv6Addr::from(*bytes.first_chunk::<16>()?).into());
    match family {
        IpAddr::V4(_) => bytes.chunks(4).filter_map(v4).collect(),
        IpAddr::V6(_) => bytes.chunks(16).filter_map(v6).collect(),
    }
}
