//! A client that pings, and notes when it is answered.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant};

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
        socket.set_read_timeout(Some(EVERY)).expect("a timeout");
        socket.set_recv_buffer_size(1 << 20).expect("a buffer");
        Client { socket }
    }

    /// Pings all until each has answered: it knows where they are, and whatever was started has.
    pub(crate) fn settle(&self, addresses: &[Ipv4Addr]) {
        self.all(addresses, || ());
    }

    /// Pings one address until it has been silent and answers again: the time from its last answer
    /// before `cut` to the first one after the silence.
    pub(crate) fn gap(&self, address: Ipv4Addr, cut: impl FnOnce()) -> Duration {
        self.answered(address);
        let mut last = self.answered(address);
        cut();
        // what was answered before the cut may still be on its way
        let silent = Instant::now();
        loop {
            let now = self.answered(address);
            if now - last > SILENCE {
                return now - last;
            }
            last = now;
            assert!(silent.elapsed() < PATIENCE, "{address} is never silent");
        }
    }

    /// Pings all until each has answered after the cut; the time from that.
    pub(crate) fn all(&self, addresses: &[Ipv4Addr], cut: impl FnOnce()) -> Duration {
        cut();
        let began = Instant::now();
        self.drain();
        let mut silent: Vec<_> = addresses.to_vec();
        while !silent.is_empty() {
            assert!(began.elapsed() < PATIENCE, "{} never answer", silent.len());
            for address in &silent {
                self.ask(*address);
            }
            while let Some(from) = self.hear() {
                silent.retain(|address| *address != from);
                if silent.is_empty() {
                    break;
                }
            }
        }
        began.elapsed()
    }

    /// When it has answered, asked again and again.
    fn answered(&self, address: Ipv4Addr) -> Instant {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            self.ask(address);
            if self.hear() == Some(address) {
                return Instant::now();
            }
        }
        panic!("{address} does not answer within {PATIENCE:?}");
    }

    fn drain(&self) {
        while self.hear().is_some() {}
    }

    fn ask(&self, address: Ipv4Addr) {
        // an echo request, its checksum, nothing more
        let to = SocketAddrV4::new(address, 0).into();
        // who cannot be reached is asked again
        let _ = self.socket.send_to(&[8, 0, 0xf7, 0xff, 0, 0, 0, 0], &to);
    }

    /// Who answers next, if anybody does soon.
    fn hear(&self) -> Option<Ipv4Addr> {
        let mut bytes = [0; 128];
        let length = (&self.socket).read(&mut bytes).ok()?;
        let from = Ipv4Addr::from(*bytes.get(12..16)?.first_chunk::<4>()?);
        (length >= 28 && bytes[20] == 0).then_some(from)
    }
}

/// From one question to the next.
const EVERY: Duration = Duration::from_millis(1);
/// A kernel that answers does so within less.
const SILENCE: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_secs(60);
