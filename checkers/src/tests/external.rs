use rustix::process::{Pid, Signal, kill_process};

use super::*;
use crate::External;

fn shell(script: &str) -> Check {
    let arguments = ["-c", script, "sh", "10.0.0.1", "80"].map(str::to_owned).to_vec();
    Check::External(External { program: "/bin/sh".to_owned(), arguments })
}

async fn run(script: &str) -> Outcome {
    ask(&shell(script), nobody()).await
}

#[tokio::test]
async fn the_exit_status_and_the_first_line_are_said() {
    up(&run("exit 0").await, "exit status 0");
    up(&run("echo well $1 $2; echo more").await, "exit status 0: \"well 10.0.0.1 80\"");
    down(&run("echo out; echo err >&2; exit 3").await, "exit status 3: \"err\"");
    down(&run("kill -9 $$").await, "killed by signal 9");
    down(&run("printf '\\033[2J\\377'; exit 1").await, "exit status 1: \"?[2J\u{fffd}\"");
}

#[tokio::test]
async fn it_runs_without_a_shell_at_the_root_with_nothing_to_read() {
    let program = "/no such program; true".to_owned();
    let check = Check::External(External { program, arguments: vec![] });
    let expected = "cannot run /no such program; true: no such file or directory";
    down(&ask(&check, nobody()).await, expected);
    up(&run("read x; pwd").await, "exit status 0: \"/\"");
}

#[tokio::test]
async fn what_is_no_binary_and_names_no_interpreter_is_the_shells() {
    let folder = Folder::new("script");
    let script = |name: &str, text: &str| {
        let path = format!("{}/{name}", folder.0);
        // by another process: one that we start meanwhile would hold our file open
        let write = format!("printf '{text}' > {path}; chmod 755 {path}");
        async move {
            up(&run(&write).await, "exit status 0");
            path
        }
    };
    let with = |program: &str, arguments: &[&str]| {
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        Check::External(External { program: program.to_owned(), arguments })
    };
    let bare = script("bare", "echo $# $1 $0; exit 3").await;
    let expected = format!("exit status 3: \"2 a; b $0 {bare}\"");
    down(&ask(&with(&bare, &["a; b $0", "c"]), nobody()).await, &expected);
    for name in ["#!/no/such/shell\\n", "#!/bin/sh\\r\\n"] {
        let lost = script("lost", name).await;
        let expected = format!("cannot run {lost}: its interpreter is missing");
        down(&ask(&with(&lost, &[]), nobody()).await, &expected);
    }
}

#[tokio::test]
async fn endless_output_is_read_and_forgotten() {
    let outcome = ask_within(DEADLINE, &shell("yes"), nobody()).await;
    down(&outcome, "killed after 3 s: \"y\"");
    up(&run("yes | head -c 1000000").await, "exit status 0: \"y\"");
}

#[tokio::test]
async fn a_process_left_behind_is_not_waited_for() {
    // it holds the pipes open for longer than the check is given
    let outcome = run("sleep 600 & echo $!").await;
    let left = outcome.message.strip_prefix("exit status 0: \"").and_then(|m| m.strip_suffix('"'));
    let left = left.and_then(|pid| Pid::from_raw(pid.parse().ok()?)).expect(&outcome.message);
    kill_process(left, Signal::KILL).unwrap();
}

#[tokio::test]
async fn at_the_deadline_the_whole_group_dies() {
    let folder = Folder::new("deadline");
    // deaf to TERM, and with children of its own
    let script = format!(
        "trap '' TERM; sleep 600 & echo $$ $! > {0}/new; mv {0}/new {0}/pids; wait",
        folder.0
    );
    let outcome = ask_within(DEADLINE, &shell(&script), nobody()).await;
    down(&outcome, "killed after 3 s");
    for pid in folder.pids().await {
        gone(&pid).await;
    }
}

#[tokio::test]
async fn an_aborted_check_leaves_no_process() {
    let folder = Folder::new("abort");
    let script = format!("sleep 600 & echo $$ $! > {0}/new; mv {0}/new {0}/pids; wait", folder.0);
    let nanny = tokio::spawn(async move { run(&script).await });
    let pids = folder.pids().await;
    nanny.abort();
    for pid in pids {
        gone(&pid).await;
    }
}

/// Waits until a process is gone, its remains collected.
pub(super) async fn gone(pid: &str) {
    let path = format!("/proc/{pid}/stat");
    until(|| {
        // a grandchild's remains are init's business
        let stat = std::fs::read_to_string(&path).unwrap_or_default();
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ours = std::process::id().to_string();
        stat.is_empty() || (fields.next() == Some("Z") && fields.next() != Some(&ours))
    })
    .await;
}

async fn until(mut condition: impl FnMut() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never came to be");
}

/// A folder of the test's own, gone after it.
pub(super) struct Folder(pub(super) String);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lvs-checkers-{name}-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Folder(path.display().to_string())
    }

    /// The numbers the script wrote.
    pub(super) async fn pids(&self) -> Vec<String> {
        let path = format!("{}/pids", self.0);
        until(|| std::fs::exists(&path).unwrap()).await;
        let pids = std::fs::read_to_string(&path).unwrap();
        pids.split_whitespace().map(str::to_owned).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
