//! From a command line to the model that a director runs.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU8;
use std::path::{Path, PathBuf};

use nix::errno::Errno;

use crate::kernel::links;
use crate::model::{
    Cluster, Command, FailoverProtocol, Fitness, Model, Name, Secret, protocol::Carp,
};

use super::line::{Call, Note, Pass};

/// Why there is no director: an exit status, and what is to be said, if that was not said.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: u8,
    pub(super) words: Option<String>,
}

impl Failure {
    /// The command line asks for what cannot be.
    pub(super) fn wrong(words: impl Into<String>) -> Failure {
        Failure { status: WRONG, words: Some(words.into()) }
    }

    fn setup(words: impl Into<String>) -> Failure {
        Failure { status: SETUP, words: Some(words.into()) }
    }
}

/// All that was asked for, with nothing missing.
pub(super) struct Plan {
    interface: String,
    vhid: NonZeroU8,
    pass: Vec<u8>,
    srcip: Ipv4Addr,
    addr: (Ipv4Addr, String),
}

impl Call {
    /// The password; of a file its first line, without the line's end and of 511 bytes at most. Empty
    /// where there is none.
    pub(super) fn password(&self) -> Result<Vec<u8>, Failure> {
        self.pass.as_ref().map(password).transpose().map(Option::unwrap_or_default)
    }

    /// What is to be done, if nothing is missing; in the original's order.
    pub(super) fn plan(&self, interface: String, pass: Vec<u8>) -> Result<Plan, Failure> {
        let vhid = self.vhid.and_then(NonZeroU8::new);
        let vhid = vhid.ok_or_else(|| Failure::wrong("You must supply a valid virtual host id"))?;
        if pass.is_empty() {
            return Err(Failure::wrong("You must supply a password"));
        }
        if self.advbase == 0 && self.advskew == 0 {
            return Err(Failure::wrong("You must supply an advertisement time base"));
        }
        let srcip = self.srcip;
        let srcip =
            srcip.ok_or_else(|| Failure::wrong("You must supply a persistent source address"))?;
        let addr = self.addr.clone();
        let addr = addr.ok_or_else(|| Failure::wrong("You must supply a virtual host address"))?;
        Ok(Plan { interface, vhid, pass, srcip, addr })
    }

    /// What is odd, though it can be done.
    pub(super) fn doubts(&self) -> Vec<Note> {
        let up = self.upscript.is_none().then_some("up");
        let down = self.downscript.is_none().then_some("down");
        let note = |way| Note::warning(format!("Warning: no script called when going {way}"));
        up.into_iter().chain(down).map(note).collect()
    }
}

impl Plan {
    /// The model of a director without virtual services, whose scripts raise and lower the address.
    pub(super) fn model(self, call: &Call) -> Result<Model, Failure> {
        if call.deadratio == 0 {
            return Err(Failure::wrong("Dead ratio can't be zero"));
        }
        if self.pass.len() > LONGEST {
            return Err(Failure::setup("Password too long"));
        }
        let name = self.interface.parse::<Name>().map_err(|_| match self.interface.len() {
            0..16 => unknown(&self.interface),
            _ => Failure::setup("Interface name too long"),
        })?;
        let script = |path: &Option<String>| {
            let words = [path.clone()?, self.interface.clone(), self.addr.1.clone()];
            Command::exact(words.into_iter().chain(call.xparam.clone()).collect())
        };
        let (active_command, inactive_command) = (script(&call.upscript), script(&call.downscript));
        let carp = Carp {
            interface: name,
            source: Some(self.srcip),
            group: call.mcast,
            multicast: !call.nomcast,
            vhid: self.vhid,
            advbase: call.advbase,
            advskew: call.advskew,
            dead_ratio: call.deadratio,
            preempt: call.preempt,
            neutral: call.neutral,
            secret: Secret::Given(self.pass),
            signed: vec![IpAddr::V4(self.addr.0)],
        };
        let cluster = Cluster {
            protocol: FailoverProtocol::Carp(carp),
            addresses: Vec::new(),
            monitor_links: !call.ignoreifstate,
            sync: None,
            active_command,
            inactive_command,
            fitness: Fitness::default(),
            // there is nothing to be checked, and no table to be waited for
            standby_checks: true,
            standby_table: true,
            failovers: Vec::new(),
        };
        Ok(Model { cluster: Some(Box::new(cluster)), ..Model::default() })
    }
}

/// Looks whether there is now what is needed at a start; later it may go and come.
pub(super) fn look(model: &Model) -> Result<(), Failure> {
    let Some(carp) = carp(model) else { return Ok(()) };
    let cards = links::cards().map_err(|why| Failure::setup(why.to_string()))?;
    let card = cards.iter().find(|card| card.name == carp.interface.as_str());
    let card = card.ok_or_else(|| unknown(carp.interface.as_str()))?;
    if card.mac.is_none() {
        let words = format!("Unable to find MAC address of [{}]", carp.interface);
        return Err(Failure::setup(words));
    }
    let source = carp.source.map(IpAddr::V4);
    let is_own = |source| cards.iter().any(|card| card.addresses.contains(&source));
    if source.is_some_and(|source| !is_own(source)) {
        return Err(no_membership(Errno::ENODEV));
    }
    if carp.multicast && !carp.group.is_multicast() {
        return Err(no_membership(Errno::EINVAL));
    }
    Ok(())
}

/// What people call the director by: `lvs-director status /run/ucarp/eth0-1`. No two have the same.
pub(super) fn name(model: &Model) -> PathBuf {
    let names = carp(model).map(|carp| format!("{}-{}", carp.interface, carp.vhid));
    Path::new(NAMES).join(names.unwrap_or_default())
}

/// The interface that has this address, or the first one that has a card.
pub(super) fn default_interface(srcip: Option<Ipv4Addr>) -> Option<String> {
    let cards: Vec<_> =
        links::cards().ok()?.into_iter().filter(|card| card.mac.is_some()).collect();
    let source = srcip.map(IpAddr::V4);
    let own = |card: &&links::Card| source.is_some_and(|it| card.addresses.contains(&it));
    cards.iter().find(own).or_else(|| cards.first()).map(|card| card.name.clone())
}

fn carp(model: &Model) -> Option<&Carp> {
    match &model.cluster.as_ref()?.protocol {
        FailoverProtocol::Carp(carp) => Some(carp),
        _ => None,
    }
}

fn password(pass: &Pass) -> Result<Vec<u8>, Failure> {
    let path = match pass {
        Pass::Given(text) => return Ok(text.clone().into_bytes()),
        Pass::Stored(path) => path,
    };
    let file = File::open(path).map_err(|why| {
        Failure::wrong(format!("unable to open passfile {path} for reading: {}", words(&why)))
    })?;
    let mut line = Vec::new();
    let read = BufReader::new(file.take(READ)).read_until(b'\n', &mut line);
    let failed = |why: &str| Failure::wrong(format!("error reading passfile {path}: {why}"));
    match read {
        Ok(0) => Err(failed("unexpected end of file")),
        Ok(_) => {
            line.pop_if(|last| *last == b'\n');
            Ok(line)
        }
        Err(why) => Err(failed(&words(&why))),
    }
}

fn unknown(interface: &str) -> Failure {
    Failure::setup(format!(
        "Unable to get hardware info about an interface: No such device\n\
         Unable to find MAC address of [{interface}]"
    ))
}

fn no_membership(errno: Errno) -> Failure {
    let number = errno as i32;
    Failure::setup(format!("Can't do IP_ADD_MEMBERSHIP errno={} ({number})", errno.desc()))
}

/// The system's words, without the number.
fn words(why: &io::Error) -> String {
    match why.raw_os_error() {
        Some(number) => Errno::from_raw(number).desc().to_owned(),
        None => why.to_string(),
    }
}

/// The command line asks for what cannot be.
const WRONG: u8 = 1;
/// What is needed at a start is not there.
pub(super) const SETUP: u8 = 2;
/// It cannot be begun, or has not ended well.
pub(super) const RUN: u8 = 2;
/// Bytes of a password, of which the original keeps one more for its end.
const LONGEST: usize = 19;
/// Bytes of a file with a password that are read.
const READ: u64 = 511;
/// Where nothing is: the names stand for files that there are not.
const NAMES: &str = "/run/ucarp";

#[cfg(test)]
mod tests;
