//! ucarp's command line: its options, by getopt's rules and with strtoul's numbers.

use std::fmt;
use std::net::Ipv4Addr;

use crate::face::getopt::{Opt, Options, number};
use crate::model::Facility;

/// What a command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// To explain the options; and why, if somebody asked for what there is not.
    Help(Option<String>),
    /// To be one of the hosts.
    Given(Box<Call>),
}

/// What was given, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) interface: Option<String>,
    pub(super) srcip: Option<Ipv4Addr>,
    pub(super) mcast: Ipv4Addr,
    pub(super) vhid: Option<u8>,
    pub(super) pass: Option<Pass>,
    pub(super) preempt: bool,
    pub(super) neutral: bool,
    /// As an address, and as it was written.
    pub(super) addr: Option<(Ipv4Addr, String)>,
    pub(super) advbase: u8,
    pub(super) advskew: u8,
    pub(super) upscript: Option<String>,
    pub(super) downscript: Option<String>,
    pub(super) deadratio: u32,
    pub(super) debug: bool,
    pub(super) shutdown: bool,
    pub(super) daemonize: bool,
    pub(super) ignoreifstate: bool,
    pub(super) nomcast: bool,
    /// `None` for no system log.
    pub(super) facility: Option<Facility>,
    pub(super) xparam: Option<String>,
    /// What is odd.
    pub(super) notes: Vec<Note>,
    /// What ended the reading.
    pub(super) wrong: Option<String>,
}

/// Where the password is.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Pass {
    /// It is this.
    Given(String),
    /// It is the first line of this file.
    Stored(String),
}

/// Nobody reads it in a log.
impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pass::Given(_) => f.write_str("given"),
            Pass::Stored(path) => f.write_str(path),
        }
    }
}

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) level: Level,
    pub(super) text: String,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Warning,
    Error,
}

impl Note {
    pub(super) fn warning(text: impl Into<String>) -> Note {
        Note { level: Level::Warning, text: text.into() }
    }
}

impl Default for Call {
    fn default() -> Self {
        Call {
            interface: None,
            srcip: None,
            mcast: GROUP,
            vhid: None,
            pass: None,
            preempt: false,
            neutral: false,
            addr: None,
            advbase: 1,
            advskew: 0,
            upscript: None,
            downscript: None,
            deadratio: 3,
            debug: false,
            shutdown: false,
            daemonize: false,
            ignoreifstate: false,
            nomcast: false,
            facility: Some(Facility::Daemon),
            xparam: None,
            notes: Vec::new(),
            wrong: None,
        }
    }
}

/// Reads the words behind the program's name.
pub(super) fn read(program: &str, words: Vec<String>) -> Line {
    if words.is_empty() {
        return Line::Help(None);
    }
    let mut call = Call::default();
    for given in Options::new(program, OPTIONS, words) {
        match given {
            Err(complaint) => return Line::Help(Some(complaint)),
            Ok(('h', _)) => return Line::Help(None),
            Ok((letter, value)) => {
                if let Err(wrong) = call.take(letter, value) {
                    call.wrong = Some(wrong);
                    break;
                }
            }
        }
    }
    Line::Given(Box::new(call))
}

impl Call {
    fn take(&mut self, letter: char, value: String) -> Result<(), String> {
        match letter {
            'i' => self.interface = Some(value),
            's' => self.srcip = Some(address(&value)?),
            'm' => self.mcast = address(&value)?,
            'v' => {
                let vhid = u8::try_from(number(&value)).ok().filter(|vhid| *vhid > 0);
                self.vhid = Some(vhid.ok_or("vhid must be between 1 and 255.")?);
            }
            'p' => self.pass = Some(Pass::Given(value)),
            'o' => self.pass = Some(Pass::Stored(value)),
            'P' => self.preempt = true,
            'n' => self.neutral = true,
            'a' => self.addr = Some((address(&value)?, value)),
            'b' => self.advbase = self.byte("advbase", &value),
            'k' => self.advskew = self.byte("advskew", &value),
            'u' => self.upscript = Some(value),
            'd' => self.downscript = Some(value),
            'D' => self.debug = true,
            'r' => self.deadratio = number(&value) as u32,
            'z' => self.shutdown = true,
            'f' => self.log_to(&value),
            'B' => self.daemonize = true,
            'S' => self.ignoreifstate = true,
            'M' => self.nomcast = true,
            'x' => self.xparam = Some(value),
            _ => {}
        }
        Ok(())
    }

    /// A number's last 8 bits, as the original and the peers on the network have it.
    fn byte(&mut self, what: &str, value: &str) -> u8 {
        let number = number(value);
        let byte = number as u8;
        if u64::from(byte) != number {
            let text = format!("{what} is 0 to 255: of {value} the last 8 bits are taken, {byte}");
            self.notes.push(Note::warning(text));
        }
        byte
    }

    fn log_to(&mut self, name: &str) {
        if name.eq_ignore_ascii_case("none") {
            self.facility = None;
        } else if let Some(facility) = facility(&name.to_ascii_lowercase()) {
            self.facility = Some(facility);
        } else {
            let text = format!("Unknown syslog facility: [{name}]");
            self.notes.push(Note { level: Level::Error, text });
        }
    }
}

fn address(text: &str) -> Result<Ipv4Addr, String> {
    text.parse().map_err(|_| format!("Invalid address: [{text}]"))
}

/// As syslog.h names them.
fn facility(name: &str) -> Option<Facility> {
    Some(match name {
        "auth" | "security" => Facility::Auth,
        "authpriv" => Facility::Authpriv,
        "cron" => Facility::Cron,
        "daemon" => Facility::Daemon,
        "ftp" => Facility::Ftp,
        "kern" => Facility::Kern,
        "lpr" => Facility::Lpr,
        "mail" => Facility::Mail,
        "news" => Facility::News,
        "syslog" => Facility::Syslog,
        "user" => Facility::User,
        "uucp" => Facility::Uucp,
        local => match local.strip_prefix("local")?.as_bytes() {
            [digit @ b'0'..=b'7'] => Facility::Local(digit - b'0'),
            _ => return None,
        },
    })
}

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);

/// The options; that of the group is `--mcastip` to the original's program and `--mcast` to its manual.
pub const OPTIONS: &[Opt] = &[
    Opt { letter: 'i', name: "interface", takes: Some("if") },
    Opt { letter: 's', name: "srcip", takes: Some("ip") },
    Opt { letter: 'm', name: "mcastip", takes: Some("ip") },
    Opt { letter: 'v', name: "vhid", takes: Some("id") },
    Opt { letter: 'p', name: "pass", takes: Some("pass") },
    Opt { letter: 'o', name: "passfile", takes: Some("file") },
    Opt { letter: 'P', name: "preempt", takes: None },
    Opt { letter: 'n', name: "neutral", takes: None },
    Opt { letter: 'a', name: "addr", takes: Some("ip") },
    Opt { letter: 'h', name: "help", takes: None },
    Opt { letter: 'b', name: "advbase", takes: Some("seconds") },
    Opt { letter: 'k', name: "advskew", takes: Some("skew") },
    Opt { letter: 'u', name: "upscript", takes: Some("file") },
    Opt { letter: 'd', name: "downscript", takes: Some("file") },
    Opt { letter: 'r', name: "deadratio", takes: Some("ratio") },
    Opt { letter: 'D', name: "debug", takes: None },
    Opt { letter: 'z', name: "shutdown", takes: None },
    Opt { letter: 'f', name: "facility", takes: Some("facility") },
    Opt { letter: 'B', name: "daemonize", takes: None },
    Opt { letter: 'S', name: "ignoreifstate", takes: None },
    Opt { letter: 'M', name: "nomcast", takes: None },
    Opt { letter: 'x', name: "xparam", takes: Some("value") },
];

#[cfg(test)]
mod tests;
