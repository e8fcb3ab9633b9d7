//! The kernel tests of the `ipvs` crate, run on a kernel that has one.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::machine::{is_there, run_there};

#[test]
fn ipvs() {
    // they are run from here, never from in there
    if !is_there() {
        run_there(&test_binary("lvs-ipvs", "kernel"), &[], "crates::ipvs", 14);
    }
}

/// A test binary of another package of this workspace, built if need be: only cargo knows its name.
/// The whole workspace is named, as a plain `cargo test` does, so that nothing is built twice.
fn test_binary(package: &str, target: &str) -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["test", "--workspace", "--no-run", "--message-format=json", "--test", target])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{package}'s test {target} cannot be built");
    let messages = String::from_utf8(output.stdout).expect("text");
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binary = messages.into_iter().find_map(|message| {
        let ours = message["target"]["name"] == target
            && message["package_id"].as_str().is_some_and(|id| id.contains(package));
        ours.then(|| message["executable"].as_str().map(PathBuf::from)).flatten()
    });
    binary.unwrap_or_else(|| panic!("{package} has no test {target}"))
}
