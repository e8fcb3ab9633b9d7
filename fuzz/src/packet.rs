//! Packets for the machines of failover, made of the fuzzer's bytes.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use lvs_director::failover::action::Action;
use lvs_director::failover::machine::{Input, Machine, Packet};
use lvs_director::failover::path::Path;

/// Tells a machine packets: of each a byte of who sent it and how, one of its length, and what it says.
/// What the machine does but for words.
pub fn tell(machine: &mut dyn Machine, input: &[u8], mut now: Duration) -> Vec<Action> {
    let mut done = Vec::new();
    let mut rest = input;
    while let [how, length, behind @ ..] = rest {
        let (bytes, behind) = behind.split_at(behind.len().min(usize::from(*length)));
        let to = if how & 1 == 0 { GROUP } else { OWN };
        let hops = if how & 2 == 0 { 255 } else { *how };
        let from = Ipv4Addr::new(192, 0, 2, how >> 4);
        let packet = Packet { from: from.into(), to: to.into(), hops, path: Path::Public, bytes };
        let said = machine.handle(Input::Packet(packet), now);
        assert!(said.len() <= 8, "{said:?}");
        done.extend(said.into_iter().filter(|action| !matches!(action, Action::Say(_))));
        now += Duration::from_millis(1);
        rest = behind;
    }
    done
}

/// Its own address.
pub const OWN: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
/// An address that it shares.
pub const SHARED: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 99));
/// Whom adverts are for.
pub const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
