//! Which of two directors had better be active: the one that reaches its servers and its canary, or the
//! one that is told to be.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use super::cluster::Pair;
use super::director::Director;
use super::host::Host;
use super::machine::in_the_lab;
use super::wait::wait_until;

/// Less priority, and a handover, as long as it lasts; nobody goes where nobody is fitter.
#[test]
fn who_cannot_reach_what_it_needs_is_not_the_master() {
    in_the_lab(|| {
        let site = Pair::build();
        let first = start(&site.primary, &config(VRRP, 150));
        active(&first, &site.primary, true);
        let second = start(&site.backup, &config(VRRP, 120));
        both_know_their_server(&first, &second);

        for (lost, why) in
            [(SERVER, "no real server is alive"), (CANARY, "no canary answers: 10.1.0.100")]
        {
            site.primary.run(&format!("ip route add unreachable {lost}/32"));
            active(&second, &site.backup, true);
            active(&first, &site.primary, false);
            unfit(&first, Some(why));
            unfit(&second, None);
            site.primary.run(&format!("ip route del unreachable {lost}/32"));
            unfit(&first, None);
            active(&first, &site.primary, true);
            active(&second, &site.backup, false);
        }

        for host in [&site.backup, &site.primary] {
            host.run(&format!("ip route add unreachable {CANARY}/32"));
        }
        unfit(&first, Some("no canary answers: 10.1.0.100"));
        unfit(&second, Some("no canary answers: 10.1.0.100"));
        active(&first, &site.primary, true);
        active(&second, &site.backup, false);
    });
}

/// The verbs, from root alone, whatever the protocol.
#[test]
fn a_vrrp_director_is_told_its_role() {
    in_the_lab(|| tell(VRRP));
}

#[test]
fn a_carp_director_is_told_its_role() {
    in_the_lab(|| tell(CARP));
}

fn tell(protocol: &str) {
    let site = Pair::build();
    let first = start(&site.primary, &config(protocol, 150));
    active(&first, &site.primary, true);
    let second = start(&site.backup, &config(protocol, 120));
    both_know_their_server(&first, &second);

    let (code, said) = first.told("standby", NOBODY);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("only root may say `standby`"), "{said}");
    first.signal(Signal::USR2);
    first.wait_for_log("SIGUSR2 is ignored: it is for `cluster = external`");
    active(&first, &site.primary, true);

    let (code, said) = first.told("standby", ROOT);
    assert_eq!(code, 0, "{said}");
    assert!(!holds(&site.primary), "it is done when it returns");
    active(&second, &site.backup, true);
    let (code, said) = first.told("active", ROOT);
    assert_eq!(code, 0, "{said}");
    assert!(holds(&site.primary), "it is done when it returns");
    active(&second, &site.backup, false);
    let (_, said) = first.told("active", ROOT);
    assert!(said.contains("it is active already"), "and again: {said}");
}

/// Starts a director, and waits until it can be asked.
fn start(host: &Host, config: &str) -> Director {
    let director = Director::start(host, config);
    director.wait_for_log("starting on ");
    director
}

fn both_know_their_server(first: &Director, second: &Director) {
    for director in [first, second] {
        wait_until("its server is up", LIMIT, || {
            let status = director.whole_status();
            let is_up = status["virtuals"][0]["up"].as_u64() == Some(1);
            if is_up { Ok(()) } else { Err(status.to_string()) }
        });
    }
}

/// Waits until a director is what it is to be, and all is done.
fn active(director: &Director, host: &Host, is_it: bool) {
    let role = if is_it { "active" } else { "standby" };
    wait_until(&format!("{} is {role}", host.name), LIMIT, || {
        let pair = director.whole_status()["pair"].clone();
        let done = pair["role"] == role && pair["settled"] == true && holds(host) == is_it;
        if done { Ok(()) } else { Err(pair.to_string()) }
    });
}

fn unfit(director: &Director, why: Option<&str>) {
    wait_until(&format!("what counts against it is {why:?}"), LIMIT, || {
        let pair = director.whole_status()["pair"].clone();
        let is_it = match why {
            Some(why) => pair["unfit"] == why && pair["unfit_since"].is_string(),
            None => pair["unfit"] == Value::Null && pair["unfit_since"] == Value::Null,
        };
        if is_it { Ok(()) } else { Err(pair.to_string()) }
    });
}

fn holds(host: &Host) -> bool {
    host.run("ip -4 -o address show dev eth0").contains(" 10.1.0.10/24 ")
}

fn config(protocol: &str, rank: u32) -> String {
    let block = protocol.replace("PRIORITY", &rank.to_string());
    let block = block.replace("SKEW", &(200 - rank).to_string());
    std::fs::write("/tmp/secret", "between us\n").expect("a file");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions("/tmp/secret", mode).expect("our file");
    format!(
        "checkinterval = 1\nchecktimeout = 1\ncluster = {block} address = 10.1.0.10/24 eth0:1\n \
         canary = {CANARY}\n\
         virtual = 10.1.0.10:80\n real = {SERVER}:80 gate\n checktype = connect\n"
    )
}

const VRRP: &str = "vrrp\n interface = eth0\n id = 7\n priority = PRIORITY\n interval = 0.2\n";
const CARP: &str = "carp\n interface = eth0\n id = 7\n advskew = SKEW\n secretfile = /tmp/secret\n";
const SERVER: &str = "10.1.0.11";
const CANARY: &str = "10.1.0.100";
const ROOT: u32 = 0;
const NOBODY: u32 = 65534;
const LIMIT: Duration = Duration::from_secs(30);
