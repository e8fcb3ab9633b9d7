//! Every kind of destination, there and back.

use ipvs::{Checksum, Command, Destination, Family, Forwarding, Ipvs, Service, Tunnel};

use crate::lab::{Lab, mark, real, sorted, tcp};

#[test]
fn every_kind_of_destination_is_given_back_as_it_was_added() {
    let Some(lab) = Lab::enter("destinations") else { return };
    let ipip = Forwarding::Tunnel(Tunnel::Ipip);
    let gue = |checksum| Forwarding::Tunnel(Tunnel::Gue { port: 6080, checksum });
    let gre = |checksum| Forwarding::Tunnel(Tunnel::Gre { checksum });
    let bounded = Destination {
        weight: 2_147_483_647,
        upper_threshold: 100,
        lower_threshold: 50,
        ..real("10.0.0.3:80", Forwarding::Direct)
    };
    // ipvsadm 1.31 saves no thresholds, calls local -g, and has no word at all for bypass
    let destinations = [
        (real("10.0.0.1:8080", Forwarding::Masq), "10.0.0.1:8080 -m -w 1"),
        (real("10.0.0.2:80", Forwarding::Direct), "10.0.0.2:80 -g -w 1"),
        (real("10.0.0.10:80", Forwarding::Local), "10.0.0.10:80 -g -w 1"),
        (bounded, "10.0.0.3:80 -g -w 2147483647"),
        (real("10.0.0.4:80", ipip), "10.0.0.4:80 -i -w 1 --tun-type ipip"),
        (
            real("10.0.0.5:80", gue(Checksum::None)),
            "10.0.0.5:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-nocsum",
        ),
        (
            real("10.0.0.6:80", gue(Checksum::Full)),
            "10.0.0.6:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-csum",
        ),
        (
            real("10.0.0.7:80", gue(Checksum::Remote)),
            "10.0.0.7:80 -i -w 1 --tun-type gue --tun-port 6080 --tun-remcsum",
        ),
        (
            real("10.0.0.8:80", gre(Checksum::None)),
            "10.0.0.8:80 -i -w 1 --tun-type gre --tun-nocsum",
        ),
        (real("10.0.0.9:80", gre(Checksum::Full)), "10.0.0.9:80 -i -w 1 --tun-type gre --tun-csum"),
        (real("[2001:db8::9]:80", ipip), "[2001:db8::9]:80 -i -w 1 --tun-type ipip"),
    ];
    let silent = [real("10.0.0.11:80", Forwarding::Bypass)];

    let mut kernel = Ipvs::connect().unwrap();
    let id = tcp("192.0.2.1:80");
    let mut commands = vec![Command::AddService(Service::new(id, "wrr".parse().unwrap()))];
    let all = destinations.iter().map(|(destination, _)| destination).chain(&silent);
    commands.extend(all.clone().map(|it| Command::AddDestination(id, it.clone())));
    assert_eq!(kernel.apply(&commands).unwrap(), vec![Ok(()); commands.len()]);

    let table = kernel.dump().unwrap();
    assert_eq!((table.entries.len(), table.unknown), (1, 0));
    let mut given_back: Vec<Destination> =
        table.entries[0].destinations.iter().map(|entry| entry.destination.clone()).collect();
    given_back.reverse();
    assert_eq!(given_back, all.cloned().collect::<Vec<_>>());

    let saved = lab.saved();
    for (_, words) in &destinations {
        let line = format!("-a -t 192.0.2.1:80 -r {words}");
        assert!(saved.contains(&line), "{line} is not among {saved:#?}");
    }
    assert_eq!(saved.len(), 1 + destinations.len() + silent.len());
    let thresholds = lab.ipvsadm(&["-Ln", "--thresholds"]);
    let bounded = thresholds.lines().find(|line| line.contains("10.0.0.3:80")).unwrap();
    let words: Vec<&str> = bounded.split_whitespace().collect();
    assert_eq!(words[2..4], ["100", "50"]);
}

#[test]
fn other_families_and_marks_take_destinations_too() {
    let Some(lab) = Lab::enter("families") else { return };
    let ipip = Forwarding::Tunnel(Tunnel::Ipip);
    let gue = Forwarding::Tunnel(Tunnel::Gue { port: 6081, checksum: Checksum::None });
    let rows = [
        (tcp("[2001:db8::1]:80"), real("[2001:db8::2]:8080", Forwarding::Masq)),
        (tcp("[2001:db8::1]:80"), real("10.0.0.1:80", ipip)),
        (tcp("[2001:db8::1]:80"), real("10.0.0.2:80", gue)),
        (mark(Family::V4, 7), real("10.0.0.1:0", Forwarding::Direct)),
        (mark(Family::V4, 7), real("10.0.0.2:80", Forwarding::Masq)),
        (mark(Family::V4, 7), real("[2001:db8::2]:0", ipip)),
        (mark(Family::V6, 7), real("[2001:db8::2]:0", Forwarding::Direct)),
        (mark(Family::V6, 7), real("10.0.0.9:0", ipip)),
    ];
    let mut kernel = Ipvs::connect().unwrap();
    for id in [rows[0].0, rows[3].0, rows[6].0] {
        let add = Command::AddService(Service::new(id, "rr".parse().unwrap()));
        assert_eq!(kernel.apply(&[add]).unwrap(), [Ok(())]);
    }
    for (id, destination) in &rows {
        let add = Command::AddDestination(*id, destination.clone());
        assert_eq!(kernel.apply(&[add]).unwrap(), [Ok(())], "{destination:?}");
        assert_eq!(kernel.destinations(id).unwrap()[0].destination, *destination);
    }
    let expected = [
        "-A -t [2001:db8::1]:80 -s rr",
        "-a -t [2001:db8::1]:80 -r [2001:db8::2]:8080 -m -w 1",
        "-a -t [2001:db8::1]:80 -r 10.0.0.1:80 -i -w 1 --tun-type ipip",
        "-a -t [2001:db8::1]:80 -r 10.0.0.2:80 -i -w 1 --tun-type gue --tun-port 6081 --tun-nocsum",
        "-A -f 7 -s rr",
        "-a -f 7 -r 10.0.0.1:0 -g -w 1",
        "-a -f 7 -r 10.0.0.2:80 -m -w 1",
        "-a -f 7 -r [2001:db8::2]:0 -i -w 1 --tun-type ipip",
        "-A -f 7 -6 -s rr",
        "-a -f 7 -6 -r [2001:db8::2]:0 -g -w 1",
        "-a -f 7 -6 -r 10.0.0.9:0 -i -w 1 --tun-type ipip",
    ];
    assert_eq!(lab.saved(), sorted(expected));
}
