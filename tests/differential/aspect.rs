//! What can be seen of a director after a step, as lines of text without dates and process ids.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One of the things that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Aspect {
    /// The exit status of the command, and what it said.
    Exit,
    /// `ipvsadm -Sn`.
    Table,
    /// What was logged, to files and to the system log.
    Log,
    /// The letters.
    Mail,
    /// What callback, fallbackcommand and checkcommand were given.
    Told,
    /// What the monitor files say last of each real.
    Monitor,
}

impl Aspect {
    /// All of them, in the order in which they are told.
    pub(crate) const ALL: [Aspect; 6] =
        [Aspect::Exit, Aspect::Table, Aspect::Log, Aspect::Mail, Aspect::Told, Aspect::Monitor];
}

/// What was seen of one side.
pub(crate) type Sight = BTreeMap<Aspect, Vec<String>>;

/// The lines of one side only, each as often as it has more of it.
pub(crate) fn only(these: &[String], those: &[String]) -> Vec<String> {
    let mut rest = those.to_vec();
    let mut only = Vec::new();
    for line in these {
        match rest.iter().position(|other| other == line) {
            Some(at) => drop(rest.swap_remove(at)),
            None => only.push(line.clone()),
        }
    }
    only
}

/// A line of a log file, `[date|name|pid] message`, or of a monitor file, `[date] [pid] message`,
/// without date and pid; of another line no more than the numbers of processes is taken away.
pub(crate) fn undated(line: &str) -> String {
    let bracket = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let message = match bracket {
        Some((head, message)) if is_date(head.split('|').next().unwrap_or_default()) => {
            match head.split('|').nth(1) {
                Some(name) => format!("[{name}] {message}"),
                None => message.to_owned(),
            }
        }
        _ => line.to_owned(),
    };
    without_pids(&message)
}

/// `Sat Nov 21 03:06:50 2026`
fn is_date(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() == 5 && words[3].len() == 8 && words[4].len() == 4
}

/// `[123]`, `pid: 123`, `PID=123`
fn without_pids(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) =
        ["[", "pid: ", "PID="].iter().filter_map(|sign| Some(rest.find(sign)? + sign.len())).min()
    {
        let (head, tail) = rest.split_at(at);
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits > 0 && (!head.ends_with('[') || tail[digits..].starts_with(']'));
        out += head;
        if whole {
            out += "N";
        }
        rest = if whole { &tail[digits..] } else { tail };
    }
    out + rest
}

/// Lines with their complaints about a file taken apart: where the first error is, which must be the
/// same, and what is said of it, which need not.
pub(crate) fn complaints(lines: Vec<String>) -> Vec<String> {
    let mut out = Vec::new();
    let (mut errors, mut inside) = (0, false);
    for line in lines {
        let words =
            line.split_once("at line ").filter(|(head, _)| head.contains(" [N] reading file "));
        let taken = words.and_then(|(head, rest)| Some((head, rest.split_once(": ")?)));
        if let Some((head, (number, message))) = taken {
            let error = head.contains("Error [N]");
            errors += usize::from(error);
            let kind = if error && errors > 1 { "further: " } else { "" };
            out.push(format!("{kind}{head}at line {number}"));
            out.push(format!("message: {message}"));
            inside = true;
        } else if inside && is_drawing(&line) {
            // the line, the caret and the hint belong to the message
            out.push(format!("message: {line}"));
        } else {
            inside = false;
            out.push(line);
        }
    }
    out
}

fn is_drawing(line: &str) -> bool {
    let text = line.split_once(": ").map_or(line, |(_, text)| text);
    let text = text.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
    // theirs has a line's end within its quotes
    text.is_empty() || text == "\"" || ["|", "=", "..."].iter().any(|sign| text.starts_with(sign))
}

/// Of the lines of a monitor file, the last one about each real.
pub(crate) fn last_of_each(lines: Vec<String>) -> Vec<String> {
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for line in lines {
        // what a failure is called is each program's own
        let said = line.split_once(" [down] ").map(|(identity, _)| format!("{identity} [down]"));
        let identity = line.split(" [up] ").next().and_then(|line| line.split(" [down] ").next());
        last.insert(identity.unwrap_or_default().to_owned(), said.unwrap_or(line));
    }
    last.into_values().collect()
}
