//! What becomes of a call.

use std::io::Write;

use super::super::line::{Line, read};
use super::*;

fn call(words: &str) -> Call {
    let words = words.split(' ').map(str::to_owned).collect();
    match read("ucarp", words) {
        Line::Given(call) => *call,
        help @ Line::Help(_) => panic!("{help:?}"),
    }
}

fn model(words: &str) -> Result<Model, Failure> {
    let call = call(words);
    let password = call.password()?;
    call.plan(call.interface.clone().unwrap_or_default(), password)?.model(&call)
}

const WHOLE: &str = "-i eth0 -s 10.1.1.1 -v 42 -p love -a 10.1.1.252 -u /up -d down.sh -x a;b";

#[test]
fn a_whole_call_is_a_cluster_without_services() {
    let model = model(WHOLE).unwrap();
    assert!(model.virtuals.is_empty());
    let cluster = model.cluster.as_ref().unwrap();
    assert!(cluster.addresses.is_empty(), "the scripts raise it");
    assert!(cluster.monitor_links);
    let argv = |command: &Option<Command>| command.as_ref().unwrap().argv(&[]);
    assert_eq!(argv(&cluster.active_command), ["/up", "eth0", "10.1.1.252", "a;b"]);
    assert_eq!(argv(&cluster.inactive_command), ["down.sh", "eth0", "10.1.1.252", "a;b"]);
    let carp = carp(&model).unwrap();
    assert_eq!(carp.secret, Secret::Given(b"love".to_vec()));
    assert_eq!(carp.signed, [IpAddr::from([10, 1, 1, 252])]);
    assert_eq!((carp.advbase, carp.advskew, carp.dead_ratio), (1, 0, 3));
    assert!(carp.multicast && !carp.preempt && !carp.neutral);
    assert_eq!(name(&model), Path::new("/run/ucarp/eth0-42"));
}

#[test]
fn flags_are_heard() {
    let model = model(&format!("{WHOLE} -SMPn")).unwrap();
    assert!(!model.cluster.as_ref().unwrap().monitor_links);
    let carp = carp(&model).unwrap();
    assert!(!carp.multicast && carp.preempt && carp.neutral);
}

#[test]
fn what_is_missing_is_said_in_the_originals_order() {
    let all = "-v 1 -p x -s 10.0.0.1 -a 10.0.0.2";
    let long = "-v 1 -p 12345678901234567890 -s 10.0.0.1 -a 10.0.0.2";
    for (words, status, said) in [
        ("-P", 1, "You must supply a valid virtual host id"),
        ("-v 1", 1, "You must supply a password"),
        ("-v 1 -p ", 1, "You must supply a password"),
        ("-v 1 -p x -b 0", 1, "You must supply an advertisement time base"),
        ("-v 1 -p x -b 256", 1, "You must supply an advertisement time base"),
        ("-v 1 -p x", 1, "You must supply a persistent source address"),
        ("-v 1 -p x -s 10.0.0.1", 1, "You must supply a virtual host address"),
        (&format!("{all} -r 0"), 1, "Dead ratio can't be zero"),
        (long, 2, "Password too long"),
        (&format!("{all} -i abcdefghijklmnop"), 2, "Interface name too long"),
        (
            "-v 1 -o /nonexistent",
            1,
            "unable to open passfile /nonexistent for reading: No such file or directory",
        ),
        ("-v 1 -o /dev/null", 1, "error reading passfile /dev/null: unexpected end of file"),
    ] {
        let failure = Failure { status, words: Some(said.to_owned()) };
        assert_eq!(model(words), Err(failure), "{words}");
    }
    assert!(model(&format!("{all} -i eth0 -b 0 -k 1")).is_ok());
}

#[test]
fn without_scripts_it_warns() {
    let doubts = |words| call(words).doubts().into_iter().map(|note| note.text).collect::<Vec<_>>();
    let [up, down] =
        ["up", "down"].map(|way| format!("Warning: no script called when going {way}"));
    assert_eq!(doubts("-P"), [up, down.clone()]);
    assert_eq!(doubts("-u x"), [down]);
    assert!(doubts(WHOLE).is_empty());
}

#[test]
fn a_file_gives_its_first_line() {
    for (text, pass) in [
        ("love\nhate\n", "love"),
        ("love", "love"),
        ("love \r\n", "love \r"),
        (&format!("{}\n", "x".repeat(600)), &"x".repeat(511)),
    ] {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let path = file.path().to_str().unwrap().to_owned();
        assert_eq!(password(&Pass::Stored(path)).unwrap(), pass.as_bytes());
    }
}
