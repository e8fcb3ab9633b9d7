//! `lvs-director probe` against small servers on this machine: what it prints, and how it ends.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may end where it fails")]

use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use tempfile::NamedTempFile;

/// The exit status tells whether all are up, and the page who is not.
#[test]
fn up_mixed_and_down() {
    let (up, down) = (smtp(), nobody());
    let all = site(&[&[up, smtp()]]);
    let output = probe(&[], &all);
    let shown = lines(&output);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(shown[0], "tcp:192.0.2.1:25  2 of 2 up");
    assert!(shown[2].contains(" up ") && shown[2].ends_with("  greeted"), "{shown:?}");

    let some = site(&[&[up, down]]);
    let output = probe(&[], &some);
    let shown = lines(&output);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(shown[0], "tcp:192.0.2.1:25  1 of 2 up");
    assert!(shown[3].contains(" DOWN ") && shown[3].ends_with("  connection refused"), "{shown:?}");
    assert!(!String::from_utf8(output.stdout).unwrap().contains('\x1b'), "colours in a pipe");

    let none = site(&[&[down]]);
    assert_eq!(probe(&[], &none).status.code(), Some(1));
}

#[test]
fn nothing_to_ask_is_nothing_wrong() {
    let file = file("virtual=192.0.2.1:25\n\tchecktype=off\n\treal=127.0.0.1:1 masq\nvirtual=7\n");
    let output = probe(&[], &file);
    assert_eq!(output.status.code(), Some(0));
    let expected = "tcp:192.0.2.1:25  not checked\n  REAL         WHY\n  127.0.0.1:1  not checked\n\
                    \nfwm:7  no real servers\n";
    assert_eq!(String::from_utf8(output.stdout).unwrap(), expected);
    let warning = String::from_utf8(output.stderr).unwrap();
    assert!(warning.contains(":4:9: warning: "), "{warning}");
}

/// In the file's order, however long each takes; one who is in there twice is asked once.
#[test]
fn the_order_is_the_files() {
    let (slow, other) = (listener(), listener());
    let (address, fast) = (slow.local_addr().unwrap(), other.local_addr().unwrap());
    let (tell, done) = mpsc::channel();
    thread::spawn(move || {
        let (client, _) = other.accept().unwrap();
        converse(client, "220 well", |_| "250 ok");
        tell.send(()).unwrap();
    });
    let file = site(&[&[address, fast], &[fast], &[address]]);
    let asked = thread::spawn(move || {
        let (client, _) = slow.accept().unwrap();
        done.recv().unwrap();
        converse(client, "220 at last", |_| "250 ok");
        slow.set_nonblocking(true).unwrap();
        slow.accept().is_err()
    });
    let output = probe(&["--json"], &file);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(asked.join().unwrap(), "asked twice");
    let shown = json(&output).into_iter().map(|line| {
        format!("{} {}", line["virtual"].as_str().unwrap(), line["real"].as_str().unwrap())
    });
    let expected = [
        format!("tcp:192.0.2.1:25 {address}"),
        format!("tcp:192.0.2.1:25 {fast}"),
        format!("tcp:192.0.2.2:25 {fast}"),
        format!("tcp:192.0.2.3:25 {address}"),
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

/// The dialogue is shown only if one wants it, and never with the password.
#[test]
fn what_was_said() {
    let text = format!(
        "virtual=192.0.2.1:110\n\tlogin=\"me\"\n\tpasswd=\"geheim\"\n\treal={} masq\n",
        server("+OK ready", pop)
    );
    let file = file(&text);
    for options in [&[][..], &["-v"], &["--json"], &["--json", "--verbose"]] {
        let output = probe(options, &file);
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{shown}");
        let verbose = options.last().is_some_and(|option| *option != "--json");
        assert_eq!(shown.contains("+OK ready"), verbose, "{shown}");
        assert_eq!(shown.contains("PASS ********"), verbose, "{shown}");
        assert!(!shown.contains("geheim"), "{shown}");
    }
    let shown = lines(&probe(&["-v"], &file));
    for said in ["    < +OK ready", "    > USER me", "    < +OK", "    > PASS ********"] {
        assert!(shown.iter().any(|line| line == said), "{shown:?}");
    }
}

/// Every field is in the manual page, with its types, and no other is.
#[test]
fn the_manual_page_has_every_field_of_the_json() {
    let output = probe(&["--json", "-v"], &site(&[&[smtp(), nobody()]]));
    let off = file("virtual=192.0.2.1:25\n\tchecktype=off\n\treal=127.0.0.1:1 masq\n");
    let mut answers = json(&output);
    answers.extend(json(&probe(&["--json", "-v"], &off)));
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/man/lvs-director.8"));
    let page = page.unwrap();
    let part = page.split("\n.Sh PROBE\n").nth(1).unwrap().split("\n.Sh ").next().unwrap();
    let entries = part.lines().filter_map(|line| line.strip_prefix(".It Va ")?.split_once(" Pq "));
    let entries: Vec<_> = entries.collect();
    let mut found = BTreeSet::new();
    for answer in &answers {
        for (name, value) in answer.as_object().unwrap() {
            let types = entries.iter().find(|(entry, _)| entry == name).map(|(_, types)| types);
            let types = types.unwrap_or_else(|| panic!("{name} is not in the page"));
            assert!(types.split(" or ").any(|one| one == kind(value)), "{name}: {value}");
            found.insert(name.clone());
        }
    }
    for turn in answers[0]["transcript"].as_array().unwrap() {
        found.extend(turn.as_object().unwrap().keys().map(|name| format!("transcript[].{name}")));
    }
    assert_eq!(found, entries.iter().map(|(name, _)| (*name).to_owned()).collect());
    let up = &answers[0];
    assert_eq!((&up["verdict"], &up["check"]), (&"up".into(), &"smtp".into()));
    let times = ["connect_ms", "first_byte_ms", "took_ms"].map(|name| up[name].as_f64().unwrap());
    assert!(times.is_sorted() && times[0] > 0.0, "{times:?}");
    assert_eq!((&answers[1]["verdict"], &answers[2]["verdict"]), (&"down".into(), &Value::Null));
}

#[test]
fn only_who_is_named() {
    let (one, other) = (smtp(), nobody());
    let file = site(&[&[one, other], &[one], &[other]]);
    let named = |names: &[&str]| {
        let output = probe(&[&["--json"], names].concat(), &file);
        (output.status.code().unwrap(), json(&output).len())
    };
    assert_eq!(named(&[]), (1, 4));
    assert_eq!(named(&[&one.to_string()]), (0, 2));
    assert_eq!(named(&["tcp:192.0.2.2:25"]), (0, 1));
    assert_eq!(named(&["192.0.2.2", &other.to_string()]), (1, 3));
    let output = probe(&["10.9.8.7"], &file);
    assert_eq!((output.status.code(), &*output.stdout), (Some(2), &b""[..]));
    let why = String::from_utf8(output.stderr).unwrap();
    let expected = "no virtual or real server is \"10.9.8.7\"; there are tcp:192.0.2.1:25, ";
    assert!(why.contains(expected), "{why}");
}

#[test]
fn a_broken_file_and_none() {
    let broken = file("virtual=192.0.2.1:25\n\treal=10.0.0.1:25 gat\n");
    let output = probe(&[], &broken);
    assert_eq!((output.status.code(), &*output.stdout), (Some(2), &b""[..]));
    let why = String::from_utf8(output.stderr).unwrap();
    assert!(why.contains(":2:19: error: ") && why.ends_with(": NOT usable\n"), "{why}");
    let output = program().args(["probe", "/there/is/none"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(program().arg("probe").output().unwrap().status.code(), Some(2));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let file = site(&[&[smtp()]]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = command(&[], &file);
    let output = command.stdout(writer).stderr(Stdio::piped()).output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(1), &b""[..]));
}

/// On a terminal it says how far it is; interrupted, it leaves no trace of that.
#[test]
fn an_interrupted_round() {
    let silent = listener();
    let file = site(&[&[silent.local_addr().unwrap()]]);
    let (mut terminal, theirs) = pty();
    let mut child = command(&[], &file).stderr(theirs).stdout(Stdio::null()).spawn().unwrap();
    let mut shown = String::new();
    until(&mut terminal, &mut shown, " s");
    assert_eq!(interrupt(&mut child).code(), Some(130));
    until(&mut terminal, &mut shown, " s\r\x1b[K");
    assert!(shown.starts_with("\r\x1b[K0 of 1 checked, "), "{shown:?}");
}

/// What a check runs does not outlive it.
#[test]
fn an_interrupted_program() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("alive");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let script = folder.path().join("hangs");
    let text = format!("#!/bin/sh\nexec 3>{}\necho here >&3\nsleep 600\n", fifo.display());
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, Permissions::from_mode(0o755)).unwrap();
    let file = file(&format!(
        "checktimeout=600\nvirtual=192.0.2.1:25\n\tchecktype=external\n\tcheckcommand={}\n\
         \treal=127.0.0.1:25 masq\n",
        script.display()
    ));
    let mut child = command(&[], &file).stdout(Stdio::null()).spawn().unwrap();
    let mut alive = BufReader::new(File::open(&fifo).unwrap());
    let mut said = String::new();
    alive.read_line(&mut said).unwrap();
    assert_eq!(said, "here\n");
    assert_eq!(interrupt(&mut child).code(), Some(130));
    // the other end is closed only when the program is gone
    assert_eq!(alive.read_line(&mut said).unwrap(), 0);
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_lvs-director"))
}

/// Options and names, and the file between them.
fn command(words: &[&str], file: &NamedTempFile) -> Command {
    let (options, names): (Vec<&str>, Vec<_>) = words.iter().partition(|w| w.starts_with('-'));
    let mut command = program();
    command.arg("probe").args(options).arg(file.path()).args(names);
    command
}

fn probe(words: &[&str], file: &NamedTempFile) -> Output {
    command(words, file).output().unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stdout.clone()).unwrap().lines().map(str::to_owned).collect()
}

fn json(output: &Output) -> Vec<Value> {
    lines(output).iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// A file of virtuals whose reals are asked by SMTP.
fn site(virtuals: &[&[SocketAddr]]) -> NamedTempFile {
    let mut text = String::new();
    for (number, reals) in (1..).zip(virtuals) {
        text += &format!("virtual=192.0.2.{number}:25\n");
        reals.iter().for_each(|real| text += &format!("\treal={real} masq\n"));
    }
    file(&text)
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

/// A port that was free a moment ago.
fn nobody() -> SocketAddr {
    listener().local_addr().unwrap()
}

fn smtp() -> SocketAddr {
    server("220 well", |_| "250 ok")
}

fn pop(line: &str) -> &'static str {
    let known = ["USER", "PASS", "QUIT"].iter().any(|word| line.starts_with(word));
    if known { "+OK" } else { "-ERR" }
}

/// A server that greets, and has an answer to every line.
fn server(greeting: &'static str, answer: fn(&str) -> &'static str) -> SocketAddr {
    let listener = listener();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            thread::spawn(move || converse(client.unwrap(), greeting, answer));
        }
    });
    address
}

fn converse(mut client: TcpStream, greeting: &str, answer: fn(&str) -> &'static str) {
    let lines = BufReader::new(client.try_clone().unwrap()).lines();
    // the client may leave when it likes
    let _ = write!(client, "{greeting}\r\n");
    for line in lines.map_while(Result::ok) {
        let _ = write!(client, "{}\r\n", answer(&line));
    }
}

/// A terminal: our end and the program's.
fn pty() -> (File, OwnedFd) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = File::options().write(true).open(name.to_str().unwrap()).unwrap();
    (File::from(ours), OwnedFd::from(theirs))
}

/// Reads what is shown until `end` is.
fn until(terminal: &mut File, shown: &mut String, end: &str) {
    let mut piece = [0; 1000];
    while !shown.ends_with(end) {
        let length = terminal.read(&mut piece).unwrap_or_else(|why| panic!("{why}: {shown:?}"));
        shown.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
}

fn interrupt(child: &mut Child) -> ExitStatus {
    kill_process(Pid::from_child(child), Signal::INT).unwrap();
    child.wait().unwrap()
}
