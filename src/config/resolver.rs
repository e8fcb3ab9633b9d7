//! What a configuration file refers to: names, and files.

use std::net::IpAddr;
use std::path::Path;

use checkers::Tls;

use crate::model::{Family, Protocol};

/// Knows hosts and ports by name, and this machine's files. Numbers never get here.
pub trait Resolver {
    /// The first address of a host in this family; `None` if there is none.
    fn host(&self, name: &str, family: Family) -> Option<IpAddr>;

    /// The port of a service by its name, under any protocol if none is given.
    fn port(&self, service: &str, protocol: Option<Protocol>) -> Option<u16>;

    /// This machine's own name.
    fn hostname(&self) -> String;

    /// Whether the files are there that a check's TLS is made of.
    ///
    /// # Errors
    /// What is wrong with which of them.
    fn tls(&self, tls: &Tls) -> Result<(), String>;

    /// Whether a program can be run, which is looked up as a check's is.
    ///
    /// # Errors
    /// Why not, in the kernel's words.
    fn program(&self, program: &str) -> Result<(), String>;

    /// Whether a script is a file that can be read.
    ///
    /// # Errors
    /// Why not, in the kernel's words.
    fn script(&self, script: &str) -> Result<(), String>;

    /// Whether this machine has a network interface, by its name without an alias.
    fn interface(&self, name: &str) -> bool;

    /// Whether a file holds a key that only its owner and group can read.
    ///
    /// # Errors
    /// Why it cannot be used, or should not be, in words.
    fn key(&self, file: &str) -> Result<(), Unfit>;

    /// Whether a folder is there.
    ///
    /// # Errors
    /// Why not, in the kernel's words.
    fn folder(&self, folder: &Path) -> Result<(), String>;

    /// Whether lines can be added to a file, which need not be there yet. It is not made by asking.
    ///
    /// # Errors
    /// By whom not, and why not, in the kernel's words.
    fn writable(&self, file: &str) -> Result<(), Unwritable>;
}

/// Who cannot write to a file, and why, in the kernel's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// The user who asks; another may.
    ByThisUser(String),
    /// Nobody.
    ByAnybody(String),
}

/// What is wrong with the file of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// There is no key in it to be read, for this reason.
    Unreadable(String),
    /// Others can read or change it.
    Open,
}

/// Knows no names and no files: a file of numbers means the same on every machine.
pub struct Numbers;

impl Resolver for Numbers {
    fn host(&self, _: &str, _: Family) -> Option<IpAddr> {
        None
    }

    fn port(&self, _: &str, _: Option<Protocol>) -> Option<u16> {
        None
    }

    fn hostname(&self) -> String {
        "localhost".to_owned()
    }

    fn tls(&self, _: &Tls) -> Result<(), String> {
        Ok(())
    }

    /// A name with blanks in it is no program's: it has arguments.
    fn program(&self, program: &str) -> Result<(), String> {
        let found = if program.contains([' ', '\t']) { Err("not found") } else { Ok(()) };
        found.map_err(str::to_owned)
    }

    fn script(&self, script: &str) -> Result<(), String> {
        self.program(script)
    }

    fn interface(&self, _: &str) -> bool {
        true
    }

    fn key(&self, _: &str) -> Result<(), Unfit> {
        Ok(())
    }

    fn folder(&self, _: &Path) -> Result<(), String> {
        Ok(())
    }

    fn writable(&self, _: &str) -> Result<(), Unwritable> {
        Ok(())
    }
}
