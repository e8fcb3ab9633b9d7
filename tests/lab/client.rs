//! A client that counts who answered, and one that holds its connection.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, sockopt};

use super::host::Host;

/// How to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

/// Asks so many times, each from a new socket, and says who answered how often: `rs1=4 rs2=8`.
/// A question without its answer is counted under the reason.
pub(crate) fn ask(client: &Host, protocol: Protocol, to: SocketAddr, times: usize) -> String {
    count(client.inside(|| (0..times).map(|_| ask_once(None, protocol, to)).collect()))
}

/// Asks once, by TCP, from each of these addresses of the client's.
pub(crate) fn ask_from(
    client: &Host,
    sources: &[IpAddr],
    to: SocketAddr,
) -> Vec<io::Result<String>> {
    let once = |&source: &IpAddr| ask_once(Some(source), Protocol::Tcp, to);
    client.inside(|| sources.iter().map(once).collect())
}

/// A connection that stays open.
pub(crate) struct Held(BufReader<TcpStream>);

impl Held {
    /// Connects.
    pub(crate) fn open(client: &Host, to: SocketAddr) -> Held {
        Held(BufReader::new(client.inside(|| connect(None, to)).expect("a connection")))
    }

    /// Asks who is at the other end.
    pub(crate) fn talk(&mut self) -> io::Result<String> {
        self.say("who")?;
        self.hear()
    }

    /// Says a line.
    pub(crate) fn say(&mut self, line: &str) -> io::Result<()> {
        self.0.get_mut().write_all(format!("{line}\n").as_bytes())
    }

    /// Waits for the answer to a line.
    pub(crate) fn hear(&mut self) -> io::Result<String> {
        let mut answer = String::new();
        match self.0.read_line(&mut answer)? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "closed by the other end")),
            _ => Ok(answer.trim_end().to_owned()),
        }
    }
}

/// Counts answers, as [`ask`] does.
pub(crate) fn count(answers: Vec<io::Result<String>>) -> String {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry(answer.unwrap_or_else(|error| format!("({error})"))).or_insert(0) += 1;
    }
    let tally: Vec<String> = tally.iter().map(|(who, times)| format!("{who}={times}")).collect();
    tally.join(" ")
}

/// Asks once, from a new socket.
pub(crate) fn ask_once(
    source: Option<IpAddr>,
    protocol: Protocol,
    to: SocketAddr,
) -> io::Result<String> {
    match protocol {
        Protocol::Tcp => Held(BufReader::new(connect(source, to)?)).talk(),
        Protocol::Udp => {
            let socket = UdpSocket::from(open(SocketType::DGRAM, source, to)?);
            socket.send(b"who\n")?;
            let mut answer = [0; 64];
            let length = socket.recv(&mut answer)?;
            Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
        }
    }
}

fn connect(source: Option<IpAddr>, to: SocketAddr) -> io::Result<TcpStream> {
    Ok(TcpStream::from(open(SocketType::STREAM, source, to)?))
}

fn open(
    kind: SocketType,
    source: Option<IpAddr>,
    to: SocketAddr,
) -> io::Result<std::os::fd::OwnedFd> {
    let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = rustix::net::socket(family, kind, None)?;
    // the limit on sending holds for connecting too
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Send, Some(PATIENCE))?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(PATIENCE))?;
    if let Some(source) = source {
        rustix::net::bind(&socket, &SocketAddr::new(source, 0))?;
    }
    rustix::net::connect(&socket, &to)?;
    Ok(socket)
}

const PATIENCE: Duration = Duration::from_secs(2);
