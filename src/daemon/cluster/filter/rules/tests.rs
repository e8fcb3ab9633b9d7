use super::*;

#[test]
fn what_is_for_an_address_and_for_no_service_is_dropped() {
    let addresses = ["10.0.0.1", "10.0.0.2", "fd00::1"].map(|text| text.parse().unwrap());
    let service =
        |protocol, text: &str| ServiceId::Address { protocol, address: text.parse().unwrap() };
    let services = [
        service(Protocol::Tcp, "10.0.0.1:80"),
        service(Protocol::Udp, "[fd00::1]:53"),
        service(Protocol::Sctp, "10.0.0.2:0"),
        service(Protocol::Tcp, "192.0.2.1:80"),
    ];
    assert_eq!(text("lvs-director-eth0-51", &addresses, &services), TEXT);
}

const TEXT: &str = "\
add table inet lvs-director-eth0-51
delete table inet lvs-director-eth0-51
table inet lvs-director-eth0-51 {
\tchain input {
\t\ttype filter hook input priority 200; policy accept;
\t\ticmp type { destination-unreachable, time-exceeded, parameter-problem } accept
\t\ticmpv6 type { destination-unreachable, time-exceeded, parameter-problem, packet-too-big, nd-neighbor-solicit, nd-neighbor-advert } accept
\t\tip daddr 10.0.0.1 tcp dport 80 accept
\t\tip6 daddr fd00::1 udp dport 53 accept
\t\tip daddr 10.0.0.2 meta l4proto sctp accept
\t\tip daddr { 10.0.0.1, 10.0.0.2 } drop
\t\tip6 daddr { fd00::1 } drop
\t}
}
";
