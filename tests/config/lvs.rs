//! piranha's rules for lvs.cf, one by one: what its parser says, and what is said where it was wrong.

use checkers::{Check, Expect};
use lvs_director::config::{self, Dialect, Fault, Severity};
use lvs_director::model::{Model, Virtual};

use super::names::Names;

fn read(text: &str) -> config::Reading {
    config::read_as(Dialect::Lvs, text, &Names)
}

/// The faults of a text, with their lines.
fn faults(text: &str) -> Vec<(Option<Fault>, usize)> {
    let reading = read(text);
    let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    errors.map(|error| (error.fault, error.position(text).0)).collect()
}

/// What is warned of in a text that can be used.
fn warned(text: &str) -> Vec<String> {
    let reading = read(text);
    assert!(reading.model.is_some(), "{}", reading.render("lvs.cf", text, false));
    reading
        .diagnostics
        .into_iter()
        .map(|d| d.message)
        .filter(|said| !FRAGMENT.iter().any(|of| said.contains(of)))
        .collect()
}

fn model(text: &str) -> Model {
    let reading = read(text);
    let said = reading.render("lvs.cf", text, false);
    reading.model.unwrap_or_else(|| panic!("{said}"))
}

/// The only virtual, with this in its block.
fn one(body: &str) -> Virtual {
    let text = service(body);
    let mut model = model(&text);
    assert_eq!(model.virtuals.len(), 1, "{text}");
    model.virtuals.remove(0)
}

fn service(body: &str) -> String {
    format!("virtual v {{\nactive = 1\naddress = 192.0.2.1 eth0:1\n{body}\n{SERVER}}}\n")
}

/// What is said of texts that are no whole site.
const FRAGMENT: &[&str] = &["there is no active service", "`primary` is missing"];
const SERVER: &str = "server s {\naddress = 10.0.0.1\nactive = 1\n}\n";

/// 1.1 to 1.4: one line is wrong, as piranha has it.
#[test]
fn what_is_wrong_has_piranhas_number() {
    use Fault::*;
    for (line, fault) in [
        ("keepalive 6", EqualExpected),
        ("keepalive", EqualExpected),
        ("keepalive =", MissingArguments),
        ("keepalive = 6 7", UnexpectedArguments),
        ("Keepalive = 6", UnknownCommand),
        ("service = LVS", InvalidArgument),
        ("rsh_command = \"ssh", Quotation),
        ("rsh_command = \"", Quotation),
        ("rsh_command = \"a\"b", Quotation),
        ("rsh_command = 'a\"", Quotation),
        ("active_cmd = /bin/a b", UnexpectedArguments),
        ("keepalive = six", IntegerExpected),
        ("keepalive = 6s", IntegerExpected),
        ("keepalive = 08", IntegerExpected),
        ("backup_active = 2", BooleanExpected),
        ("backup_active = yes", IntegerExpected),
        ("heartbeat_port = ntp", InvalidArgument),
        ("heartbeat_port = 70000", InvalidArgument),
        ("primary = nowhere", InvalidArgument),
        ("primary = 10.0.0.256", InvalidArgument),
        ("primary = 0.0.0.0", InvalidHost),
        ("primary_private = 0.0.0.0", InvalidHost),
        ("backup_private = 0.0.0.0", InvalidHost),
        ("primary = fd00::1", InvalidHost),
        ("nat_nmask = x", BadMask),
        ("network = nast", InvalidArgument),
        ("reservation_conflict_action = panic", InvalidArgument),
        ("port = 80", UnknownCommand),
        ("}", UnknownCommand),
        ("server x {", UnknownCommand),
        ("real = 10.0.0.1", UnknownCommand),
        ("virtual {", MissingArguments),
        ("virtual a b {", UnexpectedArguments),
        ("virtual = 192.0.2.1:80", MissingArguments),
        ("virtual a { active = 1", UnexpectedArguments),
        ("virtual a\nactive = 1\n}", MissingArguments),
        ("virtual a {\nscheduler = wlcc\n}", InvalidArgument),
        ("virtual a {\nprotocol = sctp\n}", InvalidArgument),
        ("virtual a {\naddress = nowhere eth0\n}", InvalidArgument),
        ("virtual a {\nvip_nmask = 1.2.3.4.5\n}", BadMask),
        ("virtual a {\ndirs = a b\n}", ListExpected),
        ("virtual a {\ndirs = [a b]\n}", ListExpected),
        ("virtual a {\ntimeout = 0\naddress = 192.0.2.1 eth0\nactive = 1\n}", InvalidArgument),
        ("virtual a {\nsorry_server = nowhere\n}", InvalidArgument),
        ("virtual a {\nfwmark = -1\n}", InvalidArgument),
        ("virtual a {\nserver b {\nupper_threshold = -1\n}\n}", InvalidArgument),
        ("virtual a {\nserver b {\nscheduler = rr\n}\n}", UnknownCommand),
        ("virtual a {\nserver b {\n}\nvirtual c {\n}", UnknownCommand),
    ] {
        let text = format!("# one\n\n  serial_no = 1\n{line}\n");
        let found = faults(&text);
        let first = 4 + usize::from(line.starts_with("virtual a {\n"));
        let second = usize::from(line.contains("server b {\n"));
        let third = usize::from(line.contains("}\nvirtual c"));
        let first = if line == "virtual a\nactive = 1\n}" { 4 } else { first + second + third };
        assert_eq!(found.first(), Some(&(Some(fault), first)), "{line}: {found:?}");
    }
}

#[test]
fn a_fault_has_piranhas_words() {
    let said: Vec<_> = [Fault::Empty, Fault::EqualExpected, Fault::ListExpected, Fault::BadMask]
        .map(|fault| (fault.number(), fault.text()))
        .to_vec();
    let expected = [
        (1, "Empty configuration"),
        (6, "equal (=) expected after command"),
        (13, "list expected"),
        (16, "Bad subnet mask specified"),
    ];
    assert_eq!(said, expected);
    assert_eq!(faults(""), [(Some(Fault::Empty), 1)]);
    assert_eq!(faults("\n# nothing\n \t\n"), []);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "keepalive = x\nvirtual a {\nprot = 80\nserver b {\nadress = 1\n}\n}\nfoo bar {\nx\n}\nq = 1\n";
    let lines: Vec<_> = faults(text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, [1, 3, 5, 8, 11]);
    let reading = read(text);
    let hints: Vec<_> = reading.diagnostics.iter().filter_map(|d| d.hint.as_deref()).collect();
    assert!(
        hints.contains(&"did you mean `port`?") && hints.contains(&"did you mean `address`?"),
        "{hints:?}"
    );
}

/// 1.1: piranha refuses these, and they are clear.
#[test]
fn what_is_clear_is_accepted() {
    for (text, said) in [
        ("keepalive=6\ndeadtime=7\n", Some("blanks round the `=`")),
        ("keepalive= 6\n", Some("blanks round the `=`")),
        ("keepalive = 6 # x\nserial_no = 1 # y\n", Some("a comment to have a line of its own")),
        ("virtual a {\n} # x\n", None),
        ("rsh_command = \"ssh\" \n", None),
        ("rsh_command = \"ssh\"\t\r\n", None),
        ("rsh_command = \"ssh\" # 'x\n", Some("a comment to have a line of its own")),
        ("virtual a\n{\n}\n", Some("the brace on the line before")),
        ("virtual a{\n}\n", Some("a blank before the brace")),
        ("\u{feff}keepalive = 6\n", None),
        ("keepalive = 6\r\nserial_no = 1\r\n", None),
        ("keepalive = 6\rserial_no = 1\r", None),
        ("virtual a {\n", Some("the last block is not closed")),
        ("virtual a {\nscheduler = sed\n}\n", Some("piranha has no scheduler sed")),
        ("virtual a {\nscheduler = pcc\n}\n", None),
        ("virtual a {\nexpect_program = \"x\"\n}\n", Some("`expect_program` is not used")),
        ("debug = NONE\n", Some("`debug` is not used")),
        ("heartbeat_dev = eth0\n", Some("`heartbeat_dev` is not used")),
        ("mode = 1\n", Some("`mode` is not used")),
        ("failover a {\nheartbeat = 1\n}\n", Some("`heartbeat` is not used")),
        ("virtual a {\nserver b {\nnmask = 255.255.255.0\n}\n}\n", Some("`nmask` is not used")),
        ("virtual a {\nserver b {\nlog_file = /x\n}\n}\n", Some("`log_file` is not used")),
        ("virtual a {\nserver b {\nport = http\n}\n}\n", None),
        ("virtual a {\nsorry_server = web1\n}\n", None),
        ("virtual a {\npmask = junk\n}\n", Some("not a netmask: it is not used")),
        ("nat_nmask = 24\n", None),
        ("primary = 10.1\n", Some("this is read as 10.0.0.1")),
        ("backup_active = 0\nbackup_active = 0\n", None),
        (
            "serial_no = 0x10\nheartbeat = 1\nsync = 0\nipvsadm = /sbin/ipvsadm\ndebug_level = NONE\n",
            None,
        ),
        (
            "primary_shared = /dev/sda\nbackup_shared = /dev/sda\nreservation_conflict_action = preempt\n",
            None,
        ),
        ("virtual a {\nmaster = web1\ndirs = [ a b ]\nstart_cmd = x\n}\n", None),
        ("syncd_iface = eth1\nsyncdaemon = 0\nsyncd_id = 300\n", None),
        ("virtual a {\nactive = 0\n} else\n", Some("this is ignored")),
    ] {
        let said: Vec<_> = said.into_iter().collect();
        let found = warned(text);
        assert_eq!(found.len(), said.len(), "{text:?}: {found:?}");
        assert!(
            found.iter().zip(&said).all(|(found, said)| found.contains(said)),
            "{text:?}: {found:?}"
        );
    }
}

/// 1.1, rules 7 to 9.
#[test]
fn quoted_texts_are_piranhas() {
    for (written, expected) in [
        (r#""a\"b""#, "a\"b"),
        (r#""a"b""#, "a\"b"),
        (r#"'GET / HTTP/1.0\r\n'"#, "GET / HTTP/1.0\r\n"),
        (r#""it's all""#, "it's all"),
        (r#"'say "hi"'"#, "say \"hi\""),
        (r#""a" b""#, "a\" b"),
        (r#""a b\" c""#, "a b\" c"),
        ("PING", "PING"),
        (r#""\q\\n""#, r"\q\n"),
    ] {
        let real = one(&format!("send = {written}\nexpect = \"x\"")).reals.remove(0);
        let Check::SendExpect(check) = &*real.check else { panic!("{real:?}") };
        assert_eq!(String::from_utf8_lossy(&check.send), expected, "{written}");
    }
}

/// 1.2 and 1.7: the port of a virtual is its servers', wherever it stands.
#[test]
fn a_server_has_the_port_of_its_virtual() {
    let after =
        format!("virtual v {{\nactive = 1\naddress = 192.0.2.1 eth0:1\n{SERVER}port = 8080\n}}\n");
    for text in [service("port = 8080"), after] {
        let model = model(&text);
        assert_eq!(model.virtuals[0].reals[0].address.to_string(), "10.0.0.1:8080");
    }
}

#[test]
fn of_a_key_that_is_given_twice_the_last_holds() {
    let one = one("timeout = 6\ntimeout = 7");
    assert_eq!(one.check.interval.as_secs(), 7);
    assert_eq!(
        warned(&service("timeout = 6\ntimeout = 7")),
        ["`timeout` was given before; this one holds"]
    );
}

#[test]
fn whoever_is_not_active_is_not_there() {
    let text =
        service("server t {\naddress = 10.0.0.2\n}\nserver u {\naddress = 0.0.0.0\nactive = 0\n}")
            + "virtual w {\naddress = 0.0.0.0 eth0:1\n}\n";
    let model = model(&text);
    assert_eq!((model.virtuals.len(), model.virtuals[0].reals.len()), (1, 1));
    assert_eq!(faults("virtual w {\ntimeout = x\n}\n"), [(Some(Fault::IntegerExpected), 2)]);
}

/// 1.3: piranha has no bounds, and a site that it served is served.
#[test]
fn a_number_that_cannot_be_is_no_end_of_the_site() {
    for (line, read) in [
        ("keepalive = 0", 1),
        ("deadtime = 0", 1),
        ("deadtime = -1", 1),
        ("tcp_timeout = -1", 0),
        ("udp_timeout = 3000000", 2_147_483),
        ("deadtime = 99999999999999999999", 2_147_483_647),
    ] {
        let said = warned(&format!("primary = 10.0.0.1\n{line}\n"));
        assert_eq!(said.len(), 1, "{line}: {said:?}");
        assert!(said[0].ends_with(&format!(": this is read as {read}")), "{said:?}");
    }
    let alone = model("primary = 10.0.0.1\ndeadtime = 0\n");
    assert_eq!(alone.cluster.unwrap().protocol.pulse().unwrap().deadtime.as_secs(), 1);
    // the web pages' counter, as a date that somebody put there
    for line in ["serial_no = 201305010101", "serial_no = 99999999999999999999"] {
        assert_eq!(warned(line), Vec::<String>::new());
    }
    assert_eq!(warned("virtual a {\ntimeout = 0\n}\n"), Vec::<String>::new());
    let kept = one("persistent = 5000000").service.persistence.unwrap();
    assert_eq!(kept.seconds.get(), 2_678_400);
    // nanny gives 1 to whoever has less
    let text = service("").replace("active = 1\n}", "active = 1\nweight = -5\n}");
    assert_eq!(model(&text).virtuals[0].reals[0].weight.get(), 1);
    assert_eq!(warned(&text).len(), 1);
}

/// Old files are not in UTF-8: what is lost of a greeting must not take its server out.
#[test]
fn a_greeting_ends_before_a_byte_that_is_lost() {
    let start = |text: &[u8]| Expect::Start(text.to_vec());
    for (text, expected) in [
        ("caf\u{fffd} ouvert", start(b"caf")),
        ("\u{fffd}t\u{fffd}", Expect::Anything),
        ("caf\u{e9}", start("caf\u{e9}".as_bytes())),
    ] {
        let body = format!("expect = \"{text}\"");
        let real = one(&body).reals.remove(0);
        let Check::SendExpect(check) = &*real.check else { panic!("{real:?}") };
        assert_eq!(check.expect, expected, "{text}");
        let lost = usize::from(text.contains('\u{fffd}'));
        assert_eq!(warned(&service(&body)).len(), lost, "{text}");
    }
}

/// 4.3: to regexec(3) a dot is the end of a line, too.
#[test]
fn a_regular_expression_reaches_over_lines() {
    let real = one("send = \"x\"\nexpect = \"^HTTP.*well\"\nuse_regex = 1").reals.remove(0);
    let Check::SendExpect(check) = &*real.check else { panic!("{real:?}") };
    let Expect::Match(pattern) = &check.expect else { panic!("{check:?}") };
    assert!(pattern.is_match(b"HTTP/1.0 200 OK\r\n\r\nall is well"));
}

/// 7.2: the web pages write a new server, and a new service, with 0.0.0.0.
#[test]
fn who_has_no_address_is_left_out_and_the_others_serve() {
    let new = "server [unnamed] {\naddress = 0.0.0.0\nactive = 1\n}\nserver x {\nactive = 1\n}";
    let text = service(new)
        + "virtual [server_name] {\naddress = 0.0.0.0 eth0:1\nactive = 1\n}\n\
           virtual y {\nactive = 1\n}\n";
    let model = model(&text);
    assert_eq!((model.virtuals.len(), model.virtuals[0].reals.len()), (1, 1));
    let said = warned(&text);
    assert_eq!(said.iter().filter(|said| said.ends_with("it is left out")).count(), 4, "{said:?}");
}

/// 3.5: the sorry server has the port of its virtual, one of a mark's too.
#[test]
fn the_sorry_server_is_at_the_virtuals_port() {
    let serving = |body: &str| {
        let one = one(&format!("port = 8080\nsorry_server = 10.0.0.9\n{body}"));
        one.fallback.unwrap().on_the_wire(one.service.id).to_string()
    };
    assert_eq!(serving(""), "10.0.0.9:8080");
    assert_eq!(serving("fwmark = 1"), "10.0.0.9:8080");
}

/// 2.6: who has an address for himself keeps it.
#[test]
fn a_directors_own_address_is_not_moved() {
    let text = "primary = 10.0.0.1\nnat_router = 10.0.0.1 eth1:1\n";
    assert_eq!(model(text).cluster.unwrap().addresses, []);
    assert_eq!(warned(text), ["10.0.0.1 is a director's own address: it is not moved"]);
    let text = text.replace("nat_router = 10.0.0.1", "nat_router = 10.0.0.254");
    assert_eq!(model(&text).cluster.unwrap().addresses.len(), 1);
}

/// 1.1: a name in quotes ends where piranha has it end.
#[test]
fn a_quoted_name_may_touch_its_brace() {
    for header in [r#"virtual "a b"{"#, r#"virtual "a b\" {"#, r#"virtual 'a b' {"#] {
        assert_eq!(faults(&format!("{header}\n}}\n")), [], "{header}");
    }
}

/// 4.2: what a virtual says of its checks.
#[test]
fn patience_is_reentry_by_timeout() {
    for (body, interval, recovery) in [
        ("", 10, 18),
        ("timeout = 6\nreentry = 15", 6, 2),
        ("timeout = 20\nreentry = 15", 20, 1),
        ("timeout = 5\nreentry = 0", 5, 36),
        ("timeout = 5\nreentry = 4", 5, 1),
        ("timeout = 5\nreentry = -1", 5, 1),
        ("checkinterval = 3\nreentry = 10", 3, 3),
    ] {
        let policy = one(body).check;
        assert_eq!(
            (policy.interval.as_secs(), policy.recovery_count, policy.failure_count),
            (interval, recovery, 1),
            "{body}"
        );
    }
}

/// 1.5: who hears whom over which cable.
#[test]
fn private_addresses_need_the_primarys() {
    let nodes = |text: &str| {
        let text = format!(
            "primary = 10.0.0.1\nbackup = 10.0.0.2\nbackup_active = 1\nkeepalive = 1\n{text}"
        );
        let cluster = model(&text).cluster.unwrap();
        (
            cluster.protocol.pulse().unwrap().primary.private.map(|a| a.to_string()),
            cluster.protocol.pulse().unwrap().backup.unwrap().private.map(|a| a.to_string()),
        )
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(nodes(""), (None, None));
    assert_eq!(nodes("backup_private = 10.9.0.2\n"), (None, None));
    assert_eq!(nodes("primary_private = 10.9.0.1\n"), (some("10.9.0.1"), None));
    assert_eq!(
        nodes("primary_private = 10.9.0.1\nbackup_private = 10.9.0.2\n"),
        (some("10.9.0.1"), some("10.9.0.2"))
    );
    assert_eq!(nodes("primary_private = 10.0.0.1\nbackup_private = 10.9.0.2\n"), (None, None));
}

#[test]
fn a_backup_that_is_none_is_cleared() {
    for (text, said) in [
        ("backup = 0.0.0.0\nbackup_active = 0\n", None),
        (
            "backup = 0.0.0.0\nbackup_active = 1\n",
            Some("Undefined backup node marked as active? -- clearing that!"),
        ),
        ("backup_active = 1\n", Some("Undefined backup node marked as active? -- clearing that!")),
        (
            "backup = 10.0.0.2\n",
            Some("the backup is not active: pulse will not start on it, but ends"),
        ),
        (
            "backup = 10.0.0.1\nbackup_active = 1\n",
            Some("the backup is the primary itself: there is no backup"),
        ),
    ] {
        let text = format!("primary = 10.0.0.1\n{text}");
        assert!(model(&text).cluster.unwrap().protocol.pulse().unwrap().backup.is_none(), "{text}");
        assert_eq!(warned(&text), said.into_iter().collect::<Vec<_>>(), "{text}");
    }
    let text =
        "primary = 10.0.0.1\nbackup = 10.0.0.2\nbackup_active = 1\nkeepalive = 30\ndeadtime = 18\n";
    assert_eq!(warned(text), ["a director is taken for dead between two of its heartbeats"]);
}

/// What this machine does not have is told before anything waits for it.
#[test]
fn what_is_not_there_is_warned_of() {
    let missing = service("protocol = tcp\n").replace("eth0:1", "missing0:1");
    for (text, expected) in [
        (missing, "this machine has no network interface missing0"),
        (
            service("") + "syncdaemon = 1\nsyncd_iface = missing1\n",
            "this machine has no network interface missing1",
        ),
        (
            service("") + "network = nat\nnat_router = 10.0.0.254 missing2:1\n",
            "this machine has no network interface missing2",
        ),
        (
            service("") + "heartbeat_key_file = /missing/key\n",
            "pulse will not start: No such file or directory",
        ),
        (
            service("") + "heartbeat_key_file = /open/key\n",
            "others can read or change the secret of the directors: /open/key",
        ),
        (
            service("") + "backup = 10.0.0.3\nbackup_active = 0\n",
            "the backup is not active: pulse will not start on it, but ends",
        ),
        (
            service("load_monitor = \"/missing/load %h\"\n"),
            "`load_monitor` cannot be run: No such file or directory",
        ),
        (
            service("send_program = \"/bin/a %h | /bin/b\"\nexpect = \"OK\"\n"),
            "no shell sees `|`: the program gets it as it is",
        ),
    ] {
        assert_eq!(warned(&format!("primary = 10.0.0.2\n{text}")), [expected], "{text}");
    }
    for quiet in ["", "backup = 0.0.0.0\nbackup_active = 0\n"] {
        let text = format!("primary = 10.0.0.2\n{quiet}{}", service(""));
        assert_eq!(warned(&text), [""; 0], "{text}");
    }
}
