//! What holds for any lvs.cf.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use lvs_director::config::lvs::{KEYS, Place, borrowed};
use lvs_director::config::{self, Dialect, Severity};
use proptest::prelude::*;

use super::names::Names;

/// Reads a text, and holds what was said about it to its form.
fn read(text: &str) -> config::Reading {
    let reading = config::read_as(Dialect::Lvs, text, &Names);
    let broken = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(reading.model.is_none(), broken, "a model, or an error that says why there is none");
    let virtuals = || reading.model.iter().flat_map(|model| &model.virtuals);
    let ids: HashSet<_> = virtuals().map(|one| one.service.id).collect();
    assert_eq!(ids.len(), virtuals().count(), "two virtuals are one");
    for one in virtuals() {
        let wire = |real: &lvs_director::model::Real| real.on_the_wire(one.service.id);
        let reals: HashSet<_> = one.reals.iter().map(wire).collect();
        assert_eq!(reals.len(), one.reals.len(), "two reals are one: {one:?}");
        let policy = one.check;
        assert!(policy.failure_count > 0 && policy.recovery_count > 0, "{policy:?}");
        assert!(!policy.interval.is_zero() && !policy.timeout.is_zero(), "{policy:?}");
    }
    if let Some(cluster) = reading.model.iter().find_map(|model| model.cluster.as_ref()) {
        let held: HashSet<_> = cluster.addresses.iter().map(|held| held.address).collect();
        assert_eq!(held.len(), cluster.addresses.len(), "an address is held twice");
        assert!(
            !cluster.protocol.pulse().unwrap().keepalive.is_zero()
                && !cluster.protocol.pulse().unwrap().deadtime.is_zero()
        );
        assert!(cluster.failovers.is_empty() || virtuals().count() == 0);
    }
    for diagnostic in reading.diagnostics.iter().take(20) {
        assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?} is not in the text");
        let (line, column) = diagnostic.position(text);
        let said = diagnostic.render("a.cf", text, false);
        assert!(said.starts_with(&format!("a.cf:{line}:{column}: ")), "{said}");
    }
    reading
}

/// Lines of which some are right, many nearly so, and some are nothing at all.
fn line() -> impl Strategy<Value = String> {
    let names: Vec<&str> = KEYS
        .iter()
        .map(|key| key.name)
        .chain(borrowed(Place::Global).chain(borrowed(Place::Virtual)).map(|d| d.name))
        .collect();
    let value = prop_oneof![
        "[0-9]{1,12}|0x[0-9a-f]{1,9}|-[0-9]",
        "(10\\.0\\.0\\.1|fd00::1|web1|0\\.0\\.0\\.0|[0-9.:]{0,12})(->[0-9.]{1,9})?( eth0(:[0-9])?)?",
        "(yes|no|0|1|tcp|udp|http|nat|direct|rr|none|fos|masq|preempt)( #.*)?",
        "[\"']?[ -~\té]{0,20}[\"']?",
        "\\[ ?[a-z ]{0,9} ?\\]",
        "\\PC{0,30}",
    ];
    prop_oneof![
        8 => (proptest::sample::select(names), " ?= ?", value).prop_map(|(name, equals, value)| format!("{name}{equals}{value}")),
        1 => Just("active = 1".to_owned()),
        1 => Just("address = 10.0.0.1 eth0:1".to_owned()),
        3 => "(virtual|failover|server) (a|\"a b\"|[a-z]{0,3}) ?\\{?",
        3 => "\\}",
        1 => "\\PC{0,40}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        read(&text);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_lines_panic(lines in proptest::collection::vec(line(), 0..30), end in "(\n|\r\n|\r)") {
        read(&lines.join(&end));
    }

    #[test]
    fn what_is_written_is_read(site in site(), style in style()) {
        let text = site.written(&style);
        let reading = read(&text);
        let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
        prop_assert_eq!(errors, 0, "{}", reading.render("lvs.cf", &text, false));
        prop_assert_eq!(Site::of(&reading.model.unwrap()), site, "{}", text);
    }
}

/// What an lvs.cf says, in numbers.
#[derive(Clone, Debug, PartialEq)]
struct Site {
    keepalive: u64,
    deadtime: u64,
    port: u16,
    virtuals: Vec<One>,
}

#[derive(Clone, Debug, PartialEq)]
struct One {
    name: String,
    port: u16,
    udp: bool,
    timeout: u32,
    quiesced: bool,
    send: Vec<u8>,
    reals: Vec<(u8, u32)>,
}

fn site() -> impl Strategy<Value = Site> {
    let reals = proptest::collection::btree_map(1..=254u8, 0..1000u32, 1..4)
        .prop_map(|reals| reals.into_iter().collect());
    let one = (
        "[A-Za-z][A-Za-z .-]{0,8}[a-z]",
        any::<bool>(),
        1..600u32,
        any::<bool>(),
        "[ -!#-\\[\\]-~]{2,20}",
        reals,
    );
    let virtuals = proptest::collection::vec(one, 1..4);
    ((1..9u64, 10..60u64, 1..=u16::MAX), virtuals).prop_map(
        |((keepalive, deadtime, port), ones)| {
            let virtuals = (1000..)
                .zip(ones)
                .map(|(port, (name, udp, timeout, quiesced, send, reals))| One {
                    name,
                    port,
                    udp,
                    timeout,
                    quiesced,
                    send: send.into_bytes(),
                    reals,
                })
                .collect();
            Site { keepalive, deadtime, port, virtuals }
        },
    )
}

/// What stands around `=`, and the end of a line.
fn style() -> impl Strategy<Value = [&'static str; 2]> {
    let one = |choices: &[&'static str]| proptest::sample::select(choices.to_vec());
    let end = one(&["\n", "\r\n", "\r", "  \n", " # a comment\n", "\n\n", "\n# a comment\n"]);
    (one(&[" = ", "=", " =", "= ", "\t=  "]), end).prop_map(|(equals, end)| [equals, end])
}

impl Site {
    fn written(&self, [equals, end]: &[&'static str; 2]) -> String {
        let mut lines = vec![
            format!("primary{equals}10.0.0.1"),
            format!("backup{equals}10.0.0.2"),
            format!("backup_active{equals}1"),
            format!("keepalive{equals}{}", self.keepalive),
            format!("deadtime{equals}{}", self.deadtime),
            format!("heartbeat_port{equals}{}", self.port),
        ];
        for one in &self.virtuals {
            let send = String::from_utf8_lossy(&one.send);
            lines.push(format!("virtual \"{}\" {{", one.name));
            lines.extend(one.reals.iter().flat_map(|(last, weight)| {
                [
                    format!("server {last} {{"),
                    format!("\taddress{equals}10.1.0.{last}"),
                    format!("\tweight{equals}{weight}"),
                    format!("\tactive{equals}1"),
                    "}".to_owned(),
                ]
            }));
            lines.extend([
                format!("active{equals}1"),
                format!("address{equals}192.0.2.1 eth0:1"),
                format!("port{equals}{}", one.port),
                format!("protocol{equals}{}", if one.udp { "udp" } else { "tcp" }),
                format!("timeout{equals}{}", one.timeout),
                format!("quiesce_server{equals}{}", u8::from(one.quiesced)),
                format!("send{equals}\"{send}\""),
                "}".to_owned(),
            ]);
        }
        lines.into_iter().map(|line| line + end).collect()
    }

    fn of(model: &lvs_director::model::Model) -> Site {
        use checkers::{Check, SendExpect, Transport};
        let cluster = model.cluster.as_ref().expect("there is a primary");
        let virtuals = model.virtuals.iter().map(|one| {
            let Check::SendExpect(SendExpect { transport, send, .. }) = &*one.reals[0].check else {
                panic!("{:?}", one.reals[0].check);
            };
            let last = |real: &lvs_director::model::Real| match real.address.ip() {
                std::net::IpAddr::V4(address) => address.octets()[3],
                std::net::IpAddr::V6(_) => 0,
            };
            One {
                name: one.alert.service_name.clone().unwrap_or_default(),
                port: one.service.id.port(),
                udp: *transport == Transport::Udp,
                timeout: u32::try_from(one.check.interval.as_secs()).unwrap(),
                quiesced: one.quiescent,
                send: send.clone(),
                reals: one.reals.iter().map(|real| (last(real), real.weight.get())).collect(),
            }
        });
        Site {
            keepalive: cluster.protocol.pulse().unwrap().keepalive.as_secs(),
            deadtime: cluster.protocol.pulse().unwrap().deadtime.as_secs(),
            port: cluster.protocol.pulse().unwrap().port,
            virtuals: virtuals.collect(),
        }
    }
}

/// A text four times as long takes about four times as long, however bad it is; see `laws`.
#[test]
fn no_text_takes_more_than_its_length() {
    let block =
        |line: &str, length: usize| format!("virtual a {{\n{}", line.repeat(length / line.len()));
    let server = "server a {\naddress = 10.0.0.1\nactive = 1\n}\n";
    let virtuals = "virtual a {\nactive = 1\naddress = 10.0.0.1 eth0:1\n}\n";
    let worst: [(&str, &dyn Fn(usize) -> String); 9] = [
        ("quotes", &|length| format!("send = {}", "\"".repeat(length))),
        ("quotes apart", &|length| {
            block(&("send = ".to_owned() + &"\" ".repeat(30) + "\n"), length)
        }),
        ("unknown", &|length| "x\n".repeat(length / 2)),
        ("returns", &|length| "\r".repeat(length)),
        ("braces", &|length| "}\n".repeat(length / 2)),
        ("blocks", &|length| "virtual a {\n".repeat(length / 12)),
        ("servers", &|length| {
            block("active = 1\naddress = 10.0.0.1 eth0\n", 40)
                + &server.repeat(length / server.len())
        }),
        ("virtuals", &|length| virtuals.repeat(length / virtuals.len())),
        ("words", &|length| format!("dirs = {}", "a ".repeat(length / 2))),
    ];
    for (name, text) in worst {
        let (short, long) = (text(1 << 15), text(1 << 17));
        let mut ratios = (0..20).map(|_| time(&long).as_secs_f64() / time(&short).as_secs_f64());
        assert!(ratios.any(|ratio| ratio < 10.0), "quadratic: {name}");
    }
}

fn time(text: &str) -> Duration {
    let begun = Instant::now();
    let said = config::read_as(Dialect::Lvs, text, &Names).render("worst.cf", text, false);
    assert!(said.len() < 200_000, "{} bytes are said", said.len());
    begun.elapsed()
}

/// The table has each key once in each part of the file, and none that is a directive there.
#[test]
fn a_key_stands_once_in_each_place() {
    for place in [Place::Global, Place::Virtual, Place::Failover, Place::Server] {
        let here = KEYS.iter().filter(|key| key.places.contains(&place)).map(|key| key.name);
        let names: Vec<_> = here.chain(borrowed(place).map(|directive| directive.name)).collect();
        let distinct: HashSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{place}: {names:?}");
    }
}
