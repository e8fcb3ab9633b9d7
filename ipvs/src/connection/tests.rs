//! Lines of a 6.1 kernel and what they say; then whatever else.

use proptest::prelude::*;

use super::*;

/// What a text says, and how many of its lines are odd.
fn read(text: &[u8]) -> (Vec<Connection>, u64) {
    let mut all = Connections::new(text);
    let found = all.by_ref().map(Result::unwrap).collect();
    (found, all.odd())
}

fn one(line: &str) -> Option<Connection> {
    let (mut found, odd) = read(line.as_bytes());
    assert_eq!(found.len() as u64 + odd, 1, "{line}");
    found.pop()
}

#[test]
fn a_masqueraded_connection() {
    let line = "TCP 0A010064 C350 0A010014 0050 0A02000C 0050 ESTABLISHED     899\n";
    let connection = Connection {
        protocol: 6,
        client: "10.1.0.100:50000".parse().unwrap(),
        target: "10.1.0.20:80".parse().unwrap(),
        real: "10.2.0.12:80".parse().unwrap(),
        is_template: false,
        state: 1,
        expires: 899,
        engine: None,
    };
    assert!(connection.is_active() && connection.is_told());
    assert_eq!(one(line), Some(connection));
}

#[test]
fn a_connection_of_ipv6() {
    let line = "UDP fd01:0000:0000:0000:0000:0000:0000:0100 C350 \
                fd01:0000:0000:0000:0000:0000:0000:0010 0035 \
                fd01:0000:0000:0000:0000:0000:0000:0011 0035 UDP             299";
    let found = one(line).unwrap();
    let places = [found.client, found.target, found.real].map(|place| place.to_string());
    assert_eq!(places, ["[fd01::100]:50000", "[fd01::10]:53", "[fd01::11]:53"]);
    assert_eq!((found.protocol, found.state, found.expires), (17, 0, 299));
    assert!(!found.is_active() && found.is_told());
}

#[test]
fn templates_are_those_without_a_clients_port() {
    let service = one("TCP 0A010000 0000 0A010014 0050 0A02000C 0050 ASSURED         47").unwrap();
    assert!(service.is_template && service.is_told() && service.state == 1);
    let mark = one("IP  0A010064 0000 00000005 0000 0A02000C 0000 NONE            47").unwrap();
    assert!(mark.is_template && mark.is_told() && mark.state == 0 && mark.protocol == 0);
    let dead = one("TCP 0A010064 0000 0A010014 FFFF 0A02000C FFFF NONE            47").unwrap();
    assert!(dead.is_template && !dead.is_told(), "its destination is gone");
    let call = one("UDP 0A010064 0000 0A010014 13C4 0A02000C 13C4 ASSURED         47 sip a b@c");
    let engine = Engine { name: b"sip".to_vec(), data: b"a b@c".to_vec() };
    assert_eq!(call.unwrap().engine, Some(engine));
    let expected = one("TCP 0A010064 0000 0A010014 0014 0A02000C 0014 LISTEN          47").unwrap();
    assert!(!expected.is_template && !expected.is_told(), "FTP's data: its client comes yet");
}

#[test]
fn only_what_the_kernel_tells_of_is_told() {
    let told = |protocol: &str, state: &str| {
        let line = format!("{protocol} 0A010064 C350 0A010014 0050 0A02000C 0050 {state} 9");
        one(&line).map(|found| (found.is_told(), found.is_active()))
    };
    assert_eq!(told("TCP", "SYN_RECV"), Some((false, true)));
    assert_eq!(told("TCP", "TIME_WAIT"), Some((true, false)));
    assert_eq!(told("SCTP", "ESTABLISHED"), Some((true, true)));
    assert_eq!(told("SCTP", "COOKIE_WAIT"), Some((false, false)));
    assert_eq!(told("SCTP", "SYN_RECV"), None);
}

#[test]
fn odd_lines_are_passed_over_and_counted() {
    let good = "TCP 0A010064 C350 0A010014 0050 0A02000C 0050 FIN_WAIT        119";
    let long = format!("{good} sip {}", "x".repeat(2000));
    let odd = [
        "",
        "TCP",
        "IP_51 0A010064 01F4 0A010014 01F4 0A02000C 01F4 ERR!        119",
        "TCP 0A010064 C350 0A010014 0050 0A02000C 0050 NEW_STATE        119",
        "TCP 0A010064 C350 0A010014 0050 0A02000C 0050 FIN_WAIT        -1",
        "TCP 0A010064 +C35 0A010014 0050 0A02000C 0050 FIN_WAIT        119",
        "TCP 0A010064 C350 0A010014 0050 fd02:0000:0000:0000:0000:0000:0000:000c 0050 CLOSE 9",
        "TCP 0A010064 C350 0A010014 0050 0A02000C 0050 FIN_WAIT        119 sip",
        &long,
    ];
    let text = format!("Pro FromIP   FPrt\n{}\n{good}\n", odd.join("\n"));
    let (found, passed_over) = read(text.as_bytes());
    assert_eq!((found.len(), passed_over), (1, odd.len() as u64));
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read(&bytes);
    }

    #[test]
    fn what_nearly_is_a_line_does_not_panic(
        words in prop::collection::vec("(TCP|IP|[0-9A-F]{4}|[0-9A-F]{8}|::1|NONE|sip| )", 0..12),
    ) {
        read(words.join(" ").as_bytes());
    }
}
