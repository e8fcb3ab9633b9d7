use super::*;
use crate::config::Numbers;

const FILE: &str = "\
promote_script /usr/local/sbin/vqalive.promote
demote_script  /usr/local/sbin/vqalive.demote
check_ip 192.168.0.3
check_ip 203.0.113.3
check_port 25
";

fn lowered(text: &str) -> Cluster {
    let reading = read(text, &Numbers);
    let said = reading.render("vqalive.conf", text, false);
    *reading.model.expect(&said).cluster.unwrap()
}

fn of(text: &str) -> Vqalive {
    let FailoverProtocol::Vqalive(vqalive) = lowered(text).protocol else { unreachable!() };
    vqalive
}

/// What is said of a text: severity, line, column, message, hint.
fn said(text: &str) -> Vec<String> {
    let said = |diagnostic: &Diagnostic| {
        let (line, column) = diagnostic.position(text);
        let hint = diagnostic.hint.as_ref().map_or(String::new(), |hint| format!(" ({hint})"));
        format!("{:?} {line}:{column} {}{hint}", diagnostic.severity, diagnostic.message)
    };
    read(text, &Numbers).diagnostics.iter().map(said).collect()
}

#[test]
fn a_file_of_the_original() {
    let cluster = lowered(FILE);
    assert_eq!(said(FILE), Vec::<String>::new());
    let scripts = [&cluster.active_command, &cluster.inactive_command];
    let scripts = scripts.map(|script| script.as_ref().unwrap().to_string());
    assert_eq!(scripts, ["/usr/local/sbin/vqalive.promote", "/usr/local/sbin/vqalive.demote"]);
    assert!(cluster.addresses.is_empty());
    let expected = Vqalive {
        addresses: ["192.168.0.3", "203.0.113.3"].map(|a| a.parse().unwrap()).to_vec(),
        ports: vec![25],
        interval: Duration::from_secs(5),
        timeout: Duration::from_secs(3),
        fails: 3,
        mode: VqaliveMode::All,
        banner: None,
        start_delay: None,
        conflict: VqaliveConflict::Warn,
        own_fails: 0,
        witness: None,
        announcements: 5,
        drop_hold: Duration::from_secs(45),
        promote_timeout: Duration::from_secs(120),
        demote_timeout: Duration::from_secs(120),
    };
    assert_eq!(of(FILE), expected);
}

#[test]
fn all_that_is_ours() {
    let vqalive = of(&format!(
        "{FILE}check_port 80/tcp, 443\ncheck_interval 0.5\ncheck_timeout = 1s\ncheck_fails=2\n\
         check_mode Any\ncheck_banner ^220 .*mail # greets\nstart_delay 0\n\
         conflict_check strict\nown_check_fails 4\nwitness 2001:db8::1\ngarp 0\n\
         promote_timeout 30\ndemote_timeout 20\n"
    ));
    assert_eq!(vqalive.ports, [25, 80, 443]);
    assert_eq!((vqalive.interval, vqalive.timeout), (Duration::from_millis(500), INTERVAL / 5));
    assert_eq!((vqalive.fails, vqalive.mode), (2, VqaliveMode::Any));
    assert_eq!(vqalive.banner.unwrap().as_str(), "^220 .*mail");
    assert_eq!(vqalive.start_delay, Some(Duration::ZERO));
    assert_eq!((vqalive.conflict, vqalive.own_fails), (VqaliveConflict::Strict, 4));
    assert_eq!(vqalive.witness, Some("2001:db8::1".parse().unwrap()));
    assert_eq!((vqalive.announcements, vqalive.drop_hold), (0, Duration::from_secs(3)));
    let timeouts = [vqalive.promote_timeout, vqalive.demote_timeout].map(|t| t.as_secs());
    assert_eq!(timeouts, [30, 20]);
}

#[test]
fn what_stands_for_nothing() {
    let vqalive =
        of(&format!("\u{feff}{FILE}witness none\ncheck_banner off\nconflict_check off\n"));
    assert!(vqalive.witness.is_none() && vqalive.banner.is_none());
    assert_eq!(vqalive.conflict, VqaliveConflict::Off);
}

#[test]
fn lines_are_written_as_people_write_them() {
    let text = FILE.replace("check_port 25", "# mail\r\n\r\n\tCHECK_PORT = 25 # smtp\r");
    assert_eq!((said(&text), of(&text)), (Vec::new(), of(FILE)));
    let old_mac = FILE.replace('\n', "\r");
    assert_eq!((said(&old_mac), of(&old_mac)), (Vec::new(), of(FILE)));
}

#[test]
fn an_unknown_parameter_is_no_reason_to_have_no_service() {
    let text = format!("{FILE}check_intervall 3\nlogfile /var/log/x\n");
    assert_eq!(
        said(&text),
        [
            "Warning 6:1 no parameter of this name is known: not used (did you mean \
             `check_interval`?)",
            "Warning 7:1 no parameter of this name is known: not used",
        ]
    );
    assert_eq!(of(&text), of(FILE));
}

#[test]
fn what_is_wrong_is_said_where_it_is() {
    for (line, expected) in [
        ("check_ip", "6:1 `check_ip` has no value (write check_ip 192.0.2.9)"),
        (
            "check_ip mail",
            "6:10 `check_ip` takes an address (write its number: a name may come to mean another machine)",
        ),
        ("check_ip 10.0.0.1/24", "6:10 `check_ip` takes an address (write it without a prefix)"),
        ("check_ip 224.0.0.1", "6:10 `check_ip` takes an address (this one is no machine's)"),
        ("check_port smtp", "6:12 no service of this name is known (write the port as a number)"),
        ("check_port 0", "6:12 `check_port` takes a number from 1 to 65535"),
        ("check_port 53/udp", "6:12 `check_port` takes a TCP port"),
        ("promote_timeout 0", "6:17 `promote_timeout` takes seconds, from 1 to 3600"),
        ("check_interval -1", "6:16 `check_interval` takes seconds, from 0.1 to 3600"),
        ("check_interval 1e2", "6:16 `check_interval` takes seconds, from 0.1 to 3600"),
        ("check_fails 0", "6:13 `check_fails` takes a number from 1 to 1000"),
        (
            "check_banner \"^220\"",
            "6:14 `check_banner` takes a regular expression (no quotes stand around a value)",
        ),
        (
            "conflict_check yes",
            "6:16 `conflict_check` takes one of on, off, strict (did you mean `on`?)",
        ),
        ("check_mode al", "6:12 `check_mode` takes one of all, address, any (did you mean `all`?)"),
        (
            "witness gateway",
            "6:9 `witness` takes an address (write its number: a name may come to mean another machine)",
        ),
    ] {
        assert_eq!(said(&format!("{FILE}{line}\n")), [format!("Error {expected}")]);
    }
    let wrong = said(&format!("{FILE}check_banner (\n"));
    assert!(wrong[0].starts_with("Error 6:14 `check_banner` takes a regular expression: "));
    let script = FILE.replace("/usr/local/sbin/vqalive.demote", "vqalive.demote");
    assert_eq!(said(&script), ["Error 2:16 `demote_script` takes an absolute path"]);
}

#[test]
fn what_no_file_may_be_without() {
    let said = said("");
    assert_eq!(said.len(), 4);
    assert_eq!(said[3], "Error 1:1 `check_port` is missing (write check_port 25)");
}

#[test]
fn what_is_given_twice() {
    let text = format!("{FILE}check_port 25\ncheck_fails 4\ncheck_fails 5\n");
    assert_eq!(
        said(&text),
        [
            "Warning 6:12 `check_port` has this value already",
            "Warning 8:13 `check_fails` is given twice: this one is used",
        ]
    );
    let vqalive = of(&text);
    assert_eq!((vqalive.ports, vqalive.fails), (vec![25], 5));
}

#[test]
fn a_round_has_an_end() {
    let ports: Vec<_> = (101..=228).map(|port: u16| port.to_string()).collect();
    let text = format!("{FILE}check_port {}\n", ports.join(" "));
    let expected = "Error 1:1 2 check_ip and 129 check_port are 258 connections in a round: \
                    there may be 256";
    assert_eq!(said(&text), [expected]);
}

/// Whatever a file holds, it is read to its end, and shown.
#[test]
fn no_text_is_too_odd() {
    let names = PARAMETERS.iter().map(|parameter| parameter.name);
    let odd = [
        "",
        " ",
        "=",
        "#",
        "\n",
        "\r",
        "\t",
        "\u{0}",
        "\u{feff}",
        "é",
        ",",
        "/",
        "/x y",
        "25",
        "1.5.",
        "99999999999999999999",
        "0x10",
        "[",
        "(",
        "(((a{1000}){1000}){1000}",
        "::1",
        "none",
        "off",
        "\u{2028}",
        "\\",
        "\"",
        "s",
        ".",
    ];
    let words: Vec<&str> = names.chain(odd).collect();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut chance = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below).unwrap()).unwrap()
    };
    for _ in 0..20_000 {
        let length = chance(24);
        let text: String = (0..length).map(|_| words[chance(words.len())]).collect();
        let reading = read(&text, &Numbers);
        let broken = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
        assert_eq!(reading.model.is_none(), broken, "{text:?}");
        for diagnostic in &reading.diagnostics {
            assert!(text.get(diagnostic.span.clone()).is_some(), "{diagnostic:?} of {text:?}");
        }
        if chance(50) == 0 {
            reading.render("x", &text, false);
        }
    }
}
