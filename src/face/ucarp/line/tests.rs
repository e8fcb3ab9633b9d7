//! Command lines as ucarp 1.5.2 takes them.

use super::*;

fn call(words: &str) -> Call {
    let words = words.split_whitespace().map(str::to_owned).collect();
    match read("ucarp", words) {
        Line::Given(call) => *call,
        help @ Line::Help(_) => panic!("{help:?}"),
    }
}

#[test]
fn every_option_counts() {
    let short = "-i eth0 -s 10.1.1.1 -m 224.0.0.19 -v 42 -p love -P -n -a 10.1.1.252 -b 2 -k 100 \
                 -u /up -d /down -r 4 -D -z -B -S -M -f LOCAL3 -x more";
    let long = "--interface=eth0 --srcip 10.1.1.1 --mcast=224.0.0.19 --vhid=42 --pass=love --preempt \
                --neutral --addr=10.1.1.252 --advbase=2 --advskew=100 --upscript=/up \
                --downscript=/down --deadratio=4 --debug --shutdown --daemonize --ignoreifstate \
                --nomcast --facility=local3 --xparam=more";
    let expected = Call {
        interface: Some("eth0".to_owned()),
        srcip: Some([10, 1, 1, 1].into()),
        mcast: [224, 0, 0, 19].into(),
        vhid: Some(42),
        pass: Some(Pass::Given("love".to_owned())),
        preempt: true,
        neutral: true,
        addr: Some(([10, 1, 1, 252].into(), "10.1.1.252".to_owned())),
        advbase: 2,
        advskew: 100,
        upscript: Some("/up".to_owned()),
        downscript: Some("/down".to_owned()),
        deadratio: 4,
        debug: true,
        shutdown: true,
        daemonize: true,
        ignoreifstate: true,
        nomcast: true,
        facility: Some(Facility::Local(3)),
        xparam: Some("more".to_owned()),
        notes: Vec::new(),
        wrong: None,
    };
    assert_eq!(call(short), expected);
    assert_eq!(call(long), expected);
    assert_eq!(call("-o /file").pass, Some(Pass::Stored("/file".to_owned())));
    assert_eq!(call("ignored"), Call::default());
}

#[test]
fn who_asks_wrongly_is_told_of_the_options() {
    assert_eq!(read("ucarp", Vec::new()), Line::Help(None));
    let read = |word: &str| read("ucarp", vec![word.to_owned()]);
    assert_eq!(read("-h"), Line::Help(None));
    assert_eq!(read("--he"), Line::Help(None));
    let complaint = "ucarp: unrecognized option '--syslog'".to_owned();
    assert_eq!(read("--syslog"), Line::Help(Some(complaint)));
}

#[test]
fn the_first_wrong_value_ends_it() {
    for (words, wrong) in [
        ("-v 0 -s x", "vhid must be between 1 and 255."),
        ("-v 256", "vhid must be between 1 and 255."),
        ("-v -1", "vhid must be between 1 and 255."),
        ("-s 1.2.3 -q", "Invalid address: [1.2.3]"),
        ("-a 10.0.0.300", "Invalid address: [10.0.0.300]"),
        ("--mcast foo", "Invalid address: [foo]"),
    ] {
        assert_eq!(call(words).wrong.as_deref(), Some(wrong), "{words}");
    }
    assert_eq!(call("-v 0x1f").vhid, Some(31));
    assert_eq!(call("-v 42abc").vhid, Some(42));
}

#[test]
fn a_number_that_does_not_fit_is_cut_and_that_is_said() {
    let odd = call("-b 300 -k -1");
    assert_eq!((odd.advbase, odd.advskew), (44, 255));
    let text = "advbase is 0 to 255: of 300 the last 8 bits are taken, 44";
    assert_eq!(
        odd.notes,
        [
            Note::warning(text),
            Note::warning("advskew is 0 to 255: of -1 the last 8 bits are taken, 255")
        ]
    );
}

#[test]
fn a_facility_is_one_of_syslogs() {
    for (name, facility) in [
        ("none", None),
        ("DAEMON", Some(Facility::Daemon)),
        ("security", Some(Facility::Auth)),
        ("local7", Some(Facility::Local(7))),
    ] {
        assert_eq!(call(&format!("-f {name}")).facility, facility);
    }
    for name in ["foo", "local8", "local", "local10"] {
        let odd = call(&format!("-f {name}"));
        assert_eq!(odd.facility, Some(Facility::Daemon), "it goes on");
        let text = format!("Unknown syslog facility: [{name}]");
        assert_eq!(odd.notes, [Note { level: Level::Error, text }]);
    }
}
