//! Ours, called as ucarp, beside Debian's ucarp 1.5.2.

mod frame;
mod program;

use std::fs;
use std::process::Command;

use rustix::process::Signal;

use super::announcement::{Ear, mac_of_eth0};
use super::host::{Host, feed};
use super::machine::in_the_lab;
use super::net::Site;
use super::wait::wait_until;
use frame::{claim, is_advert, made_like};
use program::{DOWN, LIMIT, UP, Ucarp, Whose, forget_calls};

/// The master stops in good order, or is killed, and comes back; each is master once.
#[test]
fn each_takes_over_from_the_other() {
    in_the_lab(|| {
        let ground = Ground::build();
        let mut ours = Ucarp::start(Whose::Ours, &ground.one, 1, "-z");
        ours.wait_for("Switching to state: MASTER", 1);
        ground.wait_for_holder(&ground.one);
        let theirs = Ucarp::start(Whose::Theirs, &ground.two, 2, "-z");
        theirs.wait_for("Switching to state: BACKUP", 1);
        ground.one.run("true");
        // ours bows out, which the other heeds at once
        ours.signal(Signal::TERM);
        assert_eq!(ours.end().code(), Some(0));
        theirs.wait_for("Putting MASTER DOWN (going to time out)", 1);
        ground.wait_for_holder(&ground.two);
        // a backup of the same interval waits, and takes over from the dead
        let mut ours = Ucarp::start(Whose::Ours, &ground.one, 1, "-z");
        ours.wait_for("Switching to state: BACKUP", 1);
        theirs.signal(Signal::KILL);
        ours.wait_for("no MASTER advertises, for 3.00 s", 1);
        ground.two.run("ip address del 10.1.0.10/32 dev eth0");
        ground.wait_for_holder(&ground.one);
        // and yields to one that preempts
        let theirs = Ucarp::start(Whose::Theirs, &ground.two, 2, "-P -z");
        let mut slow = Ucarp::start(Whose::Ours, &ground.three, 3, "-k 100 -z");
        ours.signal(Signal::TERM);
        assert_eq!(ours.end().code(), Some(0));
        ground.wait_for_holder(&ground.two);
        slow.wait_for("Switching to state: BACKUP", 1);
        slow.signal(Signal::TERM);
        assert_eq!(slow.end().code(), Some(0));
        // a backup that stops runs no script once more
        assert_eq!(slow.calls(), ["2 vip-down eth0 10.1.0.10"]);
        drop(theirs);
    });
}

#[test]
fn the_preferred_one_preempts_if_it_may() {
    in_the_lab(|| {
        let ground = Ground::build();
        for (slow, fast) in [(Whose::Ours, Whose::Theirs), (Whose::Theirs, Whose::Ours)] {
            let mut first = Ucarp::start(slow, &ground.one, 1, "-k 50 -z");
            first.wait_for("Switching to state: MASTER", 1);
            let mut second = Ucarp::start(fast, &ground.two, 2, "-P -z");
            second.wait_for("Putting MASTER down - preemption", 1);
            first.wait_for("Preferred master advertised: going back to BACKUP state", 1);
            ground.wait_for_holder(&ground.two);
            for one in [&mut second, &mut first] {
                one.signal(Signal::TERM);
                assert_eq!(one.end().code(), Some(0), "{:?}", one.said());
            }
        }
    });
}

#[test]
fn who_has_another_password_is_not_believed() {
    in_the_lab(|| {
        let ground = Ground::build();
        let theirs = Ucarp::start(Whose::Theirs, &ground.two, 2, "");
        theirs.wait_for("Switching to state: MASTER", 1);
        let ours = Ucarp::start(Whose::Ours, &ground.one, 1, "-p hate");
        ours.wait_for("Switching to state: MASTER", 1);
        ours.wait_for("Bad digest - md2=[", 1);
        theirs.wait_for("Bad digest - md2=[", 3);
        let bad = ours.said().iter().filter(|line| line.contains("Bad digest")).count();
        assert_eq!(bad, 1, "said once, and counted");
        let status = ground.one.run(&format!(
            "{} status --json /run/ucarp/eth0-42",
            super::machine::director().display()
        ));
        let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
        assert!(status["pair"]["ignored"]["bad digest"].as_u64() > Some(2), "{status}");
    });
}

/// Both are heard by a third machine.
#[test]
fn what_both_send_is_the_same() {
    in_the_lab(|| {
        let ground = Ground::build();
        for more in ["", "-b 2 -k 3", "-M"] {
            let mut shapes = Vec::new();
            for (whose, host, n) in [(Whose::Ours, &ground.one, 1), (Whose::Theirs, &ground.two, 2)]
            {
                let ear = Ear::on(&ground.three);
                let own = mac(host);
                let master = Ucarp::start(whose, host, n, &format!("-z {more}"));
                let mut frames = Vec::new();
                wait_until("four adverts and two claims", LIMIT, || {
                    frames.extend(ear.frames().into_iter().filter(|f| is_advert(f) || is_claim(f)));
                    let adverts = frames.iter().filter(|frame| is_advert(frame)).count();
                    let claims = frames.iter().filter(|frame| is_claim(frame)).count();
                    if adverts >= 4 && claims >= 2 { Ok(()) } else { Err(format!("{frames:?}")) }
                });
                for frame in &frames {
                    match is_advert(frame) {
                        true => assert_eq!(*frame, made_like(frame, more != "-M"), "{whose:?}"),
                        false => assert_eq!(*frame, claim(&own), "{whose:?}"),
                    }
                }
                let shape = |frame: &Vec<u8>| match is_advert(frame) {
                    true => format!("advert {} {}", frame[39], frame[36]),
                    false => "claim".to_owned(),
                };
                shapes.push(frames.iter().take(5).map(shape).collect::<Vec<_>>());
                drop(master);
                host.run("ip address del 10.1.0.10/32 dev eth0");
            }
            assert_eq!(shapes[0], shapes[1], "the same order");
            assert_eq!(shapes[0][0], "claim", "before the first advert");
            assert_eq!(shapes[0][4], "claim", "with the third one again");
        }
    });
}

/// The same life on either: start, master, USR2, master again, the end.
#[test]
fn scripts_are_called_alike() {
    in_the_lab(|| {
        let ground = Ground::build();
        let mut calls = Vec::new();
        for (whose, n) in [(Whose::Ours, 1), (Whose::Theirs, 1)] {
            for more in ["-z -x more", "-z -n"] {
                forget_calls(&ground.one);
                let mut one = Ucarp::start(whose, &ground.one, n, more);
                one.wait_for("Switching to state: MASTER", 1);
                wait_until("the first", LIMIT, || match one.calls().last() {
                    Some(last) if last.contains("up") => Ok(()),
                    last => Err(format!("{last:?}")),
                });
                one.signal(Signal::USR2);
                one.wait_for("Switching to state: MASTER", 2);
                let ups = |calls: &[String]| calls.iter().filter(|c| c.contains("up")).count();
                wait_until("the second", LIMIT, || match ups(&one.calls()) {
                    2 => Ok(()),
                    n => Err(n.to_string()),
                });
                one.signal(Signal::HUP);
                assert_eq!(one.end().code(), Some(0));
                calls.push(one.calls());
            }
        }
        assert_eq!(calls[0..2], calls[2..4]);
        let [up, down] = ["up", "down"].map(|way| format!("3 vip-{way} eth0 10.1.0.10 more"));
        assert_eq!(calls[0], [&down, &up, &down, &up, &down].map(String::as_str));
        assert_eq!(calls[1].len(), 4, "neutral: {:?}", calls[1]);
    });
}

#[test]
fn without_shutdown_a_signal_ends_it_and_the_address_stays() {
    in_the_lab(|| {
        let ground = Ground::build();
        for whose in [Whose::Theirs, Whose::Ours] {
            let mut one = Ucarp::start(whose, &ground.one, 1, "");
            one.wait_for("Switching to state: MASTER", 1);
            ground.wait_for_holder(&ground.one);
            one.signal(Signal::USR1);
            if whose == Whose::Ours {
                one.wait_for("[INFO] MASTER on eth0 id 42", 1);
            }
            one.signal(Signal::TERM);
            assert_eq!(one.end().code(), None, "by the signal");
            assert!(holds(&ground.one));
            ground.one.run("ip address del 10.1.0.10/32 dev eth0");
        }
    });
}

#[test]
fn an_interface_that_goes_comes_back() {
    in_the_lab(|| {
        let ground = Ground::build();
        let ours = Ucarp::start(Whose::Ours, &ground.one, 1, "-z");
        ground.wait_for_holder(&ground.one);
        ground.one.run("ip link set eth0 down");
        ours.wait_for("eth0: the interface is down, or its cable is out", 1);
        wait_until("the script has lowered it", LIMIT, || match holds(&ground.one) {
            true => Err(ours.said().join("\n")),
            false => Ok(()),
        });
        ground.one.run("ip link set eth0 up");
        ours.wait_for("eth0 carries again", 1);
        ground.wait_for_holder(&ground.one);
        let ear = Ear::on(&ground.three);
        wait_until("it advertises again", LIMIT, || {
            let heard = ear.frames().iter().any(|frame| is_advert(frame));
            if heard { Ok(()) } else { Err(ours.said().join("\n")) }
        });
    });
}

/// As Debian's ifupdown starts it.
#[test]
fn in_the_background() {
    in_the_lab(|| {
        let ground = Ground::build();
        let words =
            format!("-i eth0 -s 10.1.0.1 -B -z -v 42 -p love -a 10.1.0.10 -u {UP} -d {DOWN}");
        // who writes the scripts
        drop(Ucarp::call(Whose::Ours, &ground.one, "-h"));
        let program = Whose::Ours.program();
        let started = ground.one.inside(|| {
            Command::new(program).args(words.split(' ')).env("CALLS", "/tmp/calls").output()
        });
        let started = started.expect("it starts");
        assert_eq!(started.status.code(), Some(0));
        assert!(started.stdout.is_empty() && started.stderr.is_empty(), "{started:?}");
        ground.wait_for_holder(&ground.one);
        // a second one is refused: both would take the other's adverts for their own
        let again = ground.one.inside(|| Command::new(program).args(words.split(' ')).output());
        assert_eq!(again.expect("it starts").status.code(), Some(2));
        let pid = running(program);
        feed(&format!("kill -TERM {pid}"), "");
        wait_until("it has ended", LIMIT, || {
            if fs::exists(format!("/proc/{pid}")).expect("/proc") {
                Err(pid.clone())
            } else {
                Ok(())
            }
        });
        assert!(!holds(&ground.one));
    });
}

/// What there is not is said as there, and ends alike.
#[test]
fn what_is_wrong_is_said_alike() {
    in_the_lab(|| {
        let ground = Ground::build();
        let whole = "-p x -v 1 -s 10.1.0.1 -a 10.1.0.10 -f none";
        for words in [
            "-h",
            "-q",
            "--adv 1",
            "-v 256 -i eth0",
            "-v 1 -i eth0",
            "-v 1 -i eth0 -p x",
            "-v 1 -i eth0 -s 10.1.0",
            "-f foo -i eth0",
            "-o /nonexistent -i eth0",
            &format!("{whole} -i eth0 -b 256"),
            &format!("{whole} -i eth0 -r 0"),
            &format!("{whole} -i eth0 -u x -d x -p 12345678901234567890"),
            &format!("{whole} -i eth9 -u x -d x"),
            &format!("{whole} -i eth0 -n -u x -s 10.1.0.77"),
        ] {
            let [ours, theirs] = [Whose::Ours, Whose::Theirs].map(|whose| {
                let mut one = Ucarp::call(whose, &ground.one, words);
                let status = one.end().code();
                let errors = |line: &String| line.starts_with("[ERROR]");
                (status, one.said().into_iter().filter(errors).collect::<Vec<_>>())
            });
            assert_eq!(ours, theirs, "{words}");
        }
    });
}

/// Three machines on a switch.
struct Ground {
    one: Host,
    two: Host,
    three: Host,
}

impl Ground {
    fn build() -> Ground {
        feed("modprobe -a veth bridge", "");
        let mut site = Site::default();
        let [one, two, three] = ["one", "two", "three"].map(|name| site.host(name));
        site.switch("front");
        for (host, n) in [(&one, 1), (&two, 2), (&three, 3)] {
            site.plug(host, "eth0", "front", &[&format!("10.1.0.{n}/24")]);
        }
        site.build();
        Ground { one, two, three }
    }

    /// Waits until this one has the address and nobody else has.
    fn wait_for_holder(&self, holder: &Host) {
        wait_until(&format!("{} alone holds it", holder.name), LIMIT, || {
            let all = [&self.one, &self.two, &self.three];
            let holders = all.into_iter().filter(|host| holds(host));
            let names: Vec<_> = holders.map(|host| host.name.as_str()).collect();
            if names == [holder.name.as_str()] { Ok(()) } else { Err(format!("{names:?}")) }
        });
    }
}

fn holds(host: &Host) -> bool {
    host.run("ip -o address show dev eth0").contains(" 10.1.0.10/")
}

fn mac(host: &Host) -> Vec<u8> {
    let digits = mac_of_eth0(host);
    let pairs = digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("digits"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("a byte")).collect()
}

/// Whether a frame is an ARP about the address, with itself as sender.
fn is_claim(frame: &[u8]) -> bool {
    frame.len() >= 42 && frame[12..14] == [8, 6] && frame[28..32] == [10, 1, 0, 10]
}

/// The process of a program that runs.
fn running(program: &str) -> String {
    let pids = fs::read_dir("/proc").expect("/proc").filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        name.bytes().all(|byte| byte.is_ascii_digit()).then_some(name)
    });
    let is_it = |pid: &String| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.starts_with(program.as_bytes())
    };
    { pids }.find(is_it).expect("it runs")
}
