use std::fs;
use std::time::Instant;

use crate::director::Word;

use super::*;

fn hook(port: u16, text: &str, word: Word) -> Hook {
    let address = ([192, 0, 2, 10], port).into();
    let service = ServiceId::Address { protocol: crate::model::Protocol::Tcp, address };
    Hook { service, command: Command::new(text).expect("a command"), word }
}

struct Desk {
    folder: tempfile::TempDir,
    hooks: Hooks,
}

impl Desk {
    fn new(dry_run: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Desk { folder, hooks: Hooks::new(Path::new("a.cf"), dry_run) }
    }

    /// A command that writes its arguments down after so many seconds.
    fn note(&self, seconds: f32) -> String {
        let out = self.folder.path().join("out");
        format!("(sleep {seconds}; echo \"$@\" >> {}); :", out.display())
    }

    async fn said(&mut self) -> String {
        self.hooks.close().await;
        fs::read_to_string(self.folder.path().join("out")).unwrap_or_default()
    }
}

#[tokio::test]
async fn a_line_is_worked_off_in_order_and_waits_for_no_other() {
    let mut desk = Desk::new(false);
    let (slow, quick) = (desk.note(0.5), desk.note(0.0));
    desk.hooks.fallback(hook(80, &slow, Word::Start));
    desk.hooks.fallback(hook(80, &quick, Word::Stop));
    desk.hooks.fallback(hook(80, &quick, Word::Start));
    desk.hooks.fallback(hook(81, &quick, Word::Start));
    let expected = "start 192.0.2.10:81 tcp\nstart 192.0.2.10:80 tcp\nstop 192.0.2.10:80 tcp\n\
        start 192.0.2.10:80 tcp\n";
    assert_eq!(desk.said().await, expected);
    assert!(lock(&desk.hooks.lines).is_empty());
}

#[tokio::test]
async fn too_many_words_cancel_each_other_out() {
    let mut desk = Desk::new(false);
    let (slow, quick) = (desk.note(0.3), desk.note(0.0));
    desk.hooks.fallback(hook(80, &slow, Word::Start));
    for _ in 0..50 {
        desk.hooks.fallback(hook(80, &quick, Word::Stop));
        desk.hooks.fallback(hook(80, &quick, Word::Start));
    }
    desk.hooks.fallback(hook(80, &quick, Word::Stop));
    let said = desk.said().await;
    assert!(said.lines().count() <= WAITING + 1, "{said}");
    let words: Vec<_> = said.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
    assert_eq!(words.last(), Some(&"stop"));
}

#[tokio::test]
async fn the_next_one_runs_when_one_was_ended_at_its_deadline() {
    let mut desk = Desk::new(false);
    desk.hooks.limit = Duration::from_millis(200);
    let quick = desk.note(0.0);
    desk.hooks.fallback(hook(80, "sleep 100;", Word::Start));
    desk.hooks.fallback(hook(80, &quick, Word::Stop));
    assert_eq!(desk.said().await, "stop 192.0.2.10:80 tcp\n");
}

#[tokio::test]
async fn the_end_waits_for_no_callback() {
    let mut desk = Desk::new(false);
    let begun = Instant::now();
    let pid = desk.folder.path().join("pid");
    let command = format!("echo $$ > {}; exec sleep 60;", pid.display());
    desk.hooks.callback(&Command::new(&command).expect("a command"));
    desk.hooks.callback(&Command::new("true").expect("a command"));
    desk.hooks.callback(&Command::new("true").expect("a command"));
    assert_eq!(lock(&desk.hooks.lines)[&Line::Callback].len(), 2, "one that waits is enough");
    desk.hooks.close().await;
    assert!(begun.elapsed() < GOODBYE);
    let pid = loop {
        tokio::time::sleep(Duration::from_millis(10)).await;
        match fs::read_to_string(&pid).map(|pid| pid.trim().parse()) {
            Ok(Ok(pid)) => break pid,
            _ => assert!(begun.elapsed() < GOODBYE, "it never began"),
        }
    };
    let pid = rustix::process::Pid::from_raw(pid).expect("a process");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("it runs on");
}

#[tokio::test]
async fn a_dry_run_runs_nothing() {
    let mut desk = Desk::new(true);
    let quick = desk.note(0.0);
    desk.hooks.fallback(hook(80, &quick, Word::Start));
    assert_eq!(desk.said().await, "");
}

/// The second instance is a script that notes what it is asked to do.
#[tokio::test]
async fn instances_follow_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let mut desk = Desk::new(false);
    let file = desk.folder.path().join("instance");
    let out = desk.folder.path().join("out");
    // one that does not run cannot be reloaded
    let text = format!("#!/bin/sh\necho $* >> {}; [ $* != 'b reload' ]\n", out.display());
    let text = text.replace("[ $* !=", "[ \"$*\" !=");
    fs::write(&file, text).expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("our file");
    desk.hooks.executable = file;
    let names = |names: &[&str]| -> Vec<String> { names.iter().map(|n| (*n).to_owned()).collect() };
    let mut said = Vec::new();
    desk.hooks.follow(&names(&["early"]));
    desk.hooks.begin(&names(&["a", "b"]));
    desk.hooks.begin(&names(&["a", "b"]));
    said.push(desk.said().await);
    desk.hooks.follow(&names(&["b", "c"]));
    said.push(desk.said().await);
    desk.hooks.stop();
    desk.hooks.stop();
    said.push(desk.said().await);
    let mut before = 0;
    let news = said.iter().map(|said| {
        let mut news: Vec<_> = said[before..].lines().collect();
        before = said.len();
        news.sort_unstable();
        news.join(", ")
    });
    let expected = ["a start, b start", "a stop, b reload, b start, c start", "b stop, c stop"];
    assert_eq!(news.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn reloads_that_wait_are_one_and_the_end_comes_behind_it() {
    let mut desk = Desk::new(false);
    desk.hooks.executable = "/bin/true".into();
    let names = ["a".to_owned()];
    desk.hooks.begin(&names);
    (0..50).for_each(|_| desk.hooks.follow(&names));
    desk.hooks.stop();
    let line = Line::Instance("a".to_owned());
    let asked: Vec<_> = lock(&desk.hooks.lines)[&line].iter().map(|errand| name(errand)).collect();
    assert_eq!(asked, ["start", "reload", "stop"].map(|word| format!("`ldirectord a {word}`")));
    desk.hooks.close().await;
}
