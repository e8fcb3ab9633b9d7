//! Adverts that are none, or not meant for this director: they move nothing, and are counted.

use std::net::IpAddr;
use std::time::Duration;

use super::network::{Parcel, parcel};
use super::random::Random;
use super::site::Site;
use super::{carp, vrrp};
use crate::failover::action::Action;
use crate::failover::machine::{Input, Machine};
use crate::model::Time;

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

    /// It moves nothing, and counts it if it is for this director at all.
    fn refuses(&mut self, parcel: &Parcel, counted: bool, what: &str) {
        let before = (self.machine.next_deadline(), self.refused() + u64::from(counted));
        assert_eq!(self.hears(parcel), [], "{what}");
        assert_eq!((self.machine.next_deadline(), self.refused()), before, "{what}");
    }

    fn is_attacked(&mut self, own: IpAddr, said: bool) {
        let good = self.advert.clone();
        let length = good.bytes.len();
        for short in 0..length {
            self.refuses(&with(&good, &good.bytes[..short]), true, "short");
        }
        for bit in 0..8 * length {
            let mut bytes = good.bytes.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            // one of another virtual router is another's; of another virtual host it is said
            let counted = bit / 8 != 1 || said;
            self.refuses(&with(&good, &bytes), counted, &format!("bit {bit}"));
        }
        if good.to.is_multicast() {
            for hops in [0, 1, 64, 254] {
                self.refuses(&Parcel { hops, ..good.clone() }, true, "hops");
            }
        }
        self.refuses(&Parcel { from: own, ..good.clone() }, true, "its own address");
        self.refuses(&Parcel { to: own, ..good.clone() }, true, "not to the group");
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
        Scene::new(&site, active).is_attacked(site.address(0), true);
    }
}

#[test]
fn what_is_no_advert_of_vrrp_moves_nothing() {
    for site in vrrp::Routers::kinds() {
        for active in [false, true] {
            Scene::new(&site, active).is_attacked(site.address(0), false);
        }
    }
}

#[test]
fn a_long_advert_of_vrrp_is_none() {
    for site in vrrp::Routers::kinds() {
        let mut scene = Scene::new(&site, false);
        let mut bytes = scene.advert.bytes.to_vec();
        bytes.push(0);
        let long = with(&scene.advert, &bytes);
        scene.refuses(&long, true, "long");
    }
}

#[test]
fn what_was_signed_once_is_believed_once() {
    let site = vrrp::Routers::kinds().pop().unwrap();
    let mut scene = Scene::new(&site, false);
    let advert = scene.advert.clone();
    scene.hears(&advert);
    scene.now += Duration::from_millis(100);
    scene.refuses(&advert, true, "replayed");
}

/// CARP and plain VRRP have nothing against it: who replays a master's adverts keeps a backup waiting,
/// and no longer than a living master would.
#[test]
fn a_replayed_advert_does_no_more_than_a_master() {
    let sites: [Box<dyn Site>; 2] =
        [Box::new(carp::Hosts::two(&[100, 0])), Box::new(vrrp::Routers::kinds().remove(0))];
    for site in sites {
        let mut scene = Scene::new(site.as_ref(), false);
        let advert = scene.advert.clone();
        for _ in 0..5 {
            scene.now += Duration::from_millis(500);
            assert_eq!(scene.hears(&advert), []);
            let dead = scene.machine.next_deadline().unwrap() - scene.now;
            assert!(dead <= Duration::from_micros(site.bounds().dead), "{dead:?}");
        }
    }
}
