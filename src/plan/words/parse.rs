//! ipvsadm's words as steps and tables.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use ipvs::{
    Checksum, Destination, Family, Forwarding, Name, Netmask, Persistence, Protocol,
    SchedulerFlags, Service, ServiceId, Tunnel,
};

use crate::plan::{Step, Table};

/// A line that is not in ipvsadm's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// A word that is no option, or stands where none may.
    #[error("unexpected word `{0}`")]
    Unexpected(String),
    /// An option without its value, or a line without what it needs.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A value that cannot be.
    #[error("`{value}` is no {what}")]
    Invalid {
        /// What was expected.
        what: &'static str,
        /// What stands there.
        value: String,
    },
    /// A table's line that does not fit those before it.
    #[error("{0}")]
    Misfit(#[from] crate::plan::Misfit),
}

/// Reads the lines of `ipvsadm -Sn`; blank lines and lines that start with `#` say nothing.
/// The first bad line is told by its number, from 1.
pub fn parse_table(text: &str) -> Result<Table, (usize, WordsError)> {
    let mut table = Table::default();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.is_empty() && !line.starts_with('#') {
            parse_step(line)
                .and_then(|step| table.apply(&step).map_err(WordsError::from))
                .map_err(|e| (at + 1, e))?;
        }
    }
    Ok(table)
}

/// Reads one line; a leading `ipvsadm` is allowed. As ipvsadm does: without `-s` the scheduler is
/// wlc, without `-w` the weight is 1, without `-g`, `-m` or `-i` it is direct routing.
pub fn parse_step(line: &str) -> Result<Step, WordsError> {
    let mut words = Options::default();
    let mut rest = line.split_whitespace().peekable();
    rest.next_if(|word| *word == "ipvsadm" || word.ends_with("/ipvsadm"));
    while let Some(word) = rest.next() {
        words.take(word, &mut rest)?;
    }
    words.step()
}

/// What the words of one line have said so far.
#[derive(Default)]
struct Options<'a> {
    verb: Option<&'a str>,
    service: Option<(&'a str, &'a str)>,
    six: bool,
    scheduler: Option<&'a str>,
    persistent: Option<&'a str>,
    netmask: Option<&'a str>,
    engine: Option<&'a str>,
    one_packet: bool,
    flags: Option<&'a str>,
    real: Option<&'a str>,
    forwarding: Option<char>,
    tunnel_type: Option<&'a str>,
    tunnel_port: Option<&'a str>,
    checksum: Checksum,
    weight: Option<&'a str>,
    upper: Option<&'a str>,
    lower: Option<&'a str>,
}

impl<'a> Options<'a> {
    fn take(
        &mut self,
        word: &'a str,
        rest: &mut impl Iterator<Item = &'a str>,
    ) -> Result<(), WordsError> {
        let mut value = |what| rest.next().ok_or(WordsError::Missing(what));
        match word {
            "-A" | "-E" | "-D" | "-a" | "-e" | "-d" if self.verb.is_none() => {
                self.verb = Some(word);
            }
            "-t" | "-u" | "-f" | "--sctp-service" => {
                self.service = Some((word, value("the service")?));
            }
            "-6" => self.six = true,
            "-s" => self.scheduler = Some(value("the scheduler")?),
            "-p" => self.persistent = Some(value("the time")?),
            "-M" => self.netmask = Some(value("the netmask")?),
            "--pe" => self.engine = Some(value("the persistence engine")?),
            "-o" | "--ops" => self.one_packet = true,
            "-b" => self.flags = Some(value("the scheduler's flags")?),
            "-r" => self.real = Some(value("the real server")?),
            "-g" => self.forwarding = Some('g'),
            "-m" => self.forwarding = Some('m'),
            "-i" => self.forwarding = Some('i'),
            "--tun-type" => self.tunnel_type = Some(value("the tunnel's type")?),
            "--tun-port" => self.tunnel_port = Some(value("the tunnel's port")?),
            "--tun-nocsum" => self.checksum = Checksum::None,
            "--tun-csum" => self.checksum = Checksum::Full,
            "--tun-remcsum" => self.checksum = Checksum::Remote,
            "-w" => self.weight = Some(value("the weight")?),
            "-x" => self.upper = Some(value("the upper threshold")?),
            "-y" => self.lower = Some(value("the lower threshold")?),
            other => return Err(WordsError::Unexpected(other.to_owned())),
        }
        Ok(())
    }

    fn step(&self) -> Result<Step, WordsError> {
        let id = self.id()?;
        match self.verb.ok_or(WordsError::Missing("a command (-A -E -D -a -e -d)"))? {
            "-A" => Ok(Step::AddService(self.service(id)?)),
            "-E" => Ok(Step::EditService(self.service(id)?)),
            "-D" => Ok(Step::DeleteService(id)),
            "-a" => Ok(Step::AddDestination(id, self.destination(id)?)),
            "-e" => Ok(Step::EditDestination(id, self.destination(id)?)),
            _ => Ok(Step::DeleteDestination(id, self.real(id)?)),
        }
    }

    fn id(&self) -> Result<ServiceId, WordsError> {
        let (kind, value) = self.service.ok_or(WordsError::Missing("a service (-t -u -f)"))?;
        let protocol = match kind {
            "-t" => Protocol::Tcp,
            "-u" => Protocol::Udp,
            "-f" => {
                let family = if self.six { Family::V6 } else { Family::V4 };
                return Ok(ServiceId::Mark { family, mark: mark(value)? });
            }
            _ => Protocol::Sctp,
        };
        Ok(ServiceId::Address { protocol, address: number("address and port", value)? })
    }

    fn service(&self, id: ServiceId) -> Result<Service, WordsError> {
        let scheduler = number("scheduler", self.scheduler.unwrap_or("wlc"))?;
        let mut service = Service::new(id, scheduler);
        service.one_packet = self.one_packet;
        service.engine = self.engine.map(|e| number::<Name>("engine", e)).transpose()?;
        service.persistence = self.persistence(id.family())?;
        if let Some(flags) = self.flags {
            service.flags = scheduler_flags(flags)?;
        }
        Ok(service)
    }

    fn persistence(&self, family: Family) -> Result<Option<Persistence>, WordsError> {
        let Some(time) = self.persistent else { return Ok(None) };
        let seconds = number::<NonZeroU32>("time in seconds", time)?;
        let netmask = match (self.netmask, family) {
            (None, family) => Netmask::host(family),
            (Some(mask), Family::V4) => Netmask::V4(number::<Ipv4Addr>("netmask", mask)?),
            (Some(prefix), Family::V6) => Netmask::V6(number("prefix length", prefix)?),
        };
        Ok(Some(Persistence { seconds, netmask }))
    }

    fn destination(&self, id: ServiceId) -> Result<Destination, WordsError> {
        let or = |what, word: Option<&str>, default| word.map_or(Ok(default), |w| number(what, w));
        Ok(Destination {
            address: self.real(id)?,
            forwarding: self.forwarding()?,
            weight: or("weight", self.weight, 1)?,
            upper_threshold: or("upper threshold", self.upper, 0)?,
            lower_threshold: or("lower threshold", self.lower, 0)?,
        })
    }

    /// The port may be left out; it is the service's then.
    fn real(&self, id: ServiceId) -> Result<SocketAddr, WordsError> {
        let text = self.real.ok_or(WordsError::Missing("a real server (-r)"))?;
        let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match bare {
            Ok(ip) => Ok(SocketAddr::new(ip, id.port())),
            Err(_) => number("address and port", text),
        }
    }

    fn forwarding(&self) -> Result<Forwarding, WordsError> {
        let checksum = self.checksum;
        match self.forwarding {
            Some('m') => Ok(Forwarding::Masq),
            Some('i') => Ok(Forwarding::Tunnel(match self.tunnel_type {
                None | Some("ipip") => Tunnel::Ipip,
                Some("gue") => {
                    let port = self.tunnel_port.ok_or(WordsError::Missing("--tun-port"))?;
                    Tunnel::Gue { port: number("port", port)?, checksum }
                }
                Some("gre") => Tunnel::Gre { checksum },
                Some(other) => {
                    return Err(WordsError::Invalid {
                        what: "tunnel type",
                        value: other.to_owned(),
                    });
                }
            })),
            _ => Ok(Forwarding::Direct),
        }
    }
}

/// ipvsadm saves a mark of 2^31 or more as the negative number of the same bits.
fn mark(word: &str) -> Result<NonZeroU32, WordsError> {
    match word.parse::<i32>() {
        Ok(negative @ ..0) => number("firewall mark", &(negative as u32).to_string()),
        _ => number("firewall mark", word),
    }
}

fn scheduler_flags(list: &str) -> Result<SchedulerFlags, WordsError> {
    let mut flags = SchedulerFlags::default();
    for word in list.split(',') {
        match word {
            "sh-fallback" | "mh-fallback" | "flag-1" => flags.first = true,
            "sh-port" | "mh-port" | "flag-2" => flags.second = true,
            "flag-3" => flags.third = true,
            _ => {
                let value = word.to_owned();
                return Err(WordsError::Invalid { what: "flag of a scheduler", value });
            }
        }
    }
    Ok(flags)
}

fn number<T: std::str::FromStr>(what: &'static str, word: &str) -> Result<T, WordsError> {
    word.parse().map_err(|_| WordsError::Invalid { what, value: word.to_owned() })
}
