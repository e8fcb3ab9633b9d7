//! Walks: what an administrator types, saves and sees, played as it is told.
//!
//! Each `tests/lab/walks/*.walk` is walked on the site of `tests/lab/demo`. At the margin stands a
//! machine's prompt with a command. Under `vi FILE` is what is saved: `| ` a whole file, or `- ` and
//! `+ ` what is replaced by what, at the file's end if by nothing. The lines set in are all that
//! follows: `out` and `err` of the command, `exit` if it is not 0, and of the director its `log`, its
//! `mail` by the subjects, and of its `table` by ipvsadm what goes (-) and what comes (+). In those
//! `…` is any text, and what comes at once, such as the answers of two reals, comes in any order.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::Duration;

use super::host::{Host, feed};
use super::machine::{self, in_the_lab};
use super::wait::wait_until;

#[test]
fn a_maintenance_evening() {
    in_the_lab(|| walk(include_str!("walks/a-maintenance-evening.walk")));
}

fn walk(text: &str) {
    feed("bash", &format!("here=/host{}/tests/lab/demo\n{SITE}", env!("CARGO_MANIFEST_DIR")));
    fs::remove_file("/usr/sbin/ldirectord").expect("Debian's");
    symlink(machine::director(), "/usr/sbin/ldirectord").expect("a link");
    let mut before = Sight::now();
    for step in steps(text) {
        println!("{}", step.prompt);
        let said = step.take();
        before = wait_until(&format!("line {}, {}", step.line, step.prompt), LIMIT, || {
            let now = Sight::now();
            let came = [said.clone(), now.since(&before)].concat();
            if step.tells(&came) { Ok(now) } else { Err(came.join("\n")) }
        });
    }
}

struct Step<'a> {
    line: usize,
    prompt: &'a str,
    saved: Vec<&'a str>,
    follows: Vec<&'a str>,
}

fn steps(text: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step> = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let last = steps.last_mut();
        match line.chars().next() {
            None | Some('#') => {}
            Some(' ') => last.expect("a step").follows.push(line.trim()),
            Some('|' | '-' | '+') => last.expect("a step").saved.push(line),
            Some(_) => steps.push(Step {
                line: number,
                prompt: line,
                saved: Vec::new(),
                follows: Vec::new(),
            }),
        }
    }
    steps
}

impl Step<'_> {
    /// Does it; what the command says.
    fn take(&self) -> Vec<String> {
        let (machine, command) = self.prompt.split_once("# ").expect("a prompt");
        if let Some(file) = command.strip_prefix("vi ") {
            self.save(file);
            return Vec::new();
        }
        // in there the machine's own folders are seen, too
        let mut shell = Command::new("ip");
        let done = shell.args(["netns", "exec", machine, "sh", "-c", command]).output();
        let done = done.expect("a shell");
        let told = |kind: &str, text: &[u8]| -> Vec<String> {
            let text = String::from_utf8_lossy(text);
            text.lines().map(|line| format!("{kind} {}", line.trim())).collect()
        };
        let mut said = [told("out", &done.stdout), told("err", &done.stderr)].concat();
        said.extend(
            (!done.status.success()).then(|| format!("exit {}", done.status.code().unwrap_or(-1))),
        );
        said
    }

    fn save(&self, file: &str) {
        let lines = |mark: char| -> String {
            let lines = self.saved.iter().filter_map(|line| line.strip_prefix(mark));
            lines.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
        };
        let (whole, old, new) = (lines('|'), lines('-'), lines('+'));
        let text = if whole.is_empty() {
            let text = fs::read_to_string(file).expect("the file that is changed");
            assert!(text.contains(&old), "line {}: {file} has no such text", self.line);
            if old.is_empty() { text + &new } else { text.replacen(&old, &new, 1) }
        } else {
            whole
        };
        fs::write("/tmp/saved", text).and_then(|()| fs::copy("/tmp/saved", file)).expect("a file");
    }

    /// Whether what came is what follows, each line once.
    fn tells(&self, came: &[String]) -> bool {
        let mut came = came.to_vec();
        let told = self.follows.iter().all(|line| {
            let found = came.iter().position(|came| is(came, line));
            found.map(|at| came.remove(at)).is_some()
        });
        told && came.is_empty()
    }
}

/// What an administrator could look at.
struct Sight {
    log: Vec<String>,
    mail: Vec<String>,
    table: Vec<String>,
}

impl Sight {
    fn now() -> Sight {
        let log = fs::read_to_string("/var/log/ldirectord.log").unwrap_or_default();
        let letters = fs::read_dir("/var/mail/new").into_iter().flatten().flatten();
        let letters = letters.map(|letter| fs::read_to_string(letter.path()).expect("a letter"));
        let director = Host { name: "director".to_owned() };
        Sight {
            log: log.lines().map(message).collect(),
            mail: letters.map(|letter| subject(&letter)).collect(),
            table: director.table(),
        }
    }

    fn since(&self, before: &Sight) -> Vec<String> {
        [
            without("log", &self.log, &before.log),
            without("mail", &self.mail, &before.mail),
            without("table -", &before.table, &self.table),
            without("table +", &self.table, &before.table),
        ]
        .concat()
    }
}

/// What of all is not in the others, each as often as it is.
fn without(kind: &str, all: &[String], others: &[String]) -> Vec<String> {
    let mut others = others.to_vec();
    let new = all.iter().filter(|line| {
        let known = others.iter().position(|other| other == *line);
        known.map(|at| others.remove(at)).is_none()
    });
    new.map(|line| format!("{kind} {line}")).collect()
}

/// A line of the log without its time, file and process.
fn message(line: &str) -> String {
    let head = line.split_once("|ldirectord|").and_then(|(_, rest)| rest.split_once("] "));
    head.map_or(line, |(_, message)| message).trim().to_owned()
}

fn subject(letter: &str) -> String {
    // a long one is folded
    let letter = letter.replace("\r\n", "\n").replace("\n ", " ");
    let subject = letter.lines().find_map(|line| line.strip_prefix("Subject: "));
    subject.expect("a subject").to_owned()
}

/// Whether a line is as told; `…` stands for any text.
fn is(line: &str, told: &str) -> bool {
    // columns may be apart by more than a blank, for the eye
    let (kind, rest) = told.split_once(' ').unwrap_or((told, ""));
    let told = format!("{kind} {}", rest.trim_start());
    let mut parts = told.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

const SITE: &str = r#"
set -e
. "$here/network"
build_network
for n in 1 2 3; do serve web$n; done
for n in 1 2 3; do echo "10.0.0.1$n web$n.example.org web$n"; done >>/etc/hosts
"#;
const LIMIT: Duration = Duration::from_secs(20);
