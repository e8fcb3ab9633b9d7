//! Every answer here is that of libpopt 1.19 to the same words and the same options.

use super::*;

const OPTIONS: &[Opt] = &[
    opt(Some('c'), &["configfile"], Takes::Text("FILE")),
    opt(Some('n'), &["nodaemon"], Takes::Nothing),
    opt(Some('t'), &["test-start", "norun"], Takes::Nothing),
    opt(Some('v'), &["verbose"], Takes::Nothing),
    opt(None, &["lvsd", "lvs"], Takes::Text("PATH")),
    opt(Some('p'), &["port"], Takes::Number("PORT")),
];

const fn opt(letter: Option<char>, names: &'static [&'static str], takes: Takes) -> Opt {
    Opt { letter, names, takes, meaning: "what it does" }
}

fn read(line: &str) -> Line {
    super::read("pulse", OPTIONS, line.split_whitespace().map(OsString::from).collect())
}

/// The options that a line gives, as `name` or `name=value`.
#[track_caller]
fn given(line: &str, options: &str) {
    let Line::Given(given) = read(line) else { panic!("{line}: {:?}", read(line)) };
    let names = OPTIONS.iter().filter_map(|option| option.names.first());
    let shown = names.filter(|name| given.has(name)).map(|name| {
        let text = given.text(name).map(|text| format!("={}", text.display()));
        let number = given.number(name).map(|number| format!("={number}"));
        format!("{name}{}", text.or(number).unwrap_or_default())
    });
    assert_eq!(shown.collect::<Vec<_>>().join(" "), options, "{line}");
}

#[track_caller]
fn wrong(line: &str, complaint: &str) {
    assert_eq!(read(line), Line::Wrong(format!("pulse: {complaint}")), "{line}");
}

#[test]
fn options_are_given_in_every_way_of_popt() {
    given("", "");
    given("-nv", "nodaemon verbose");
    for line in ["-nc x", "-ncx", "-nc=x", "-n -c x", "-n --configfile=x", "--nodaemon -c a -cx"] {
        given(line, "configfile=x nodaemon");
    }
    given("-c=", "configfile=");
    given("--configfile=", "configfile=");
    given("-c -n", "configfile=-n");
    given("--configfile -n", "configfile=-n");
    given("-v -v", "verbose");
    given("-n --", "nodaemon");
    given("--norun", "test-start");
    given("--lvs=/x", "lvsd=/x");
    given("-ntv -p5", "nodaemon test-start verbose port=5");
    for (text, number) in
        [("0x10", 16), ("010", 8), ("-5", -5), ("+7", 7), ("0", 0), ("0X1f", 31), ("-0x1", -1)]
    {
        given(&format!("-p {text}"), &format!("port={number}"));
        given(&format!("--port={text}"), &format!("port={number}"));
    }
    given("--port=", "port=0");
    given("-p 2147483647", "port=2147483647");
    given("-p -2147483648", "port=-2147483648");
}

#[test]
fn what_is_wrong_is_named_with_the_reason() {
    for word in ["-z", "-nz", "--zz", "--zz=3", "--verb", "-verbose", "--=3", "---n", "-h"] {
        wrong(word, &format!("bad argument {word}: unknown option"));
    }
    wrong("-n --zz x", "bad argument --zz: unknown option");
    wrong("x --zz", "bad argument --zz: unknown option");
    for word in ["-c", "-nc", "--configfile", "-p", "--lvs"] {
        wrong(word, &format!("bad argument {word}: missing argument"));
    }
    for word in ["--nodaemon=1", "-n=1", "--help=3", "--norun="] {
        wrong(word, &format!("bad argument {word}: option does not take an argument"));
    }
    for value in ["12x", "x", "0x", "09", "--", "1.5"] {
        wrong(&format!("-p {value}"), &format!("bad argument {value}: invalid numeric value"));
    }
    for value in ["99999999999", "2147483648", "-2147483649", "0xffffffffffffffffffff"] {
        let complaint = format!("bad argument {value}: number too large or too small");
        wrong(&format!("-p {value}"), &complaint);
    }
    for line in ["x", "-n x", "x -n", "-- -n", "-", "-n -", "-configfile x", "-c x y"] {
        wrong(line, "unexpected arguments");
    }
}

#[test]
fn help_comes_as_soon_as_it_is_asked_for() {
    for line in ["-?", "--help", "-n?", "-n -?z", "x --help", "-? --zz"] {
        assert_eq!(read(line), Line::Help, "{line}");
    }
    assert_eq!(read("--usage"), Line::Usage);
    wrong("-z -?", "bad argument -z: unknown option");
    wrong("-p x --help", "bad argument x: invalid numeric value");
}

#[test]
fn both_pages_have_every_option() {
    assert_eq!(
        help("pulse", OPTIONS),
        "Usage: pulse [OPTION...]\n  \
         -c, --configfile=FILE           what it does\n  \
         -n, --nodaemon                  what it does\n  \
         -t, --test-start, --norun       what it does\n  \
         -v, --verbose                   what it does\n      \
             --lvsd=PATH, --lvs=PATH     what it does\n  \
         -p, --port=PORT                 what it does\n\n\
         Help options:\n  \
         -?, --help                      Show this help message\n      \
             --usage                     Display brief usage message\n"
    );
    assert_eq!(
        usage("pulse", OPTIONS),
        "Usage: pulse [-ntv?] [-c|--configfile=FILE] [-n|--nodaemon] [-t|--test-start]\n        \
         [--norun] [-v|--verbose] [--lvsd=PATH] [--lvs=PATH] [-p|--port=PORT]\n        \
         [-?|--help] [--usage]\n"
    );
}
