#![no_main]

use std::num::NonZeroU8;
use std::time::Duration;

use lvs_director::failover::carp::{Carp, Rules};
use lvs_director::failover::machine::{Input, Machine};
use lvs_director::model::protocol;
use lvs_director::model::{Role, Secret};
use lvs_fuzz::packet::{GROUP, OWN, SHARED, tell};

// adverts of who has not the key: they move neither a backup nor a master
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let now = Duration::from_secs(1);
    for active in [false, true] {
        let carp = protocol::Carp {
            interface: "eth0".parse().unwrap(),
            source: None,
            group: GROUP,
            multicast: true,
            vhid: NonZeroU8::new(42).unwrap(),
            advbase: 1,
            advskew: 100,
            dead_ratio: 3,
            preempt: true,
            neutral: false,
            secret: Secret::Given(Vec::new()),
            signed: vec![SHARED],
        };
        let key = b"a secret of the pair".to_vec();
        let rules = Rules { carp, source: OWN, mac: [2, 0, 0, 0, 0, 1], key, chance: 1 };
        let mut machine = Carp::new(rules, Duration::ZERO);
        machine.opening(Duration::ZERO);
        if active {
            machine.handle(Input::Told(Role::Active), now);
        }
        machine.handle(Input::Settled, now);
        let deadline = machine.next_deadline();
        assert_eq!(tell(&mut machine, input, now), []);
        assert_eq!(machine.next_deadline(), deadline);
    }
});
