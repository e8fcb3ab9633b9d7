//! piranha's send_arp: one gratuitous ARP reply, as scripts send it.
//!
//! The frame is [`arp_reply`]'s, from the source's addresses; the target's IP address is asked for
//! and never looked at, as there.

use std::env;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use nix::errno::Errno;

use crate::failover::announcement::{Mac, arp_reply};
use crate::kernel::packet::Packets;

/// Takes the command line of this process, sends what it says, and returns the exit status: 0 sent,
/// 1 not sent, and standard error says why.
pub fn main() -> ExitCode {
    let words = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    match send(&words.collect::<Vec<String>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // who has closed standard error does not mind
            let _ = writeln!(io::stderr(), "{why}");
            ExitCode::FAILURE
        }
    }
}

fn send(words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (interface, [source, source_mac, _target, target_mac]) = match *words.as_slice() {
        ["-i", interface, a, b, c, d] => (interface, [a, b, c, d]),
        [a, b, c, d] => (INTERFACE, [a, b, c, d]),
        _ => return Err(USAGE.to_owned()),
    };
    let invalid = || "Invalid hardware address".to_owned();
    let to = mac(target_mac).ok_or_else(invalid)?;
    let from = mac(source_mac).ok_or_else(invalid)?;
    let source = host(source).ok_or_else(|| format!("send_arp: unknown host {source}"))?;
    let packets = Packets::open(interface).map_err(|why| match why.kind() {
        io::ErrorKind::PermissionDenied => format!("socket: {}", words_of(&why)),
        _ => format!("sendto: {}", words_of(&why)),
    })?;
    let sent = packets.send(&arp_reply(source, from, to));
    sent.map_err(|why| format!("sendto: {}", words_of(&why)))
}

/// Twelve hexadecimal digits, with a colon after any two of them or with none.
fn mac(text: &str) -> Option<Mac> {
    let mut mac = Mac::default();
    let mut rest = text;
    for (place, byte) in mac.iter_mut().enumerate() {
        if place > 0 {
            rest = rest.strip_prefix(':').unwrap_or(rest);
        }
        let (pair, more) = rest.split_at_checked(2)?;
        if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(pair, 16).ok()?;
        rest = more;
    }
    rest.is_empty().then_some(mac)
}

/// The first IPv4 address of a host.
fn host(name: &str) -> Option<Ipv4Addr> {
    let mut found = (name, 0).to_socket_addrs().ok()?;
    found.find_map(|address| match address {
        SocketAddr::V4(v4) => Some(*v4.ip()),
        SocketAddr::V6(_) => None,
    })
}

/// The system's words, as perror has them.
fn words_of(why: &io::Error) -> String {
    match why.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_owned(),
        None => why.to_string(),
    }
}

const USAGE: &str = "usage: send_arp [-i dev] src_ip_addr src_hw_addr targ_ip_addr tar_hw_addr";
const INTERFACE: &str = "eth0";
