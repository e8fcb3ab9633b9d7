//! What a command line asks of a nanny: whom to check, what to ask, and which service to keep it in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use checkers::{Check, Expect, Load, Pattern, SendExpect, SendProgram, Transport};

use crate::model::{
    Alert, CheckPolicy, Family, Forwarding, LoadMonitor, Name, Protocol, Service, ServiceId,
    Virtual, Weight,
};

/// A nanny's work, with nothing in it that cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// The real server, and the port that is checked.
    pub(super) real: SocketAddr,
    /// The port of the virtual service.
    pub(super) port: u16,
    /// The address of the virtual service.
    pub(super) virtual_address: Option<IpAddr>,
    /// The mark of the virtual service; it counts more than the address.
    pub(super) mark: Option<NonZeroU32>,
    /// The service and its check are of UDP, not of TCP.
    pub(super) udp: bool,
    /// Between two checks, and the limit of each; above 0.
    pub(super) interval: Duration,
    /// How long a server that failed must be well before it serves again; 0 for the default.
    pub(super) reentry: Duration,
    /// Its share.
    pub(super) weight: Weight,
    /// How packets reach it.
    pub(super) forwarding: Forwarding,
    /// What is sent, expected, or run, as it was given.
    pub(super) send: Option<String>,
    pub(super) expect: Option<String>,
    pub(super) program: Option<String>,
    /// What is expected is a regular expression.
    pub(super) regex: bool,
    /// Backslashes mean themselves.
    pub(super) suppress: bool,
    /// A dead server stays, with weight 0.
    pub(super) quiesce: bool,
    /// What tells its load.
    pub(super) load: Option<String>,
    /// The load may raise the weight to so many times itself.
    pub(super) scale: u32,
    /// Whom it works for.
    pub(super) duty: Duty,
    /// The log goes to standard output as well.
    pub(super) nodaemon: bool,
    /// It stays the process that was started.
    pub(super) nofork: bool,
    /// Every check is told.
    pub(super) verbose: bool,
    /// The kernel is told nothing.
    pub(super) norun: bool,
    /// What is odd about it, for the log.
    pub(super) oddities: Vec<String>,
}

/// Whom a nanny works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// A virtual service: the server is let in and taken out.
    Lvs,
    /// Failover services: the end of the process says that the partner's does not answer.
    Fos,
}

impl Order {
    /// The service that the server is kept in; `None` if none was named.
    pub(super) fn service(&self) -> Option<ServiceId> {
        let protocol = if self.udp { Protocol::Udp } else { Protocol::Tcp };
        match (self.mark, self.virtual_address) {
            (Some(mark), _) => Some(ServiceId::Mark { family: Family::of(self.real.ip()), mark }),
            (None, Some(address)) => {
                let address = SocketAddr::new(address, self.port);
                Some(ServiceId::Address { protocol, address })
            }
            (None, None) => None,
        }
    }

    /// The virtual service's address and port as the log shows it, whatever the kernel goes by.
    pub(super) fn shown(&self) -> SocketAddr {
        let unset = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        SocketAddr::new(self.virtual_address.unwrap_or(unset), self.port)
    }

    /// Whether nothing is asked for and the port is the web's.
    pub(super) fn assumes_web(&self) -> bool {
        self.port == WEB && [&self.send, &self.expect, &self.program].iter().all(|it| it.is_none())
    }

    /// What is asked of the server.
    ///
    /// # Errors
    /// What is wrong with the regular expression.
    pub(super) fn check(&self) -> Result<Check, String> {
        if let Some(program) = &self.program {
            let expect = self.translated(self.expect.as_deref());
            let expect = expect.map(|expect| String::from_utf8_lossy(&expect).into_owned());
            return Ok(Check::SendProgram(SendProgram {
                words: words(program),
                expect: expect.unwrap_or_default(),
            }));
        }
        let transport = if self.udp { Transport::Udp } else { Transport::Tcp };
        if self.assumes_web() {
            let (send, expect) = (WEB_SEND.to_vec(), Expect::Start(WEB_EXPECT.to_vec()));
            return Ok(Check::SendExpect(SendExpect { transport, send, expect }));
        }
        let send = self.translated(self.send.as_deref()).unwrap_or_default();
        Ok(Check::SendExpect(SendExpect { transport, send, expect: self.expectation()? }))
    }

    /// What tells the server's load, if anything does.
    pub(super) fn load(&self) -> Option<Load> {
        let words = words(self.load.as_deref()?);
        let none = words.is_empty() || words == ["none"];
        (!none).then_some(Load { words })
    }

    /// The service as far as a nanny goes by it: how its servers are checked, come in and leave.
    ///
    /// # Errors
    /// Never, for its scheduler has a name; it is nobody's.
    pub(super) fn rules(&self) -> Result<Virtual, String> {
        let protocol = if self.udp { Protocol::Udp } else { Protocol::Tcp };
        let id = ServiceId::Address { protocol, address: self.shown() };
        let scheduler = SCHEDULER.parse::<Name>().map_err(|why| why.to_string())?;
        Ok(Virtual {
            service: Service::new(self.service().unwrap_or(id), scheduler),
            reals: Vec::new(),
            fallback: None,
            fallback_command: None,
            fallback_command_stop: false,
            quiescent: self.quiesce,
            readd_quiescent: false,
            cleanstop: true,
            check: CheckPolicy {
                interval: self.interval,
                timeout: self.interval,
                failure_count: 1,
                recovery_count: self.threshold(),
            },
            slow_start: true,
            load: self.load().map(LoadMonitor::Program),
            alert: Alert::default(),
        })
    }

    /// Successes in a row that let a server in that failed; at least 1.
    pub(super) fn threshold(&self) -> u32 {
        let reentry = match (self.reentry, self.duty) {
            (Duration::ZERO, Duty::Lvs) => REENTRY,
            (Duration::ZERO, Duty::Fos) => self.interval,
            (reentry, _) => reentry,
        };
        let times = reentry.as_secs() / self.interval.as_secs().max(1);
        u32::try_from(times).unwrap_or(u32::MAX).max(1)
    }

    fn expectation(&self) -> Result<Expect, String> {
        let Some(expect) = self.translated(self.expect.as_deref()).filter(|it| !it.is_empty())
        else {
            return Ok(Expect::Nothing);
        };
        if self.regex {
            let pattern = Pattern::over_lines(&String::from_utf8_lossy(&expect));
            let wrong = |why| format!("Error '{why}' processing expected regular expression");
            return pattern.map(Expect::Match).map_err(wrong);
        }
        Ok(if expect == b"*" { Expect::Anything } else { Expect::Start(expect) })
    }

    fn translated(&self, text: Option<&str>) -> Option<Vec<u8>> {
        let translated = |text: &str| match self.suppress {
            true => text.as_bytes().to_vec(),
            false => SendExpect::translated(text),
        };
        text.map(translated)
    }
}

/// The words of a command: no shell, no quotes.
fn words(command: &str) -> Vec<String> {
    command.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Of a service that somebody else has made; it is not told to the kernel.
const SCHEDULER: &str = "wlc";
const WEB: u16 = 80;
const WEB_SEND: &[u8] = b"GET / HTTP/1.0\r\n\r\n";
const WEB_EXPECT: &[u8] = b"HTTP";
/// How long a server must be well before it serves again.
const REENTRY: Duration = Duration::from_secs(180);
