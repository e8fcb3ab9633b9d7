use super::*;
use crate::config::{self, Numbers};
use crate::failover::line::Level;
use crate::failover::machine::Packet;
use crate::failover::path::Path;
use crate::model::Secret;
use crate::model::protocol::{self, VrrpAuthentication, VrrpVersion};

const OURS: &str = "192.0.2.1";
const LOWER: &str = "192.0.2.0";
const HIGHER: &str = "192.0.2.2";
const GROUP: &str = "224.0.0.18";
const VERSION: &str = "wrong version. Received 2 and expect 3: write `version=2` here, or \
                       `vrrp_version 3` in a keepalived there";

#[test]
fn start_as_backup_and_the_silence_of_everybody() {
    let mut one = Site::new(rules(100));
    assert_eq!(one.opening, ["standby", "say Entering BACKUP STATE (init)"]);
    assert_eq!(one.next(), Some(3_609));
    assert_eq!(one.tick(3_608), NOTHING);
    let takeover = [
        "100 to 224.0.0.18",
        "say Receive advertisement timeout",
        "active",
        "mail Entering MASTER STATE",
    ];
    assert_eq!(one.tick(3_610), takeover);
    assert_eq!(one.next(), Some(4_610));
    assert_eq!(one.tick(4_610), ["100 to 224.0.0.18"]);
    // in step, though this one was late
    assert_eq!(one.tick(5_700), ["100 to 224.0.0.18"]);
    assert_eq!(one.next(), Some(6_610));
    // but not twice at once
    assert_eq!(one.tick(8_000), ["100 to 224.0.0.18"]);
    assert_eq!(one.next(), Some(9_000));
}

#[test]
fn the_owner_is_master_at_once_and_never_less() {
    let mut one = Site::new(rules(255));
    assert_eq!(one.next(), Some(0));
    assert_eq!(one.tick(0)[2..3], ["active"]);
    let same = "warn the gateway is away; its priority is 255 all the same";
    assert_eq!(one.unfit("the gateway is away", 10), [same]);
    assert_eq!(one.tick(1_000), ["255 to 224.0.0.18"]);
    // unless there is another owner, with a higher address
    let better = "say Master received advert from 192.0.2.2 with same priority 255 but higher IP \
                  address than ours";
    let yields = one.hears(HIGHER, 255, 2_000);
    let last = "255 to 224.0.0.18";
    assert_eq!(yields, [last, better, "standby", "mail Entering BACKUP STATE"]);
}

#[test]
fn skew_and_dead_times() {
    let mut rules = rules(100);
    let second = Duration::from_secs(1);
    let millis = |time: Time| time.as_micros();
    assert_eq!(millis(rules.skew(second, 100)), 609_375);
    assert_eq!(millis(rules.dead(3 * second, 100)), 10_828_125);
    assert_eq!(millis(rules.dead(Duration::from_millis(10), 254)), 30_078);
    rules.vrrp.version = VrrpVersion::V2;
    assert_eq!(millis(rules.dead(3 * second, 100)), 9_609_375);
    assert_eq!(millis(rules.skew(3 * second, 255)), 3_906);
}

#[test]
fn backup_hears_priority_0_and_waits_for_the_skew_only() {
    let mut one = Site::new(rules(100));
    assert_eq!(one.hears(HIGHER, 200, 1_000), NOTHING);
    let goodbye = one.hears(HIGHER, 0, 1_500);
    assert_eq!(goodbye, ["say Backup received priority 0 advertisement"]);
    assert_eq!(one.next(), Some(2_109));
    // once more does not put it off
    assert_eq!(one.hears(HIGHER, 0, 2_000), NOTHING);
    let taken = one.tick(2_110);
    assert_eq!(taken[1], "say 192.0.2.2 has left: received its priority 0");
    assert_eq!(taken[2], "active");
}

#[test]
fn backup_waits_anew_with_every_advert_that_is_no_less() {
    let mut one = Site::new(rules(100));
    for (from, priority) in [(HIGHER, 101), (HIGHER, 100), (LOWER, 100), (LOWER, 255)] {
        one.now += 3_000;
        assert_eq!(one.hears(from, priority, one.now), NOTHING);
        assert_eq!(one.next(), Some(one.now + 3_609));
    }
}

#[test]
fn backup_that_preempts_ignores_a_lesser_master() {
    let mut one = Site::new(rules(100));
    let said = "say received lower priority (99) advert from 192.0.2.2 - discarding";
    assert_eq!(one.hears(HIGHER, 99, 1_000), [said]);
    assert_eq!(one.next(), Some(3_609));
    assert_eq!(one.hears(HIGHER, 99, 1_900), NOTHING, "it is said once");
    let taken = one.tick(3_610);
    assert_eq!(taken[1], "say preempts 192.0.2.2: priority 100, 192.0.2.2 has 99");
    assert_eq!(taken[2], "active");
    // the other one's advert was on its way, and is no second master yet
    let lower = "say Received advert from 192.0.2.2 with lower priority 99, ours 100, forcing new \
                 election";
    assert_eq!(one.hears(HIGHER, 99, 3_650), ["100 to 224.0.0.18", lower]);
    assert_eq!(one.machine.view().split_since, None);
}

#[test]
fn backup_without_preemption_follows_a_lesser_master() {
    let mut rules = rules(100);
    rules.vrrp.preempt = false;
    let mut one = Site::new(rules);
    assert_eq!(one.hears(HIGHER, 1, 3_000), NOTHING);
    assert_eq!(one.next(), Some(6_609));
    assert_eq!(one.tick(6_610)[2], "active");
}

#[test]
fn a_master_that_is_less_than_it_was_is_replaced_without_preemption() {
    let mut rules = rules(100);
    rules.vrrp.preempt = false;
    let mut one = Site::new(rules);
    assert_eq!(one.hears(HIGHER, 80, 1_000), NOTHING);
    assert_eq!(one.hears(HIGHER, 30, 2_000).len(), 1);
    assert_eq!(one.next(), Some(4_609));
    // it is as fit as it was again
    assert_eq!(one.hears(HIGHER, 80, 3_000), NOTHING);
    assert_eq!(one.next(), Some(6_609));
    // and another one has always been so
    assert_eq!(one.hears(LOWER, 30, 4_000), NOTHING);
    assert_eq!(one.next(), Some(7_609));
}

#[test]
fn a_delay_before_preemption() {
    let mut rules = rules(100);
    rules.vrrp.preempt_delay = Duration::from_secs(5);
    let mut one = Site::new(rules);
    assert_eq!(one.hears(HIGHER, 50, 1_000), ["say start preempt delay (5.000000)"]);
    assert_eq!(one.hears(HIGHER, 50, 5_900), NOTHING);
    assert_eq!(one.next(), Some(9_509));
    let said = "say received lower priority (50) advert from 192.0.2.2 - discarding";
    assert_eq!(one.hears(HIGHER, 50, 6_900), [said]);
    assert_eq!(one.next(), Some(9_509));
    // a better one is heard: it begins anew
    assert_eq!(one.hears(HIGHER, 150, 7_000), ["say stop preempt delay"]);
    assert_eq!(one.hears(LOWER, 50, 8_000), ["say start preempt delay (5.000000)"]);
    assert_eq!(one.next(), Some(11_609));
    // one that is less than it was is not waited for
    assert_eq!(one.hears(LOWER, 40, 10_000).len(), 1);
    assert_eq!(one.next(), Some(11_609));
}

#[test]
fn version_3_learns_how_often_the_master_advertises() {
    let mut one = Site::new(rules(100));
    let bytes = advert(&rules_of(VrrpVersion::V3, 3_000), HIGHER, 150);
    let said = "say advertisement interval updated from 1000ms to 3000ms by master";
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 1_000), [said]);
    assert_eq!(one.next(), Some(11_828));
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 4_000), NOTHING);
    let takeover = one.tick(14_830);
    let said = "say changing advert interval from 3000ms to locally configured 1000ms";
    assert_eq!(takeover[1], format!("say Receive advertisement timeout: nothing more of {HIGHER}"));
    assert_eq!(takeover[2], said);
    assert_eq!(one.next(), Some(15_830));
}

#[test]
fn version_2_takes_no_other_interval() {
    let mut one = Site::new(rules_of(VrrpVersion::V2, 1_000));
    let bytes = advert(&rules_of(VrrpVersion::V2, 3_000), HIGHER, 150);
    let said = "error advertisement interval mismatch mine=1 sec rcv'd=3 sec, from 192.0.2.2";
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 1_000), [said]);
    assert_eq!(one.next(), Some(3_609));
    // and nobody an advert that comes never
    let mut rules = rules(100);
    rules.vrrp.interval = Duration::ZERO;
    let mut one = Site::new(rules);
    let mut bytes = advert(&one.machine.rules, HIGHER, 150);
    bytes[4..6].fill(0);
    bytes[6..8].fill(0);
    let sum = super::super::checksum::checksum(&[&bytes]);
    bytes[6..8].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 1).len(), 1);
    assert_eq!(one.refused(), [("wrong interval", 1)]);
}

#[test]
fn master_hears_priority_0_and_says_that_it_is_here() {
    let mut one = Site::master(rules(100));
    let here = ["100 to 224.0.0.18", "say Master received priority 0 message"];
    assert_eq!(one.hears(HIGHER, 0, 5_000), here);
    assert_eq!(one.next(), Some(6_000));
}

#[test]
fn master_gives_way_to_more_priority() {
    let mut one = Site::master(rules(100));
    let better = "say Master received advert from 192.0.2.0 with higher priority 101, ours 100";
    // its last word, for the other one to tell the neighbours again
    let last = "100 to 224.0.0.18";
    let yields = one.hears(LOWER, 101, 5_000);
    assert_eq!(yields, [last, better, "standby", "mail Entering BACKUP STATE"]);
    assert_eq!(one.next(), Some(8_609));
    assert_eq!(one.settled(5_100), NOTHING, "who was driven out says no goodbye");
}

#[test]
fn master_gives_way_to_the_same_priority_and_a_higher_address_only() {
    let mut one = Site::master(rules(100));
    assert_eq!(one.hears(LOWER, 100, 5_000)[0], "100 to 224.0.0.18");
    assert_eq!(one.hears(HIGHER, 100, 5_500)[2], "standby");
    let over = "mail split brain is over: 192.0.2.2 is the only master";
    let mut two = Site::master(rules(100));
    two.hears(LOWER, 100, 5_000);
    assert!(two.hears(HIGHER, 100, 5_500).contains(&over.to_owned()));
}

#[test]
fn master_answers_a_lesser_one_at_once_and_two_are_said_once() {
    let mut one = Site::master(rules(100));
    let split = "error SPLIT BRAIN: two directors are master, this one stays: Received advert from \
                 192.0.2.2 with lower priority 50, ours 100, forcing new election";
    let said = one.hears(HIGHER, 50, 5_000);
    assert_eq!(said, ["100 to 224.0.0.18", split, "announce"]);
    assert_eq!(one.machine.view().split_since, Some(millis(5_000)));
    assert_eq!(one.hears(HIGHER, 50, 6_000), ["100 to 224.0.0.18"]);
    // the neighbours are told again, for the other one tells them something else
    assert_eq!(one.hears(HIGHER, 50, 10_000), ["100 to 224.0.0.18", "announce"]);
    let over = ["mail split brain is over: this director is the only master", "announce"];
    let mut said = Vec::new();
    while one.machine.view().split_since.is_some() {
        said = one.tick(one.due());
    }
    assert_eq!((one.now, &said[..2]), (13_610, &over.map(str::to_owned)[..]));
    // one that comes and goes with every packet is not news, nor are the neighbours told each time
    for now in 13_700..13_800 {
        one.hears(HIGHER, 50, now);
        let said = one.hears(HIGHER, 0, now);
        let is_new = said.iter().any(|word| word == "announce" || word.starts_with("mail"));
        assert!(!is_new, "{said:?}");
    }
    // a goodbye ends it as well
    while one.now < 80_000 {
        one.tick(one.due());
    }
    let now = one.now;
    assert!(one.hears(HIGHER, 50, now + 100).contains(&split.to_owned()));
    let said = one.hears(HIGHER, 0, now + 1100);
    assert!(over.iter().all(|word| said.contains(&(*word).to_owned())), "{said:?}");
}

#[test]
fn a_flood_of_lesser_ones_is_not_answered_by_a_flood() {
    let mut one = Site::master(rules(100));
    let bytes = advert(&one.machine.rules, HIGHER, 50);
    let mut did = Vec::new();
    for at in 5_000..6_000 {
        did.extend(one.packet(HIGHER, GROUP, 255, &bytes, at));
    }
    let sent = did.iter().filter(|action| action.starts_with("100 to")).count();
    assert!((99..=101).contains(&sent), "{sent}");
    assert_eq!(did.len() - sent, 2, "the split, and one announcement");
}

#[test]
fn a_stop_as_backup_says_nothing() {
    let mut one = Site::new(rules(100));
    one.settled(10);
    assert_eq!(one.handle(Input::Stop, 1_000), NOTHING);
    assert!(one.machine.is_over());
    assert_eq!(one.next(), None);
    assert_eq!(one.tick(9_000), NOTHING);
    // what its start has begun is waited for
    let mut one = Site::new(rules(100));
    one.handle(Input::Stop, 10);
    assert!(!one.machine.is_over());
    one.links(false, 11);
    one.links(true, 12);
    one.settled(20);
    assert!(one.machine.is_over());
}

#[test]
fn a_stop_as_master_says_goodbye_when_the_addresses_are_down() {
    let mut one = Site::master(rules(100));
    let stop = ["say Stopped", "standby", "mail Entering BACKUP STATE"];
    assert_eq!(one.handle(Input::Stop, 5_000), stop);
    // until then it is master to the others
    assert_eq!(one.next(), Some(5_610));
    assert_eq!(one.tick(5_610), ["100 to 224.0.0.18"]);
    assert_eq!(one.hears(HIGHER, 50, 5_700), ["100 to 224.0.0.18"]);
    assert!(!one.machine.is_over());
    assert_eq!(one.settled(6_000), ["0 to 224.0.0.18", "say sent 0 priority"]);
    assert!(one.machine.is_over());
}

#[test]
fn who_leaves_and_hears_a_better_one_says_no_more() {
    let mut one = Site::master(rules(100));
    one.handle(Input::Stop, 5_000);
    assert_eq!(one.hears(HIGHER, 150, 5_100), NOTHING);
    assert_eq!(one.next(), None);
    assert_eq!(one.settled(6_000), NOTHING);
    assert!(one.machine.is_over());
}

#[test]
fn told_to_be_standby_it_leaves_and_lets_another_be_master() {
    let mut one = Site::master(rules(100));
    assert_eq!(one.told(Role::Standby, 5_000)[1], "standby");
    assert_eq!(one.settled(5_500), ["0 to 224.0.0.18", "say sent 0 priority"]);
    assert!(!one.machine.is_over());
    // three dead times, for others to take over; then there is nobody
    assert_eq!(one.next(), Some(5_500 + 3 * 3_609 + 1));
    // once another is master it does not take its place, though it has more priority
    assert_eq!(one.hears(HIGHER, 50, 6_000), NOTHING);
    assert_eq!(one.next(), Some(9_609));
    assert_eq!(one.hears(HIGHER, 50, 9_000), NOTHING);
    assert_eq!(one.next(), Some(12_609));
    // but a dead one's
    assert_eq!(one.tick(12_610)[2], "active");
}

#[test]
fn told_to_be_active_it_claims_the_place() {
    let mut one = Site::new(rules(100));
    one.hears(HIGHER, 150, 1_000);
    let active = one.told(Role::Active, 1_500);
    let claims = "mail Changing effective priority from 100 to 254: told to be active, until it is \
                  told to be standby, has another priority in its file, or starts again";
    assert_eq!(active[..2], [claims, "254 to 224.0.0.18"]);
    assert_eq!(active[3], "active");
    assert_eq!(one.told(Role::Active, 1_600), NOTHING);
    // what was better until now goes on for a moment, which is no split brain
    let said = one.hears(HIGHER, 150, 1_700);
    assert!(said.iter().all(|said| !said.contains("SPLIT")), "{said:?}");
    assert_eq!(one.tick(2_700), ["254 to 224.0.0.18"]);
    assert_eq!(one.machine.view().split_since, None);
    // what counts against it counts as ever, and the owner takes it back
    one.unfit("no real", 2_800);
    assert_eq!(one.machine.priority, 50);
    one.handle(Input::Unfit(None), 2_900);
    assert_eq!(one.machine.priority, 254);
    assert!(one.hears(HIGHER, 255, 3_000).contains(&"standby".to_owned()));
    assert_eq!(one.machine.priority, 100);
    // and who was about to leave stays
    let mut one = Site::master(rules(100));
    one.told(Role::Standby, 5_000);
    assert_eq!(one.told(Role::Active, 5_010)[3], "active");
    assert_eq!(one.settled(5_100), NOTHING);
    // it leaves as what it claims to be, and claims no more when it has left
    one.told(Role::Standby, 5_200);
    assert_eq!(one.machine.priority, 254);
    let left = ["0 to 224.0.0.18", "say sent 0 priority"];
    assert_eq!(one.settled(5_300)[..2], left);
    assert_eq!(one.machine.priority, 100);
    let mut one = Site::master(rules(100));
    one.handle(Input::Stop, 6_000);
    assert_eq!(one.told(Role::Active, 6_010), NOTHING);
}

#[test]
fn of_two_that_were_told_to_be_active_the_later_one_is() {
    let mut one = Site::master(rules(100));
    one.told(Role::Active, 5_000);
    // whose address is less
    assert!(one.hears(LOWER, 254, 7_000).contains(&"standby".to_owned()));
    assert_eq!(one.machine.priority, 100);
    let mut one = Site::new(rules(100));
    one.told(Role::Active, 1_000);
    assert!(!one.hears(LOWER, 254, 1_500).contains(&"standby".to_owned()));
    assert_eq!(one.machine.priority, 254);
    // another priority in the file ends it
    one.handle(Input::Rules(machines::Rules::Vrrp(rules(100))), 2_000);
    assert_eq!(one.machine.priority, 254);
    one.handle(Input::Rules(machines::Rules::Vrrp(rules(110))), 2_100);
    assert_eq!(one.machine.priority, 110);
}

#[test]
fn a_change_of_the_master_is_no_split_brain() {
    let mut one = Site::new(rules(100));
    one.hears(LOWER, 50, 1_000);
    assert_eq!(one.tick(3_610)[2], "active");
    for at in [3_700, 4_700, 5_700] {
        let said = one.hears(LOWER, 50, at);
        assert!(said.iter().all(|said| !said.contains("SPLIT")), "{said:?}");
    }
    assert_eq!(one.machine.view().split_since, None);
    // it goes on
    assert!(one.hears(LOWER, 50, 7_700).iter().any(|said| said.starts_with("error SPLIT")));
    assert_eq!(one.machine.view().split_since, Some(millis(4_700)));
}

#[test]
fn another_id_with_an_address_of_ours_is_said_once() {
    let mut one = Site::master(rules(100));
    let mut other = rules(150);
    let mut bytes = advert(&other, HIGHER, 150);
    bytes[1] = 52;
    let said = one.packet(HIGHER, GROUP, 255, &bytes, 5_000);
    assert!(said.len() == 1 && said[0].starts_with("error 192.0.2.2 advertises"), "{said:?}");
    assert!(one.machine.view().doubt.unwrap().contains("under id 52, and the id here is 51"));
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 6_000), NOTHING);
    // another router's addresses are its own concern
    let mut one = Site::master(rules(100));
    other.vrrp.named = vec!["192.0.2.77".parse().unwrap()];
    let mut bytes = advert(&other, HIGHER, 150);
    bytes[1] = 52;
    let said = one.packet(HIGHER, GROUP, 255, &bytes, 5_000);
    assert_eq!(said, ["debug Unknown VRID(52) received. ignoring..., from 192.0.2.2"]);
    assert_eq!(one.machine.view().doubt, None);
}

#[test]
fn without_a_carrier_it_is_in_fault() {
    let mut one = Site::master(rules(100));
    let fault = ["warn interface eth0 is down", "standby", "mail Entering FAULT STATE"];
    assert_eq!(one.links(false, 5_000), fault);
    assert_eq!(one.links(false, 5_001), NOTHING);
    assert_eq!(one.next(), None);
    assert_eq!(one.settled(5_100), NOTHING);
    assert_eq!(one.hears(HIGHER, 50, 5_200), NOTHING);
    let said = "warn interface eth0 is down: not active";
    assert_eq!(one.told(Role::Active, 5_300), [said]);
    let back = ["say interface eth0 is up", "mail Entering BACKUP STATE"];
    assert_eq!(one.links(true, 9_000), back);
    assert_eq!(one.next(), Some(12_609));
    // while it leaves there is nobody to claim anything to
    let mut one = Site::master(rules(100));
    one.handle(Input::Stop, 5_000);
    assert_eq!(one.links(false, 5_010), NOTHING);
    assert_eq!(one.next(), None);
    assert_eq!(one.settled(5_020), NOTHING);
    assert!(one.machine.is_over());
}

#[test]
fn what_counts_against_it_lowers_its_priority() {
    let mut one = Site::master(rules(100));
    let lower = ["50 to 224.0.0.18", "mail Changing effective priority from 100 to 50: no real"];
    assert_eq!(one.unfit("no real", 5_000), lower);
    assert_eq!(one.tick(6_000), ["50 to 224.0.0.18"]);
    assert_eq!(one.unfit("no gateway", 6_100), NOTHING);
    assert_eq!(one.hears(HIGHER, 60, 6_200)[2], "standby");
    let said = "mail Changing effective priority from 50 to 100: as fit as it should be again, \
                after: no gateway";
    assert_eq!(one.handle(Input::Unfit(None), 6_300), [said]);
    // it is never less than 1
    let mut one = Site::new(rules(30));
    one.unfit("no real", 1);
    assert_eq!(one.tick(9_000)[0], "1 to 224.0.0.18");
}

/// 150 and 100, as the pages say, and what an unfit one loses where the file says nothing of it.
#[test]
fn the_documented_pair_hands_over() {
    for preempt in [true, false] {
        let [mut first, mut second] = [150, 100].map(|priority| {
            let text = format!(
                "cluster=vrrp\n\tinterface=eth0\n\tid=51\n\taddress=192.0.2.10/24\n\tpriority={priority}\n"
            );
            let model = config::read(&text, &Numbers).model.unwrap();
            let mut rules = rules(priority);
            rules.vrrp.preempt = preempt;
            rules.decrement = model.cluster.unwrap().fitness.decrement;
            rules
        }).map(Site::new);
        assert_eq!(first.tick(first.due())[2], "active");
        first.settled(first.now);
        assert_eq!(second.hears(HIGHER, 150, first.now), NOTHING);
        assert_eq!(first.unfit("no real server is alive", 5_000)[0], "50 to 224.0.0.18");
        second.hears(HIGHER, 50, 5_000);
        let due = second.due();
        second.hears(HIGHER, 50, 6_000);
        assert_eq!(second.tick(due)[2], "active", "preempt {preempt}");
        assert_eq!(first.hears(HIGHER, 100, due)[2], "standby");
        // neither is fit: as it was when both were
        second.settled(due);
        assert_eq!(second.unfit("no real server is alive", due + 100)[0], "1 to 224.0.0.18");
        assert_eq!(second.hears(HIGHER, 50, due + 200)[2], "standby");
    }
}

#[test]
fn who_could_not_serve_is_less_for_a_while() {
    let mut one = Site::master(rules(100));
    let why = "the kernel has not taken the table within 10s".to_owned();
    let is = one.handle(Input::Broken(why), 5_000);
    assert!(is[1].starts_with("mail Changing effective priority from 100 to 50: the kernel"));
    assert_eq!(one.hears(HIGHER, 60, 5_100)[2], "standby");
    assert_eq!(one.hears(HIGHER, 60, 15_800), NOTHING, "it stands back for three dead times");
    let back = "mail Changing effective priority from 50 to 100: it has stood back for long enough";
    assert_eq!(one.hears(HIGHER, 60, 16_000)[0], back);
}

#[test]
fn while_connections_come_over_it_preempts_nobody() {
    let mut one = Site::new(rules(100));
    one.handle(Input::Synced(false), 0);
    assert_eq!(one.hears(HIGHER, 50, 3_000), NOTHING);
    assert_eq!(one.next(), Some(6_609));
    one.handle(Input::Synced(true), 4_000);
    one.hears(HIGHER, 50, 4_100);
    assert_eq!(one.next(), Some(6_609));
    // silence is silence all the same
    let mut one = Site::new(rules(100));
    one.handle(Input::Synced(false), 0);
    assert_eq!(one.tick(3_610)[2], "active");
    // the owner waits, too
    let mut one = Site::new(rules(255));
    one.handle(Input::Synced(false), 0);
    assert_eq!(one.next(), Some(3_003));
    assert_eq!(one.hears(HIGHER, 50, 2_000), NOTHING);
    one.handle(Input::Synced(true), 3_000);
    assert_eq!(one.tick(3_000)[2], "active");
}

#[test]
fn a_master_that_slept_looks_first() {
    let mut one = Site::master(rules(100));
    let asleep = [
        "warn thread timer expired: asleep for 4.39 s, and another may be master",
        "standby",
        "mail Entering BACKUP STATE",
    ];
    assert_eq!(one.tick(10_000), asleep);
    assert_eq!(one.next(), Some(13_609));
    // what was received meanwhile is heard by a backup
    let mut one = Site::master(rules(100));
    assert_eq!(one.hears(HIGHER, 150, 10_000), asleep);
    assert_eq!(one.next(), Some(13_609));
    // nobody waits for its goodbye
    let mut one = Site::master(rules(100));
    one.handle(Input::Stop, 5_000);
    assert_eq!(one.settled(10_000), NOTHING);
    assert!(one.machine.is_over());
}

#[test]
fn the_file_changes() {
    let mut one = Site::master(rules(100));
    let mut other = rules(150);
    other.vrrp.interval = Duration::from_millis(500);
    let changed = one.change(other.clone(), 5_000);
    let said = "mail Changing effective priority from 100 to 150: the file has changed";
    let what = "say the file has changed: priority 100 is 150 now, interval 1 is 0.5 now";
    assert_eq!(changed, [what, "150 to 224.0.0.18", said]);
    assert_eq!(one.next(), Some(5_500));
    assert_eq!(one.change(other, 5_100), NOTHING);
    let mut one = Site::new(rules(100));
    one.change(rules(255), 1_000);
    assert_eq!(one.next(), Some(1_000));
    assert_eq!(one.handle(Input::Rules(machines::Rules::External(Default::default())), 1), NOTHING);
}

#[test]
fn in_unicast_every_peer_is_told() {
    let mut rules = unicast();
    rules.vrrp.peers.push(address(OURS));
    let mut one = Site::new(rules);
    let takeover = one.tick(3_610);
    assert_eq!(takeover[..2], ["100 to 192.0.2.2", "100 to 192.0.2.3"]);
    assert!(!takeover[2].contains(" to "), "{takeover:?}");
}

#[test]
fn what_is_not_believed_changes_nothing_and_is_said_once() {
    let good = advert(&rules(100), HIGHER, 150);
    let wrong = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    let cut = &good[..good.len() - 1];
    let v2 = advert(&rules_of(VrrpVersion::V2, 1_000), HIGHER, 150);
    let from_ours = advert(&rules(100), OURS, 150);
    let cases: [Wrong<'_>; 10] = [
        (
            "wrong length",
            HIGHER,
            GROUP,
            255,
            &[0x31],
            "vrrp packet too short, length 1 and expect 8",
        ),
        ("wrong length", HIGHER, GROUP, 255, cut, "vrrp packet too short, length 15 and expect 16"),
        ("wrong TTL", HIGHER, GROUP, 64, &good, "invalid TTL/HL. Received 64 and expect 255"),
        ("wrong version", HIGHER, GROUP, 255, &v2, VERSION),
        ("wrong type", HIGHER, GROUP, 255, &[0x32, 51, 1, 0, 0, 100, 0, 0], TYPE),
        ("wrong checksum", HIGHER, GROUP, 255, &wrong(9), "Invalid VRRPv3 checksum"),
        ("own address", OURS, GROUP, 255, &from_ours, "equal address: "),
        ("unicast", HIGHER, OURS, 255, &good, "discarding unicast packet on multicast instance"),
        ("no peer", "fe80::1", "ff02::12", 255, &good, "discarding packet of one that is no peer"),
        (
            "signed, and this director has no key",
            HIGHER,
            GROUP,
            255,
            &signed(150, 1),
            "advert with",
        ),
    ];
    for (reason, from, to, hops, bytes, words) in cases {
        let mut one = Site::new(rules(100));
        let said = one.packet(from, to, hops, bytes, 3_000);
        assert!(said.len() == 1 && said[0].contains(words), "{said:?}");
        assert!(said[0].ends_with(&format!(", from {from}")), "{said:?}");
        assert_eq!(one.packet(from, to, hops, bytes, 3_010), NOTHING);
        assert_eq!(one.refused(), [(reason, 2)]);
        assert_eq!(one.machine.view().doubt, Some(format!("{reason}, from {from}")));
        assert_eq!(one.next(), Some(3_609), "{reason}");
        one.hears(HIGHER, 150, 3_100);
        assert_eq!(one.machine.view().doubt, None);
    }
}

#[test]
fn carp_with_the_same_id_is_said_once_and_no_doubt_about_the_peer() {
    let carp = [&[0x21, 51, 0, 7, 0, 1][..], &[0; 30]].concat();
    let mut one = Site::new(rules(100));
    let said = "error that is CARP with the id 51, and no VRRP: another id is needed for one, from \
                192.0.2.2";
    assert_eq!(one.packet(HIGHER, GROUP, 255, &carp, 3_000), [said]);
    assert_eq!(one.packet(HIGHER, GROUP, 255, &carp, 3_010), NOTHING);
    assert_eq!(one.refused(), [("CARP with this id", 2)]);
    assert_eq!(one.machine.view().doubt, None);
}

#[test]
fn another_virtual_router_is_counted_and_no_doubt_about_the_peer() {
    let mut other = rules(100);
    other.vrrp.named = vec!["192.0.2.77".parse().unwrap()];
    let mut bytes = advert(&other, HIGHER, 150);
    bytes[1] = 52;
    let mut one = Site::new(rules(100));
    let said = one.packet(HIGHER, GROUP, 255, &bytes, 3_000);
    let words = format!("debug Unknown VRID(52) received. ignoring..., from {HIGHER}");
    assert_eq!(said, [words]);
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 3_010), NOTHING);
    assert_eq!(one.refused(), [("other vrid", 2)]);
    assert_eq!(one.machine.view().doubt, None);
    assert_eq!(one.next(), Some(3_609));
}

/// The reason; from whom, to whom, how far, what; the words.
type Wrong<'a> = (&'a str, &'a str, &'a str, u8, &'a [u8], &'a str);

const TYPE: &str = "Invalid packet type. 2 and expect 1";

#[test]
fn in_unicast_strangers_and_the_group_are_refused_and_hops_not_counted() {
    let mut one = Site::new(unicast());
    let named = advert::named(&rules(100).vrrp.named, address(OURS));
    let bytes = |from| {
        let advert = Advert { named: &named, ..advert_of(&rules(100), 150) };
        advert.write(address(from), address(OURS))
    };
    assert_eq!(one.packet("192.0.2.9", OURS, 255, &bytes("192.0.2.9"), 1_000).len(), 1);
    let group = advert(&rules(100), HIGHER, 150);
    assert_eq!(one.packet(HIGHER, GROUP, 255, &group, 1_000).len(), 1);
    assert_eq!(one.refused(), [("no peer", 1), ("multicast", 1)]);
    assert_eq!(one.next(), Some(3_609));
    assert_eq!(one.packet(HIGHER, OURS, 3, &bytes(HIGHER), 1_000), NOTHING);
    assert_eq!(one.next(), Some(4_609));
}

#[test]
fn a_password_of_version_2() {
    let mut ours = rules_of(VrrpVersion::V2, 1_000);
    let plain = advert(&ours, HIGHER, 150);
    ours.vrrp.authentication = VrrpAuthentication::Password(Secret::Given(Vec::new()));
    ours.key = Some(b"secret12, and so on".to_vec());
    let right = advert(&ours, HIGHER, 150);
    let mut wrong = ours.clone();
    wrong.key = Some(b"secret13".to_vec());
    let wrong = advert(&wrong, HIGHER, 150);
    let mut one = Site::new(ours);
    let said = "error received a 0 auth, expecting 1!, from 192.0.2.2";
    assert_eq!(one.packet(HIGHER, GROUP, 255, &plain, 1_000), [said]);
    let said = "error received an invalid passwd!, from 192.0.2.2";
    assert_eq!(one.packet(HIGHER, GROUP, 255, &wrong, 1_000), [said]);
    assert_eq!(one.next(), Some(3_609));
    assert_eq!(one.packet(HIGHER, GROUP, 255, &right, 1_000), NOTHING);
    assert_eq!(one.next(), Some(4_609));
}

#[test]
fn signed_adverts() {
    let mut one = Site::new(keyed());
    let plain = advert(&rules(100), HIGHER, 150);
    let mut forged = signed(150, 2);
    forged[2] = 151;
    let sum = super::super::checksum::checksum(&[&forged[..6], &[0, 0], &forged[8..16]]);
    forged[6..8].copy_from_slice(&sum.to_be_bytes());
    let stranger = {
        let mut rules = keyed();
        rules.key = Some(b"another key".to_vec());
        let mut bytes = advert(&rules, HIGHER, 150);
        rules.signer(address(HIGHER)).sign(&mut bytes, 2);
        bytes
    };
    for bytes in [&plain, &forged, &stranger, &signed(150, 1)[..40].to_vec()] {
        one.packet(HIGHER, GROUP, 255, bytes, 1_000);
    }
    let refused = [("no signature", 1), ("wrong signature", 2), ("wrong length", 1)];
    assert_eq!(one.refused(), refused);
    assert_eq!(one.next(), Some(3_609));
    // each is believed once, from who sent it
    let first = signed(150, 5 << 32);
    let mut borrowed = advert(&keyed(), LOWER, 150);
    borrowed.extend(&first[16..]);
    assert_eq!(one.packet(LOWER, GROUP, 255, &borrowed, 1_000), NOTHING, "a spell of wrong ones");
    assert_eq!(one.packet(HIGHER, GROUP, 255, &first, 1_000), NOTHING);
    assert_eq!(one.next(), Some(4_609));
    let old = one.packet(HIGHER, GROUP, 255, &first, 2_000);
    assert!(old[0].starts_with("error advert with an old stamp"), "{old:?}");
    assert_eq!(one.next(), Some(4_609));
    assert_eq!(one.packet(HIGHER, GROUP, 255, &signed(150, (5 << 32) + 1), 2_000), NOTHING);
    assert_eq!(one.next(), Some(5_609));
}

#[test]
fn signed_adverts_of_our_own_are_believed_by_another() {
    for (version, [from, to, group]) in [
        (VrrpVersion::V2, [OURS, HIGHER, GROUP]),
        (VrrpVersion::V3, [OURS, HIGHER, GROUP]),
        (VrrpVersion::V3, ["fe80::1", "fe80::2", "ff02::12"]),
    ] {
        for peers in [false, true] {
            let rules = |source: &str, peer: &str, priority| {
                let mut rules = keyed();
                rules.source = address(source);
                rules.vrrp.version = version;
                rules.vrrp.priority = priority;
                rules.vrrp.peers = if peers { vec![address(peer)] } else { Vec::new() };
                rules
            };
            let high = rules(from, to, 200.try_into().unwrap());
            let low = rules(to, from, 100.try_into().unwrap());
            let (mut one, mut two) = (Vrrp::new(high, Time::ZERO), Site::new(low));
            for at in [3_300, 4_400, 5_500] {
                let actions = one.handle(Input::Tick, millis(at));
                let Some(Action::Send(To::Host(host), bytes)) = actions.first() else { panic!() };
                assert_eq!(*host, address(if peers { to } else { group }));
                let host = host.to_string();
                assert_eq!(two.packet(from, &host, 255, bytes, at), NOTHING);
                assert!(two.next().unwrap() >= at + 3_609);
            }
            assert_eq!(two.refused(), []);
        }
    }
}

/// An advert with the trailer as keepalived 2.4's source has it, computed with Python's hmac.
#[test]
fn the_bytes_of_a_signature() {
    let mut rules = keyed();
    rules.key = Some(b"0123456789abcdef0123456789abcdef".to_vec());
    let mut bytes = Advert { named: &[192, 0, 2, 10], ..advert_of(&rules, 150) }
        .write(address(OURS), address(GROUP));
    rules.signer(address(OURS)).sign(&mut bytes, 0x6800_0000_8000_0001);
    assert_eq!(hex(&bytes[12..]), SIGNATURE);
}

const SIGNATURE: &str = "01010000680000008000000162fb1ca34ca642c55a7ce7c79bf49020";

#[test]
fn other_addresses_are_said_once_and_the_advert_is_believed() {
    let mut one = Site::new(rules(100));
    let mut other = rules(100);
    other.vrrp.named = vec![address("192.0.2.11"), address("192.0.2.12"), address("192.0.2.13")];
    let said = "warn expected 2 VIPs but received 3, from 192.0.2.2; it does not name 192.0.2.10; \
                this director has no 192.0.2.12: have both the same addresses in their files?";
    let bytes = advert(&other, HIGHER, 150);
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 1_000), [said]);
    assert_eq!(one.packet(HIGHER, GROUP, 255, &bytes, 2_000), NOTHING);
    assert_eq!(one.next(), Some(5_609));
    assert_eq!(one.refused(), []);
    // the order does not matter
    let mut one = Site::new(rules(100));
    other.vrrp.named = vec![address("192.0.2.11"), address("192.0.2.10")];
    assert_eq!(one.packet(HIGHER, GROUP, 255, &advert(&other, HIGHER, 150), 1_000), NOTHING);
}

#[test]
fn who_was_heard_last() {
    let mut one = Site::new(rules(100));
    assert_eq!(one.machine.view().peer, None);
    one.hears(HIGHER, 150, 1_000);
    let peer = one.machine.view().peer.unwrap();
    assert_eq!((peer.address, peer.heard), (Some(address(HIGHER)), millis(1_000)));
    assert_eq!((peer.role, peer.claim.as_deref()), (Some(Role::Active), Some("priority 150")));
    one.hears(HIGHER, 0, 1_500);
    assert_eq!(one.machine.view().peer.unwrap().role, Some(Role::Standby));
}

#[test]
fn ten_milliseconds() {
    let mut rules = rules(100);
    rules.vrrp.interval = Duration::from_millis(10);
    let mut low = Site::new(rules.clone());
    let bytes = advert(&rules, HIGHER, 200);
    for at in 0..60_000 {
        assert_eq!(low.packet(HIGHER, GROUP, 255, &bytes, at * 10), NOTHING);
    }
    let silence = low.machine.next_deadline().unwrap() - millis(599_990);
    assert_eq!(silence.as_micros(), 36_093);
    let mut high = Site::master(rules);
    let from = high.now;
    let mut sent = 0;
    while high.now < from + 60_000 {
        let actions = high.tick(high.due());
        assert_eq!(actions, ["100 to 224.0.0.18"]);
        sent += 1;
    }
    assert_eq!(sent, 6_000);
}

const NOTHING: [&str; 0] = [];

struct Site {
    machine: Vrrp,
    opening: Vec<String>,
    now: u64,
}

impl Site {
    fn new(rules: Rules) -> Site {
        let mut machine = Vrrp::new(rules, Time::ZERO);
        let opening = machine.opening(Time::ZERO).iter().map(words).collect();
        Site { machine, opening, now: 0 }
    }

    /// One that is master, and has its addresses.
    fn master(rules: Rules) -> Site {
        let mut site = Site::new(rules);
        let at = site.due();
        assert_eq!(site.tick(at)[2], "active");
        site.settled(at);
        // longer than the others need to hear of it
        while site.now < at + 1_000 {
            let due = site.due();
            site.tick(due);
        }
        // and longer than a change of the master takes
        site.machine.since = Time::ZERO;
        site
    }

    fn handle(&mut self, input: Input<'_>, at: u64) -> Vec<String> {
        self.now = at;
        self.machine.handle(input, millis(at)).iter().map(words).collect()
    }

    fn tick(&mut self, at: u64) -> Vec<String> {
        self.handle(Input::Tick, at)
    }

    fn settled(&mut self, at: u64) -> Vec<String> {
        self.handle(Input::Settled, at)
    }

    fn told(&mut self, role: Role, at: u64) -> Vec<String> {
        self.handle(Input::Told(role), at)
    }

    fn unfit(&mut self, why: &str, at: u64) -> Vec<String> {
        self.handle(Input::Unfit(Some(why.to_owned())), at)
    }

    fn links(&mut self, public: bool, at: u64) -> Vec<String> {
        self.handle(Input::Links { public, private: true }, at)
    }

    fn change(&mut self, rules: Rules, at: u64) -> Vec<String> {
        self.handle(Input::Rules(machines::Rules::Vrrp(rules)), at)
    }

    /// Hears an advert that is as it should be.
    fn hears(&mut self, from: &str, priority: u8, at: u64) -> Vec<String> {
        let bytes = advert(&self.machine.rules, from, priority);
        self.packet(from, GROUP, 255, &bytes, at)
    }

    fn packet(&mut self, from: &str, to: &str, hops: u8, bytes: &[u8], at: u64) -> Vec<String> {
        let (from, to) = (address(from), address(to));
        self.handle(Input::Packet(Packet { from, to, hops, path: Path::Public, bytes }), at)
    }

    /// Its deadline, rounded down.
    fn next(&self) -> Option<u64> {
        Some(u64::try_from(self.machine.next_deadline()?.as_millis()).unwrap())
    }

    /// Its deadline, rounded up.
    fn due(&self) -> u64 {
        let next = self.machine.next_deadline().unwrap();
        u64::try_from(next.as_micros().div_ceil(1_000)).unwrap()
    }

    fn refused(&self) -> Vec<(&'static str, u64)> {
        self.machine.view().refused
    }
}

fn words(action: &Action) -> String {
    match action {
        Action::Send(To::Host(to), bytes) => format!("{} to {to}", bytes[2]),
        Action::Become(Role::Active) => "active".to_owned(),
        Action::Become(Role::Standby) => "standby".to_owned(),
        Action::Announce => "announce".to_owned(),
        Action::Say(Line { text, level: Level::Error, .. }) => format!("error {text}"),
        Action::Say(Line { text, mailed: true, .. }) => format!("mail {text}"),
        Action::Say(Line { text, level: Level::Warning, .. }) => format!("warn {text}"),
        Action::Say(Line { text, level: Level::Debug, .. }) => format!("debug {text}"),
        Action::Say(Line { text, .. }) => format!("say {text}"),
        other => format!("{other:?}"),
    }
}

fn rules(priority: u8) -> Rules {
    let mut rules = rules_of(VrrpVersion::V3, 1_000);
    rules.vrrp.priority = priority.try_into().unwrap();
    rules
}

fn rules_of(version: VrrpVersion, interval: u64) -> Rules {
    Rules {
        vrrp: protocol::Vrrp {
            version,
            interface: "eth0".parse().unwrap(),
            source: None,
            over_v6: false,
            peers: Vec::new(),
            vrid: 51.try_into().unwrap(),
            priority: 100.try_into().unwrap(),
            interval: Duration::from_millis(interval),
            preempt: true,
            preempt_delay: Duration::ZERO,
            named: vec![address("192.0.2.10"), address("192.0.2.11")],
            accept: true,
            authentication: VrrpAuthentication::None,
        },
        source: address(OURS),
        key: None,
        decrement: 50,
        born: 0,
    }
}

fn unicast() -> Rules {
    let mut rules = rules(100);
    rules.vrrp.peers = vec![address(HIGHER), address("192.0.2.3")];
    rules
}

fn keyed() -> Rules {
    let mut rules = rules(100);
    rules.vrrp.authentication = VrrpAuthentication::Hmac(Secret::Given(Vec::new()));
    rules.key = Some(b"a key that both have".to_vec());
    rules
}

fn advert_of(rules: &Rules, priority: u8) -> Advert<'static> {
    Advert {
        version: rules.vrrp.version,
        vrid: 51,
        priority,
        interval: rules.vrrp.interval,
        named: &[],
        authentication: rules.authentication(),
    }
}

/// An advert as another one with these rules sends it to the group.
fn advert(rules: &Rules, from: &str, priority: u8) -> Vec<u8> {
    let named = advert::named(&rules.vrrp.named, rules.source);
    let advert = Advert { named: &named, ..advert_of(rules, priority) };
    advert.write(address(from), address(GROUP))
}

fn signed(priority: u8, stamp: u64) -> Vec<u8> {
    let rules = keyed();
    let mut bytes = advert(&rules, HIGHER, priority);
    rules.signer(address(HIGHER)).sign(&mut bytes, stamp);
    bytes
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn millis(at: u64) -> Time {
    Time::from_millis(at)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
