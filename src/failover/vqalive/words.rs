//! How the log has it.

use std::net::IpAddr;
use std::time::Duration;

use crate::failover::announcement::Mac;
use crate::failover::machine::Owner;

/// Seconds, with what is behind the point if there is anything.
pub(super) fn time(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 1000.0).round() / 1000.0)
}

/// A card's address.
pub(super) fn card(mac: Mac) -> String {
    let [a, b, c, d, e, f] = mac;
    format!("{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}")
}

/// Who has an address, and which.
pub(super) fn owner(owner: &Owner) -> String {
    format!("{} is at {}", owner.address, claim(owner))
}

/// Who wants it.
pub(super) fn claim(owner: &Owner) -> String {
    let real = owner.real.map_or_else(String::new, |real| format!(" ({real})"));
    format!("card {}{real}", card(owner.mac))
}

/// A list of addresses.
pub(super) fn list(addresses: &[IpAddr]) -> String {
    let addresses: Vec<_> = addresses.iter().map(ToString::to_string).collect();
    addresses.join(", ")
}
