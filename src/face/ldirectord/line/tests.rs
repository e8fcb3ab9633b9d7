//! Every row of the original's grammar.

use super::*;

fn read(line: &str) -> Line {
    super::read(line.split_whitespace().map(OsString::from).collect())
}

#[track_caller]
fn order(line: &str, config: &str, name: &str, action: Action, debug: bool) {
    let Line::Order(order) = read(line) else { panic!("{line}: {:?}", read(line)) };
    let Order { config: given, name: named, .. } = &order;
    assert_eq!((given.to_str(), named.to_str()), (Some(config), Some(name)), "{line}");
    assert_eq!((order.action, order.debug, order.detached), (action, debug, false), "{line}");
}

#[track_caller]
fn wrong(line: &str, complaints: &[&str]) {
    let complaints = complaints.iter().map(|text| (*text).to_owned()).collect();
    assert_eq!(read(line), Line::Wrong(complaints), "{line}");
}

#[test]
fn one_word_is_the_action_two_are_configuration_and_action() {
    use Action::*;
    order("start", "ldirectord.cf", "ldirectord", Start, false);
    order("ldirectord.cf start", "ldirectord.cf", "ldirectord.cf", Start, false);
    order("/etc/ha.d/www.cf stop", "/etc/ha.d/www.cf", "www.cf", Stop, false);
    order("x restart", "x", "x", Restart, false);
    order("x try-restart", "x", "x", TryRestart, false);
    order("x reload", "x", "x", Reload, false);
    order("x force-reload", "x", "x", Reload, false);
    order("x status", "x", "x", Status, false);
    order("stop status", "stop", "stop", Status, false);
    order("x status -d more", "x", "x", Status, false);
    wrong("", &[]);
    wrong("-d", &[]);
    wrong("x", &[]);
    wrong("START", &[]);
    wrong("start -d", &[]);
    order("- start", "-", "-", Start, false);
    order("-d- -v start", "-v", "-v", Start, true);
}

#[test]
fn options_stand_before_the_words() {
    use Action::*;
    for line in ["-d x start", "--debug x start", "--DEBUG x start", "-dd x start"] {
        order(line, "x", "x", Start, true);
    }
    for line in ["--d x start", "+d x start", "+debug x start", "-d -- x start"] {
        order(line, "x", "x", Start, true);
    }
    order("-- -x start", "-x", "-x", Start, false);
    order("-- start", "ldirectord.cf", "ldirectord", Start, false);
    order("-- -d start more", "-d", "-d", Start, false);
    for line in ["-h", "-?", "--help", "--h", "-dh", "-hv", "-vh x", "-h start"] {
        assert_eq!(read(line), Line::Help, "{line}");
    }
    for line in ["-v", "--version", "-dv", "-v start", "-v nothing of use"] {
        assert_eq!(read(line), Line::Version, "{line}");
    }
}

#[test]
fn what_there_is_not_is_named() {
    wrong("-x start", &["Unknown option: x"]);
    wrong("-D start", &["Unknown option: D"]);
    wrong("-x -dz start", &["Unknown option: x", "Unknown option: z"]);
    wrong(
        "-debug start",
        &["e", "b", "u", "g"]
            .map(|x| format!("Unknown option: {x}"))
            .each_ref()
            .map(String::as_str),
    );
    wrong("--deb start", &["Unknown option: deb"]);
    wrong("--foo --bar=3 x status", &["Unknown option: foo", "Unknown option: bar"]);
    wrong("--debug=1 start", &["Option debug does not take an argument"]);
    wrong("-d=1 start", &["Unknown option: =", "Unknown option: 1"]);
    wrong("---d start", &["Unknown option: -d"]);
    wrong("++debug start", &["Unknown option: +"]);
    wrong("+dv start", &["Unknown option: d"]);
    wrong("+ start", &["Missing option after +"]);
    wrong("-dx--v start", &["Unknown option: x", "Unknown option: -v"]);
    wrong("--=x start", &["Unknown option: =x"]);
    wrong("--version --foo", &["Unknown option: foo"]);
}

#[test]
fn the_process_in_the_background_is_told_apart() {
    for (line, words) in [
        ("start", "start --detached"),
        ("x.cf restart", "x.cf start --detached"),
        ("/a/x.cf start more", "/a/x.cf start --detached"),
        ("-- -x start", "-- -x start --detached"),
    ] {
        let Line::Order(first) = read(line) else { panic!("{line}") };
        assert_eq!(first.detached().join(OsStr::new(" ")), words, "{line}");
        let Line::Order(second) = super::read(first.detached()) else { panic!("{words}") };
        assert!(second.detached && second.action == Action::Start, "{words}");
        assert_eq!((&second.config, &second.name), (&first.config, &first.name), "{words}");
    }
}
