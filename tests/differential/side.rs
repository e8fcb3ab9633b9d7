//! One of the two directors of a case: what it is told to do, and what can be seen of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::aspect::{Aspect, Sight, complaints, last_of_each, undated};
use super::farm::Farm;
use super::host::Host;
use super::machine;
use super::processes::processes;

/// A director's machine, with folders of its own.
pub(crate) struct Side {
    host: Host,
    address: IpAddr,
    /// Its /var/log, /run, /etc/ha.d and /srv are in there.
    folder: PathBuf,
    /// Its view of the files.
    mounts: PathBuf,
    config: String,
    syslog: UnixDatagram,
    /// How much of each file has been looked at.
    read: HashMap<PathBuf, usize>,
    letters: usize,
}

/// What can be seen of it at once, to find out whether it is at rest.
#[derive(Clone, Debug)]
pub(crate) struct Glance {
    /// All that no check alone changes.
    pub(crate) state: String,
    /// How many questions it has asked.
    pub(crate) checks: u64,
    /// Whether it has a process.
    pub(crate) runs: bool,
    /// Whether one of them is not waiting for something.
    pub(crate) at_work: bool,
}

impl Side {
    /// Debian's ldirectord.
    pub(crate) fn theirs(host: Host, case: &str) -> Side {
        Side::make(host, case, [10, 1, 0, 1].into(), "/usr/sbin/ldirectord".as_ref())
    }

    /// Ours, in its place.
    pub(crate) fn ours(host: Host, case: &str) -> Side {
        Side::make(host, case, [10, 1, 0, 2].into(), &machine::director())
    }

    fn make(host: Host, case: &str, address: IpAddr, program: &Path) -> Side {
        let folder = PathBuf::from(format!("{FOLDER}/{}", host.name));
        for inner in ["log", "run", "etc", "srv/maintenance", "srv/monitor", "srv/down"] {
            fs::create_dir_all(folder.join(inner)).expect("a new folder");
        }
        for (name, text) in SCRIPTS {
            let path = folder.join("srv").join(name);
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("our file");
        }
        let mounts = folder.join("mounts");
        fs::write(&mounts, "").expect("a file");
        let (mount, bound) = (mounts.display(), folder.display());
        let lines = format!(
            "set -e; mount --bind {program} /usr/sbin/ldirectord
             mount --bind {bound}/srv/sendmail /usr/sbin/sendmail
             mount --bind {bound}/log /var/log; mount --bind {bound}/etc /etc/ha.d
             mount --bind {bound}/srv /srv; mount --bind {bound}/run /run",
            program = program.display(),
        );
        let made = Command::new("unshare")
            .args([&format!("--mount={mount}"), "sh", "-c", &lines])
            .output()
            .expect("unshare starts");
        assert!(made.status.success(), "{made:?}");
        let syslog = UnixDatagram::bind(folder.join("run/syslog")).expect("a socket");
        syslog.set_nonblocking(true).expect("a socket");
        Side {
            host,
            address,
            folder,
            mounts,
            config: format!("{case}.cf"),
            syslog,
            read: HashMap::new(),
            letters: 0,
        }
    }

    /// Turns to another case.
    pub(crate) fn take(&mut self, case: &str) {
        self.config = format!("{case}.cf");
    }

    /// Saves its ldirectord.cf, as an editor does.
    pub(crate) fn save(&self, text: &str) {
        let file = self.folder.join("etc").join(&self.config);
        fs::write(file.with_extension("new"), text).expect("a file");
        fs::rename(file.with_extension("new"), file).expect("a rename");
    }

    /// Calls `ldirectord FILE ACTION`; returns the exit status and what it said.
    pub(crate) fn act(&self, action: &str) -> Vec<String> {
        self.call(&["/usr/sbin/ldirectord", &self.config, action])
    }

    /// Runs a command here; returns the exit status and what it said.
    pub(crate) fn call(&self, words: &[&str]) -> Vec<String> {
        let open = |name: &str| File::create(self.folder.join(name)).expect("a file");
        let mut child = Command::new("nsenter")
            .arg(format!("--mount={}", self.mounts.display()))
            .arg(format!("--net=/run/netns/{}", self.host.name))
            .args(words)
            .current_dir("/")
            .env_clear()
            .envs([("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("HOME", "/root")])
            .envs([("LANG", "C.UTF-8"), ("TZ", "UTC")])
            .stdin(Stdio::null())
            .stdout(open("stdout"))
            .stderr(open("stderr"))
            .spawn()
            .expect("nsenter starts");
        let begun = Instant::now();
        let status = loop {
            match child.try_wait().expect("our child") {
                Some(status) => break status.to_string(),
                None if begun.elapsed() > LIMIT => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break "no end".to_owned();
                }
                None => thread::sleep(Duration::from_millis(50)),
            }
        };
        let mut said = vec![status];
        for name in ["stdout", "stderr"] {
            let text = fs::read(self.folder.join(name)).expect("its output");
            let text = String::from_utf8_lossy(&text).into_owned();
            let lines = text.lines().map(|line| format!("{name}: {}", undated(line))).collect();
            said.extend(complaints(lines));
        }
        said
    }

    /// Sends its daemon a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let file = self.folder.join(format!("run/ldirectord.{}.pid", self.config));
        let pid = fs::read_to_string(file).ok().and_then(|pid| pid.trim().parse().ok());
        if let Some(pid) = pid.and_then(Pid::from_raw) {
            // who has gone needs none
            let _ = kill_process(pid, signal);
        }
    }

    /// Makes an empty file of a path under /srv.
    pub(crate) fn touch(&self, path: &str) {
        fs::write(self.folder.join("srv").join(path), "").expect("a file");
    }

    /// Removes it.
    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.folder.join("srv").join(path)).expect("a file");
    }

    /// How it is at this moment.
    pub(crate) fn glance(&self) -> Glance {
        let (table, mut checks) = self.host.inside(|| {
            let read = |file: &str| {
                fs::read_to_string(format!("/proc/thread-self/net/{file}")).unwrap_or_default()
            };
            (read("ip_vs"), questions(&read("snmp"), &read("snmp6")))
        });
        let mut state = table;
        for path in self.files() {
            let size = fs::metadata(&path).map_or(0, |file| file.len());
            match path.strip_prefix(self.folder.join("srv")) {
                Ok(path) if path.starts_with("monitor") => {}
                Ok(path) if path == Path::new("asked") => {
                    checks += fs::read(self.folder.join("srv/asked")).map_or(0, |text| {
                        text.iter().filter(|&&byte| byte == b'\n').count() as u64
                    });
                }
                _ => state += &format!("{} {size}\n", path.display()),
            }
        }
        let processes = self.processes();
        let (runs, at_work) =
            (!processes.is_empty(), processes.iter().any(|&(_, state)| state != 'S'));
        Glance { state, checks, runs, at_work }
    }

    /// What is there to be seen since the last time, after a command that ended so.
    pub(crate) fn sight(&mut self, exit: Vec<String>, farm: &Farm) -> Sight {
        let runs = !self.processes().is_empty();
        let mut sight: Sight =
            BTreeMap::from([(Aspect::Exit, exit), (Aspect::Table, self.host.table())]);
        for path in self.files() {
            let lines = self.news(&path);
            let inner = path
                .strip_prefix(&self.folder)
                .expect("its own file")
                .to_string_lossy()
                .into_owned();
            let (aspect, lines) = match inner.as_str() {
                "log/ldirectord.log" => (Aspect::Log, complaints(lines)),
                _ if inner.starts_with("log/") => {
                    (Aspect::Log, lines.iter().map(|line| format!("{inner}: {line}")).collect())
                }
                // what the last check before a stop was is chance
                _ if inner.starts_with("srv/monitor/") && runs => {
                    (Aspect::Monitor, last_of_each(lines))
                }
                "srv/asked" if runs => (Aspect::Told, once(lines)),
                "srv/told" => (Aspect::Told, lines),
                "srv/letters" => (Aspect::Mail, letters(&(lines.join("\n") + "\n"))),
                _ => continue,
            };
            sight.entry(aspect).or_default().extend(lines);
        }
        let mut line = [0; 8192];
        while let Ok(length) = self.syslog.recv(&mut line) {
            let said = String::from_utf8_lossy(&line[..length]).into_owned();
            sight.entry(Aspect::Log).or_default().push(syslog(&said));
        }
        let new = farm.letters(self.address, self.letters);
        self.letters += new.len();
        let new = new.iter().flat_map(|letter| essence(letter));
        sight.entry(Aspect::Mail).or_default().extend(new);
        sight
    }

    /// Ends all processes of this director.
    pub(crate) fn end(&self) {
        for (pid, _) in self.processes() {
            if let Some(pid) = Pid::from_raw(pid) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }

    /// The lines that a file has got since the last time.
    fn news(&mut self, path: &Path) -> Vec<String> {
        let text = fs::read(path).unwrap_or_default();
        let from = self.read.insert(path.to_owned(), text.len()).unwrap_or(0).min(text.len());
        String::from_utf8_lossy(&text[from..]).lines().map(undated).collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder.join("log"), self.folder.join("srv")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("its folder").flatten() {
                let path = entry.path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => found.push(path),
                }
            }
        }
        found.sort();
        found
    }

    /// The processes in its network, with their states.
    fn processes(&self) -> Vec<(i32, char)> {
        let network = fs::metadata(format!("/run/netns/{}", self.host.name)).expect("a namespace");
        let own = MetadataExt::ino(&network);
        let all = processes();
        let here = all.iter().filter(|process| process.network == own);
        here.map(|process| (process.pid, process.state)).collect()
    }
}

/// How many questions a machine has asked: connections, datagrams, pings.
fn questions(snmp: &str, snmp6: &str) -> u64 {
    let mut sum = 0;
    let lines: Vec<&str> = snmp.lines().collect();
    for pair in lines.chunks_exact(2) {
        let (names, values) = (pair[0].split_whitespace(), pair[1].split_whitespace());
        for (name, value) in names.zip(values) {
            if ["ActiveOpens", "OutDatagrams", "OutEchos"].contains(&name) {
                sum += value.parse::<u64>().unwrap_or(0);
            }
        }
    }
    for line in snmp6.lines() {
        if let Some((name, value)) = line.split_once(char::is_whitespace)
            && ["Icmp6OutEchos", "Udp6OutDatagrams"].contains(&name)
        {
            sum += value.trim().parse::<u64>().unwrap_or(0);
        }
    }
    sum
}

fn once(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// `<134>Nov 21 03:06:50 ldirectord[123]: message`
fn syslog(line: &str) -> String {
    let (priority, rest) = line.split_once('>').unwrap_or(("", line));
    let message: Vec<&str> = rest.trim_end_matches(['\n', '\0']).splitn(4, ' ').collect();
    undated(&format!("syslog {}>{}", priority, message.last().copied().unwrap_or_default()))
}

/// The letters that our `sendmail` was given.
fn letters(text: &str) -> Vec<String> {
    text.split("\n=====\n").filter(|letter| !letter.trim().is_empty()).flat_map(essence).collect()
}

/// A letter in one line, of its head only what people see; the reason that ours have in another one.
fn essence(letter: &str) -> Vec<String> {
    let (head, body) = letter.split_once("\n\n").unwrap_or((letter, ""));
    let seen = ["RCPT", "From: ", "To: ", "Subject: "];
    let head = head.replace("\n ", " ");
    let head = head.lines().filter(|line| seen.iter().any(|name| line.starts_with(name)));
    let mut head: Vec<&str> = head.collect();
    head.sort();
    let (reason, body): (Vec<&str>, Vec<&str>) =
        body.lines().partition(|line| line.starts_with("Reason: "));
    let whole = head.into_iter().chain(body).collect::<Vec<_>>().join(" | ");
    let whole = whole.trim_end_matches([' ', '|']).to_owned();
    [whole].into_iter().chain(reason.into_iter().map(str::to_owned)).collect()
}

/// What a file can name: each notes what it was given.
const SCRIPTS: [(&str, &str); 5] = [
    ("callback", "#!/bin/sh\necho \"callback $*\" >>/srv/told\n"),
    ("fallbackcommand", "#!/bin/sh\necho \"fallbackcommand $*\" >>/srv/told\n"),
    ("check", "#!/bin/sh\necho \"check $*\" >>/srv/asked\n[ ! -e \"/srv/down/$3\" ]\n"),
    (
        "check.pl",
        "open(my $asked, '>>', '/srv/asked'); print $asked \"check @ARGV\\n\"; close $asked;\n\
         exit(-e \"/srv/down/$ARGV[2]\" ? 1 : 0);\n",
    ),
    ("sendmail", "#!/bin/sh\n{ cat; echo; echo =====; } >>/srv/letters\n"),
];
const LIMIT: Duration = Duration::from_secs(60);
pub(crate) const FOLDER: &str = "/tmp/differential";
