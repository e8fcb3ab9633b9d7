//! Whose words the log has: those of the program that the director stands in for, for watchers grep
//! for them. Each change is told once; what an original had no words for is told in ldirectord's.

use crate::director::{Change, Subject, What};
use crate::model::{Phase, Role, ServiceId, Virtual};
use crate::plan::words::virtual_address;

use super::line::line;

/// A program's way to say things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// ldirectord 4.12's, and our own.
    Ldirectord,
    /// That of piranha's pulse 0.8.6, and of the lvsd and the nannies that it runs.
    Pulse,
    /// That of piranha's lvsd 0.8.6, and of the nannies that it runs.
    Lvsd,
    /// ucarp 1.5.2's.
    Ucarp,
}

impl Voice {
    /// A change as one line.
    pub fn change(self, change: &Change) -> String {
        let piranha = || piranha(change).unwrap_or_else(|| line(change));
        match self {
            Voice::Ldirectord | Voice::Ucarp => line(change),
            Voice::Pulse | Voice::Lvsd => piranha(),
        }
    }

    /// SIGHUP has come.
    pub fn reloading(self) -> &'static str {
        match self {
            Voice::Ldirectord | Voice::Ucarp => "Reloading Linux Director Daemon config on signal",
            Voice::Pulse | Voice::Lvsd => "rereading configuration file",
        }
    }

    /// The signal of this name, without its SIG, ends the director; said before anything is done.
    pub fn stopping(self, signal: &str) -> String {
        match self {
            Voice::Ldirectord => format!("stopping on SIG{signal}"),
            Voice::Ucarp => format!("exiting on SIG{signal}"),
            Voice::Pulse => format!("Terminating due to signal {}", number(signal)),
            Voice::Lvsd => format!("shutting down due to signal {}", number(signal)),
        }
    }

    /// The same, said when all is done.
    pub fn stopped(self, signal: &str) -> Option<String> {
        let ldirectord = self == Voice::Ldirectord;
        ldirectord.then(|| format!("Linux Director Daemon terminated on signal: {signal}"))
    }
}

/// What lvsd and nanny say of it.
fn piranha(change: &Change) -> Option<String> {
    match (change.subject, change.what) {
        (Subject::Virtual, What::Added { .. }) => {
            let (name, port) = (name(&change.r#virtual), port(&change.r#virtual.service.id));
            Some(format!("starting virtual service {name} active: {port}"))
        }
        (Subject::Virtual, What::Purged | What::HandedOver) => {
            Some(format!("shutting down virtual service {}", name(&change.r#virtual)))
        }
        // a standby makes nobody available
        (Subject::Real(_), _) if change.role == Role::Standby => None,
        // another weight by the file is no news of the server's health
        (Subject::Real(real), What::Changed { weight }) if change.phase == Phase::Reloading => {
            Some(format!("weight of {real} is {weight}"))
        }
        (Subject::Real(_), What::Added { weight: 0 } | What::Changed { weight: 0 }) => None,
        (
            Subject::Real(real),
            What::Added { .. } | What::Changed { .. } | What::TakenOver { .. },
        ) => Some(format!("[ active ] making {real} available")),
        (Subject::Real(real), What::Quiesced | What::Removed) => {
            Some(format!("[inactive] shutting down {real} due to connection failure"))
        }
        _ => None,
    }
}

/// By what the file calls a service, else by its address.
fn name(service: &Virtual) -> String {
    let name = service.alert.service_name.clone();
    name.unwrap_or_else(|| virtual_address(&service.service.id).to_string())
}

/// The port of a service; of a firewall mark, which has none, the mark.
fn port(id: &ServiceId) -> u32 {
    match id {
        ServiceId::Address { address, .. } => u32::from(address.port()),
        ServiceId::Mark { mark, .. } => mark.get(),
    }
}

/// As the kernel counts them.
fn number(signal: &str) -> u32 {
    let known = SIGNALS.iter().find(|(name, _)| *name == signal);
    known.map_or(0, |(_, number)| *number)
}

/// Those that end a director.
const SIGNALS: [(&str, u32); 5] =
    [("INT", 2), ("QUIT", 3), ("TERM", 15), ("XCPU", 24), ("XFSZ", 25)];

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use super::*;
    use crate::config::{self, Numbers};
    use crate::model::Role;

    fn change(service: &str, subject: Subject, what: What, phase: Phase) -> Change {
        let text = format!("virtual={service}\n\treal=10.0.0.1:80 gate\n");
        let model = config::read(&text, &Numbers).model.unwrap();
        let r#virtual = Arc::new(model.virtuals.into_iter().next().unwrap());
        let because = "connection refused".to_owned();
        Change { r#virtual, subject, what, because, phase, role: Role::Active, done: true }
    }

    #[track_caller]
    fn says(subject: Subject, what: What, phase: Phase, words: &str) {
        let change = change("192.0.2.10:80", subject, what, phase);
        for voice in [Voice::Pulse, Voice::Lvsd] {
            assert_eq!(voice.change(&change), words);
        }
        assert_eq!(Voice::Ldirectord.change(&change), line(&change));
    }

    #[test]
    fn watchers_of_piranha_find_their_lines() {
        use Phase::{Reloading, Running, Starting, Stopping};
        let real = Subject::Real(SocketAddr::from(([10, 0, 0, 1], 80)));
        for (what, phase) in [
            (What::Added { weight: 3 }, Starting),
            (What::Added { weight: 1 }, Reloading),
            (What::Changed { weight: 1 }, Running),
            (What::TakenOver { weight: 1 }, Running),
        ] {
            says(real, what, phase, "[ active ] making 10.0.0.1:80 available");
        }
        for what in [What::Removed, What::Quiesced] {
            let words = "[inactive] shutting down 10.0.0.1:80 due to connection failure";
            says(real, what, Running, words);
        }
        let started = "starting virtual service 192.0.2.10:80 active: 80";
        says(Subject::Virtual, What::Added { weight: 0 }, Starting, started);
        let stopped = "shutting down virtual service 192.0.2.10:80";
        says(Subject::Virtual, What::Purged, Stopping, stopped);
        let mut standby = change("192.0.2.10:80", real, What::Removed, Running);
        standby.role = Role::Standby;
        assert_eq!(Voice::Pulse.change(&standby), line(&standby));
        let marked = change("7", Subject::Virtual, What::Added { weight: 0 }, Starting);
        assert_eq!(Voice::Lvsd.change(&marked), "starting virtual service 7 active: 7");
    }

    #[test]
    fn a_service_goes_by_its_name_in_the_file() {
        let text = "virtual web {\nactive = 1\naddress = 192.0.2.10 eth0\n}\n";
        let model = config::read(text, &Numbers).model.unwrap();
        let mut started = change("7", Subject::Virtual, What::Added { weight: 0 }, Phase::Starting);
        started.r#virtual = Arc::new(model.virtuals.into_iter().next().unwrap());
        assert_eq!(Voice::Lvsd.change(&started), "starting virtual service web active: 80");
        started.what = What::Purged;
        assert_eq!(Voice::Pulse.change(&started), "shutting down virtual service web");
    }

    #[test]
    fn what_piranha_never_said_is_said_in_our_words() {
        let real = Subject::Real(SocketAddr::from(([10, 0, 0, 1], 80)));
        for (what, phase, words) in [
            (What::Changed { weight: 2 }, Phase::Reloading, "weight of 10.0.0.1:80 is 2"),
            (
                What::Added { weight: 0 },
                Phase::Running,
                "Added real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 0)",
            ),
            (
                What::Weighed { weight: 6 },
                Phase::Running,
                "Weighed real server: 10.0.0.1:80 (192.0.2.10:80) (Weight set to 6)",
            ),
            (
                What::Inaccessible,
                Phase::Running,
                "Inaccessible real server: 10.0.0.1:80 (192.0.2.10:80)",
            ),
        ] {
            says(real, what, phase, words);
        }
    }

    #[test]
    fn a_signal_is_told_as_each_does() {
        assert_eq!(Voice::Pulse.stopping("TERM"), "Terminating due to signal 15");
        assert_eq!(Voice::Lvsd.stopping("INT"), "shutting down due to signal 2");
        assert_eq!(Voice::Pulse.stopped("TERM"), None);
        assert_eq!(Voice::Ldirectord.stopping("TERM"), "stopping on SIGTERM");
    }
}
