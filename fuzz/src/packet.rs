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
        let summed = if how & 4 == 0 { bytes.to_vec() } else { summed(bytes, from, to) };
        let (from, to, bytes) = (from.into(), to.into(), &summed);
        let packet = Packet { from, to, hops, path: Path::Public, bytes };
        let said = machine.handle(Input::Packet(packet), now);
        assert!(said.len() <= 8, "{said:?}");
        done.extend(said.into_iter().filter(|action| !matches!(action, Action::Say(_))));
        now += Duration::from_millis(1);
        rest = behind;
    }
    done
}

/// The same with the checksum that is right, which chance does not find: of VRRP 3 with a pseudo header,
/// and of no more than the addresses that it counts.
fn summed(bytes: &[u8], from: Ipv4Addr, to: Ipv4Addr) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let [kind, _, _, count, _, _, high, low, ..] = &mut bytes[..] else { return bytes };
    let (kind, count) = (*kind, usize::from(*count));
    (*high, *low) = (0, 0);
    let mut covered = bytes.clone();
    if kind >> 4 == 3 {
        covered.truncate(8 + 4 * count);
        let length = u16::try_from(covered.len()).unwrap_or(u16::MAX);
        covered.resize(covered.len().next_multiple_of(2), 0);
        covered.extend([from.octets(), to.octets()].concat());
        covered.extend([0, 112]);
        covered.extend(length.to_be_bytes());
    }
    let words = covered.chunks(2).map(|pair| match pair {
        [high, low] => u64::from(u16::from_be_bytes([*high, *low])),
        odd => u64::from(odd[0]) << 8,
    });
    let sum = words.fold(0, |sum, word| (sum + word) % 0xffff);
    let sum = !u16::try_from(sum).unwrap_or(0);
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// Its own address.
pub const OWN: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
/// An address that it shares.
pub const SHARED: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 99));
/// Whom adverts are for.
pub const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
