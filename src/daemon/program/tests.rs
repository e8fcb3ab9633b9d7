use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

use rustix::process::test_kill_process_group;

use super::*;

fn command(text: &str) -> Program {
    let command = model::Command::new(text).expect("a command");
    let arguments = vec!["a b".to_owned()];
    Program::Command { directive: "fallbackcommand", command, arguments, outlives: false }
}

async fn run(text: &str) -> Result<(), String> {
    command(text).run(Duration::from_secs(20)).await.map_err(|why| why.to_string())
}

fn script(folder: &Path, text: &str) -> String {
    let file = folder.join("script");
    fs::write(&file, text).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("our file");
    file.to_str().expect("a name").to_owned()
}

#[tokio::test]
async fn how_it_ended_and_what_it_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let script =
        script(folder.path(), "echo; echo one; echo two >&2; printf '\\033 3\\n4\\n'; exit 3");
    let failed = |words: &str| Err(words.to_owned());
    assert_eq!(run(&script).await, failed("failed with exit status 3: one / two / ? 3"));
    assert_eq!(run("false").await, failed("failed with exit status 1"));
    assert_eq!(run("kill -9 $$;").await, failed("was killed by signal 9"));
    assert_eq!(run("/missing").await, failed("cannot be run: No such file or directory"));
    assert_eq!(run("/etc").await, failed("cannot be run: Permission denied"));
    assert_eq!(run("true").await, Ok(()));
}

#[tokio::test]
async fn nobody_listens_to_what_may_outlive_us() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let text =
        format!("a=$(readlink /proc/$$/fd/1 /proc/$$/fd/2); echo $a > {}; exit 3;", out.display());
    let Program::Command { directive, command, arguments, .. } = command(&text) else {
        panic!("it is one")
    };
    let program = Program::Command { directive, command, arguments, outlives: true };
    let failed = program.run(Duration::from_secs(20)).await;
    let failed = failed.expect_err("it fails");
    assert_eq!((failed.code, &*failed.to_string()), (Some(3), "failed with exit status 3"));
    assert_eq!(fs::read_to_string(&out).expect("a file"), "/dev/null /dev/null\n");
}

#[tokio::test]
async fn what_it_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    // no `#!`: as execvp(3) has it, the shell runs it
    let text = format!("echo \"$# $1 $2 $(pwd) $(cat | wc -c)\" > {}", out.display());
    let script = script(folder.path(), &text);
    run(&format!("{script} first")).await.expect("it ends well");
    assert_eq!(fs::read_to_string(&out).expect("a file"), "2 first a b / 0\n");
    run(&format!("{script} 'in one'")).await.expect("it ends well");
    assert_eq!(fs::read_to_string(&out).expect("a file"), "2 in one a b / 0\n");
}

#[tokio::test]
async fn much_output_is_no_trouble() {
    let failed = run("yes | head -c 300000; exit 4;").await;
    assert_eq!(failed, Err("failed with exit status 4: y / y / y".to_owned()));
}

#[tokio::test]
async fn at_the_deadline_all_of_it_ends_and_is_collected() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let text = format!(
        "#!/bin/sh\ntrap '' TERM\necho here\n(sleep 100)& echo $$ > {}\nwait\nsleep 100",
        pid.display()
    );
    let script = script(folder.path(), &text);
    let failed = command(&script).run(Duration::from_secs(2)).await;
    let failed = failed.expect_err("it is ended");
    assert_eq!((failed.code, &*failed.to_string()), (None, "was terminated after 2s: here"));
    let pid = fs::read_to_string(&pid).expect("it had begun");
    let group = Pid::from_raw(pid.trim().parse().expect("a number")).expect("a process");
    // killed processes that were left to init go when it collects them
    let begun = Instant::now();
    while test_kill_process_group(group).is_ok() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{group:?} lives");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "nobody has collected it");
}

#[tokio::test]
async fn what_it_leaves_behind_does_not_hold_it_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let pid = folder.path().join("pid");
    let begun = Instant::now();
    run(&format!("sleep 60 & echo $! > {}; :", pid.display())).await.expect("it ends well");
    assert!(begun.elapsed() < Duration::from_secs(30));
    let left = fs::read_to_string(&pid).expect("a file");
    let left = Pid::from_raw(left.trim().parse().expect("a number")).expect("a process");
    rustix::process::kill_process(left, Signal::KILL).expect("it runs");
}

fn vqalive(file: &Path) -> Program {
    let command = model::Command::new(file.to_str().expect("a name")).expect("a command");
    let environment = vec![("VQALIVE_STATE", "promote".to_owned())];
    Program::Script { directive: "promote_script", command, environment }
}

#[tokio::test]
async fn a_script_has_its_environment_and_no_arguments_and_may_be_one_of_the_shells() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let text = format!("echo said; echo $VQALIVE_STATE $# >{}; exit 4", out.display());
    let file = script(folder.path(), &text);
    let failed = vqalive(Path::new(&file)).run(Duration::from_secs(20)).await;
    let failed = failed.expect_err("it fails");
    // what it says is in the log already
    assert_eq!(failed.to_string(), "failed with exit status 4");
    assert_eq!(fs::read_to_string(&out).expect("a file"), "promote 0\n");
}

#[tokio::test]
async fn a_script_that_is_not_wanted_any_more_is_ended_with_all_that_it_has_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let file = script(folder.path(), &format!("sleep 60 & echo $$ >{}; wait", out.display()));
    let program = vqalive(Path::new(&file));
    let begun = async {
        while !fs::read_to_string(&out).is_ok_and(|text| text.ends_with('\n')) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    let ended = program.run_unless(Duration::from_secs(60), begun).await;
    let why = ended.expect_err("it is left").to_string();
    assert_eq!(why, "was terminated: it is not wanted any more");
    let leader = fs::read_to_string(&out).expect("a file").trim().parse().expect("a number");
    let group = Pid::from_raw(leader).expect("a process");
    assert!(test_kill_process_group(group).is_err(), "nobody is left in it");
}
