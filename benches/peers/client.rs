//! A client that pings, and notes when it is answered.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::thread::gettid;
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

    /// Measures, in real time: a client is another machine, which has a processor of its own.
    pub(crate) fn measure<T>(&self, work: impl FnOnce(&Client) -> T) -> T {
        let this = gettid().as_raw_nonzero();
        let schedule = |how| host::run(&format!("chrt {how} {this}"), "");
        schedule("--fifo --pid 1");
        let done = work(self);
        schedule("--other --pid 0");
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
    /// answered for each of them: from the last answer of the one to the last first of the other, and
    /// from the first of these to the last.
    pub(crate) fn all(&self, addresses: &[Ipv4Addr], cut: impl FnOnce(u8)) -> [Duration; 2] {
        let (_, old) = self.answered(addresses[0]);
        cut(old);
        self.others(addresses, old)
    }

    /// Pings these until somebody else than one has answered for each, likewise.
    fn others(&self, addresses: &[Ipv4Addr], old: u8) -> [Duration; 2] {
        let began = Instant::now();
        let (mut last, mut first, mut silent) = (began, None, addresses.to_vec());
        while !silent.is_empty() {
            assert!(began.elapsed() < PATIENCE, "{} never answer", silent.len());
            silent.iter().take(AT_ONCE).for_each(|address| self.ask(*address));
            while let Some((from, hops)) = self.hear() {
                if hops == old {
                    last = Instant::now();
                    continue;
                }
                first.get_or_insert_with(Instant::now);
                let Some(at) = silent.iter().position(|address| *address == from) else { continue };
                silent.remove(at);
                // one comes, one goes: all at once would keep the only processor from those who answer
                match silent.get(AT_ONCE - 1) {
                    Some(next) => self.ask(*next),
                    None if silent.is_empty() => break,
                    None => {}
                }
            }
        }
        [last, first.unwrap_or(began)].map(|since| since.elapsed())
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
            if let Ok(length) = (&self.socket).read(&mut bytes) {
                break length;
            }
            let left = EVERY.checked_sub(began.elapsed())?.try_into().expect("not long");
            let mut waits = [PollFd::new(&self.socket, PollFlags::IN)];
            poll(&mut waits, Some(&left)).expect("it can be waited for");
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
