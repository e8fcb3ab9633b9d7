//! What holds for any text.

use std::collections::HashSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use checkers::{Check, Target};
use lvs_director::config::ldirectord::DIRECTIVES;
use lvs_director::config::{self, Severity};
use lvs_director::model::*;
use proptest::prelude::*;

use super::names::Names;

/// Reads a text, and holds what was said about it to its form.
fn read(text: &str) -> config::Reading {
    let reading = config::read(text, &Names);
    let broken = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(reading.model.is_none(), broken, "a model, or an error that says why there is none");
    for one in reading.model.iter().flat_map(|model| &model.virtuals) {
        let addresses: HashSet<_> = one.reals.iter().map(|real| real.address).collect();
        assert_eq!(addresses.len(), one.reals.len(), "two reals are one: {one:?}");
    }
    let services = reading.model.iter().flat_map(|model| &model.virtuals).map(|one| one.service.id);
    assert!(
        services.clone().collect::<HashSet<_>>().len() == services.count(),
        "two virtuals are one"
    );
    for diagnostic in reading.diagnostics.iter().take(20) {
        assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?} is not in the text");
        let (line, column) = diagnostic.position(text);
        let said = diagnostic.render("a.cf", text, true);
        assert!(
            diagnostic.render("a.cf", text, false).starts_with(&format!("a.cf:{line}:{column}: ")),
            "{said}"
        );
    }
    reading
}

/// Lines of which some are right, many nearly so, and some are nothing at all.
fn line() -> impl Strategy<Value = String> {
    let name = proptest::sample::select(DIRECTIVES).prop_map(|directive| directive.name);
    let value = prop_oneof![
        "[0-9]{1,12}",
        "(10.0.0.1|\\[fd00::1\\]|web1|[0-9.:\\[\\]]{0,12})(->[0-9.a-z]{0,9})?(:[0-9a-z]{0,6})? (gate|masq|ipip)( [0-9]{1,3})?( \"[^\"]{0,9}\", ?\"[^\"]{0,9}\")?( [lu]:[0-9]{1,3}){0,2}",
        "(yes|no|tcp|udp|fwm|http|connect|external|rr|none|mysql|dns)( ?#.*)?",
        "\"?[ -~\té]{0,20}\"?",
        "\\PC{0,30}",
    ];
    let indent = proptest::sample::select(vec!["", "", " ", "    ", "\t"]);
    prop_oneof![
        8 => (indent, name, " ?= ?", value).prop_map(|(indent, name, equals, value)| format!("{indent}{name}{equals}{value}")),
        1 => Just("virtual=10.0.0.1:80".to_owned()),
        1 => "\\PC{0,40}",
        1 => Just(String::new()),
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
    fn no_lines_panic(lines in proptest::collection::vec(line(), 0..12), end in "(\n|\r\n)") {
        read(&lines.join(&end));
    }

    #[test]
    fn a_virtual_is_read_as_it_was_meant(expected in one_virtual(), style in style()) {
        let text = written(&expected, &style);
        let reading = read(&text);
        prop_assert_eq!(reading.diagnostics, vec![], "{}", text);
        prop_assert_eq!(reading.model.unwrap().virtuals, vec![expected], "{}", text);
    }
}

/// A virtual service whose reals are checked by connection.
pub(crate) fn one_virtual() -> impl Strategy<Value = Virtual> {
    let service = (
        any::<(Ipv4Addr, bool, bool, bool)>(),
        1..=u16::MAX,
        proptest::sample::select(vec!["rr", "wrr", "wlc", "sh", "mh"]),
        proptest::option::of((1..=2_678_400u32, 0..=32u32)),
    );
    let reals = proptest::collection::btree_map(
        (any::<Ipv4Addr>(), 1..=u16::MAX),
        any::<(i32, u16, u16)>(),
        1..6,
    );
    let policy = any::<[u16; 3]>().prop_map(|numbers| numbers.map(|number| u32::from(number) + 1));
    let fallback = proptest::option::of(any::<(Ipv4Addr, u16, u8)>());
    (service, reals, policy, fallback).prop_map(
        |(service, reals, [interval, timeout, failures], fallback)| {
            let ((ip, marked, quiescent, cleanstop), port, scheduler, persistence) = service;
            let id = match NonZeroU32::new(ip.into()).filter(|_| marked) {
                Some(mark) => ServiceId::Mark { family: Family::V4, mark },
                None => ServiceId::Address {
                    protocol: Protocol::Tcp,
                    address: SocketAddr::new(ip.into(), port),
                },
            };
            let mut service = Service::new(id, scheduler.parse().unwrap());
            service.persistence = persistence.map(|(seconds, mask)| Persistence {
                seconds: NonZeroU32::new(seconds).unwrap(),
                netmask: Netmask::V4(Ipv4Addr::from_bits(u32::MAX.checked_shl(mask).unwrap_or(0))),
            });
            let reals = reals.into_iter().map(|((ip, port), (weight, a, b))| Real {
                address: SocketAddr::new(ip.into(), port),
                // of any other method two reals may be one to the kernel
                forwarding: Forwarding::Masq,
                weight: Weight::new(weight.unsigned_abs() & 0x7fff_ffff).unwrap(),
                upper_threshold: a.max(b).into(),
                lower_threshold: a.min(b).into(),
                check: Check::Connect.into(),
                target: Target { address: SocketAddr::new(ip.into(), port) },
                combined: None,
                monitor: None,
            });
            Virtual {
                service,
                reals: reals.collect(),
                fallback: fallback.map(|(ip, port, method)| Fallback {
                    address: SocketAddr::new(ip.into(), port),
                    forwarding: METHODS[usize::from(method) % 3].0,
                }),
                fallback_command: None,
                fallback_command_stop: false,
                quiescent,
                readd_quiescent: false,
                cleanstop,
                check: CheckPolicy {
                    interval: Duration::from_secs(interval.into()),
                    timeout: Duration::from_secs(timeout.into()),
                    failure_count: failures,
                    recovery_count: 1,
                },
                slow_start: false,
                load: None,
                alert: Alert::default(),
            }
        },
    )
}

/// How a file is written: the indent, what stands around `=`, the end of a line.
fn style() -> impl Strategy<Value = [&'static str; 3]> {
    let one = |choices: &[&'static str]| proptest::sample::select(choices.to_vec());
    let indent = one(&["    ", "\t", " \t", "        ", " "]);
    let end = one(&["\n", "\r\n", "  \n", " # a comment\n", "\n\n", "\n# a comment\n"]);
    (indent, one(&["=", " = ", "= "]), end).prop_map(|(indent, equals, end)| [indent, equals, end])
}

fn written(one: &Virtual, [indent, equals, end]: &[&'static str; 3]) -> String {
    let yes_no = |value| if value { "yes" } else { "no" };
    let method = |forwarding| METHODS.iter().find(|(known, _)| *known == forwarding).unwrap().1;
    let mut lines = vec![
        ("checktype", "connect".to_owned()),
        ("scheduler", one.service.scheduler.to_string()),
        ("quiescent", yes_no(one.quiescent).into()),
        ("cleanstop", yes_no(one.cleanstop).into()),
        ("checkinterval", one.check.interval.as_secs().to_string()),
        ("checktimeout", one.check.timeout.as_secs().to_string()),
        ("failurecount", one.check.failure_count.to_string()),
    ];
    if let Some(Persistence { seconds, netmask: Netmask::V4(mask) }) = one.service.persistence {
        lines.extend([("persistent", seconds.to_string()), ("netmask", mask.to_string())]);
    }
    if let Some(Fallback { address, forwarding }) = one.fallback {
        lines.push(("fallback", format!("{address} {}", method(forwarding))));
    }
    lines.extend(one.reals.iter().map(|real| {
        let (address, method, weight) = (real.address, method(real.forwarding), real.weight.get());
        let (upper, lower) = (real.upper_threshold, real.lower_threshold);
        ("real", format!("{address} {method} {weight} l:{lower} u:{upper}"))
    }));
    let id = match one.service.id {
        ServiceId::Address { address, .. } => address.to_string(),
        ServiceId::Mark { mark, .. } => mark.to_string(),
    };
    // the protocol, so that port 53 is tcp as well
    let protocol = if id.contains(':') { "tcp" } else { "fwm" };
    lines.push(("protocol", protocol.into()));
    let body: String =
        lines.iter().map(|(name, value)| format!("{indent}{name}{equals}{value}{end}")).collect();
    format!("virtual{equals}{id}{end}{body}")
}

const METHODS: &[(Forwarding, &str)] = &[
    (Forwarding::Direct, "gate"),
    (Forwarding::Masq, "masq"),
    (Forwarding::Tunnel(Tunnel::Ipip), "ipip"),
];

/// A text four times as long takes about four times as long, however bad it is: with anything
/// quadratic in it, it would take sixteen times. A machine that is busy with something else spoils
/// a measurement, but not each of twenty.
#[test]
fn no_text_takes_more_than_its_length() {
    for worst in WORST {
        let (short, long) = (worst(1 << 15), worst(1 << 17));
        let mut ratios = (0..20).map(|_| time(&long).as_secs_f64() / time(&short).as_secs_f64());
        assert!(ratios.any(|ratio| ratio < 10.0), "quadratic: {:.60}", short);
    }
}

/// How long it takes to read the text and to say what is wrong with it, which is not much.
fn time(text: &str) -> Duration {
    let begun = Instant::now();
    let said = config::read(text, &Names).render("worst.cf", text, false);
    assert!(said.len() < 200_000, "{} bytes are said", said.len());
    begun.elapsed()
}

/// Texts of a length that ask for as much work as any.
const WORST: &[fn(usize) -> String] = &[
    |length| "\"".repeat(length),
    |length| "\n".repeat(length),
    |length| "x\n".repeat(length / 2),
    |length| body(" real=10.0.0.1:80 gate ", "\" ,", length),
    |length| body(" real=10.0.0.1:80 gate ", "a ", length),
    |length| body(" receive=\"", "[", length) + "\"",
    |length| body(" receive=\"", "(", length) + "\"",
    |length| body(" schedflags=", "flag-9,", length),
    |length| body(" emailalert=", "a b,", length),
    |length| "emailalertfrom=".to_owned() + &" #".repeat(length / 2),
    |length| body("", " real=10.0.0.0->10.0.255.255:80 gate\n", length),
    |length| body("", " real=10.0.0.1:80 gate\n", length),
    |length| body("", " request=\"x\"\n request=\"y\"\n", length),
    |length| body("", "virtual=10.0.0.1:80\n", length),
    reals,
    |length| {
        let marks = (1..length / 17).map(|mark| format!("virtual={mark}\n"));
        "smtp=a:b\n".to_owned() + &marks.collect::<String>()
    },
];

fn body(line: &str, again: &str, length: usize) -> String {
    format!("virtual=10.0.0.1:80\n{line}{}", again.repeat(length / again.len().max(1)))
}

/// Real servers that are one and another in turn.
fn reals(length: usize) -> String {
    let lines = (0..length / 32).map(|line| {
        let (a, method) = (line / 3, ["masq", "gate", "ipip"][line % 3]);
        format!(" real=10.0.{}.{}:{} {method}\n", a >> 8, a & 255, 80 + line % 2)
    });
    body("", "", 1) + &lines.collect::<String>()
}
