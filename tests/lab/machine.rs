//! A test's two halves: here it boots the laboratory's machine, in there it runs.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// Runs a test's body in the laboratory's machine, and fails as it fails.
///
/// Without a laboratory the test is skipped, and says so; with `CI` or `LVS_LAB=required` in the
/// environment it fails.
pub(crate) fn in_the_lab<F: FnOnce()>(body: F) {
    in_a_machine(MADE_OF, LIMIT, body);
}

/// The same in a machine of another list of packages and memory, for so many seconds at most.
pub(crate) fn in_a_machine<F: FnOnce()>(made_of: (&str, &str), limit: u32, body: F) {
    if is_there() {
        return body();
    }
    // the closure's type is named for the function it stands in: lab::forwarding::masq::{{closure}}
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    let test = path.split_once("::").map_or(path, |(_crate, test)| test);
    let this_binary = env::current_exe().expect("the test's own path");
    let arguments = ["--exact", "--include-ignored", test];
    run_in(made_of.0, boot(made_of, limit, &[], &this_binary, &arguments), test, 1);
}

/// The same on this machine's own kernel, in namespaces that are thrown away: for what User-Mode Linux
/// has not.
pub(crate) fn on_this_kernel<F: FnOnce()>(body: F) {
    if is_there() {
        return body();
    }
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    let test = path.split_once("::").map_or(path, |(_crate, test)| test);
    let may =
        Command::new("unshare").args(["--net", "--mount", "--pid", "--fork", "true"]).output();
    if !may.is_ok_and(|may| may.status.success()) {
        return skip(test, "who is not root has no namespaces");
    }
    let this_binary = env::current_exe().expect("the test's own path");
    let arguments = ["--exact", "--include-ignored", test];
    let mut boot = boot(MADE_OF, LIMIT, &[], &this_binary, &arguments);
    boot.env("LVS_LAB_KERNEL", "host");
    run_in(MADE_OF.0, boot, test, 1);
}

/// Runs a test's body in several machines side by side, each told its number, counted from 0,
/// with more in its environment.
/// Returns what each of them printed; nothing in there, and nothing without a laboratory.
pub(crate) fn in_machines<F: FnOnce(usize)>(
    count: usize,
    made_of: (&str, &str),
    limit: u32,
    environment: &[(&str, &str)],
    body: F,
) -> Option<Vec<String>> {
    if is_there() {
        let number = env::var(NUMBER).expect("set by the half that booted this machine");
        body(number.parse().expect("a number"));
        return None;
    }
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    let test = path.split_once("::").map_or(path, |(_crate, test)| test);
    if let Err(reason) = lab(made_of.0) {
        skip(test, &reason);
        return None;
    }
    let this_binary = env::current_exe().expect("the test's own path");
    let run = |number: usize| {
        // a file, so that what has been printed so far can be looked at
        let said = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("machine-{number}"));
        let file = File::create(&said).expect("a file");
        let number = format!("{NUMBER}={number}");
        let more = environment.iter().map(|(name, value)| format!("{name}={value}"));
        let environment: Vec<_> = more.chain([number]).collect();
        let mut boot = boot(made_of, limit, &environment, &this_binary, &["--exact", test]);
        let output = boot.stdout(file).output().expect("the lab's boot script starts");
        let said = fs::read(said).expect("what it printed");
        let said = String::from_utf8_lossy(&said).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{test}: {}\n{said}\n{complaint}", output.status);
        said
    };
    Some(thread::scope(|scope| {
        let machines: Vec<_> = (0..count).map(|number| scope.spawn(move || run(number))).collect();
        machines.into_iter().map(|machine| machine.join().expect("it ended well")).collect()
    }))
}

/// Whether this is the half that runs in the laboratory's machine.
pub(crate) fn is_there() -> bool {
    env::var_os(INSIDE).is_some()
}

/// Runs a test binary of this machine in the laboratory's, with at least `tests` tests passing.
pub(crate) fn run_there(binary: &Path, arguments: &[&str], name: &str, tests: usize) {
    run_in(MADE_OF.0, boot(MADE_OF, LIMIT, &[], binary, arguments), name, tests);
}

fn run_in(list: &str, mut boot: Command, name: &str, tests: usize) {
    if let Err(reason) = lab(list) {
        return skip(name, &reason);
    }
    let output = boot.output().expect("the lab's boot script starts");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name} failed in the lab: {}", output.status);
    // a name that matches no test succeeds too
    let passed = said
        .rsplit_once(" passed;")
        .and_then(|(before, _)| before.rsplit(' ').next()?.parse().ok());
    assert!(
        passed.is_some_and(|passed: usize| passed >= tests),
        "{name}: too few tests ran in the lab"
    );
}

/// What runs a test binary there, with more in its environment, each `NAME=value`.
fn boot(
    (list, memory): (&str, &str),
    limit: u32,
    environment: &[String],
    binary: &Path,
    arguments: &[&str],
) -> Command {
    let mut command = Command::new(guest("boot"));
    command
        .args(["-t", &limit.to_string(), "-m", memory, "-l", list])
        .args(["env", &format!("{INSIDE}=1"), "RUST_BACKTRACE=0"])
        .arg(format!("{DIRECTOR}={}", there(Path::new(env!("CARGO_BIN_EXE_lvs-director")))))
        .args(environment)
        .arg(there(binary))
        .args(arguments)
        .args(["--nocapture", "--test-threads=1"])
        .stdin(Stdio::null());
    command
}

/// The path, in the laboratory's machine, of the program under test.
pub(crate) fn director() -> PathBuf {
    env::var_os(DIRECTOR).expect("set by the half that booted this machine").into()
}

fn lab(list: &str) -> Result<(), String> {
    let setup =
        Command::new(guest("setup")).arg(list).stdin(Stdio::null()).stdout(Stdio::null()).status();
    match setup {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("tests/lab/guest/setup: {status}")),
        Err(error) => Err(format!("tests/lab/guest/setup: {error}")),
    }
}

fn skip(name: &str, reason: &str) {
    let required =
        env::var_os("CI").is_some() || env::var("LVS_LAB").is_ok_and(|lab| lab == "required");
    assert!(!required, "{name}: no lab: {reason}");
    // past the capture of what a passing test prints
    let _ = writeln!(io::stderr(), "SKIPPED {name}: no lab: {reason}");
}

fn guest(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/guest").join(script)
}

/// Where the laboratory's machine sees a file of this one; a symbolic link would lead astray.
fn there(path: &Path) -> String {
    let real = path.canonicalize().expect("a built program");
    format!("/host{}", real.display())
}

/// The list of packages, and the memory.
const MADE_OF: (&str, &str) = ("packages", "1G");
const LIMIT: u32 = 120;
const INSIDE: &str = "LVS_LAB_GUEST";
const NUMBER: &str = "LVS_LAB_NUMBER";
const DIRECTOR: &str = "LVS_DIRECTOR";
