//! Adverts that say they are of another director, and are not: its address is no secret.

use std::cmp::Ordering;
use std::time::Duration;

use super::{Scene, ordered, with};
use crate::failover::action::Action;
use crate::failover::checksum::{checksum, pseudo_header};
use crate::failover::machine::Input;
use crate::failover::tests::network::{Parcel, parcel};
use crate::failover::tests::site::Site;
use crate::failover::tests::{carp, vrrp};
use crate::model::Role;

/// Whatever priority and interval somebody puts into the other one's mouth: this one is master as long
/// after the last of it as after the last of a master that says so.
#[test]
fn who_speaks_for_another_without_signatures_does_no_more_than_that_one_could() {
    let kinds = vrrp::Routers::kinds();
    for site in &kinds[..kinds.len() - 1] {
        for active in [false, true] {
            for priority in 0..=u8::MAX {
                for interval in [1_u16, 100, 0xfff] {
                    plain(site, active, priority, interval);
                }
            }
        }
    }
}

fn plain(site: &vrrp::Routers, active: bool, priority: u8, interval: u16) {
    let mut scene = Scene::new(site, active);
    let (good, before) = (scene.advert.clone(), scene.machine.next_deadline().unwrap());
    let mut bytes = good.bytes.to_vec();
    bytes[2] = priority;
    let learns = bytes[0] >> 4 == 3;
    if learns {
        bytes[4..6].copy_from_slice(&interval.to_be_bytes());
    }
    let what = format!("active {active}, priority {priority}, interval {interval}");
    let said = scene.hears(&summed(&good, bytes));
    assert_eq!(scene.refused(), 0, "{what}");
    // its address is the greater one
    let yields = active && priority >= OWN_PRIORITY;
    let orders = if yields { vec![Action::Become(Role::Standby)] } else { vec![] };
    let sent = said.iter().filter(|action| matches!(action, Action::Send(..))).count();
    assert!(sent <= usize::from(active), "{what}: {said:?}");
    assert_eq!(ordered(said), orders, "{what}");
    let due = scene.machine.next_deadline().unwrap();
    if !active && (1..OWN_PRIORITY).contains(&priority) {
        assert_eq!(due, before, "{what}: who is lesser is not waited for");
    }
    assert!(due > scene.now, "{what}: nothing makes it hurry");
    if !active || yields {
        let interval =
            if learns { Duration::from_millis(10) * u32::from(interval) } else { SECOND };
        let longest = (4 * interval).max(before.saturating_sub(scene.now));
        assert!(scene.recovers() <= longest, "{what}");
    }
}

#[test]
fn who_has_not_the_key_of_vrrp_speaks_for_nobody() {
    let site = vrrp::Routers::kinds().pop().unwrap();
    for active in [false, true] {
        let mut scene = Scene::new(&site, active);
        let good = scene.advert.clone();
        let length = good.bytes.len() - SIGNATURE;
        scene.refuses(&with(&good, &good.bytes[..length]), "no signature");
        for priority in (0..=u8::MAX).filter(|priority| *priority != good.bytes[2]) {
            let mut bytes = good.bytes[..length].to_vec();
            bytes[2] = priority;
            let mut bytes = summed(&good, bytes).bytes.to_vec();
            bytes.extend(&good.bytes[length..]);
            scene.refuses(&with(&good, &bytes), &format!("priority {priority}"));
        }
        let own = own_advert(&site);
        let mut bytes = summed(&good, own.bytes[..length].to_vec()).bytes.to_vec();
        bytes.extend(&own.bytes[length..]);
        scene.refuses(&with(&good, &bytes), "what this one said, of the other");
        let before = scene.refused();
        scene.hears(&good);
        assert_eq!(scene.refused(), before);
    }
}

#[test]
fn who_has_not_the_password_speaks_for_nobody() {
    let [plain, secret] = [2, 3].map(|kind| vrrp::Routers::kinds().remove(kind));
    for active in [false, true] {
        let mut scene = Scene::new(&secret, active);
        let good = scene.advert.clone();
        scene.refuses(&Scene::new(&plain, active).advert, "no password");
        for at in good.bytes.len() - 8..good.bytes.len() {
            let mut bytes = good.bytes.to_vec();
            bytes[at] ^= 1;
            scene.refuses(&summed(&good, bytes), &format!("byte {at} of the password"));
        }
    }
}

#[test]
fn who_has_not_the_key_of_carp_speaks_for_nobody() {
    let site = carp::Hosts::two(&[100, 0]);
    for active in [false, true] {
        let mut scene = Scene::new(&site, active);
        let good = scene.advert.clone();
        // the counter, and the digest of it
        for bit in 8 * 8..8 * good.bytes.len() {
            let mut bytes = good.bytes.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            scene.refuses(&summed(&good, bytes), &format!("bit {bit}"));
        }
    }
}

/// CARP signs a number and the addresses, not the pace, nor who says it. So what was heard once can be
/// said with another pace, or of another host: that does what a master of that pace does, and no more.
#[test]
fn a_digest_of_carp_that_was_heard_once_makes_a_master_of_any_pace() {
    let site = carp::Hosts::two(&[100, 0]);
    let own = own_advert(&site);
    for active in [false, true] {
        for from_own in [false, true] {
            for (skew, base) in (0..=u8::MAX).flat_map(|skew| [0, 1, 2, 255].map(|b| (skew, b))) {
                let mut scene = Scene::new(&site, active);
                let good = scene.advert.clone();
                let mut bytes = if from_own { own.bytes.to_vec() } else { good.bytes.to_vec() };
                (bytes[2], bytes[5]) = (skew, base);
                let what = format!("active {active}, skew {skew}, base {base}");
                let orders = ordered(scene.hears(&summed(&good, bytes)));
                // of two that are alike the one with the greater address follows, if it is master
                let expected = match (base, skew).cmp(&(1, 100)) {
                    Ordering::Less if active => vec![Action::Become(Role::Standby)],
                    Ordering::Greater if !active => vec![Action::Become(Role::Active)],
                    _ => vec![],
                };
                assert_eq!(orders, expected, "{what}");
                if active != orders.is_empty() {
                    let dead = Duration::from_micros(site.bounds().dead);
                    assert!(scene.recovers() <= dead, "{what}");
                }
            }
        }
    }
}

/// What director 0 says as a master.
fn own_advert(site: &dyn Site) -> Parcel {
    let mut scene = Scene::new(site, true);
    let due = scene.machine.next_deadline().unwrap();
    let said = scene.machine.handle(Input::Tick, due);
    let sent = said.into_iter().find_map(|action| match action {
        Action::Send(to, bytes) => parcel(to, &bytes, site.address(0), site.address(1)),
        _ => None,
    });
    sent.unwrap()
}

/// These bytes on the way of that packet, with a checksum that is right.
fn summed(parcel: &Parcel, mut bytes: Vec<u8>) -> Parcel {
    bytes[6..8].fill(0);
    let length = u16::try_from(bytes.len()).unwrap();
    let pseudo = match bytes[0] >> 4 {
        3 => pseudo_header(parcel.from, parcel.to, 112, length),
        _ => Vec::new(),
    };
    let sum = checksum(&[&pseudo, &bytes]);
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
    with(parcel, &bytes)
}

/// Of director 0.
const OWN_PRIORITY: u8 = 100;
const SECOND: Duration = Duration::from_secs(1);
/// Behind an advert, in bytes.
const SIGNATURE: usize = 28;
