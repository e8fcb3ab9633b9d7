//! One long-lived perl for each script: it has loaded the script's modules, and forks for each run.
//!
//! In: arguments. Out: what became of the run; or nothing where there is no such perl, or no more:
//! then the script must be run by itself. What is said between the two is told in `zygote.pl`.
//!
//! A run is a process of its own, in a group of its own: it leaves nothing behind in its parent, and
//! is killed with all it started when nobody waits for it any more. The script is read anew by each.
//! A perl whose modules or script change on disk is replaced; one that nobody needs leaves.

use std::collections::{BTreeMap, HashMap};
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::asking::Asking;
use crate::program::Ended;

/// Runs a script until it ends or the deadline strikes; `None` if that must be done otherwise.
pub(super) async fn run(script: &str, arguments: &[String], asking: &Asking) -> Option<Ended> {
    asking.progress.enter("running");
    let (reply, answer) = oneshot::channel();
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut run = Run { id, zygote: zygote(script)?, late: false };
    run.zygote.send(Word::Run { id, arguments: arguments.to_vec(), reply }).ok()?;
    let Ok(answer) = timeout_at(asking.deadline, answer).await else {
        run.late = true;
        return Some(Ended::killed());
    };
    let ended = answer.ok()?;
    asking.progress.received(&ended.out);
    Some(ended)
}

/// A run that somebody waits for. Dropped, it is killed, if it has not ended.
struct Run {
    id: u64,
    zygote: UnboundedSender<Word>,
    /// Whether it was given up at its deadline.
    late: bool,
}

impl Drop for Run {
    fn drop(&mut self) {
        // one that is gone has taken its runs with it
        let _ = self.zygote.send(Word::Kill { id: self.id, late: self.late });
    }
}

/// What a zygote's keeper is told. The queue is as long as there are checks in flight.
enum Word {
    Run { id: u64, arguments: Vec<String>, reply: oneshot::Sender<Ended> },
    Kill { id: u64, late: bool },
}

/// The keeper of a script's zygote, which is started if there is none.
fn zygote(script: &str) -> Option<UnboundedSender<Word>> {
    let mut zygotes = ZYGOTES.lock().unwrap_or_else(PoisonError::into_inner);
    zygotes.retain(|_, zygote| !zygote.is_closed());
    if let Some(zygote) = zygotes.get(script) {
        return Some(zygote.clone());
    }
    let child = command(script).spawn().ok()?;
    let (tell, words) = unbounded_channel();
    tokio::spawn(keep(script.to_owned(), child, words));
    zygotes.insert(script.to_owned(), tell.clone());
    Some(tell)
}

fn command(script: &str) -> Command {
    let mut command = Command::new("perl");
    command
        .args(["-e", include_str!("zygote.pl"), "--", script, &KEPT.to_string()])
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Speaks with one zygote as long as it lives and is needed. Dropped, as this ends, its standard
/// input is closed, by which it knows that it must go.
async fn keep(script: String, mut child: Child, mut words: UnboundedReceiver<Word>) {
    let (Some(mut asked), Some(told)) = (child.stdin.take(), child.stdout.take()) else { return };
    let mut told = BufReader::new(told).lines();
    let mut runs = Runs::new();
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            word = words.recv() => {
                // nobody can ask a stale one any more, and nobody waits
                let Some(word) = word else { return };
                if is_stuck(&runs, &word, heard) {
                    return kill(&child, &runs);
                }
                let line = line(word, &mut runs);
                match timeout(PATIENCE, asked.write_all(line.as_bytes())).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return,
                    Err(_) => return kill(&child, &runs),
                }
            }
            line = told.next_line() => match line {
                Ok(Some(line)) if line == "stale" => retire(&script),
                Ok(Some(line)) => {
                    heard = Instant::now();
                    heed(&line, &mut runs);
                }
                _ => return,
            },
            () = sleep(IDLE), if runs.is_empty() => return,
        }
    }
}

/// Has the next who asks start another zygote; who has asked this one still waits for it.
fn retire(script: &str) {
    ZYGOTES.lock().unwrap_or_else(PoisonError::into_inner).remove(script);
}

/// Those who wait.
type Runs = HashMap<u64, Waiting>;

struct Waiting {
    since: Instant,
    reply: oneshot::Sender<Ended>,
    /// The process that is waited for, once it has begun.
    begun: Option<Pid>,
}

/// Whether a run is given up, and the zygote has not said a word since it was asked for.
fn is_stuck(runs: &Runs, word: &Word, heard: Instant) -> bool {
    let Word::Kill { id, late: true } = word else { return false };
    runs.get(id).is_some_and(|waiting| waiting.begun.is_none() && heard < waiting.since)
}

fn kill(zygote: &Child, runs: &Runs) {
    let zygote = zygote.id().and_then(|id| Pid::from_raw(id.cast_signed()));
    for group in runs.values().filter_map(|waiting| waiting.begun).chain(zygote) {
        // one that has ended in this moment needs none
        let _ = kill_process_group(group, Signal::KILL);
    }
}

/// A word as the zygote reads it; nothing for one about a run that is over.
fn line(word: Word, runs: &mut Runs) -> String {
    match word {
        Word::Run { id, arguments, reply } => {
            runs.insert(id, Waiting { since: Instant::now(), reply, begun: None });
            let arguments = arguments.iter().map(|argument| format!(" {}", hex(argument)));
            format!("run {id}{}\n", arguments.collect::<String>())
        }
        Word::Kill { id, .. } => match runs.remove(&id) {
            Some(_) => format!("kill {id}\n"),
            None => String::new(),
        },
    }
}

/// What the zygote says.
fn heed(line: &str, runs: &mut Runs) {
    let mut fields = line.split(' ');
    let verb = fields.next();
    let Some(id) = fields.next().and_then(|id| id.parse().ok()) else { return };
    let number = fields.next().and_then(|number| number.parse::<i32>().ok());
    match (verb, number) {
        (Some("begun"), Some(pid)) => {
            if let Some(waiting) = runs.get_mut(&id) {
                waiting.begun = Pid::from_raw(pid);
            }
        }
        (Some("ended"), Some(status)) => {
            let [out, err] = [(); 2].map(|()| unhex(fields.next().unwrap_or_default()));
            if let Some(Waiting { reply, .. }) = runs.remove(&id) {
                // who waited may have gone in this moment
                let _ = reply.send(Ended::with(ExitStatus::from_raw(status), out, err));
            }
        }
        // whoever waits learns that nothing comes
        _ => drop(runs.remove(&id)),
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs.filter_map(byte).collect()
}

static ZYGOTES: Mutex<BTreeMap<String, UnboundedSender<Word>>> = Mutex::new(BTreeMap::new());
static NEXT: AtomicU64 = AtomicU64::new(0);
/// Bytes of each output that are kept.
const KEPT: usize = 1024;
/// How long one that nobody asks stays: longer than between two checks, for most.
const IDLE: Duration = Duration::from_secs(600);
/// How long it may take one to read what it is told: it does little else.
const PATIENCE: Duration = Duration::from_secs(10);
