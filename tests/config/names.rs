//! The names that the files here use.

use std::net::IpAddr;
use std::path::Path;

use checkers::Tls;
use lvs_director::config::{Resolver, Unfit, Unwritable};
use lvs_director::model::{Family, Protocol};

pub(crate) struct Names;

impl Resolver for Names {
    fn host(&self, name: &str, family: Family) -> Option<IpAddr> {
        let (v4, v6) = match name {
            "www.example.com" => ("192.0.2.80", "2001:db8::80"),
            "web1" => ("10.0.0.1", "fd00::1"),
            "web9" => ("10.0.0.9", "fd00::9"),
            "my_host" => ("10.0.0.77", "fd00::77"),
            _ => return None,
        };
        if family == Family::V4 { v4.parse().ok() } else { v6.parse().ok() }
    }

    fn port(&self, service: &str, protocol: Option<Protocol>) -> Option<u16> {
        match (service, protocol) {
            ("http" | "www", None | Some(Protocol::Tcp)) => Some(80),
            ("https", None | Some(Protocol::Tcp)) => Some(443),
            ("smtp", None | Some(Protocol::Tcp)) => Some(25),
            ("mysql", None | Some(Protocol::Tcp)) => Some(3306),
            ("domain", _) => Some(53),
            _ => None,
        }
    }

    fn hostname(&self) -> String {
        "director1".to_owned()
    }

    fn tls(&self, tls: &Tls) -> Result<(), String> {
        let identity = tls.identity.iter().flat_map(|own| [&own.certificate, &own.key]);
        let missing = tls.authorities.iter().chain(identity).find(|file| is_missing(file));
        missing.map_or(Ok(()), |file| Err(format!("{file}: no such file or directory")))
    }

    fn program(&self, program: &str) -> Result<(), String> {
        // what has options is no name
        if is_missing(program) || program.contains(" -") {
            Err("No such file or directory".to_owned())
        } else {
            Ok(())
        }
    }

    fn script(&self, script: &str) -> Result<(), String> {
        self.program(script)
    }

    fn interface(&self, name: &str) -> bool {
        !is_missing(name)
    }

    fn key(&self, file: &str) -> Result<(), Unfit> {
        if file.contains("open") {
            return Err(Unfit::Open);
        }
        self.program(file).map_err(Unfit::Unreadable)
    }

    fn folder(&self, folder: &Path) -> Result<(), String> {
        self.program(&folder.display().to_string())
    }

    fn writable(&self, file: &str) -> Result<(), Unwritable> {
        self.program(file).map_err(Unwritable::ByAnybody)
    }
}

/// All files are there but these.
fn is_missing(file: &str) -> bool {
    file.contains("missing")
}
