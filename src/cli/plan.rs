//! `lvs-director plan`: what would change in this kernel, in ipvsadm's words.

use std::path::Path;
use std::process::ExitCode;

use crate::daemon::in_maintenance;
use crate::director;
use crate::kernel::{Error, Kernel, Netlink};
use crate::plan::{self, words};

use super::{BAD_INPUT, FAILED, complain, read, say};

pub(super) fn plan(config: &Path) -> ExitCode {
    let loaded = match read(config) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    let Some(model) = &loaded.reading.model else {
        complain(loaded.complaints());
        return ExitCode::from(BAD_INPUT);
    };
    let found = match Netlink::connect().and_then(|mut kernel| kernel.read()) {
        Ok(found) => found,
        Err(why @ Error::NoIpvs(_)) => {
            complain(format_args!("{why}\nlvs-director: planning for an empty table"));
            plan::Table::default()
        }
        Err(why) => {
            complain(&why);
            return ExitCode::from(FAILED);
        }
    };
    let maintenance = in_maintenance(model).unwrap_or_else(|why| {
        complain(&why);
        Default::default()
    });
    let want = director::hoped_for(model, &found, &maintenance);
    for step in plan::diff(&found.only(|id| want.get(id).is_some()), &want) {
        say(format_args!("{}\n", words::step(&step)));
    }
    ExitCode::SUCCESS
}
