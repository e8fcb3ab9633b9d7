//! What a neighbour hears when an address is raised, and from who calls send_arp.

use std::collections::BTreeSet;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, socket};

use super::addresses::{Holding, two_machines, vip};
use super::host::Host;
use super::machine::{self, in_the_lab};
use super::wait::wait_until;

#[test]
fn the_neighbours_are_told_five_times() {
    in_the_lab(|| {
        let (director, neighbour) = two_machines();
        let ear = Ear::on(&neighbour);
        let mut holding = Holding::start(&director);
        let start = Instant::now();
        let ours = [vip("10.1.0.10", None, Some("eth0:1")), vip("fd01::10", None, None)];
        holding.ask(&ours, true);
        let mac = mac_of_eth0(&director);
        let reply = format!(
            "ffffffffffff{mac}08060001080006040002{mac}0a01000a{mac}0a01000a{}",
            "00".repeat(18)
        );
        let request = format!(
            "ffffffffffff{mac}08060001080006040001{mac}0a01000a0000000000000a01000a{}",
            "00".repeat(18)
        );
        let vip = "fd010000000000000000000000000010";
        let advertisement =
            format!("333300000001{mac}86dd6000000000203aff{vip}ff020000000000000000000000000001");
        let is_it = |frame: &String| {
            [&reply, &request].contains(&frame) || frame.starts_with(&advertisement)
        };
        let heard = ear.wait_for("one of each", is_it, 3);
        assert_eq!(heard.iter().collect::<BTreeSet<_>>().len(), 3, "{heard:#?}");
        let told = heard.iter().find(|frame| frame.starts_with(&advertisement)).expect("one");
        assert!(told[108..].starts_with("8800"), "{told}");
        assert!(told[116..].starts_with(&format!("20000000{vip}0201{mac}")), "{told}");
        let report = holding.next("the last one", |report| report.announced);
        assert!(start.elapsed() > Duration::from_secs(4), "a second apart: {:?}", start.elapsed());
        assert_eq!((report.number, report.refused), (1, vec![]));
        assert_eq!(ear.wait_for("four more of each", is_it, 12).len(), 12);

        // one that finds them there already, as after a kill
        holding.end();
        let mut next = Holding::start(&director);
        let report = next.ask(&ours, true);
        assert_eq!(report.raised, []);
        ear.wait_for("one of each again", is_it, 3);
    });
}

#[test]
fn send_arp_sends_the_frame_of_piranhas() {
    in_the_lab(|| {
        let (director, neighbour) = two_machines();
        let ear = Ear::on(&neighbour);
        let call = |words: &str| {
            let mut program = Command::new(machine::director());
            program.arg0("send_arp").args(words.split(' '));
            let output = director.inside(|| program.output()).expect("it starts");
            assert!(output.stdout.is_empty());
            (output.status.code(), String::from_utf8(output.stderr).expect("text"))
        };
        let said = call("10.9.0.101 b2:67:A8:08:a6:38 10.9.0.255 ffffffffffff");
        assert_eq!(said, (Some(0), String::new()));
        let captured = "ffffffffffffb267a808a63808060001080006040002b267a808a6380a090065b267a808a6380a090065000000000000000000000000000000000000";
        ear.wait_for("the frame", |frame| frame == captured, 1);
        let said = call("-i eth9 10.9.0.101 b267a808a638 10.9.0.255 ffffffffffff");
        assert_eq!(said, (Some(1), "sendto: No such device\n".to_owned()));
    });
}

/// The MAC of eth0 as hexadecimal digits.
pub(crate) fn mac_of_eth0(host: &Host) -> String {
    let shown = host.run("ip -o link show dev eth0");
    let mac = shown.split_whitespace().skip_while(|word| *word != "link/ether").nth(1);
    mac.expect("a MAC").replace(':', "")
}

/// What a machine hears on its cables, as hexadecimal digits.
pub(crate) struct Ear(OwnedFd);

impl Ear {
    pub(crate) fn on(host: &Host) -> Ear {
        let flags = SockFlag::SOCK_NONBLOCK | SockFlag::SOCK_CLOEXEC;
        Ear(host.inside(|| {
            socket(AddressFamily::Packet, SockType::Raw, flags, SockProtocol::EthAll)
                .expect("a packet socket")
        }))
    }

    /// What it has heard since it was asked last; at most so much that others get their turn.
    pub(crate) fn frames(&self) -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        let mut buffer = [0; 2048];
        while frames.len() < AT_ONCE
            && let Ok(length) = recv(self.0.as_raw_fd(), &mut buffer, MsgFlags::empty())
        {
            frames.push(buffer[..length].to_vec());
        }
        frames
    }

    fn wait_for(&self, what: &str, is_it: impl Fn(&String) -> bool, count: usize) -> Vec<String> {
        let mut heard: Vec<String> = Vec::new();
        wait_until(what, Duration::from_secs(10), || {
            let frames = self.frames();
            let text = |frame: &Vec<u8>| frame.iter().map(|byte| format!("{byte:02x}")).collect();
            heard.extend(frames.iter().map(text));
            let found: Vec<String> = heard.iter().filter(|frame| is_it(frame)).cloned().collect();
            if found.len() >= count { Ok(found) } else { Err(format!("{heard:#?}")) }
        })
    }
}

const AT_ONCE: usize = 200;
