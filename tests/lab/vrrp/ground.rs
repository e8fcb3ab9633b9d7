//! One of ours and a keepalived before a real, on one network.
//!
//! ```text
//! front 10.1.0.0/24, fd01::/64   client .100, ours .1, theirs .2, rs1 .11 by direct routing
//! virtual                        10.1.0.10, fd01::10 and fe80::10:10
//! ```

use std::fmt::Write;
use std::process::Command;
use std::time::Duration;

use super::super::announcement::mac_of_eth0;
use super::super::client::{Protocol, ask};
use super::super::host::Host;
use super::super::net::{Family, Site};
use super::super::server::Server;
use super::super::wait::wait_until;

/// The machines.
pub(super) struct Ground {
    pub(super) ours: Host,
    pub(super) theirs: Host,
    pub(super) client: Host,
    _server: Server,
}

/// How both speak.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speech {
    pub(super) version: u8,
    pub(super) family: Family,
    pub(super) unicast: bool,
    pub(super) password: Option<&'static str>,
}

impl Ground {
    /// Builds it; the real serves.
    pub(super) fn build() -> Ground {
        // a kernel that has them built in has no modules; what is missing is missed soon
        let _ = Command::new("modprobe").args(["-a", "ip_vs", "veth", "bridge"]).output();
        let mut site = Site::default();
        let [ours, theirs, client, real] =
            ["ours", "theirs", "client", "rs1"].map(|name| site.host(name));
        site.switch("front");
        for (host, n) in [(&ours, "1"), (&theirs, "2"), (&client, "100")] {
            let addresses = [format!("10.1.0.{n}/24"), format!("fd01::{n}/64")];
            site.plug(host, "eth0", "front", &addresses.each_ref().map(String::as_str));
        }
        site.gate(std::slice::from_ref(&real));
        site.build();
        let at = ["10.1.0.11", "10.1.0.10", "fd01::11", "fd01::10"];
        let at = at.map(|text| text.parse().expect("an address"));
        let _server = Server::start(&real, &at, PORT);
        Ground { ours, theirs, client, _server }
    }

    /// Waits until one of both has the virtual address, the other has not, and the client reaches the
    /// real by the one that has it.
    pub(super) fn wait_for_holder(&self, family: Family, holder: &Host) {
        self.wait_for_address(family, holder);
        let vip = family.vip();
        let mac = mac_of_eth0(holder);
        wait_until(&format!("{} is who is reached", holder.name), LIMIT, || {
            let answers = ask(&self.client, Protocol::Tcp, family.vip_port(PORT), 2);
            let neighbours = self.client.run("ip neigh show").replace(':', "");
            let place = vip.to_string().replace(':', "");
            let line = neighbours.lines().find(|line| line.starts_with(&format!("{place} ")));
            match line.is_some_and(|line| line.contains(&mac)) && answers == "rs1=2" {
                true => Ok(()),
                false => Err(format!("{answers}, {neighbours}, and it has {mac}")),
            }
        });
    }

    /// Waits until one of both has the virtual address, and the other has not.
    pub(super) fn wait_for_address(&self, family: Family, holder: &Host) {
        let what = format!("{} alone holds {}", holder.name, family.vip());
        wait_until(&what, LIMIT, || {
            let is_wrong = |host: &&&Host| holds(host, family) != (host.name == holder.name);
            let wrong: Vec<_> =
                [&self.ours, &self.theirs].iter().filter(is_wrong).cloned().collect();
            if wrong.is_empty() { Ok(()) } else { Err(format!("{wrong:?}")) }
        });
    }

    /// Takes our cable out of the switch, which nobody sees at its end.
    pub(super) fn part(&self) {
        switch("nomaster");
    }

    /// Puts it back.
    pub(super) fn mend(&self) {
        switch("master br0");
    }

    /// Takes our cable out, which is seen.
    pub(super) fn unplug(&self) {
        switch("down");
    }

    /// Puts it back.
    pub(super) fn plug(&self) {
        switch("up");
    }
}

impl Speech {
    /// Our file.
    pub(super) fn ours(&self, priority: u8, more: &str) -> String {
        let mut text = "checkinterval = 1\nchecktimeout = 1\ncluster = vrrp\n".to_owned();
        let _ = write!(text, "\tinterface = eth0\n\tid = {ID}\n\tversion = {}\n", self.version);
        let _ = write!(text, "\tpriority = {priority}\n\tinterval = {}\n", self.interval());
        for vip in self.addresses() {
            let _ = writeln!(text, "\taddress = {vip}");
        }
        if self.unicast {
            let [ours, theirs] = self.places();
            let _ = write!(text, "\tsource = {ours}\n\tpeer = {theirs}\n");
        }
        if let Some(password) = self.password {
            std::fs::write(SECRET, password).expect("a file");
            let _ = writeln!(text, "\tsecretfile = {SECRET}");
        }
        for line in more.lines() {
            let _ = writeln!(text, "\t{line}");
        }
        let six = if self.family == Family::V6 { "6" } else { "" };
        let (service, real) = (self.family.vip_port(PORT), self.real());
        let _ = write!(text, "virtual{six} = {service}\n\treal{six} = {real} gate\n");
        text + "\tchecktype = connect\n"
    }

    /// Keepalived's.
    pub(super) fn theirs(&self, priority: u8, more: &str) -> String {
        let mut text = "vrrp_instance one {\n  state BACKUP\n  interface eth0\n".to_owned();
        let _ = write!(text, "  virtual_router_id {ID}\n  version {}\n", self.version);
        let _ = write!(text, "  priority {priority}\n  advert_int {}\n", self.interval());
        if self.unicast {
            let [ours, theirs] = self.places();
            let _ =
                writeln!(text, "  unicast_src_ip {theirs}\n  unicast_peer {{\n    {ours}\n  }}");
        }
        if let Some(password) = self.password {
            let _ = write!(text, "  authentication {{\n    auth_type PASS\n");
            let _ = writeln!(text, "    auth_pass {password}\n  }}");
        }
        let _ = writeln!(text, "  {more}\n  virtual_ipaddress {{");
        for vip in self.addresses() {
            let _ = writeln!(text, "    {vip} dev eth0");
        }
        let (vip, real) = (self.family.vip(), self.real());
        let real = real.ip();
        let _ =
            writeln!(text, "  }}\n}}\nvirtual_server {vip} {PORT} {{\n  lb_algo rr\n  lb_kind DR");
        let _ = writeln!(
            text,
            "  protocol TCP\n  real_server {real} {PORT} {{\n    weight 1\n  }}\n}}"
        );
        text
    }

    /// Seconds.
    fn interval(&self) -> &'static str {
        if self.version == 2 { "1" } else { "0.2" }
    }

    fn addresses(&self) -> Vec<String> {
        let vip = self.family.vip().to_string();
        match self.family {
            Family::V4 => vec![vip],
            Family::V6 => vec!["fe80::10:10".to_owned(), vip],
        }
    }

    fn places(&self) -> [&'static str; 2] {
        match self.family {
            Family::V4 => ["10.1.0.1", "10.1.0.2"],
            Family::V6 => ["fd01::1", "fd01::2"],
        }
    }

    fn real(&self) -> std::net::SocketAddr {
        let real = if self.family == Family::V4 { "10.1.0.11:80" } else { "[fd01::11]:80" };
        real.parse().expect("an address")
    }
}

fn switch(how: &str) {
    Host { name: "sw-front".to_owned() }.run(&format!("ip link set ours.eth0 {how}"));
}

/// Whether a machine has the virtual address on its network.
pub(super) fn holds(host: &Host, family: Family) -> bool {
    let shown = host.run("ip -o address show dev eth0");
    shown.contains(&format!(" {}/", family.vip()))
}

const PORT: u16 = 80;
const ID: u8 = 51;
const SECRET: &str = "/tmp/vrrp.secret";
const LIMIT: Duration = Duration::from_secs(20);
