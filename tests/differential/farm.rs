//! The network of a case: real servers and a mailbox on one machine, and two directors.
//!
//! The reals are 10.1.0.11 to 14 and fd01::11 to 14, with ports 80, 443 and 8080. They answer a web
//! client with a page that names them and the host it asked for (`/missing` is missing), and any
//! other line with `ok`. The mailbox is 10.1.0.5, port 25.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::host::{Host, feed};

/// The numbers of the real servers.
pub(crate) const REALS: RangeInclusive<usize> = 1..=4;

/// The machines of a case.
pub(crate) struct Farm {
    host: Host,
    orders: mpsc::UnboundedSender<(usize, Mood, oneshot::Sender<()>)>,
    letters: Letters,
    silent: Vec<usize>,
    moods: HashMap<usize, Mood>,
}

/// How a real answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Right,
    Wrong,
    Refusing,
}

type Letters = Arc<Mutex<Vec<(IpAddr, String)>>>;

impl Farm {
    /// Builds the network; the servers serve, and the directors are named for the case.
    pub(crate) fn build(case: &str) -> (Farm, [Host; 2]) {
        let [host, theirs, ours] =
            ["farm", "theirs", "ours"].map(|name| Host { name: format!("{case}.{name}") });
        let all = [&host, &theirs, &ours];
        feed("ip -batch -", &all.map(|host| format!("netns add {}\n", host.name)).concat());
        all.iter().for_each(|host| {
            host.set(&["ipv6/conf/all/accept_dad=0", "ipv6/conf/default/accept_dad=0"])
        });
        let farm = &host.name;
        let mut lines = "link set lo up\nlink add br0 type bridge forward_delay 0 mcast_snooping 0\nlink set br0 up\n".to_owned();
        for n in [5, 11, 12, 13, 14] {
            lines += &format!(
                "address add 10.1.0.{n}/24 dev br0\naddress add fd01::{n}/64 dev br0 nodad\n"
            );
        }
        for (director, n) in [(&theirs, 1), (&ours, 2)] {
            lines += &format!(
                "link add d{n} master br0 type veth peer name eth0 netns {}\nlink set d{n} up\n",
                director.name
            );
        }
        feed(&format!("ip -n {farm} -batch -"), &lines);
        for (director, n) in [(&theirs, 1), (&ours, 2)] {
            let lines = format!(
                "link set lo up\naddress add 10.1.0.{n}/24 dev eth0\n\
                 address add fd01::{n}/64 dev eth0 nodad\nlink set eth0 up\n"
            );
            feed(&format!("ip -n {} -batch -", director.name), &lines);
        }
        let (orders, inbox) = mpsc::unbounded_channel();
        let letters = Letters::default();
        let (there, kept) = (host.clone(), Arc::clone(&letters));
        // it ends with its orders
        thread::spawn(move || {
            there.inside(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(serve(inbox, kept));
            });
        });
        let mut farm = Farm { host, orders, letters, silent: Vec::new(), moods: HashMap::new() };
        REALS.for_each(|real| farm.mood(real, Mood::Right));
        (farm, [theirs, ours])
    }

    /// Has a real answer so from now on.
    pub(crate) fn mood(&mut self, real: usize, mood: Mood) {
        // who is well already is not disturbed
        if self.moods.insert(real, mood) != Some(mood) {
            let (done, wait) = oneshot::channel();
            self.orders.send((real, mood, done)).expect("the servers run");
            wait.blocking_recv().expect("the servers run");
        }
        if let Some(at) = self.silent.iter().position(|&silent| silent == real) {
            self.silent.remove(at);
            self.filter("-D", real);
        }
    }

    /// Drops all that arrives for a real.
    pub(crate) fn silence(&mut self, real: usize) {
        if !self.silent.contains(&real) {
            self.silent.push(real);
            self.filter("-I", real);
        }
    }

    /// How many letters came from an address, and those past the first `seen`.
    pub(crate) fn letters(&self, from: IpAddr, seen: usize) -> Vec<String> {
        let letters = self.letters.lock().expect("no panic while it is held");
        let from = letters.iter().filter(|(sender, _)| *sender == from);
        from.skip(seen).map(|(_, letter)| letter.clone()).collect()
    }

    fn filter(&self, order: &str, real: usize) {
        self.host.run(&format!("iptables-legacy {order} INPUT -d 10.1.0.1{real} -j DROP"));
        self.host.run(&format!("ip6tables-legacy {order} INPUT -d fd01::1{real} -j DROP"));
    }
}

async fn serve(
    mut orders: mpsc::UnboundedReceiver<(usize, Mood, oneshot::Sender<()>)>,
    letters: Letters,
) {
    let mailbox = bind("10.1.0.5:25".parse().expect("an address")).await;
    let mut others = JoinSet::new();
    others.spawn(take_mail(mailbox, letters));
    let mut servers: HashMap<usize, JoinSet<()>> = HashMap::new();
    while let Some((real, mood, done)) = orders.recv().await {
        let listeners = servers.entry(real).or_default();
        listeners.shutdown().await;
        if mood != Mood::Refusing {
            let addresses = [format!("10.1.0.1{real}"), format!("fd01::1{real}")];
            for (address, port) in addresses.iter().flat_map(|a| [80, 443, 8080].map(|p| (a, p))) {
                let address = SocketAddr::new(address.parse().expect("an address"), port);
                listeners.spawn(answer(bind(address).await, address.ip(), mood));
            }
        }
        let _ = done.send(());
    }
}

/// An address of IPv6 may not be there the moment that it is given.
async fn bind(address: SocketAddr) -> TcpListener {
    let mut tries = 0;
    loop {
        match TcpListener::bind(address).await {
            Ok(bound) => return bound,
            Err(error) if tries == 50 => panic!("{address}: {error}"),
            Err(_) => tries += 1,
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn answer(listener: TcpListener, real: IpAddr, mood: Mood) {
    let mut conversations = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        conversations.spawn(async move {
            // a client that goes away in the middle is no news
            let _ = tokio::time::timeout(PATIENCE, converse(stream, real, mood)).await;
        });
        while conversations.try_join_next().is_some() {}
    }
}

async fn converse(stream: TcpStream, real: IpAddr, mood: Mood) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    stream.read_line(&mut request).await?;
    let mut words = request.split_whitespace();
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !["GET", "HEAD"].contains(&method) {
        let word = if mood == Mood::Right { "ok\r\n" } else { "sorry\r\n" };
        return if request.is_empty() { Ok(()) } else { stream.write_all(word.as_bytes()).await };
    }
    let (mut host, mut line) = (String::new(), String::new());
    while stream.read_line(&mut line).await? > 2 {
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("host")
        {
            host = value.trim().to_owned();
        }
        line.clear();
    }
    let found = mood == Mood::Right && !path.starts_with("/missing");
    let (status, page) = match found {
        true => ("200 OK", format!("Test Page {path} of {real}, host {host}\n")),
        false => ("404 Not Found", "nothing here\n".to_owned()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        page.len()
    );
    let page = if method == "HEAD" { "" } else { &page };
    stream.write_all(format!("{head}{page}").as_bytes()).await
}

async fn take_mail(listener: TcpListener, letters: Letters) {
    let mut conversations = JoinSet::new();
    while let Ok((stream, from)) = listener.accept().await {
        let letters = Arc::clone(&letters);
        conversations.spawn(async move {
            let _ = receive(stream, from.ip(), letters).await;
        });
    }
}

/// As much of SMTP as a client needs; the envelope becomes the letter's first lines.
async fn receive(stream: TcpStream, from: IpAddr, letters: Letters) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mailbox\r\n").await?;
    let (mut line, mut letter, mut data) = (String::new(), String::new(), false);
    while stream.read_line(&mut line).await? > 0 {
        let said = line.trim_end().to_owned();
        line.clear();
        let reply =
            match (data, said.to_ascii_uppercase().split([' ', ':']).next().unwrap_or_default()) {
                (true, _) if said == "." => {
                    data = false;
                    let whole = std::mem::take(&mut letter);
                    letters.lock().expect("no panic while it is held").push((from, whole));
                    "250 taken"
                }
                (true, _) => {
                    letter += said.strip_prefix('.').unwrap_or(&said);
                    letter.push('\n');
                    continue;
                }
                (_, "DATA") => {
                    data = true;
                    "354 go on"
                }
                (_, "QUIT") => "221 bye",
                (_, "RCPT") => {
                    let (recipient, _) = said.split_once('>').unwrap_or((&said, ""));
                    letter += &format!("{recipient}>\n");
                    "250 ok"
                }
                _ => "250 ok",
            };
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(20);
