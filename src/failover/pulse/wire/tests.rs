use std::time::Duration;

use proptest::prelude::*;

use super::*;

const ZERO: Time = Duration::ZERO;
const KEY: &[u8] = b"a secret of the pair";

/// As the original says them on x86.
const CAPTURED: [(Service, Word, [u8; 4]); 10] = [
    (Service::Lvs, Word::Running, [0xda, 0xdb, 0xad, 0xbd]),
    (Service::Lvs, Word::Stopped, [0xbd, 0xda, 0xbd, 0xad]),
    (Service::Lvs, Word::StopMe, [0xda, 0xda, 0xad, 0xde]),
    (Service::Lvs, Word::Hold, [0xbe, 0xba, 0xaf, 0xde]),
    (Service::Lvs, Word::Held, [0xda, 0xda, 0xaf, 0xde]),
    (Service::Fos, Word::Running, [0xbe, 0xba, 0xef, 0xbe]),
    (Service::Fos, Word::Stopped, [0xef, 0xbe, 0xad, 0xde]),
    (Service::Fos, Word::StopMe, [0xda, 0xda, 0xad, 0xde]),
    (Service::Fos, Word::Hold, [0xbe, 0xba, 0xaf, 0xde]),
    (Service::Fos, Word::Held, [0xda, 0xda, 0xaf, 0xde]),
];

fn plain(service: Service) -> Wire {
    Wire::new(service, true, None, 1)
}

/// The primary, and the backup, of one key.
fn pair() -> (Wire, Wire) {
    let wire = |is_master, session| Wire::new(Service::Lvs, is_master, Some(KEY), session);
    (wire(true, 1 << 64), wire(false, 2 << 64))
}

/// Says a word over the public path until no answer is wanted; what the other made of it.
fn tell(from: &mut Wire, to: &mut Wire, word: Word) -> Option<Word> {
    let mut datagram = from.say(word)[0].clone();
    let mut heard = None;
    for turn in 0..6 {
        let (hears, is_from) = if turn % 2 == 0 { (&mut *to, false) } else { (&mut *from, true) };
        let what = hears.hear(&datagram, Path::Public, ZERO);
        assert_eq!(what.line, None);
        heard = if is_from { heard } else { what.word.or(heard) };
        match what.answer {
            Some(answer) => datagram = answer,
            None => return heard,
        }
    }
    panic!("they ask and answer for ever")
}

#[test]
fn the_bytes_are_the_originals_and_both_orders_are_read() {
    for (service, word, bytes) in CAPTURED {
        let mut wire = plain(service);
        assert_eq!(wire.say(word), [bytes.to_vec(), bytes.to_vec()]);
        let reversed: Vec<u8> = bytes.into_iter().rev().collect();
        for datagram in [&bytes[..], &reversed, &[&bytes[..], b"more"].concat()] {
            let heard = Heard { word: Some(word), ..Heard::default() };
            assert_eq!(wire.hear(datagram, Path::Public, ZERO), heard);
        }
    }
}

#[test]
fn what_is_wrong_is_said_once_for_a_spell_and_counted() {
    let foreign = Word::Running.bytes(Service::Fos);
    for (datagram, line) in [
        (&b""[..], "bad heartbeat packet"),
        (b"abc", "bad heartbeat packet"),
        (&foreign, INCOMPATIBLE),
        (b"LVSd and so on", SIGNED),
    ] {
        let mut wire = plain(Service::Lvs);
        let mut hear = |seconds| {
            let heard = wire.hear(datagram, Path::Public, Duration::from_secs(seconds));
            assert_eq!((heard.word, heard.answer), (None, None));
            heard.line
        };
        assert_eq!(hear(0).as_deref(), Some(line));
        for seconds in 1..300 {
            assert_eq!(hear(seconds), None);
        }
        assert_eq!(hear(400).as_deref(), Some(line));
        let Refused { bad, incompatible, signed, .. } = wire.refused();
        assert_eq!(bad + incompatible + signed, 301);
    }
}

#[test]
fn two_of_ours_know_each_other_after_one_round_trip() {
    let (mut primary, mut backup) = pair();
    assert_eq!(tell(&mut primary, &mut backup, Word::Running), Some(Word::Running));
    // from now on nobody asks
    for word in [Word::Running, Word::Stopped, Word::Hold] {
        let [public, private] = primary.say(word);
        let heard = Heard { word: Some(word), ..Heard::default() };
        // the same over both paths, each once
        assert_eq!(backup.hear(&public, Path::Public, ZERO), heard);
        assert_eq!(backup.hear(&private, Path::Private, ZERO), heard);
        assert_eq!(backup.hear(&public, Path::Public, ZERO), Heard::default());
        assert_eq!(backup.hear(&private, Path::Private, ZERO), Heard::default());
    }
    assert_eq!(backup.refused().forged, 0);
}

#[test]
fn a_first_word_is_believed_only_with_an_answer() {
    let (mut primary, mut backup) = pair();
    let [public, _] = primary.say(Word::Stopped);
    let heard = backup.hear(&public, Path::Public, ZERO);
    assert_eq!(heard.word, None);
    assert!(heard.answer.is_some());
}

#[test]
fn nothing_is_believed_twice_over_any_restart() {
    let (mut primary, mut backup) = pair();
    let mut captured = Vec::new();
    tell(&mut primary, &mut backup, Word::Running);
    for session in 3..20_u128 {
        for _ in 0..5 {
            let [public, _] = primary.say(Word::Running);
            captured.push(public.clone());
            backup.hear(&public, Path::Public, ZERO);
        }
        // one of the two starts anew
        let key = Some(KEY);
        if session % 2 == 0 {
            primary = Wire::new(Service::Lvs, true, key, session << 64);
        } else {
            backup = Wire::new(Service::Lvs, false, key, session << 64);
        }
        for datagram in &captured {
            assert_eq!(backup.hear(datagram, Path::Public, ZERO).word, None);
        }
        assert_eq!(tell(&mut primary, &mut backup, Word::Stopped), Some(Word::Stopped));
        for datagram in &captured {
            assert_eq!(backup.hear(datagram, Path::Public, ZERO).word, None);
        }
    }
    assert!(backup.refused().old > 100);
}

#[test]
fn an_older_word_does_not_come_after_a_newer_one() {
    let (mut primary, mut backup) = pair();
    tell(&mut primary, &mut backup, Word::Running);
    let [_, late] = primary.say(Word::Running);
    let [soon, _] = primary.say(Word::Stopped);
    assert_eq!(backup.hear(&soon, Path::Public, ZERO).word, Some(Word::Stopped));
    assert_eq!(backup.hear(&late, Path::Private, ZERO).word, None);
}

#[test]
fn who_has_not_the_key_or_is_another_is_not_believed() {
    let (mut primary, mut backup) = pair();
    tell(&mut primary, &mut backup, Word::Stopped);
    let [public, private] = primary.say(Word::Running);
    let before = backup.refused();
    let mut other = Wire::new(Service::Lvs, true, Some(b"another"), 9);
    let mut hostile = vec![other.say(Word::Running)[0].clone(), private, b"LVSd".to_vec()];
    hostile.push(public[..public.len() - 1].to_vec());
    hostile.push([&public[..], b"!"].concat());
    for place in 4..public.len() {
        let mut changed = public.clone();
        changed[place] ^= 1;
        hostile.push(changed);
    }
    for datagram in &hostile {
        let heard = backup.hear(datagram, Path::Public, ZERO);
        assert_eq!((heard.word, heard.answer), (None, None), "{datagram:?}");
    }
    assert_eq!(backup.refused().forged - before.forged, hostile.len() as u64);
    // thrown back, and unsigned
    let own = backup.say(Word::Running);
    let heard = backup.hear(&own[0], Path::Public, ZERO);
    assert_eq!((heard.word, heard.line.as_deref()), (None, Some(MIRRORED)));
    let heard = backup.hear(&Word::Running.bytes(Service::Lvs), Path::Public, ZERO);
    assert_eq!((heard.word, heard.line.as_deref()), (None, Some(UNSIGNED)));
    // none of it has changed anything
    let [public, _] = primary.say(Word::Running);
    let heard = Heard { word: Some(Word::Running), ..Heard::default() };
    assert_eq!(backup.hear(&public, Path::Public, ZERO), heard);
}

#[test]
fn a_new_key_begins_anew() {
    let (mut primary, mut backup) = pair();
    tell(&mut primary, &mut backup, Word::Running);
    backup.change(false, Some(KEY));
    assert_eq!(backup.hear(&primary.say(Word::Hold)[0], Path::Public, ZERO).word, Some(Word::Hold));
    primary.change(true, Some(b"new"));
    backup.change(false, Some(b"new"));
    assert_eq!(backup.hear(&primary.say(Word::Hold)[0], Path::Public, ZERO).word, None);
    assert_eq!(tell(&mut primary, &mut backup, Word::Stopped), Some(Word::Stopped));
    assert!(!format!("{backup:?}").contains("110, 101, 119"));
}

#[test]
fn an_original_takes_a_signed_one_for_no_word_of_its_own() {
    let (mut primary, _) = pair();
    let [signed, _] = primary.say(Word::Running);
    for service in [Service::Lvs, Service::Fos] {
        assert_eq!(Word::read(*signed.first_chunk().unwrap(), service), None);
    }
    assert_eq!(signed.len(), 98);
}

proptest! {
    #[test]
    fn no_bytes_are_an_error(bytes: Vec<u8>, magic: bool, has_key: bool) {
        let bytes = if magic { [&b"LVSd"[..], &bytes].concat() } else { bytes };
        let mut wire = Wire::new(Service::Fos, false, has_key.then_some(KEY), 5);
        let heard = wire.hear(&bytes, Path::Private, ZERO);
        prop_assert!(heard.answer.is_none());
        prop_assert!(heard.word.is_none() || !has_key && bytes.len() >= 4);
    }
}
