//! A client that pings, and notes when it is answered.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::setpriority_process;
use socket2::{Domain, Protocol, Socket, Type};

use crate::host;

/// One that pings addresses.
pub(crate) struct Client {
    socket: Socket,
}

impl Client {
    /// On the client's machine.
    pub(crate) fn new() -> Client {
        let socket =
            host::inside("client", || Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::ICMPV4)));
        let socket = socket.expect("we are root");
        socket.set_nonblocking(true).expect("a socket");
        socket.set_recv_buffer_size(1 << 20).expect("a buffer");
        Client { socket }
    }

    /// Measures, and has the processor as soon as a director's best thread: a client is another machine,
    /// which has its own.
    pub(crate) fn measure<T>(&self, work: impl FnOnce(&Client) -> T) -> T {
        let put = |nice| setpriority_process(None, nice).expect("we are root");
        put(-10);
        let done = work(self);
        put(0);
        done
    }

    /// Pings one address from before the cut of who answers now, with so many hops, until the other one
    /// does: from the last answer of the one to the first of the other.
    pub(crate) fn gap(&self, address: Ipv4Addr, cut: impl FnOnce(u8)) -> Duration {
        let (_, old) = self.answered(address);
        let (mut last, _) = self.answered(address);
        cut(old);
        loop {
            let (now, hops) = self.answered(address);
            if hops != old {
                return now - last;
            }
            last = now;
            thread::sleep(EVERY);
        }
    }

    /// Knows the way to each of these then.
    pub(crate) fn greet(&self, addresses: &[Ipv4Addr]) {
        self.others(addresses, 0);
    }

    /// Pings all, a few at a time, from before the cut of who answers now until the other one has
    /// answered for each of them: from the last answer of the one to the last first of the other.
    pub(crate) fn all(&self, addresses: &[Ipv4Addr], cut: impl FnOnce(u8)) -> Duration {
        let (_, old) = self.answered(addresses[0]);
        cut(old);
        self.others(addresses, old)
    }

    /// Pings these until somebody else than one has answered for each; how long that took since the last
    /// answer of that one.
    fn others(&self, addresses: &[Ipv4Addr], old: u8) -> Duration {
        let began = Instant::now();
        let (mut last, mut silent) = (began, addresses.to_vec());
        while !silent.is_empty() {
            assert!(began.elapsed() < PATIENCE, "{} never answer", silent.len());
            silent.iter().take(AT_ONCE).for_each(|address| self.ask(*address));
            while let Some((from, hops)) = self.hear() {
                if hops == old {
                    last = Instant::now();
                    continue;
                }
                silent.retain(|address| *address != from);
                // one comes, one goes: all at once would keep the only processor from those who answer
                match silent.get(AT_ONCE - 1) {
                    Some(next) => self.ask(*next),
                    None if silent.is_empty() => break,
                    None => {}
                }
            }
        }
        last.elapsed()
    }

    /// When it has answered, asked again and again, and the hops that its answers begin with.
    fn answered(&self, address: Ipv4Addr) -> (Instant, u8) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            self.ask(address);
            if let Some((from, hops)) = self.hear()
                && from == address
            {
                return (Instant::now(), hops);
            }
        }
        panic!("{address} does not answer within {PATIENCE:?}");
    }

    fn ask(&self, address: Ipv4Addr) {
        // an echo request, its checksum, nothing more
        let to = SocketAddrV4::new(address, 0).into();
        // who cannot be reached is asked again
        let _ = self.socket.send_to(&[8, 0, 0xf7, 0xff, 0, 0, 0, 0], &to);
    }

    /// Which address answers next, if any does soon, and with how many hops to live.
    fn hear(&self) -> Option<(Ipv4Addr, u8)> {
        let mut bytes = [0; 128];
        let began = Instant::now();
        // a timeout of the socket would be one of the kernel's ticks, which are 10 ms in there
        let length = loop {
            match (&self.socket).read(&mut bytes) {
                Ok(length) => break length,
                Err(_) if began.elapsed() >= EVERY => return None,
                Err(_) => thread::sleep(EVERY / 5),
            }
        };
        let from = Ipv4Addr::from(*bytes.get(12..16)?.first_chunk::<4>()?);
        (length >= 28 && bytes[20] == 0).then_some((from, bytes[8]))
    }
}

/// From one question to the next.
const EVERY: Duration = Duration::from_millis(1);
/// How many are asked at once.
const AT_ONCE: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);
