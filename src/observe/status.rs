//! The status page: what `status` shows, as values that travel as JSON.

mod pair;
mod text;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::director::{FallbackSnapshot, RealSnapshot, Snapshot, VirtualSnapshot};
use crate::health::Standing;
use crate::kernel::Connections;
use crate::model::{Forwarding, Phase, Role, ServiceId, Time, Virtual};
use crate::plan::words::virtual_address;

pub use pair::{PairStatus, PeerStatus};
pub use text::text;

/// Everything about a running director.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// The configuration file's path.
    pub config: String,
    /// The process.
    pub pid: u32,
    /// When it started.
    pub started: Timestamp,
    /// When this was true.
    pub now: Timestamp,
    /// `starting`, `running`, `reloading` or `stopping`.
    pub phase: String,
    /// `active` or `standby`: which table the kernel was told, which follows the pair's role; `None`
    /// without a cluster.
    pub role: Option<Role>,
    /// Its side of the pair; `None` for a director that is of none.
    pub pair: Option<PairStatus>,
    /// What is wrong with the file on disk, if it was refused; the last good one is followed.
    pub refused_config: Option<String>,
    /// The kernel's last complaint, if it holds something else than it should.
    pub kernel_trouble: Option<String>,
    /// Nobody is checked any more, and the table stays as it is.
    pub checks_ended: bool,
    /// The virtual services, in the file's order.
    pub virtuals: Vec<VirtualStatus>,
}

/// One virtual service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VirtualStatus {
    /// `tcp`, `udp`, `fwm` or `fwm6`.
    pub protocol: String,
    /// Address and port, or the mark.
    pub address: String,
    /// The scheduler.
    pub scheduler: String,
    /// Seconds of persistence.
    pub persistent: Option<u32>,
    /// Reals that are up.
    pub up: usize,
    /// Reals that are configured.
    pub total: usize,
    /// The reals, in the file's order.
    pub reals: Vec<RealStatus>,
    /// The fallback.
    pub fallback: Option<FallbackStatus>,
}

/// One real server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RealStatus {
    /// Address and port as configured.
    pub address: String,
    /// `gate`, `masq` or `ipip`.
    pub forwarding: String,
    /// `up`, `down`, `maintenance` or `unknown`.
    pub standing: Standing,
    /// Since when.
    pub since: Timestamp,
    /// What the last check said, or how it came to its standing without one.
    pub because: String,
    /// What should be done about it soon.
    pub warning: Option<String>,
    /// Until when its certificate is valid.
    pub certificate_until: Option<Timestamp>,
    /// Failures in a row while it still serves.
    pub failures: u32,
    /// Successes in a row of one that has failed and is not in again.
    pub successes: u32,
    /// Successes in a row that it needs in that case.
    pub successes_needed: u32,
    /// Its weight in the table; `None` when it is not there.
    pub weight: Option<u32>,
    /// Its weight in the file.
    pub configured_weight: u32,
    /// Whether its weight is on its way there.
    pub slow_start: bool,
    /// How busy it is, or why that cannot be told; `None` where nobody tells.
    pub load: Option<String>,
    /// Established connections, where the kernel could be asked.
    pub active: Option<u32>,
    /// Other connections.
    pub inactive: Option<u32>,
}

/// A fallback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FallbackStatus {
    /// Address and port.
    pub address: String,
    /// Whether it serves.
    pub serves: bool,
}

/// What the director's own snapshot does not say about the program around it.
#[derive(Clone, Debug)]
pub struct Program {
    /// The configuration file's path.
    pub config: String,
    /// When it started.
    pub started: Timestamp,
    /// What is wrong with the file on disk.
    pub refused_config: Option<String>,
    /// The kernel's last complaint.
    pub kernel_trouble: Option<String>,
    /// The checks have ended, which they never should.
    pub checks_ended: bool,
    /// Its side of the pair.
    pub pair: Option<PairStatus>,
}

/// Puts a status together; `now` is the director's time of the moment.
pub fn status(
    program: &Program,
    snapshot: &Snapshot,
    connections: Option<&Connections>,
    now: Time,
) -> Status {
    let when = |time: Time| program.started.checked_add(time).unwrap_or(program.started);
    let page = Page { when: &when, connections };
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        config: program.config.clone(),
        pid: std::process::id(),
        started: program.started,
        now: when(now),
        phase: phase(snapshot.phase).to_owned(),
        role: snapshot.role,
        pair: program.pair.clone(),
        refused_config: program.refused_config.clone(),
        kernel_trouble: program.kernel_trouble.clone(),
        checks_ended: program.checks_ended,
        virtuals: snapshot.virtuals.iter().map(|v| page.of_virtual(v)).collect(),
    }
}

/// A phase's name.
pub fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Starting => "starting",
        Phase::Running => "running",
        Phase::Reloading => "reloading",
        Phase::Stopping => "stopping",
    }
}

struct Page<'a> {
    when: &'a dyn Fn(Time) -> Timestamp,
    connections: Option<&'a Connections>,
}

impl Page<'_> {
    fn of_virtual(&self, seen: &VirtualSnapshot) -> VirtualStatus {
        let service = &seen.r#virtual.service;
        let up = seen.reals.iter().filter(|r| r.health.standing == Standing::Up).count();
        VirtualStatus {
            protocol: protocol(&service.id),
            address: virtual_address(&service.id).to_string(),
            scheduler: service.scheduler.to_string(),
            persistent: service.persistence.map(|p| p.seconds.get()),
            up,
            total: seen.reals.len(),
            reals: seen.reals.iter().map(|real| self.of_real(&seen.r#virtual, real)).collect(),
            fallback: seen.fallback.map(|FallbackSnapshot { address, serves }| FallbackStatus {
                address: address.to_string(),
                serves,
            }),
        }
    }

    fn of_real(&self, of: &Virtual, seen: &RealSnapshot) -> RealStatus {
        let at = (of.service.id, seen.on_the_wire);
        let counted = self.connections.and_then(|all| all.get(&at));
        let needed = if seen.health.has_failed { of.check.recovery_count } else { 1 };
        RealStatus {
            address: seen.real.address.to_string(),
            forwarding: forwarding(seen.real.forwarding).to_owned(),
            standing: seen.health.standing,
            since: (self.when)(seen.health.since),
            because: seen.health.because.clone(),
            warning: seen.health.warning.clone(),
            certificate_until: seen.health.certificate_until,
            failures: seen.health.failures,
            successes: seen.health.successes,
            successes_needed: needed,
            weight: seen.weight,
            configured_weight: seen.real.weight.get(),
            slow_start: seen.starts,
            load: seen.busy.as_ref().map(|busy| match busy {
                Ok(busy) => busy.to_string(),
                Err(why) => format!("load unknown: {why}"),
            }),
            active: counted.map(|count| count.active),
            inactive: counted.map(|count| count.inactive),
        }
    }
}

fn protocol(id: &ServiceId) -> String {
    let text = id.to_string();
    text.split(':').next().unwrap_or_default().to_owned()
}

fn forwarding(forwarding: Forwarding) -> &'static str {
    match forwarding {
        Forwarding::Masq => "masq",
        Forwarding::Tunnel(_) => "ipip",
        Forwarding::Direct => "gate",
        Forwarding::Local => "local",
        Forwarding::Bypass => "bypass",
    }
}

#[cfg(test)]
mod tests;
