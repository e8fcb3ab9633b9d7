#![no_main]

use std::time::Duration;

use lvs_director::failover::path::Path;
use lvs_director::failover::pulse::wire::{Service, Wire, Word};

// datagrams, a byte of length before each: a peer's talk as an attacker would have it
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    for service in [Service::Lvs, Service::Fos] {
        let key = b"a secret of the pair";
        let mut plain = Wire::new(service, false, None, 1 << 64);
        let mut signed = Wire::new(service, false, Some(key), 1 << 64);
        let mut peer = Wire::new(service, true, Some(key), 2 << 64);
        let mut rest = input;
        while let Some((length, behind)) = rest.split_first() {
            let (datagram, behind) = behind.split_at(behind.len().min(usize::from(*length)));
            let heard = plain.hear(datagram, Path::Public, Duration::ZERO);
            assert!(heard.answer.is_none());
            assert!(heard.word.is_none() || datagram.len() >= 4);
            // who has not the key moves nothing
            let heard = signed.hear(datagram, Path::Public, Duration::ZERO);
            assert!(heard.word.is_none() && heard.answer.is_none());
            rest = behind;
        }
        // and the peer is known all the same
        let [asks, _] = peer.say(Word::Running);
        let answer = signed.hear(&asks, Path::Public, Duration::ZERO).answer;
        let known = answer.and_then(|answer| peer.hear(&answer, Path::Public, Duration::ZERO).answer);
        let heard = known.map(|known| signed.hear(&known, Path::Public, Duration::ZERO).word);
        assert_eq!(heard, Some(Some(Word::Running)));
    }
});
