//! Adverts that are none, or not meant for this director: they move nothing, and are counted.

mod forged;

use std::net::IpAddr;
use std::time::Duration;

use super::network::{Parcel, parcel};
use super::random::Random;
use super::site::Site;
use super::{carp, vrrp};
use crate::failover::action::Action;
use crate::failover::machine::{Input, Machine};
use crate::model::{Role, Time};

/// A backup, or a master, and an advert of another director that it would believe.
struct Scene {
    machine: Box<dyn Machine>,
    advert: Parcel,
    now: Time,
}

impl Scene {
    /// Director 0 as it hears director 1, which is the better one.
    fn new(site: &dyn Site, active: bool) -> Scene {
        let mut random = Random::new(1);
        let mut start = |number: usize| {
            let mut machine = site.machine(number, 0, &mut random);
            machine.opening(Time::ZERO);
            machine.handle(Input::Settled, Time::ZERO);
            machine
        };
        let (mut machine, mut peer) = (start(0), start(1));
        let due = peer.next_deadline().unwrap();
        let mut said = peer.handle(Input::Tick, due);
        said.extend(peer.handle(Input::Settled, due));
        let advert = said.into_iter().find_map(|action| match action {
            Action::Send(to, bytes) => parcel(to, &bytes, site.address(1), site.address(0)),
            _ => None,
        });
        let mut now = due;
        if active {
            // by silence: who was told to be active is the better one
            now = machine.next_deadline().unwrap().max(due);
            machine.handle(Input::Tick, now);
            machine.handle(Input::Settled, now);
        }
        Scene { machine, advert: advert.unwrap(), now: now + Duration::from_millis(1) }
    }

    fn refused(&self) -> u64 {
        self.machine.view().refused.iter().map(|(_, count)| count).sum()
    }

    /// What comes of it but for words.
    fn hears(&mut self, parcel: &Parcel) -> Vec<Action> {
        let said = self.machine.handle(Input::Packet(parcel.packet()), self.now);
        said.into_iter().filter(|action| !matches!(action, Action::Say(_))).collect()
    }

    /// It moves nothing, and counts it.
    fn refuses(&mut self, parcel: &Parcel, what: &str) {
        let before = (self.machine.next_deadline(), self.refused() + 1);
        assert_eq!(self.hears(parcel), [], "{what}");
        assert_eq!((self.machine.next_deadline(), self.refused()), before, "{what}");
    }

    /// It becomes active of itself, with nobody to hear; how long that takes.
    fn recovers(&mut self) -> Duration {
        let start = self.now;
        loop {
            let due = self.machine.next_deadline().unwrap();
            self.now = self.now.max(due);
            let said = self.machine.handle(Input::Tick, self.now);
            if said.contains(&Action::Become(Role::Active)) {
                return self.now - start;
            }
        }
    }

    fn is_attacked(&mut self, own: IpAddr) {
        let good = self.advert.clone();
        let length = good.bytes.len();
        for short in 0..length {
            self.refuses(&with(&good, &good.bytes[..short]), "short");
        }
        for bit in 0..8 * length {
            let mut bytes = good.bytes.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            self.refuses(&with(&good, &bytes), &format!("bit {bit}"));
        }
        if good.to.is_multicast() {
            for hops in [0, 1, 64, 254] {
                self.refuses(&Parcel { hops, ..good.clone() }, "hops");
            }
        }
        self.refuses(&Parcel { from: own, ..good.clone() }, "its own address");
        self.refuses(&Parcel { to: own, ..good.clone() }, "not to the group");
        // after all that who is meant is still believed
        let refused = self.refused();
        let deadline = self.machine.next_deadline();
        self.hears(&good);
        assert_eq!(self.refused(), refused);
        assert_ne!(self.machine.next_deadline(), deadline);
    }
}

fn with(parcel: &Parcel, bytes: &[u8]) -> Parcel {
    Parcel { bytes: bytes.into(), ..parcel.clone() }
}

#[test]
fn what_is_no_advert_of_carp_moves_nothing() {
    for active in [false, true] {
        let site = carp::Hosts::two(&[100, 0]);
        Scene::new(&site, active).is_attacked(site.address(0));
    }
}

#[test]
fn what_is_no_advert_of_vrrp_moves_nothing() {
    for site in vrrp::Routers::kinds() {
        for active in [false, true] {
            Scene::new(&site, active).is_attacked(site.address(0));
        }
    }
}

#[test]
fn a_long_advert_of_vrrp_is_none() {
    for site in vrrp::Routers::kinds() {
        for active in [false, true] {
            let mut scene = Scene::new(&site, active);
            for more in [1, 4, 28, 1_400] {
                let mut bytes = scene.advert.bytes.to_vec();
                bytes.resize(bytes.len() + more, 0);
                let long = with(&scene.advert, &bytes);
                // behind an advert there may be a signature, and that is none
                scene.refuses(&long, &format!("{more} bytes too long"));
            }
        }
    }
}

/// UCARP reads what it expects, and not what is behind it.
#[test]
fn a_long_advert_of_carp_says_what_it_begins_with() {
    for active in [false, true] {
        let site = carp::Hosts::two(&[100, 0]);
        let (mut one, mut other) = (Scene::new(&site, active), Scene::new(&site, active));
        let mut bytes = one.advert.bytes.to_vec();
        bytes.resize(1_480, 0xff);
        let (good, long) = (one.advert.clone(), with(&one.advert, &bytes));
        assert_eq!(one.hears(&good), other.hears(&long));
        assert_eq!(one.machine.next_deadline(), other.machine.next_deadline());
        assert_eq!(other.refused(), 0);
    }
}

#[test]
fn what_was_signed_once_is_believed_once() {
    for active in [false, true] {
        let site = vrrp::Routers::kinds().pop().unwrap();
        let mut scene = Scene::new(&site, active);
        let advert = scene.advert.clone();
        let orders = if active { vec![Action::Become(Role::Standby)] } else { vec![] };
        assert_eq!(ordered(scene.hears(&advert)), orders);
        if active {
            scene.machine.handle(Input::Told(Role::Active), scene.now);
        }
        scene.now += Duration::from_millis(100);
        scene.refuses(&advert, "replayed");
    }
}

/// CARP and plain VRRP have nothing against it: who replays a master's adverts keeps others from being
/// it, and no longer than a living master would.
#[test]
fn a_replayed_advert_does_no_more_than_a_master() {
    let sites: [Box<dyn Site>; 2] =
        [Box::new(carp::Hosts::two(&[100, 0])), Box::new(vrrp::Routers::kinds().remove(0))];
    for (site, active) in sites.iter().flat_map(|site| [(site, false), (site, true)]) {
        let mut scene = Scene::new(site.as_ref(), active);
        let advert = scene.advert.clone();
        let dead = Duration::from_micros(site.bounds().dead);
        for round in 0..5 {
            scene.now += Duration::from_millis(500);
            let yields = active && round == 0;
            let orders = if yields { vec![Action::Become(Role::Standby)] } else { vec![] };
            assert_eq!(ordered(scene.hears(&advert)), orders);
            assert!(scene.machine.next_deadline().unwrap() - scene.now <= dead);
        }
        assert!(scene.recovers() <= dead);
    }
}

/// What it becomes.
fn ordered(mut said: Vec<Action>) -> Vec<Action> {
    said.retain(|action| matches!(action, Action::Become(_)));
    said
}
