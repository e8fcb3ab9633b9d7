#![no_main]

use std::num::NonZeroU8;
use std::time::Duration;

use lvs_director::failover::action::Action;
use lvs_director::failover::machine::{Input, Machine};
use lvs_director::failover::vrrp::{Rules, Vrrp};
use lvs_director::model::protocol::{self, VrrpAuthentication, VrrpVersion};
use lvs_director::model::{Role, Secret};
use lvs_fuzz::packet::{OWN, SHARED, tell};

// adverts of both versions: a machine is one of two things, and waits for a time that comes; who has
// not the key moves nothing
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let secret = || Secret::Given(Vec::new());
    let kinds = [
        (VrrpVersion::V2, VrrpAuthentication::None),
        (VrrpVersion::V2, VrrpAuthentication::Password(secret())),
        (VrrpVersion::V3, VrrpAuthentication::None),
        (VrrpVersion::V3, VrrpAuthentication::Hmac(secret())),
    ];
    let now = Duration::from_secs(1);
    for (version, authentication) in kinds {
        for active in [false, true] {
            let signs = matches!(authentication, VrrpAuthentication::Hmac(_));
            let mut machine = Vrrp::new(rules(version, authentication.clone()), Duration::ZERO);
            machine.opening(Duration::ZERO);
            if active {
                machine.handle(Input::Told(Role::Active), now);
            }
            machine.handle(Input::Settled, now);
            let deadline = machine.next_deadline();
            let done = tell(&mut machine, input, now);
            if signs {
                assert_eq!((done, machine.next_deadline()), (Vec::new(), deadline));
                continue;
            }
            let orders = done.iter().filter(|action| matches!(action, Action::Become(_)));
            assert!(orders.count() <= usize::from(active), "{done:?}");
            // four times the longest interval that an advert can name
            let due = machine.next_deadline().unwrap();
            assert!(due < now + Duration::from_secs(4 * 41 + 10), "{due:?}");
        }
    }
});

fn rules(version: VrrpVersion, authentication: VrrpAuthentication) -> Rules {
    let vrrp = protocol::Vrrp {
        version,
        interface: "eth0".parse().unwrap(),
        source: None,
        over_v6: false,
        peers: Vec::new(),
        vrid: NonZeroU8::new(51).unwrap(),
        priority: NonZeroU8::new(100).unwrap(),
        interval: Duration::from_secs(1),
        preempt: true,
        preempt_delay: Duration::ZERO,
        named: vec![SHARED],
        accept: true,
        authentication,
    };
    let key = Some(b"a secret".to_vec());
    Rules { vrrp, source: OWN.into(), key, decrement: 50, born: 1_800_000_000 }
}
