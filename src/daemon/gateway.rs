//! The default gateway, which tells whose fault a silence is: it answers who has a network.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use checkers::{Check, Outcome, Ping, Target, Verdict};
use tokio::task::spawn_blocking;
use tracing::{debug, info};

/// Whether the default gateway answers one of three pings within 3 s. Where there is none nobody
/// answers.
pub(super) async fn answers() -> bool {
    let Some(gateway) = address().await else {
        info!("there is no default gateway to ask");
        return false;
    };
    answers_ping(gateway.into()).await
}

/// Whether an address answers one of three pings within 3 s.
pub(super) async fn answers_ping(address: IpAddr) -> bool {
    let outcome = ping(address, ATTEMPTS, LIMIT).await;
    debug!("{address}: {}", outcome.message);
    outcome.verdict == Verdict::Up
}

/// What comes of so many pings within this time.
pub(super) async fn ping(address: IpAddr, attempts: u32, limit: Duration) -> Outcome {
    let ping = Check::Ping(Ping { attempts });
    ping.run(Target { address: (address, 0).into() }, limit).await
}

/// The default gateway, if there is one. A router's list is long, and nobody waits for it meanwhile.
pub(super) async fn address() -> Option<Ipv4Addr> {
    let look = || gateway(&fs::read_to_string(ROUTES).unwrap_or_default());
    spawn_blocking(look).await.ok().flatten()
}

/// The gateway of the default route with the least metric, of the kernel's list of routes.
fn gateway(routes: &str) -> Option<Ipv4Addr> {
    let default = |line: &str| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let [_, destination, gateway, flags, _, _, metric, mask, ..] = *columns else {
            return None;
        };
        let flags = u16::from_str_radix(flags, 16).ok()?;
        let is_default = [destination, mask].iter().all(|number| *number == "00000000");
        if !is_default || flags & UP_GATEWAY != UP_GATEWAY {
            return None;
        }
        // as it lies in memory
        let gateway = u32::from_str_radix(gateway, 16).ok()?.to_ne_bytes();
        Some((metric.parse::<u32>().ok()?, Ipv4Addr::from(gateway)))
    };
    routes.lines().skip(1).filter_map(default).min().map(|(_, gateway)| gateway)
}

/// The routes of this thread's network.
const ROUTES: &str = "/proc/thread-self/net/route";
/// RTF_UP and RTF_GATEWAY.
const UP_GATEWAY: u16 = 3;
const ATTEMPTS: u32 = 3;
const LIMIT: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

    #[test]
    #[cfg(target_endian = "little")]
    fn the_default_route_with_the_least_metric() {
        let routes = "eth0\t0000010A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n\
                      eth1\t00000000\tFE00020A\t0003\t0\t0\t200\t00000000\t0\t0\t0\n\
                      eth0\t00000000\tFE00010A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n";
        assert_eq!(gateway(&format!("{HEAD}{routes}")), Some(Ipv4Addr::new(10, 1, 0, 254)));
    }

    #[test]
    fn no_gateway() {
        for routes in ["", "eth0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n", "x\n"] {
            assert_eq!(gateway(&format!("{HEAD}{routes}")), None);
        }
    }
}
