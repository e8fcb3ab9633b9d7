//! A kernel that need not have IPVS before something is to be put into its table.

use ipvs::{Daemon, Timeouts};

use crate::plan::{Step, Table};

use super::{Connections, Error, Kernel, Netlink};

/// The machine's own kernel, for a director that may never have a virtual service: without IPVS it
/// holds nothing.
#[derive(Default)]
pub struct Late {
    found: Option<Netlink>,
    /// It was looked for, and there is none.
    is_absent: bool,
}

impl Late {
    /// The kernel, if it has IPVS.
    fn found(&mut self) -> Result<&mut Netlink, Error> {
        match &mut self.found {
            Some(kernel) => Ok(kernel),
            none => Ok(none.insert(Netlink::connect()?)),
        }
    }

    /// The same, `None` where it has none; that is looked for once only.
    fn sought(&mut self) -> Result<Option<&mut Netlink>, Error> {
        if self.is_absent {
            return Ok(self.found.as_mut());
        }
        if let Err(why) = self.found() {
            self.is_absent = matches!(why, Error::NoIpvs(_));
            return if self.is_absent { Ok(None) } else { Err(why) };
        }
        Ok(self.found.as_mut())
    }
}

impl Kernel for Late {
    fn read(&mut self) -> Result<Table, Error> {
        self.sought()?.map_or_else(|| Ok(Table::default()), Kernel::read)
    }

    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, Error> {
        match steps {
            [] => Ok(Vec::new()),
            _ => self.found()?.apply(steps),
        }
    }

    fn fingerprint(&mut self) -> Option<u64> {
        self.found.as_mut()?.fingerprint()
    }

    fn connections(&mut self) -> Result<Connections, Error> {
        self.sought()?.map_or_else(|| Ok(Connections::new()), Kernel::connections)
    }

    fn sync(&mut self, daemon: Option<&Daemon>) -> Result<(), String> {
        match daemon {
            Some(_) => self.found().map_err(|why| why.to_string())?.sync(daemon),
            None => self.found.as_mut().map_or(Ok(()), |kernel| kernel.sync(None)),
        }
    }

    fn set_timeouts(&mut self, timeouts: &Timeouts) -> Result<(), String> {
        self.found().map_err(|why| why.to_string())?.set_timeouts(timeouts)
    }
}
