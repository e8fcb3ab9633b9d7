use std::ffi::OsString;

use checkers::{Check, Expect, Pattern, SendExpect, SendProgram, Transport};

use crate::face::popt;

use super::*;

fn read(line: &str) -> Result<Order, String> {
    let words = line.split('|').filter(|word| !word.is_empty()).map(OsString::from).collect();
    match popt::read(PROGRAM, OPTIONS, words) {
        popt::Line::Given(given) => order(&given),
        other => panic!("{other:?}"),
    }
}

/// A virtual service's nanny, with more options.
fn lvs(more: &str) -> Order {
    read(&format!("--lvs|-h|10.0.0.11|-V|192.0.2.10|{more}")).unwrap()
}

fn ask(order: &Order) -> Check {
    order.check().unwrap()
}

fn send_expect(transport: Transport, send: &[u8], expect: Expect) -> Check {
    Check::SendExpect(SendExpect { transport, send: send.to_vec(), expect })
}

/// The order in which lvsd gives its options.
#[test]
fn what_lvsd_calls_it_with() {
    let order = read(
        "-c|-h|10.0.0.11|-p|8080|-r|81|-s|PING\\r\\n|-x|PONG|-q|-v|-a|60|-I|/sbin/ipvsadm|-t|6|\
         -w|100|-V|192.0.2.10|-M|g|-U|ssh -l lvs|--lvs",
    )
    .unwrap();
    assert_eq!(order.real, "10.0.0.11:81".parse().unwrap());
    assert_eq!(order.service().unwrap().to_string(), "tcp:192.0.2.10:8080");
    assert_eq!(
        ask(&order),
        send_expect(Transport::Tcp, b"PING\r\n", Expect::Start(b"PONG".into()))
    );
    assert_eq!((order.threshold(), order.weight.get(), order.scale), (10, 100, 10));
    assert_eq!(order.forwarding, Forwarding::Direct);
    assert_eq!(order.load().unwrap().words, ["ssh", "-l", "lvs"]);
    assert!(order.quiesce && order.nofork && order.verbose && !order.nodaemon && !order.norun);
    assert_eq!(order.oddities, Vec::<String>::new());
}

#[test]
fn what_fos_calls_it_with() {
    let order = read("-c|-h|192.0.2.10|-V|10.0.0.2|-p|25|-x|220|-t|10|--nodaemon|--fos").unwrap();
    assert_eq!((order.duty, order.threshold(), order.nodaemon), (Duty::Fos, 1, true));
    assert_eq!(order.shown(), "10.0.0.2:25".parse().unwrap());
    // as it was before there was a word for it
    let order = read("-h|192.0.2.10|-p|25|-R|/bin/start|-D|/bin/stop").unwrap();
    assert_eq!((order.duty, order.oddities.len()), (Duty::Fos, 1));
}

#[test]
fn defaults() {
    let order = lvs("-r|8080");
    assert_eq!((order.real.port(), order.threshold()), (8080, 18));
    assert_eq!((order.weight.get(), order.forwarding), (1, Forwarding::Masq));
    assert!(order.assumes_web(), "the virtual port is the web's");
    let web = send_expect(Transport::Tcp, b"GET / HTTP/1.0\r\n\r\n", Expect::Start(b"HTTP".into()));
    assert_eq!(ask(&order), web);
    let order = lvs("-p|25");
    assert_eq!((order.real.port(), order.load()), (25, None));
    assert_eq!(ask(&order), send_expect(Transport::Tcp, b"", Expect::Nothing));
    assert_eq!(lvs("-a|5").threshold(), 1, "less than an interval");
}

#[test]
fn the_service_is_a_mark_or_an_address() {
    assert_eq!(lvs("-f|7").service().unwrap().to_string(), "fwm:7");
    assert_eq!(lvs("-u").service().unwrap().to_string(), "udp:192.0.2.10:80");
    assert_eq!(lvs("--UDP").service().unwrap().to_string(), "udp:192.0.2.10:80");
    let marked = read("--lvs|-h|10.0.0.11|-f|7").unwrap();
    assert_eq!(marked.shown().to_string(), "0.0.0.0:80");
    assert!(read("--lvs|-h|10.0.0.11|--norun").is_ok());
}

#[test]
fn methods_with_and_without_a_dash() {
    let tunnel = Forwarding::Tunnel(Tunnel::Ipip);
    for (word, forwarding, oddities) in [
        ("m", Forwarding::Masq, 0),
        ("-g", Forwarding::Direct, 0),
        ("i", tunnel, 0),
        ("t", Forwarding::Masq, 1),
    ] {
        let order = lvs(&format!("-M|{word}"));
        assert_eq!((order.forwarding, order.oddities.len()), (forwarding, oddities), "{word}");
    }
}

#[test]
fn what_is_asked() {
    let start = |text: &[u8]| Expect::Start(text.to_vec());
    for (options, send, expect) in [
        ("-s|a\\n|-x|b\\\\", &b"a\n"[..], start(b"b\\")),
        ("-T|-s|a\\n|-x|b\\\\", b"a\\n", start(b"b\\\\")),
        ("-x|*", b"", Expect::Anything),
        ("--regex|-x|^2..", b"", Expect::Match(Pattern::over_lines("^2..").unwrap())),
    ] {
        assert_eq!(ask(&lvs(options)), send_expect(Transport::Tcp, send, expect), "{options}");
    }
    let order = lvs("-u|-s|a|-e|/bin/ask %h  %p|-x|OK");
    let words = ["/bin/ask", "%h", "%p"].map(str::to_owned).to_vec();
    let program = SendProgram { words, expect: "OK".to_owned() };
    assert_eq!(ask(&order), Check::SendProgram(program));
    assert_eq!(order.oddities.len(), 1, "nothing is sent");
}

#[test]
fn what_cannot_be_is_said() {
    for (line, complaint) in [
        ("--lvs", "No address supplied. Use '--help' for help. "),
        ("--lvs|-h|www", "bad IP address -- www"),
        ("-h|10.0.0.1", "unknown service type"),
        ("--lvs|--fos|-h|10.0.0.1", "unknown service type"),
        ("--lvs|-h|10.0.0.1", "no service: --virtaddress or --fwmark is needed"),
        ("--fos|-h|10.0.0.1|-t|0", "bad interval -- 0: 1 or more is expected"),
        ("--fos|-h|10.0.0.1|-p|70000", "bad port -- 70000: 1 to 65535 is expected"),
        ("--fos|-h|10.0.0.1|-w|-1", "bad weight -- -1: 0 or more is expected"),
    ] {
        assert_eq!(read(line).unwrap_err(), complaint, "{line}");
    }
    let why = read("--fos|-h|10.0.0.1|--regex|-x|(").unwrap_err();
    assert!(
        why.starts_with("Error '") && why.ends_with("' processing expected regular expression")
    );
}
