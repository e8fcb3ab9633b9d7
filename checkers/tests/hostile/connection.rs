//! One connection to a hostile server, played from its first byte to its last.

use std::sync::atomic::Ordering;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::behaviour::Behaviour::{self, *};
use crate::server::{
    Certificate, Place, Stream, hear, hear_until_tls, listen, say, say_forever, secured,
};
use crate::service::{Service, Talk, Way};

/// One connection to a server.
pub(crate) struct Connection {
    pub(crate) behaviour: Behaviour,
    pub(crate) service: Service,
    pub(crate) talk: Talk,
    pub(crate) place: Place,
}

impl Connection {
    pub(crate) async fn play(self, mut tcp: TcpStream) {
        let resets = matches!(self.behaviour, Reset | StartThenReset | ResetForTls);
        if resets && self.place.number == 0 {
            // from now on, closing is resetting
            SockRef::from(&tcp).set_linger(Some(Duration::ZERO)).unwrap();
        }
        if self.place.number > 0 && !self.service.data.is_empty() {
            return self.data_connection(tcp).await;
        }
        self.before(&mut tcp).await;
        if self.before_tls(&mut tcp).await {
            return;
        }
        if self.talk.way == Way::Tcp {
            return self.dialogue(&mut tcp).await;
        }
        let huge = self.behaviour == HugeCertificate;
        let certificate = if huge { Certificate::Huge } else { Certificate::Small };
        if let Some(mut tls) = secured(tcp, certificate).await {
            self.dialogue(&mut tls).await;
        }
    }

    async fn data_connection(&self, mut tcp: TcpStream) {
        if self.talk.way == Way::Tcp {
            self.data(&mut tcp).await;
        } else if let Some(mut tls) = secured(tcp, Certificate::Small).await {
            self.data(&mut tls).await;
        }
    }

    async fn data(&self, stream: &mut dyn Stream) {
        if self.behaviour == EndlessBody {
            return say_forever(stream, b"x").await;
        }
        say(stream, self.service.data).await;
        let _ = stream.shutdown().await;
    }

    /// What is said before TLS begins.
    async fn before(&self, tcp: &mut TcpStream) {
        for (number, turn) in self.talk.before.iter().enumerate() {
            if number > 0 {
                hear_until_tls(tcp).await;
            }
            let last = number + 1 == self.talk.before.len();
            // in one piece with the last word before TLS
            let on: &[u8] = if last && self.behaviour == SpeaksOn { b"250 and\r\n" } else { b"" };
            say(tcp, &[turn, on].concat()).await;
        }
    }

    /// What is done in place of TLS; whether anything was.
    async fn before_tls(&self, tcp: &mut TcpStream) -> bool {
        match self.behaviour {
            SilenceForTls | SpeaksOn => {}
            GarbageForTls | EndlessGarbageForTls | PlainForTls | ResetForTls => {
                drop(hear(tcp).await)
            }
            _ => return false,
        }
        match self.behaviour {
            ResetForTls => return true,
            GarbageForTls => say(tcp, &garbage()).await,
            PlainForTls => say(tcp, b"220 no TLS here\r\n").await,
            EndlessGarbageForTls => {
                say(tcp, TLS_START).await;
                say_forever(tcp, TLS_MORE).await;
            }
            _ => {}
        }
        listen(tcp).await;
        true
    }

    async fn dialogue(&self, stream: &mut dyn Stream) {
        // what comes before the question is no answer to it
        let heard = if self.asked_first() { self.question(stream).await } else { Vec::new() };
        match self.behaviour {
            Honest => {
                let last = self.start(stream, heard).await;
                say(stream, &last[1]).await;
            }
            Silence | HugeCertificate => {}
            StartThenSilence => {
                self.start(stream, heard).await;
                self.place.state.silent.fetch_add(1, Ordering::SeqCst);
            }
            Drip => return self.drip(stream).await,
            EndlessBanner => return say_forever(stream, self.service.banner).await,
            EndlessHeaders => {
                self.start(stream, heard).await;
                return say_forever(stream, self.service.more).await;
            }
            EndlessBody => {
                self.turns(stream).await;
                say(stream, self.service.endless[0]).await;
                return say_forever(stream, self.service.endless[1]).await;
            }
            LongLine => say(stream, &[b'x'; 64 * 1024]).await,
            Garbage => {
                say(stream, &garbage()).await;
                let _ = stream.shutdown().await;
            }
            TlsGarbage => say(stream, &[TLS_START, &garbage()].concat()).await,
            // not before it is waited for, or it would strike here and there
            Reset => return tokio::time::sleep(WAITED_FOR).await,
            StartThenReset => {
                self.start(stream, heard).await;
                return tokio::time::sleep(WAITED_FOR).await;
            }
            HalfClose => drop(stream.shutdown().await),
            StartThenHalfClose => {
                self.start(stream, heard).await;
                let _ = stream.shutdown().await;
            }
            Nuls => say(stream, &[&[0; 64][..], b"\r\n"].concat()).await,
            NoUtf8 => say(stream, b"2\xc3\x28 \xff\xfe\xf0\x90\r\n\xed\xa0\x80\r\n").await,
            Ssh => say(stream, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n").await,
            HttpAnswer => {
                say(stream, b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n<html>\n").await;
                let _ = stream.shutdown().await;
            }
            RedirectLoop => self.redirect(stream, "/again").await,
            RedirectElsewhere => self.redirect(stream, "http://127.0.0.1:9/").await,
            RedirectToFile => self.redirect(stream, "file:///etc/passwd").await,
            Bomb => {
                say(stream, &self.service.bomb.map(|bomb| bomb(&heard)).unwrap_or_default()).await
            }
            SilenceForTls | GarbageForTls | EndlessGarbageForTls | PlainForTls | ResetForTls
            | SpeaksOn => {}
        }
        listen(stream).await;
        // the check may have closed its sending side only
        self.place.state.left().await;
        say_forever(stream, b"gone?").await;
    }

    /// The honest dialogue, up to somewhere in the answer that decides, whose parts are given.
    async fn start(&self, stream: &mut dyn Stream, heard: Vec<u8>) -> [Vec<u8>; 2] {
        let heard = self.turns(stream).await.unwrap_or(heard);
        let last = match self.service.made {
            None => self.talk.last.map(<[u8]>::to_vec),
            Some(make) => {
                let made = make(&heard);
                let (start, rest) = made.split_at(made.len() / 2);
                [start.to_vec(), rest.to_vec()]
            }
        };
        say(stream, &last[0]).await;
        last
    }

    /// What comes before that answer; gives what was heard last.
    async fn turns(&self, stream: &mut dyn Stream) -> Option<Vec<u8>> {
        let mut heard = None;
        for turn in self.talk.turns {
            say(stream, &self.with_port(turn)).await;
            heard = Some(hear(stream).await);
        }
        heard
    }

    async fn question(&self, stream: &mut dyn Stream) -> Vec<u8> {
        let mut heard = Vec::new();
        loop {
            let piece = hear(stream).await;
            heard.extend_from_slice(&piece);
            if piece.is_empty() || (self.service.whole)(&heard) {
                return heard;
            }
        }
    }

    /// Whether the check has the first word after TLS, if any, has begun.
    fn asked_first(&self) -> bool {
        self.service.asks || !self.talk.before.is_empty()
    }

    /// A turn that names the port of the second connection, as FTP does.
    fn with_port(&self, turn: &[u8]) -> Vec<u8> {
        match turn.windows(4).position(|word| word == b"PORT") {
            None => turn.to_vec(),
            Some(at) => {
                let [high, low] = self.place.port.to_be_bytes();
                let port = format!("{high},{low}");
                [&turn[..at], port.as_bytes(), &turn[at + 4..]].concat()
            }
        }
    }

    async fn drip(&self, stream: &mut dyn Stream) {
        let honest = [self.talk.turns.concat(), self.talk.last.concat()].concat();
        for byte in honest.iter().chain([b'x'].iter().cycle()) {
            if stream.write_all(&[*byte]).await.is_err() || stream.flush().await.is_err() {
                return;
            }
            tokio::time::sleep(PACE).await;
        }
    }

    async fn redirect(&self, stream: &mut dyn Stream, to: &str) {
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        loop {
            say(stream, answer.as_bytes()).await;
            if hear(stream).await.is_empty() {
                return;
            }
        }
    }
}

/// The same 8 KiB every time, none of them ASCII.
pub(crate) fn garbage() -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()[3] | 0x80
    };
    std::iter::repeat_with(next).take(8192).collect()
}

/// Between two bytes: the longest deadline is over before any server's first word is.
const PACE: Duration = Duration::from_millis(200);
/// Before a reset, which overtakes what has not been read.
const WAITED_FOR: Duration = Duration::from_millis(50);
/// A handshake record, and in it the start of a ServerHello of 16 MiB.
const TLS_START: &[u8] = b"\x16\x03\x03\x00\x04\x02\xff\xff\xff";
/// A record that goes on with it.
const TLS_MORE: &[u8] = b"\x16\x03\x03\x00\x10xxxxxxxxxxxxxxxx";
