use crate::config::{self, Numbers};

use super::*;

const GOOD: &str = "virtual=192.0.2.10:80\n real=10.0.0.1:80 masq\n";
const BAD: &str = "virtual=192.0.2.10:80\n real=nowhere:80 masq\n";

fn following(text: &str) -> Reload {
    Reload::new(
        PathBuf::from("a.cf"),
        None,
        text.to_owned(),
        Hosts::new(),
        Arc::default(),
        Footing { dry_run: false, part: Part::Services, protocol: None, has_peer: false },
    )
    .0
}

/// A reading of `text`; what it means is what `means` says, as where names are looked up.
fn read(occasion: Occasion, text: &str, means: &str) -> Reading {
    let reading = config::read(means, &Numbers);
    let (path, text) = ("a.cf".to_owned(), text.to_owned());
    let loaded = Ok(Loaded { path, text, reading, dialect: None, is_file: true });
    Reading { number: 0, occasion, loaded, seen: None, setup: None }
}

fn gone() -> Reading {
    let loaded = Err(io::Error::from(io::ErrorKind::NotFound));
    Reading { number: 0, occasion: Occasion::Disk, loaded, seen: None, setup: None }
}

#[test]
fn what_was_refused_is_judged_again_and_told_when_it_differs() {
    let mut reload = following(GOOD);
    let mut take = |reading, refused: Option<&str>| reload.take(reading, true, true, refused);
    let disk = |means| read(Occasion::Disk, BAD, means);
    let why = take(disk(BAD), None).expect("it is new").expect_err("it is wrong");
    assert!(take(disk(BAD), Some(&why)).is_none(), "told again");
    let other = take(disk(""), Some(&why)).expect("another reason").expect_err("no service");
    assert_ne!(other, why);
    assert!(take(read(Occasion::Signal, BAD, ""), Some(&other)).is_some(), "a signal asks");
    assert!(take(disk(GOOD), Some(&other)).expect("it is right now").is_ok());
    assert!(take(disk(GOOD), None).is_none(), "it is followed already");
    let missing = take(gone(), None).expect("it was there").expect_err("no file");
    assert!(take(gone(), Some(&missing)).is_none(), "told again");
    assert!(take(disk(GOOD), Some(&missing)).expect("it is back").is_ok());
}

#[test]
fn new_text_with_the_old_error_is_told() {
    let mut reload = following(BAD);
    let why = "a.cf:2:7: as before";
    let text = format!("{BAD}# more");
    let reading = read(Occasion::Disk, &text, BAD);
    let told = reload.take(reading, true, true, Some(why)).expect("it is new");
    let told = told.expect_err("it is wrong");
    let again = format!("{text}\n");
    let again = reload.take(read(Occasion::Disk, &again, BAD), true, true, Some(&told));
    assert_eq!(again.expect("it is new").expect_err("it is wrong"), told);
}

#[test]
fn a_change_on_disk_is_judged_once_and_until_it_is_good() {
    for autoreload in [true, false] {
        let mut reload = following(GOOD);
        let mut judged = |occasion, text: &str, means| {
            reload.take(read(occasion, text, means), autoreload, true, Some("why"));
            (reload.judged(), reload.judged())
        };
        assert_eq!(judged(Occasion::Disk, GOOD, GOOD), (None, None), "the same text");
        assert_eq!(judged(Occasion::Disk, BAD, BAD), (Some(false), None));
        assert_eq!(judged(Occasion::Disk, BAD, BAD), (None, None), "said before");
        let again = autoreload.then_some(true);
        assert_eq!(judged(Occasion::Disk, BAD, GOOD), (again, None), "a name is known now");
        assert_eq!(judged(Occasion::Disk, "# new", ""), (Some(false), None), "no service");
        assert_eq!(judged(Occasion::Disk, GOOD, GOOD), (Some(true), None));
        assert_eq!(judged(Occasion::Signal, GOOD, GOOD), (None, None));
        assert_eq!(judged(Occasion::Signal, BAD, GOOD), (None, None), "a signal asks");
    }
}

#[test]
fn a_change_on_disk_answers_whoever_asked_before() {
    let mut reload = following(GOOD);
    reload.asked = true;
    let text = format!("{GOOD}# more");
    let changed = || read(Occasion::Disk, &text, GOOD);
    assert!(reload.take(changed(), false, true, None).expect("somebody asked").is_ok());
    assert!(reload.take(changed(), false, true, None).is_none(), "nobody asked");
}

#[test]
fn it_is_tried_again_by_itself_with_autoreload_only() {
    for autoreload in [true, false] {
        let mut reload = following(GOOD);
        let refused = reload.take(read(Occasion::Signal, BAD, BAD), autoreload, true, None);
        assert!(refused.expect("a signal asks").is_err());
        assert_eq!(reload.due().is_some(), autoreload);
    }
    let mut reload = following(BAD);
    let ignored = reload.take(read(Occasion::Disk, BAD, GOOD), false, true, Some("why"));
    assert!(ignored.is_none(), "nobody asked");
}

const LONE: &str = "primary = 10.0.0.1\nbackup_active = 0\nvirtual w {\n active = 1\n \
                    address = 192.0.2.10 eth0:1\n port = 80\n server a {\n address = 10.0.0.3\n \
                    active = 1\n }\n}\n";

/// What becomes of a file for this one of a pair.
fn of_a_pair(has_peer: bool, own: &str, file: &str) -> Result<Model, String> {
    let mut reload = following(GOOD);
    (reload.footing.protocol, reload.footing.has_peer) = (Some("pulse"), has_peer);
    let mut reading = read(Occasion::Signal, file, file);
    let model = reading.loaded.as_ref().unwrap().reading.model.clone().expect(file);
    let here = cluster::here_with(own);
    reading.setup = model.cluster.as_ref().map(|cluster| Setup::of(cluster, &here));
    let judged = reload.take(reading, false, true, None).expect("a signal asks");
    assert_eq!(reload.footing.has_peer, has_peer && judged.is_err() || file.contains("backup ="));
    judged
}

#[test]
fn a_running_pair_is_not_taken_apart_by_a_file() {
    for (own, file) in [("10.0.0.1", LONE), ("10.0.0.2", LONE), ("10.0.0.1", GOOD)] {
        let why = of_a_pair(true, own, file).unwrap_err();
        assert!(why.contains(" any more, but this is one of a pair; to take the pair"), "{why}");
        assert!(!why.contains("exiting pulse"), "{why}");
    }
    assert!(of_a_pair(false, "10.0.0.1", LONE).is_ok(), "it was alone before");
    let pair = LONE.replace("backup_active = 0", "backup_active = 1\nbackup = 10.0.0.2");
    assert!(of_a_pair(true, "10.0.0.1", &pair).is_ok());
    assert!(of_a_pair(false, "10.0.0.1", &pair).is_ok(), "a lone one is given a peer");
}

const SERVICE: &str = "virtual=192.0.2.10:80\n real=10.0.0.3:80 masq\n";
const VRRP: &str = "cluster=vrrp\n interface=eth0\n id=1\n address=192.0.2.10/24\n";
const EXTERNAL: &str = "cluster=external\n";

/// What becomes of a file for a director that speaks this protocol, or none.
fn of_a_cluster(protocol: Option<&'static str>, busy: bool, file: &str) -> Result<Model, String> {
    let mut reload = following(GOOD);
    (reload.footing.protocol, reload.footing.has_peer) = (protocol, protocol.is_some());
    let mut reading = read(Occasion::Signal, file, file);
    let model = reading.loaded.as_ref().unwrap().reading.model.clone().expect(file);
    let here = cluster::here_with("10.0.0.1");
    reading.setup = model.cluster.as_ref().map(|cluster| Setup::of(cluster, &here));
    reload.take(reading, false, busy, None).expect("a signal asks")
}

#[test]
fn a_running_director_keeps_its_protocol() {
    let file = |block: &str| format!("{block}{SERVICE}");
    let refused = |protocol, block: &str| of_a_cluster(protocol, true, &file(block)).unwrap_err();
    let why = refused(None, VRRP);
    assert_eq!(why, "a.cf: it names other directors now, by vrrp; restart this one");
    let why = refused(Some("vrrp"), "");
    assert!(why.contains("it names no other director any more, but this is one of a"), "{why}");
    let why = refused(Some("vrrp"), EXTERNAL);
    assert!(why.contains("it names external now, and this director speaks vrrp"), "{why}");
    let why = refused(Some("pulse"), VRRP);
    assert!(why.contains("it names vrrp now, and this director speaks pulse"), "{why}");
}

#[test]
fn all_else_of_the_block_is_followed() {
    let more = " priority=150\n address=192.0.2.11\n interval=0.1\n activecommand=/bin/true\n";
    let file = format!("{VRRP}{more}{SERVICE}");
    let model = of_a_cluster(Some("vrrp"), true, &file).unwrap();
    assert_eq!(model.cluster.unwrap().addresses.len(), 2);
    assert!(of_a_cluster(Some("external"), true, &format!("{EXTERNAL}{SERVICE}")).is_ok());
}

/// Whoever holds addresses alone has no service that a file could take away.
#[test]
fn addresses_alone_are_followed() {
    let pulse = "cluster=pulse\n primary=10.0.0.1\n backup=10.0.0.2\n address=192.0.2.10/24 eth0\n";
    for (protocol, file) in [("vrrp", VRRP), ("pulse", pulse)] {
        assert!(of_a_cluster(Some(protocol), false, file).is_ok());
        let why = of_a_cluster(Some(protocol), true, file).unwrap_err();
        assert!(why.contains("it has no virtual service any more"), "{why}");
    }
}
