//! The doorbell: the name that the program is called by picks its face.

use std::path::Path;
use std::process::ExitCode;

use lvs_director::{cli, face};

fn main() -> ExitCode {
    let program = std::env::args_os().next().unwrap_or_default();
    match Path::new(&program).file_name().and_then(|name| name.to_str()) {
        Some("ldirectord") => face::ldirectord::main(),
        Some("fos") => face::fos::main(),
        Some("nanny") => face::nanny::main(),
        Some("pulse") => face::pulse::main(),
        Some("lvsd" | "lvs") => face::lvsd::main(),
        Some("send_arp") => face::send_arp::main(),
        Some("ucarp") => face::ucarp::main(),
        Some("vqalive") => face::vqalive::main(),
        _ => cli::main(),
    }
}
