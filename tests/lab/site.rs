//! The site that most tests share: servers on a network, a director before them.

use std::fmt::Write;
use std::net::SocketAddr;

use super::director::{Director, plan};
use super::host::Host;
use super::net::{Family, Method, Net, real_address};
use super::server::Server;

/// A network whose reals serve on port 80, and a director with its table complete.
pub(crate) struct Site {
    // in the order in which they end
    pub(crate) director: Director,
    pub(crate) servers: Vec<Server>,
    pub(crate) net: Net,
}

impl Site {
    /// Starts all; the table is then what `plan` printed before.
    pub(crate) fn start(method: Method, reals: usize, config: &str) -> Site {
        let net = Net::build(method, reals);
        let servers = Server::on_all(&net, 80);
        let planned = plan(&net.director, config);
        let director = Director::start(&net.director, config);
        director.wait_for_table(&planned);
        Site { director, servers, net }
    }
}

/// A virtual service of ldirectord.cf at this port with reals 1, 2 … of these weights at port 80,
/// each checked by a connection every second; `more` are further directives.
pub(crate) fn service(
    method: Method,
    family: Family,
    port: u16,
    weights: &[u32],
    more: &[&str],
) -> String {
    let six = if family == Family::V6 { "6" } else { "" };
    let mut text = format!("virtual{six}={}\n", family.vip_port(port));
    for (weight, n) in weights.iter().zip(1..) {
        let real = SocketAddr::new(real_address(method, n, family), 80);
        let _ = writeln!(text, "\treal{six}={real} {} {weight}", method.word());
    }
    for line in more {
        let _ = writeln!(text, "\t{line}");
    }
    text
}

/// How many connections the kernel has counted to a real of a service.
pub(crate) fn connections(director: &Host, service: &str, real: &str) -> Option<u64> {
    let statistics = director.run("ipvsadm -Ln --stats --exact");
    let mut lines = statistics.lines().skip_while(|line| !line.contains(service)).skip(1);
    let line = lines.find(|line| line.contains(real))?;
    line.split_whitespace().nth(2)?.parse().ok()
}
