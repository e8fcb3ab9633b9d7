//! A big site, in the words of each program.

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddrV4};

use lvs_director::config::{self, Numbers};
use lvs_director::model::Model;

/// Real servers behind virtual services, all on port 80 and by direct routing.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// How many reals.
    pub(crate) reals: usize,
    /// How many of them to a virtual.
    pub(crate) each: usize,
    /// Seconds between the TCP connect checks of a real, and the most one takes; none: no checks.
    pub(crate) check: Option<(u32, u32)>,
    /// The weight of the first real; that of all others is 1.
    pub(crate) first_weight: u32,
}

impl Site {
    /// The addresses of the virtuals, each with the numbers of its reals.
    fn virtuals(&self) -> impl Iterator<Item = (Ipv4Addr, std::ops::Range<usize>)> {
        let reals = |n: usize| n * self.each..self.reals.min((n + 1) * self.each);
        (0..self.services()).map(move |n| (address(200, n), reals(n)))
    }

    /// How many virtuals.
    pub(crate) fn services(&self) -> usize {
        self.reals.div_ceil(self.each)
    }

    fn weight(&self, real: usize) -> u32 {
        if real == 0 { self.first_weight } else { 1 }
    }

    /// As an ldirectord.cf, which is also ours.
    pub(crate) fn ldirectord(&self) -> String {
        let mut out = "quiescent=yes\n".to_owned();
        if let Some((interval, timeout)) = self.check {
            let _ = writeln!(out, "checkinterval={interval}\nchecktimeout={timeout}");
        }
        let check = if self.check.is_some() { "connect" } else { "on" };
        for (address, reals) in self.virtuals() {
            let _ = writeln!(out, "virtual={address}:80");
            for real in reals {
                let _ = writeln!(out, "\treal={} gate {}", socket(real), self.weight(real));
            }
            let _ = writeln!(out, "\tscheduler=wrr\n\tprotocol=tcp\n\tchecktype={check}");
        }
        out
    }

    /// As what our program makes of that.
    pub(crate) fn model(&self) -> Model {
        config::read(&self.ldirectord(), &Numbers).model.expect("a good configuration")
    }

    /// As an lvs.cf of one director that serves at once, or of the backup of a pair, which raises the
    /// addresses too. The checks are those of [`Self::ldirectord`].
    pub(crate) fn lvs(&self, pair: bool) -> String {
        let mut out = "service = lvs\nnetwork = direct\nslow_start = 0\n".to_owned();
        if pair {
            let _ = writeln!(out, "primary = {PEER}\nbackup = {DIRECTOR}\nbackup_active = 1");
            // a peer that only says what it is asked to
            out += "keepalive = 100\ndeadtime = 1000\n";
        }
        let check = if self.check.is_some() { "connect" } else { "on" };
        for (address, reals) in self.virtuals() {
            let _ =
                writeln!(out, "virtual v{address} {{\n active = 1\n address = {address} eth0:1");
            out += " vip_nmask = 255.255.255.255\n port = 80\n protocol = tcp\n scheduler = wrr\n";
            let _ = writeln!(out, " checktype = {check}\n quiesce_server = 1");
            if let Some((interval, timeout)) = self.check {
                let _ = writeln!(out, " timeout = {interval}\n checktimeout = {timeout}");
            }
            for real in reals {
                let (at, weight) = (self::real(real), self.weight(real));
                let _ = writeln!(
                    out,
                    " server r{real} {{\n  address = {at}\n  active = 1\n  weight = {weight}\n }}"
                );
            }
            out += "}\n";
        }
        out
    }

    /// As a keepalived.conf; a dead real gets weight 0 there too.
    pub(crate) fn keepalived(&self) -> String {
        let mut out = "global_defs {\n router_id lab\n}\n".to_owned();
        for (address, reals) in self.virtuals() {
            let _ = writeln!(out, "virtual_server {address} 80 {{");
            if let Some((interval, _)) = self.check {
                let _ = writeln!(out, " delay_loop {interval}");
            }
            out += " lb_algo wrr\n lb_kind DR\n protocol TCP\n";
            for real in reals {
                let _ = writeln!(out, " real_server {} 80 {{", self::real(real));
                let _ = writeln!(out, "  weight {}\n  inhibit_on_failure", self.weight(real));
                if let Some((_, timeout)) = self.check {
                    let _ = writeln!(
                        out,
                        "  TCP_CHECK {{\n   connect_timeout {timeout}\n   retry 0\n   warmup 0\n  }}"
                    );
                }
                out += " }\n";
            }
            out += "}\n";
        }
        out
    }

    /// As what `ipvsadm -R` reads.
    pub(crate) fn ipvsadm(&self) -> String {
        let mut out = String::new();
        for (address, reals) in self.virtuals() {
            let _ = writeln!(out, "-A -t {address}:80 -s wrr");
            for real in reals {
                let weight = self.weight(real);
                let _ = writeln!(out, "-a -t {address}:80 -r {} -g -w {weight}", socket(real));
            }
        }
        out
    }
}

/// The machine of the farm, in a peer's place.
pub(crate) const PEER: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 2);
/// The director's machine.
pub(crate) const DIRECTOR: Ipv4Addr = Ipv4Addr::new(10, 1, 0, 1);

/// The address of a real, counted from 0.
pub(crate) fn real(n: usize) -> Ipv4Addr {
    address(100, n)
}

/// Where a real is asked.
pub(crate) fn socket(n: usize) -> SocketAddrV4 {
    SocketAddrV4::new(real(n), 80)
}

fn address(net: u8, n: usize) -> Ipv4Addr {
    let third = u8::try_from(n / 250).expect("at most 64,000 of them");
    Ipv4Addr::new(10, net, third, u8::try_from(n % 250 + 1).expect("at most 250"))
}
