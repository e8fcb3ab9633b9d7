use super::*;
use crate::kernel::address::Change;

fn vip(address: &str, prefix: Option<u8>, label: Option<&str>) -> VirtualAddress {
    VirtualAddress {
        address: address.parse().unwrap(),
        prefix,
        interface: "eth0".parse().unwrap(),
        label: label.map(str::to_owned),
    }
}

fn eth0() -> [Interface; 1] {
    [Interface { index: 2, name: "eth0".to_owned(), carries: true, mac: None }]
}

/// As the kernel tells of it after a director has raised it.
fn marked(address: &str, prefix: u8, label: &str) -> Address {
    let change = Change::raise(2, address.parse().unwrap(), prefix, label).unwrap();
    Address::new(change.message).unwrap()
}

/// As somebody else has given it.
fn foreign(address: &str, prefix: u8, label: &str) -> Address {
    let mut there = marked(address, prefix, label);
    there.is_marked = false;
    there
}

fn told(want: &VirtualAddress, up: bool, found: &[Address]) -> Vec<String> {
    let ours = std::slice::from_ref(want);
    let word = |step: &Step<'_>| match step {
        Step::Lower(_, there) => format!("lower {}/{}", there.address, there.prefix),
        Step::Raise(want, interface, prefix) => {
            format!("raise {}/{prefix} on {interface}", want.address)
        }
        Step::Not(_, why) => format!("not: {why}"),
        Step::Own(_, why) => format!("own: {why}"),
    };
    difference(ours, up, &eth0(), found).iter().map(word).collect()
}

#[test]
fn the_prefix_is_that_given_or_of_its_network_or_of_its_class() {
    let own = [foreign("10.1.0.1", 16, "eth0"), foreign("10.1.2.1", 24, "eth0")];
    let six = [foreign("fd01::1", 64, "")];
    let cases = [
        (vip("10.1.2.9", Some(32), None), &own[..], "raise 10.1.2.9/32 on 2"),
        (vip("10.1.2.9", None, None), &own[..], "raise 10.1.2.9/24 on 2"),
        (vip("10.1.9.9", None, None), &own[..], "raise 10.1.9.9/16 on 2"),
        (vip("10.2.0.9", None, None), &own[..], "raise 10.2.0.9/8 on 2"),
        (vip("172.16.0.9", None, None), &own[..], "raise 172.16.0.9/16 on 2"),
        (vip("192.0.2.9", None, None), &own[..], "raise 192.0.2.9/24 on 2"),
        (vip("fd01::9", None, None), &six[..], "raise fd01::9/64 on 2"),
        (vip("fd02::9", None, None), &six[..], "raise fd02::9/128 on 2"),
        (vip("10.1.2.9", None, None), &[], "raise 10.1.2.9/8 on 2"),
    ];
    for (want, found, step) in cases {
        assert_eq!(told(&want, true, found), [step]);
    }
}

#[test]
fn another_virtual_address_lends_its_prefix_to_none() {
    let want = vip("10.1.2.9", None, None);
    assert_eq!(told(&want, true, &[marked("10.1.2.8", 31, "eth0")]), ["raise 10.1.2.9/8 on 2"]);
}

#[test]
fn what_is_there_is_left_and_what_is_ours_is_lowered() {
    let want = vip("10.1.0.9", Some(24), Some("eth0:1"));
    for there in [marked("10.1.0.9", 24, "eth0:1"), foreign("10.1.0.9", 24, "eth0:1")] {
        assert_eq!(told(&want, true, std::slice::from_ref(&there)), [""; 0]);
        assert_eq!(told(&want, false, &[there]), ["lower 10.1.0.9/24"]);
    }
    let other = foreign("10.1.0.8", 24, "eth0:1");
    assert_eq!(told(&want, false, &[other]), [""; 0]);
}

#[test]
fn the_machines_own_address_counts_and_is_never_lowered() {
    let want = vip("10.1.0.9", Some(32), Some("eth0:1"));
    let own = [foreign("10.1.0.9", 24, "eth0")];
    for (up, word) in [(true, "own: "), (false, "not: ")] {
        let said = told(&want, up, &own);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with(word), "{said:?}");
        let command = "`ip address del 10.1.0.9/24 dev eth0` takes it off";
        assert!(said[0].contains(command), "{said:?}");
    }
}

#[test]
fn ours_in_another_network_or_by_another_name_is_raised_anew() {
    let want = vip("10.1.0.9", Some(24), Some("eth0:1"));
    let anew = ["lower 10.1.0.9/32", "raise 10.1.0.9/24 on 2"];
    assert_eq!(told(&want, true, &[marked("10.1.0.9", 32, "eth0:1")]), anew);
    let anew = ["lower 10.1.0.9/24", "raise 10.1.0.9/24 on 2"];
    assert_eq!(told(&want, true, &[marked("10.1.0.9", 24, "eth0")]), anew);
}

#[test]
fn an_interface_that_is_not_there_is_waited_for() {
    let want = VirtualAddress { interface: "eth7".parse().unwrap(), ..vip("10.1.0.9", None, None) };
    assert_eq!(told(&want, true, &[]), ["not: there is no interface eth7"]);
    assert_eq!(told(&want, false, &[]), [""; 0]);
}
