//! HTTP in both versions, and gRPC.

use std::io::Write;

use checkers::{Check, Grpc, Http, Method, Security, Statuses, Version};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::messages;
use crate::service::{Service, tcp, tls};

pub(crate) fn http() -> Service {
    let check = |security| web(security, Version::One, false);
    let last: [&[u8]; 2] =
        [b"HTTP/1.1 200 OK\r\nServer: x\r\n", b"Content-Length: 9\r\n\r\nall well\n"];
    Service {
        name: "http",
        check,
        asks: true,
        talks: vec![tcp(&[], last), tls(&[], last)],
        banner: b"HTTP/1.1 100 Continue\r\n\r\n",
        more: b"X-More: x\r\n",
        endless: [b"HTTP/1.1 200 OK\r\n\r\n", b"x"],
        bomb: Some(|_| zipped()),
        kib: HTTP_KIB,
        ..Service::default()
    }
}

pub(crate) fn http_proxy() -> Service {
    let check = |security| web(security, Version::One, true);
    Service { name: "http_proxy", check, ..http() }
}

pub(crate) fn http2() -> Service {
    let check = |security| web(security, Version::Two, false);
    // SETTINGS, HEADERS (status 200); CONTINUATION (the end of the headers), DATA
    let last: [&[u8]; 2] = [
        b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\0\0\0\0\x01\x88",
        b"\0\0\0\x09\x04\0\0\0\x01\0\0\x09\0\x01\0\0\0\x01all well\n",
    ];
    Service {
        name: "http2",
        check,
        asks: true,
        talks: vec![tcp(&[], last), tls(&[], last)],
        // SETTINGS and PING
        banner: b"\0\0\0\x04\0\0\0\0\0\0\0\x08\x06\0\0\0\0\0pingping",
        // CONTINUATION
        more: b"\0\0\x0a\x09\0\0\0\0\x01\0\x06x-more\x01x",
        endless: [
            b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x04\0\0\0\x01\x88",
            b"\0\0\x10\0\0\0\0\0\x01xxxxxxxxxxxxxxxx",
        ],
        whole: messages::has_http2_headers,
        kib: HTTP_KIB,
        ..Service::default()
    }
}

pub(crate) fn grpc() -> Service {
    let check = |security| Check::Grpc(Grpc { security, host: None, service: String::new() });
    let last: [&[u8]; 2] = [
        b"\0\0\0\x04\0\0\0\0\0\0\0\x14\x01\0\0\0\0\x01\x88\x0f\x10\x10application/grpc",
        b"\0\0\0\x09\x04\0\0\0\x01\0\0\x07\0\0\0\0\0\x01\0\0\0\0\x02\x08\x01\
          \0\0\x0f\x01\x05\0\0\0\x01\0\x0bgrpc-status\x010",
    ];
    let endless: [&[u8]; 2] = [
        b"\0\0\0\x04\0\0\0\0\0\0\0\x14\x01\x04\0\0\0\x01\x88\x0f\x10\x10application/grpc",
        b"\0\0\x10\0\0\0\0\0\x01xxxxxxxxxxxxxxxx",
    ];
    Service {
        name: "grpc",
        check,
        talks: vec![tcp(&[], last), tls(&[], last)],
        endless,
        kib: 512,
        ..http2()
    }
}

fn web(security: Security, version: Version, proxy: bool) -> Check {
    let path = if proxy { "http://www.example/" } else { "/" };
    Check::Http(Http {
        security,
        version,
        method: Method::Get,
        host: None,
        path: path.to_owned(),
        proxy,
        headers: Vec::new(),
        login: None,
        statuses: Statuses::default(),
        receive: Some("well".parse().unwrap()),
    })
}

/// A body of a few KiB that would unpack to 4 MiB.
fn zipped() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![0; 4 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let length = packed.len();
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), &packed].concat()
}

/// KiB for a body of 1 MiB, and its growing.
const HTTP_KIB: u64 = 3584;
