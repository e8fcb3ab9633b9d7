//! `lvs-director convert`: one dialect's file as the other's.

use std::path::Path;
use std::process::ExitCode;

use super::{BAD_INPUT, complain, read, say};

pub(super) fn convert(config: &Path) -> ExitCode {
    let loaded = match read(config) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    let Some(converted) = loaded.convert() else {
        complain(loaded.complaints());
        return ExitCode::from(BAD_INPUT);
    };
    say(converted.text);
    for lost in converted.lost {
        complain(lost);
    }
    ExitCode::SUCCESS
}
