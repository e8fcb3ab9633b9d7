//! The `cluster` block, the same in both dialects: what is wrong is said, and what is odd is known.

use std::time::Instant;

use lvs_director::config::{self, Dialect, Severity, cluster};
use lvs_director::model::FailoverProtocol;

use super::names::Names;

/// A file with this block, in a dialect, and with nothing that is complained of beside it.
pub(crate) fn file(protocol: &str, body: &str, dialect: Dialect) -> String {
    let lines = body.lines().map(|line| format!("    {line}\n"));
    match dialect {
        Dialect::Ldirectord => format!("cluster = {protocol}\n{}", lines.collect::<String>()),
        _ => format!("cluster {protocol} {{\n{}}}\n", lines.collect::<String>()),
    }
}

pub(crate) const DIALECTS: [Dialect; 2] = [Dialect::Ldirectord, Dialect::Lvs];
/// What the protocol cannot do without.
const CARP: &str = "interface = eth0\nid = 1\nsecretfile = /k\naddress = 192.0.2.10\n";
const VRRP: &str = "interface = eth0\nid = 1\naddress = 192.0.2.10\n";
const PULSE: &str = "primary = 192.0.2.2\nbackup = 192.0.2.3\naddress = 192.0.2.10 eth0\n";
const VQALIVE: &str = "address = 192.0.2.10 eth0\ncheckport = 80\n";

pub(crate) fn whole(protocol: &str) -> &'static str {
    match protocol {
        "carp" => CARP,
        "vrrp" => VRRP,
        "pulse" => PULSE,
        "vqalive" => VQALIVE,
        _ => "",
    }
}

/// One line more, and one complaint, in both dialects alike.
#[test]
fn what_is_wrong_is_said_at_its_place() {
    for (protocol, line, severity, said) in [
        ("carp", "advskew = 256", Severity::Error, "`advskew` takes a whole number from 0 to 255"),
        ("carp", "advbase = 0", Severity::Error, "there is no time from advert to advert"),
        ("carp", "source = ::1", Severity::Error, "`source` takes an IPv4 address"),
        ("carp", "group = 10.0.0.1", Severity::Error, "10.0.0.1 is no group"),
        (
            "carp",
            "source = 224.0.0.18",
            Severity::Error,
            "`source` takes an address that a machine",
        ),
        (
            "vqalive",
            "witness = 0.0.0.0",
            Severity::Error,
            "`witness` takes an address that a machine",
        ),
        (
            "external",
            "canary = ::",
            Severity::Error,
            "`canary` takes an address that a machine can",
        ),
        (
            "vqalive",
            "checkip = 0.0.0.0",
            Severity::Error,
            "`checkip` takes an address that a machine",
        ),
        (
            "vrrp",
            "standbychecks = no\nstandbytable = yes",
            Severity::Warning,
            "`standbytable` is not used",
        ),
        ("carp", "priority = 1", Severity::Error, "`priority` is of vrrp, and this cluster is of"),
        ("carp", "syncid = 3", Severity::Warning, "`syncid` is not used"),
        ("carp", "secretfile = /missing", Severity::Warning, "carp will not start: No such file"),
        ("vrrp", "version = 4", Severity::Error, "`version` takes one of 2, 3"),
        ("vrrp", "id = 0", Severity::Error, "`id` takes a whole number from 1 to 255"),
        ("vrrp", "interval = 40.96", Severity::Error, "version 3 takes hundredths of a second"),
        ("vrrp", "interval = 0.015", Severity::Error, "version 3 takes hundredths of a second"),
        ("vrrp", "interval = 0.001", Severity::Error, "`interval` takes seconds, 0.01 at least"),
        ("vrrp", "interval = 1s", Severity::Error, "`interval` takes seconds"),
        ("vrrp", "version = 2\ninterval = 1.5", Severity::Error, "version 2 takes whole seconds"),
        ("vrrp", "version = 2\ninterval = 256", Severity::Error, "version 2 takes whole seconds"),
        ("vrrp", "version = 2\nsource = fe80::1", Severity::Error, "version 2 knows IPv4 only"),
        ("vrrp", "source = fe80::1", Severity::Error, "adverts go over IPv6, and none of the"),
        ("vrrp", "priority = 255\npreempt = no", Severity::Error, "priority 255 is the owner's"),
        ("vrrp", "priority = 255\naccept = no", Severity::Error, "priority 255 is the owner's"),
        (
            "vrrp",
            "peer = 192.0.2.2\nsource = 192.0.2.2",
            Severity::Error,
            "192.0.2.2 is the source",
        ),
        ("vrrp", "peer = 192.0.2.2\npeer = fe80::1", Severity::Error, "fe80::1 cannot be reached"),
        (
            "vrrp",
            "peer = 192.0.2.2\npeer = 192.0.2.2",
            Severity::Warning,
            "192.0.2.2 is here twice",
        ),
        (
            "vrrp",
            "peer = 192.0.2.11\naddress = 192.0.2.11",
            Severity::Error,
            "192.0.2.11 is a director's own address",
        ),
        ("vrrp", "excluded = 192.0.2.10", Severity::Error, "192.0.2.10 is here twice"),
        ("vrrp", "address = 192.0.2.11/33", Severity::Error, "behind the `/` stands the length"),
        ("vrrp", "address = 224.0.0.1", Severity::Error, "`address` takes an address that"),
        ("vrrp", "address = 192.0.2.11 missing0", Severity::Warning, "this machine has no network"),
        (
            "vrrp",
            "authentication = hmac",
            Severity::Error,
            "`secretfile` is missing: vrrp needs it",
        ),
        ("vrrp", "authentication = password", Severity::Error, "version 3 has no passwords"),
        ("vrrp", "preempt = no\npreemptdelay = 3", Severity::Warning, "`preemptdelay` is not used"),
        ("vrrp", "preempt = maybe", Severity::Error, "`preempt` takes yes or no"),
        ("vrrp", "activecommand = \"/x", Severity::Error, "the closing quote is missing"),
        ("vrrp", "activecommand = \"\"", Severity::Error, "`activecommand` takes a text"),
        ("vrrp", "activecommand = /missing", Severity::Warning, "`activecommand` cannot be run"),
        ("vrrp", "priority =", Severity::Error, "`priority` has no value"),
        ("vrrp", "priority 3", Severity::Error, "`=` and a value are missing behind `priority`"),
        ("vrrp", "= 3", Severity::Error, "a directive is expected before the `=`"),
        ("vrrp", "vrid = 3", Severity::Error, "unknown directive `vrid`"),
        ("vrrp", "auth_type = PASS", Severity::Error, "write authentication"),
        ("carp", "nomcast = yes", Severity::Error, "write multicast = no"),
        ("vqalive", "own_check_fails = 3", Severity::Error, "write ownfails"),
        ("vrrp", "priority = 3\npriority = 4", Severity::Warning, "`priority` was given before"),
        ("vrrp", "canary = nowhere", Severity::Error, "no address is known for this host"),
        ("vrrp", "canary = 10.1", Severity::Error, "not an address"),
        ("pulse", "interval = 7\ndeadtime = 6", Severity::Warning, "a director is taken for dead"),
        ("pulse", "backup = 192.0.2.2", Severity::Error, "192.0.2.2 is of both directors"),
        (
            "pulse",
            "backup = 192.0.2.4 10.0.0.4",
            Severity::Warning,
            "`primary` has no second address",
        ),
        ("pulse", "source = 192.0.2.2", Severity::Error, "`source` is of carp and vrrp"),
        ("pulse", "address = 192.0.2.11", Severity::Error, "nobody knows on which interface"),
        ("pulse", "address = 192.0.2.3 eth0", Severity::Error, "192.0.2.3 is a director's own"),
        ("pulse", "port = 0", Severity::Error, "`port` takes a number from 1 to 65535"),
        ("vqalive", "checkbanner = (", Severity::Error, "`checkbanner` takes a regular expression"),
        ("vqalive", "witness = gateway", Severity::Error, "no address is known for this host"),
        ("vqalive", "checkmode = some", Severity::Error, "`checkmode` takes one of all, address,"),
        (
            "external",
            "interface = missing0\naddress = 192.0.2.1",
            Severity::Warning,
            "this machine has no network",
        ),
        ("external", "decrement = 3", Severity::Error, "`decrement` is of vrrp"),
        ("external", "address = 192.0.2.1", Severity::Error, "nobody knows on which interface"),
    ] {
        for dialect in DIALECTS {
            let name = line.split(' ').next().unwrap();
            let once = ["id", "secretfile", "backup"].contains(&name);
            let rest = whole(protocol).lines().filter(|line| !once || !line.starts_with(name));
            let body = rest.chain([line]).collect::<Vec<_>>().join("\n");
            let text = file(protocol, &body, dialect);
            let reading = config::read_as(dialect, &text, &Names);
            let all = reading.render("a.cf", &text, false);
            let found: Vec<_> = reading.diagnostics.iter().map(|d| d.severity).collect();
            assert_eq!(found, [severity], "{line}\n{all}");
            assert!(all.contains(said), "{line}\n{all}");
            let (number, _) = reading.diagnostics[0].position(&text);
            let lines = body.lines().count() + 2 - line.lines().count()..body.lines().count() + 2;
            let elsewhere = said.contains("is missing") || said.contains("no second address");
            assert!(lines.contains(&number) || elsewhere, "{line}\n{all}");
        }
    }
}

#[test]
fn what_is_missing_is_said_of_the_block() {
    for protocol in ["carp", "vrrp", "pulse", "vqalive"] {
        for without in whole(protocol).lines().filter(|line| !line.starts_with("backup")) {
            let rest: String = whole(protocol)
                .lines()
                .filter(|line| *line != without)
                .fold(String::new(), |a, b| a + b + "\n");
            for dialect in DIALECTS {
                let text = file(protocol, &rest, dialect);
                let reading = config::read_as(dialect, &text, &Names);
                let said = reading.render("a.cf", &text, false);
                let name = without.split(' ').next().unwrap();
                let missing = said.contains(&format!("`{name}` is missing"))
                    || said.contains("there is no address: only the services move");
                assert!(missing && reading.diagnostics.len() == 1, "{said}");
                assert!(reading.diagnostics[0].hint.is_some(), "{said}");
            }
        }
    }
}

#[test]
fn nobody_looks_at_the_cables_of_who_is_alone() {
    for dialect in DIALECTS {
        let alone = PULSE.lines().filter(|line| !line.starts_with("backup"));
        let body = alone.chain(["monitorlinks = yes"]).collect::<Vec<_>>().join("\n");
        let text = file("pulse", &body, dialect);
        let reading = config::read_as(dialect, &text, &Names);
        let said = reading.render("a.cf", &text, false);
        assert!(said.contains("warning: `monitorlinks` is not used"), "{said}");
        assert!(!reading.model.unwrap().cluster.unwrap().monitor_links);
    }
}

/// A directive stands in the blocks of its protocols, and is said to be another's in the rest.
#[test]
fn every_directive_is_known_by_its_protocols() {
    for protocol in cluster::ALL {
        for directive in cluster::DIRECTIVES {
            let text = file(protocol.name(), directive.name, Dialect::Ldirectord);
            let said = config::read(&text, &Names).render("a.cf", &text, false);
            let another = said.contains(&format!("`{}` is of ", directive.name));
            assert_eq!(another, !directive.protocols.contains(&protocol), "{said}");
        }
    }
}

/// Whatever else the file says of directors is refused beside the block.
#[test]
fn piranhas_keys_do_not_stand_beside_the_block() {
    for line in [
        "primary = 192.0.2.2",
        "primary_private = 10.0.0.2",
        "backup = 192.0.2.3",
        "backup_private = 10.0.0.3",
        "backup_active = 1",
        "heartbeat_port = 539",
        "heartbeat_key_file = /k",
        "keepalive = 1",
        "deadtime = 3",
        "monitor_links = 1",
        "standby_checks = 1",
        "active_cmd = /x",
        "inactive_cmd = /x",
        "syncdaemon = 1",
        "syncd_iface = eth1",
        "syncd_id = 1",
    ] {
        let text = format!("{line}\n{}", file("vrrp", VRRP, Dialect::Lvs));
        let reading = config::read(&text, &Names);
        let said = reading.render("lvs.cf", &text, false);
        assert!(
            reading.model.is_none() && said.contains("cannot stand beside the cluster"),
            "{said}"
        );
    }
}

/// The block of a file without a single service is enough to know its dialect.
#[test]
fn a_block_tells_the_dialect() {
    for (protocol, dialect) in
        ["pulse", "carp", "vrrp"].into_iter().flat_map(|protocol| DIALECTS.map(|d| (protocol, d)))
    {
        let text = file(protocol, whole(protocol), dialect);
        assert_eq!(Dialect::of(&text), dialect, "{text}");
        let reading = config::read(&text, &Names);
        assert_eq!(reading.render("a.cf", &text, false), "", "{text}");
        assert!(reading.model.unwrap().cluster.is_some());
    }
}

/// Both dialects say the same with the same lines.
#[test]
fn a_block_is_the_same_in_both_dialects() {
    for protocol in cluster::ALL {
        let [a, b] = DIALECTS.map(|dialect| {
            let text = file(protocol.name(), whole(protocol.name()), dialect);
            config::read(&text, &Names).model.unwrap().cluster
        });
        assert_eq!(a, b);
    }
}

/// An advert has room for so many; the rest moves along.
#[test]
fn adverts_name_what_they_have_room_for() {
    for (address, room) in [("10.9", 255), ("fd00:", 90)] {
        let lines: String = (0..300)
            .map(|n| match address {
                "10.9" => format!("address = 10.9.{}.{}\n", 1 + n / 200, 1 + n % 200),
                _ => format!("address = fd00::{n:x}:1\n"),
            })
            .collect();
        let text = file("vrrp", &format!("interface = eth0\nid = 1\n{lines}"), Dialect::Lvs);
        let model = config::read(&text, &Names).model.unwrap();
        let cluster = model.cluster.as_ref().unwrap();
        let FailoverProtocol::Vrrp(vrrp) = &cluster.protocol else { panic!("{cluster:?}") };
        assert_eq!((cluster.addresses.len(), vrrp.named.len()), (300, room));
        for dialect in DIALECTS {
            let printed = config::print(&model, dialect);
            assert_eq!(config::read(&printed, &Names).model.unwrap().cluster, model.cluster);
        }
    }
}

/// A text four times as long takes about four times as long, however bad it is; see `laws`.
#[test]
fn no_block_takes_more_than_its_length() {
    let addresses = |name: &str, count: usize| -> String {
        (0..count).map(|n| format!("{name} = fd00::{:x}:{:x}\n", n >> 16, n & 0xffff)).collect()
    };
    for (name, lines) in [
        ("addresses", &(|count| addresses("address", count)) as &dyn Fn(usize) -> String),
        ("peers", &|count| addresses("peer", count)),
        ("the same", &|count| "priority = 3\nxx = 4\naddress = 10.0.0.1\n".repeat(count / 3)),
        ("directors", &|count| addresses("peer", count / 2) + &addresses("address", count / 2)),
    ] {
        let time = |count| {
            let text = file("vrrp", &format!("{VRRP}{}", lines(count)), Dialect::Ldirectord);
            let begun = Instant::now();
            config::read(&text, &Names).render("worst.cf", &text, false);
            begun.elapsed().as_secs_f64()
        };
        let mut ratios = (0..20).map(|_| time(1 << 14) / time(1 << 12));
        assert!(ratios.any(|ratio| ratio < 10.0), "quadratic: {name}");
    }
}
