//! The heartbeat on the wire: the original's bytes from either role, a peer of either byte order, and
//! signatures between two of ours.

use std::fs::{self, Permissions};
use std::net::UdpSocket;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::super::cluster::wait_for_peer;
use super::super::director::Director;
use super::super::host::Host;
use super::super::machine::in_the_lab;
use super::super::wait::wait_until;
use super::network::{Network, config, holds_all, wait_for_all, with};
use super::wire::{Datagram, Observer, PORT};

#[test]
fn a_heartbeat_is_the_original_s_from_either_role_over_both_cables() {
    in_the_lab(|| {
        let site = Network::build();
        let by_primary = Observer::start(&site.backup, site.primary_addresses());
        // nobody listens there, and it does not mind
        let first = Director::start(&site.primary, &config());
        let standby = by_primary.wait_for_heartbeats(1);
        assert_eq!(standby[0].bytes, STOPPED);
        wait_for_all(&site.primary, true);
        let active = by_primary.wait_for_heartbeats(3);
        must_beat(&active, site.primary_addresses(), site.backup_addresses(), RUNNING);
        // the standby's are heard where it is not sent any to
        let by_backup = Observer::start(&site.primary, site.backup_addresses());
        let second = Director::start(&site.backup, &config());
        let standby = by_backup.wait_for_heartbeats(3);
        must_beat(&standby, site.backup_addresses(), site.primary_addresses(), STOPPED);

        assert!(first.stop().success());
        let last = by_primary.heartbeats().pop().expect("a goodbye");
        assert_eq!(last.bytes, STOPPED);
        wait_for_all(&site.backup, true);
        let active = by_backup.wait_for_heartbeats(3);
        must_beat(&active[2..], site.backup_addresses(), site.primary_addresses(), RUNNING);
        drop(second);
    });
}

#[test]
fn a_peer_is_understood_in_either_byte_order() {
    in_the_lab(|| {
        let site = Network::build();
        let swapped = |word: [u8; 4]| [word[3], word[2], word[1], word[0]];
        let peer = Peer::of(&site.primary, "10.1.0.1");
        let director = Director::start(&site.backup, &config());
        director.wait_for_log("STARTING PULSE AS BACKUP");
        peer.beat_until_heard(&swapped(RUNNING), &director);
        assert!(!director.log().contains("activating"), "{}", director.log());
        peer.say(&swapped(STOPPED));
        director.wait_for_log("primary inactive: activating lvs");
        wait_for_all(&site.backup, true);
        peer.say(&swapped(RUNNING));
        director.wait_for_log("partner active: deactivating LVS");
        peer.say(&STOPPED);
        wait_for(&director, "primary inactive: activating lvs", 2);
        peer.say(&RUNNING);
        wait_for(&director, "partner active: deactivating LVS", 2);
    });
}

#[test]
fn nothing_but_the_peer_s_own_signature_of_now_is_believed() {
    in_the_lab(|| {
        let site = Network::build();
        fs::write(KEY, "what both know\n").expect("a file");
        fs::set_permissions(KEY, Permissions::from_mode(0o600)).expect("our file");
        let signed = with(&config(), &format!("heartbeat_key_file = {KEY}\n"));
        let observer = Observer::start(&site.backup, site.primary_addresses());
        let (first, second) = site.start(&signed);
        // for longer than deadtime: they believe each other
        observer.wait_for_heartbeats(3);
        assert!(!second.log().contains("activating"), "{}", second.log());
        first.kill();
        let old = observer.heartbeats();
        assert!(old.iter().all(|one| one.bytes.len() > 4), "all are signed: {old:#?}");
        let old: Vec<_> = old.into_iter().filter(|one| one.from == [10, 1, 0, 1]).collect();

        // from the peer's own address and port, for as long as it takes: no sign of life
        let peer = Peer::of(&site.primary, "10.1.0.1");
        wait_until("what is not to be believed keeps nobody back", LIMIT, || {
            peer.say(&RUNNING);
            old.iter().rev().take(2).for_each(|one| peer.say(&one.bytes));
            let log = second.log();
            if log.contains("partner dead: activating lvs") { Ok(()) } else { Err(log) }
        });
        wait_for_all(&site.backup, true);
        peer.say(&RUNNING);
        old.iter().for_each(|one| peer.say(&one.bytes));
        let mut changed = old.last().expect("some").bytes.clone();
        *changed.last_mut().expect("a signature") ^= 1;
        peer.say(&changed);
        second.wait_for_log("heartbeat without a signature: not believed");
        second.wait_for_log("heartbeat with a wrong signature: not believed");
        assert!(holds_all(&site.backup));
        assert!(!second.log().contains("partner active"), "{}", second.log());
        drop(peer);

        // the peer itself is believed again, with a session of its own
        let first = Director::start(&site.primary, &signed);
        first.wait_for_log("STARTING PULSE AS MASTER");
        wait_for_peer(&first);
        assert!(second.stop().success());
        first.wait_for_log("backup inactive: activating lvs");
    });
}

/// Each is this word from one port to the same, a second apart on each cable.
fn must_beat(some: &[Datagram], from: [[u8; 4]; 2], to: [[u8; 4]; 2], word: [u8; 4]) {
    for (from, to) in from.into_iter().zip(to) {
        let own: Vec<_> = some.iter().filter(|one| one.from == from).collect();
        assert!(own.len() > 1, "{some:#?}");
        for one in &own {
            assert_eq!((one.to, one.ports, one.bytes.as_slice()), (to, [PORT; 2], &word[..]));
        }
        for pair in own.windows(2) {
            let between = pair[1].seen - pair[0].seen;
            let off = between.abs_diff(Duration::from_secs(1));
            assert!(off < Duration::from_millis(200), "{between:?}");
        }
    }
}

fn wait_for(director: &Director, words: &str, times: usize) {
    wait_until(&format!("{times} times {words:?}"), LIMIT, || {
        let log = director.log();
        if log.matches(words).count() >= times { Ok(()) } else { Err(log) }
    });
}

/// The test itself in a peer's place.
struct Peer(UdpSocket);

impl Peer {
    fn of(host: &Host, address: &str) -> Peer {
        let socket = host.inside(|| UdpSocket::bind((address, PORT)));
        Peer(socket.expect("the port is free"))
    }

    fn say(&self, bytes: &[u8]) {
        let sent = self.0.send_to(bytes, ("10.1.0.2", PORT));
        // what is refused at the other end is told by the next call
        let sent = sent.or_else(|_| self.0.send_to(bytes, ("10.1.0.2", PORT)));
        assert_eq!(sent.expect("a way there"), bytes.len());
    }

    fn beat_until_heard(&self, bytes: &[u8], director: &Director) {
        wait_until("it is heard", LIMIT, || {
            self.say(bytes);
            let status = director.whole_status();
            let heard = status["pair"]["peer"]["heard"].is_string();
            if heard { Ok(()) } else { Err(status.to_string()) }
        });
    }
}

/// As an x86 sends them.
const RUNNING: [u8; 4] = [0xda, 0xdb, 0xad, 0xbd];
const STOPPED: [u8; 4] = [0xbd, 0xda, 0xbd, 0xad];
const KEY: &str = "/tmp/heartbeat.key";
const LIMIT: Duration = Duration::from_secs(20);
