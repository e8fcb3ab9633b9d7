//! What a server over TCP can do to a check.

use std::sync::Arc;

use crate::connection::Connection;
use crate::run::Pair;
use crate::server::Server;
use crate::service::{self, Service, Talk, Way};

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// As it should be: what all others begin with.
    Honest,
    Silence,
    StartThenSilence,
    Drip,
    EndlessBanner,
    EndlessHeaders,
    EndlessBody,
    LongLine,
    Garbage,
    TlsGarbage,
    Reset,
    StartThenReset,
    HalfClose,
    StartThenHalfClose,
    Nuls,
    NoUtf8,
    Ssh,
    HttpAnswer,
    // before TLS stands
    SilenceForTls,
    GarbageForTls,
    EndlessGarbageForTls,
    PlainForTls,
    ResetForTls,
    HugeCertificate,
    SpeaksOn,
    // of HTTP
    RedirectLoop,
    RedirectElsewhere,
    RedirectToFile,
    Bomb,
}
use Behaviour::*;

/// Every behaviour that a service can meet, over each of its ways.
pub(crate) fn pairs(service: Service) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for talk in &service.talks {
        for behaviour in ALL.iter().filter(|behaviour| behaviour.meets(&service, talk.way)) {
            pairs.push(Pair {
                service: service.name,
                way: talk.way.name(),
                behaviour: behaviour.name(),
                check: service.ask(talk),
                times: 1,
                kib: service.kib + if talk.way == Way::Tcp { 0 } else { TLS_KIB },
                server: behaviour.server(&service, *talk),
            });
        }
    }
    pairs
}

/// Every service over each of its ways, with a server that falls silent when all goes well.
pub(crate) fn silent() -> impl Iterator<Item = Pair> {
    let pairs = service::services().into_iter().flat_map(pairs);
    pairs.filter(|pair| pair.behaviour == StartThenSilence.name())
}

impl Behaviour {
    fn name(self) -> &'static str {
        match self {
            Honest => "honest",
            Silence => "silence",
            StartThenSilence => "right start, then silence",
            Drip => "a byte at a time",
            EndlessBanner => "endless banner",
            EndlessHeaders => "endless headers",
            EndlessBody => "endless body",
            LongLine => "64 KiB without newline",
            Garbage => "garbage",
            TlsGarbage => "TLS garbage",
            Reset => "reset",
            StartThenReset => "right start, then reset",
            HalfClose => "half-close",
            StartThenHalfClose => "right start, then half-close",
            Nuls => "NUL bytes",
            NoUtf8 => "invalid UTF-8",
            Ssh => "an SSH server",
            HttpAnswer => "an HTTP server",
            SilenceForTls => "silence for TLS",
            GarbageForTls => "garbage for TLS",
            EndlessGarbageForTls => "endless garbage for TLS",
            PlainForTls => "no TLS at all",
            ResetForTls => "reset for TLS",
            HugeCertificate => "certificate of 1 MiB",
            SpeaksOn => "speaks on before TLS",
            RedirectLoop => "redirect loop",
            RedirectElsewhere => "redirect to nobody",
            RedirectToFile => "redirect to a file",
            Bomb => "compressed bomb",
        }
    }

    fn meets(self, service: &Service, way: Way) -> bool {
        match self {
            TlsGarbage => way == Way::Tcp,
            SilenceForTls | GarbageForTls | EndlessGarbageForTls | PlainForTls | ResetForTls
            | HugeCertificate => way != Way::Tcp,
            SpeaksOn => way == Way::StartTls,
            RedirectLoop | RedirectElsewhere | RedirectToFile => {
                ["http", "http_proxy"].contains(&service.name)
            }
            Bomb => service.bomb.is_some(),
            _ => true,
        }
    }

    fn server(self, service: &Service, talk: Talk) -> Server {
        let service = service.clone();
        Server::Streams(Arc::new(move |tcp, place| {
            let connection = Connection { behaviour: self, service: service.clone(), talk, place };
            Box::pin(connection.play(tcp))
        }))
    }
}

/// In the order of the matrix.
const ALL: [Behaviour; 29] = [
    Honest,
    Silence,
    StartThenSilence,
    Drip,
    EndlessBanner,
    EndlessHeaders,
    EndlessBody,
    LongLine,
    Garbage,
    TlsGarbage,
    Reset,
    StartThenReset,
    HalfClose,
    StartThenHalfClose,
    Nuls,
    NoUtf8,
    Ssh,
    HttpAnswer,
    SilenceForTls,
    GarbageForTls,
    EndlessGarbageForTls,
    PlainForTls,
    ResetForTls,
    HugeCertificate,
    SpeaksOn,
    RedirectLoop,
    RedirectElsewhere,
    RedirectToFile,
    Bomb,
];
/// KiB that TLS may take besides.
const TLS_KIB: u64 = 256;
