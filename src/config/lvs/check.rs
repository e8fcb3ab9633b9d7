//! What nanny asks of a server: send and expect, or a program.

use checkers::{Check, Expect, SendExpect, SendProgram, Transport};

use super::section::Section;
use crate::config::ldirectord::lent;
use crate::config::{Diagnostic, Fault, Resolver};

/// The check that the keys of a block ask for; what is odd is noted. `port` is the virtual's.
pub(super) fn check(
    keys: &Section<'_>,
    port: u16,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Check {
    if let Some(program) = program(keys, resolver, notes) {
        return program;
    }
    let transport = match keys.word("protocol") {
        Some("udp") => Transport::Udp,
        _ => Transport::Tcp,
    };
    if keys.get("send").is_none() && keys.get("expect").is_none() {
        if port == WEB {
            let (send, expect) =
                (b"GET / HTTP/1.0\r\n\r\n".to_vec(), Expect::Start(b"HTTP".to_vec()));
            return Check::SendExpect(SendExpect { transport, send, expect });
        }
        if transport == Transport::Tcp {
            return Check::Connect;
        }
    }
    let send = keys.text("send").map(|text| SendExpect::translated(text.text()));
    for text in ["send", "expect"].into_iter().filter_map(|name| keys.text(name)) {
        if text.text().contains(LOST) {
            let message = "there are bytes here that are no UTF-8: they are lost";
            notes.push(Diagnostic::warning(text.span(), message).hint("write it in ASCII"));
        }
    }
    let expect = expect(keys, notes);
    Check::SendExpect(SendExpect { transport, send: send.unwrap_or_default(), expect })
}

/// The seconds from check to check that an active block asks for; what is none is noted: nanny died
/// of it.
pub(super) fn interval(keys: &Section<'_>, notes: &mut Vec<Diagnostic>) -> Option<u32> {
    let given = keys.integer("timeout")?;
    let seconds = u32::try_from(given).ok().filter(|seconds| *seconds > 0);
    if seconds.is_none() {
        let message = "`timeout` takes a number of seconds, 1 or more";
        let wrong = Diagnostic::error(keys.span("timeout").unwrap_or(0..0), message);
        notes.push(wrong.fault(Fault::InvalidArgument).hint("by default it is 10"));
    }
    seconds
}

/// Warns of keys that a check of ldirectord's leaves without use.
pub(super) fn unused(keys: &Section<'_>, notes: &mut Vec<Diagnostic>) {
    for name in ["send", "expect", "use_regex", "send_program"] {
        // piranha's web pages write it anyhow
        if name == "use_regex" && keys.boolean(name) == Some(false) {
            continue;
        }
        if let Some(span) = keys.span(name) {
            let message = format!("`{name}` is not used: `checktype` or `service` is the check");
            notes.push(Diagnostic::warning(span, message));
        }
    }
}

fn program(
    keys: &Section<'_>,
    resolver: &dyn Resolver,
    notes: &mut Vec<Diagnostic>,
) -> Option<Check> {
    let given = keys.text("send_program")?;
    let words: Vec<String> = given.text().split_whitespace().map(str::to_owned).collect();
    let program = words.first()?;
    if let Err(why) = resolver.program(program) {
        let message = format!("`send_program` cannot be run: {why}");
        notes.push(Diagnostic::warning(given.span(), message));
    }
    if let Some(inside) =
        words.iter().find(|word| word.len() > 2 && (word.contains("%h") || word.contains("%p")))
    {
        let message = format!("`{inside:.60}` is not replaced: %h and %p are words of their own");
        notes.push(Diagnostic::warning(given.span(), message));
    }
    if let Some(sign) = SHELLS.iter().find(|sign| given.text().contains(**sign)) {
        let message = format!("no shell sees `{sign}`: the program gets it as it is");
        let warning = Diagnostic::warning(given.span(), message);
        notes.push(warning.hint("write a script with the command in it, and name that"));
    }
    if let Some(send) = keys.text("send").filter(|send| !send.is_empty()) {
        let message = "`send` is not used: `send_program` is the check";
        notes.push(Diagnostic::warning(send.span(), message));
    }
    let expect = match keys.text("expect") {
        Some(expect) => expect.text(),
        None => {
            let message = "without `expect` the program must print nothing";
            let warning = Diagnostic::warning(given.span(), message);
            notes.push(warning.hint("write expect = \"OK\", or whatever it prints"));
            ""
        }
    };
    let expect = String::from_utf8_lossy(&SendExpect::translated(expect)).into_owned();
    Some(Check::SendProgram(SendProgram { words, expect }))
}

fn expect(keys: &Section<'_>, notes: &mut Vec<Diagnostic>) -> Expect {
    let Some(given) = keys.text("expect").filter(|text| !text.is_empty()) else {
        return Expect::Nothing;
    };
    let text = SendExpect::translated(given.text());
    if keys.boolean("use_regex") == Some(true) {
        return match lent::regex(&String::from_utf8_lossy(&text)) {
            Ok(pattern) => Expect::Match(pattern),
            Err(why) => {
                let message = "`expect` is not a regular expression that can be used";
                let wrong = Diagnostic::error(given.span(), message).hint(why);
                notes.push(wrong.fault(Fault::InvalidArgument));
                Expect::Nothing
            }
        };
    }
    // what stands before a lost byte is how the answer begins, too
    match given.text().split_once(LOST) {
        Some(("", _)) => Expect::Anything,
        Some((before, _)) => Expect::Start(SendExpect::translated(before)),
        None if text == b"*" => Expect::Anything,
        None => Expect::Start(text),
    }
}

/// What stands for a byte that is no UTF-8.
const LOST: char = char::REPLACEMENT_CHARACTER;
/// What means something to a shell alone.
const SHELLS: &[&str] = &["'", "\"", "|", "&&", "$", "`", ">"];
/// The port whose servers are asked for a page, where nothing else is said.
const WEB: u16 = 80;
