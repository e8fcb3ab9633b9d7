//! A kernel's table that lives in this process.

use std::hash::{DefaultHasher, Hash, Hasher};

use ipvs::{Daemon, Timeouts};

use crate::plan::{Step, Table};

use super::{Connections, Error, Kernel};

/// A table that refuses the steps that do not fit it, takes all others, and forwards nothing.
#[derive(Debug, Default)]
pub struct Memory {
    table: Table,
}

impl Memory {
    /// A kernel that holds a table already.
    pub fn holding(table: Table) -> Self {
        Memory { table }
    }
}

impl Kernel for Memory {
    fn read(&mut self) -> Result<Table, Error> {
        Ok(self.table.clone())
    }

    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, Error> {
        let outcome = |step| self.table.apply(step).map_err(|misfit| misfit.to_string());
        Ok(steps.iter().map(outcome).collect())
    }

    fn fingerprint(&mut self) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        self.table.to_string().hash(&mut hasher);
        Some(hasher.finish())
    }

    fn connections(&mut self) -> Result<Connections, Error> {
        Ok(Connections::new())
    }

    /// It has no connections that a peer could be told of.
    fn sync(&mut self, _daemon: Option<&Daemon>) -> Result<(), String> {
        Ok(())
    }

    /// Nor any to remember.
    fn set_timeouts(&mut self, _timeouts: &Timeouts) -> Result<(), String> {
        Ok(())
    }
}
