use hyper::body::Bytes;
use hyper::{HeaderMap, Response};

use super::*;
use crate::{Grpc, Probe, Security, Side};

fn grpc(service: &str) -> Check {
    let (security, service) = (Security::Plain, service.to_owned());
    Check::Grpc(Grpc { security, host: None, service })
}

/// How a server answers.
#[derive(Clone, Default)]
struct Says {
    http: u16,
    kind: &'static str,
    body: Vec<u8>,
    trailers: Vec<(&'static str, &'static str)>,
}

fn says(body: &[u8], trailers: &[(&'static str, &'static str)]) -> Says {
    let (body, trailers) = (body.to_vec(), trailers.to_vec());
    Says { http: 200, kind: "application/grpc+proto", body, trailers }
}

/// A server that is asked about a service `a`.
async fn serves(at: &str, says: Says) -> SocketAddr {
    server(at, move |stream| {
        let says = says.clone();
        async move {
            let Ok(mut connection) = h2::server::handshake(stream).await else { return };
            while let Some(Ok((request, mut respond))) = connection.accept().await {
                let says = says.clone();
                tokio::spawn(async move {
                    let (head, mut asked) = request.into_parts();
                    assert_eq!(head.uri.path(), "/grpc.health.v1.Health/Check");
                    assert_eq!(head.headers["te"], "trailers");
                    let asked = asked.data().await.unwrap().unwrap();
                    assert_eq!(asked, Bytes::from_static(&[0, 0, 0, 0, 3, 0x0a, 1, b'a']));
                    let mut response = Response::builder().status(says.http);
                    response = response.header("content-type", says.kind);
                    let mut trailers = HeaderMap::new();
                    for (name, value) in &says.trailers {
                        if says.body.is_empty() {
                            response = response.header(*name, *value);
                        } else {
                            trailers.insert(*name, value.parse().unwrap());
                        }
                    }
                    let response = response.body(()).unwrap();
                    let mut rest = respond.send_response(response, says.body.is_empty()).unwrap();
                    if !says.body.is_empty() {
                        let ends = trailers.is_empty();
                        let _ = rest.send_data(says.body.into(), ends);
                        if !ends {
                            let _ = rest.send_trailers(trailers);
                        }
                    }
                });
            }
        }
    })
    .await
}

const OK: &[(&str, &str)] = &[("grpc-status", "0")];

#[tokio::test]
async fn serving_is_up() {
    for at in loopbacks() {
        let address = serves(at, says(&[0, 0, 0, 0, 2, 0x08, 1], OK)).await;
        up(&ask(&grpc("a"), address).await, "SERVING");
    }
}

#[tokio::test]
async fn all_else_is_down() {
    let unknown = "the server knows no service \"a\"";
    for (says, expected) in [
        (says(&[0, 0, 0, 0, 2, 0x08, 2], OK), "NOT_SERVING"),
        (says(&[0, 0, 0, 0, 0], OK), "UNKNOWN: the server does not know how it is"),
        (says(&[0, 0, 0, 0, 2, 0x08, 3], OK), unknown),
        (says(&[0, 0, 0, 0, 2, 0x08, 9], OK), "the server is in state 9, which is no known one"),
        (says(&[], &[("grpc-status", "5")]), unknown),
        (
            says(&[], &[("grpc-status", "12"), ("grpc-message", "no%20such method")]),
            "the server has no grpc.health.v1.Health: \"no such method\"",
        ),
        (
            says(&[], &[("grpc-status", "14"), ("grpc-message", "%e2%82%ac")]),
            "grpc-status 14 (UNAVAILABLE): \"€\"",
        ),
        (says(&[0, 0, 0, 0, 2, 0x08, 1], &[("grpc-status", "99")]), "grpc-status 99"),
        (says(&[0, 0, 0, 0, 2, 0x08, 1], &[]), "the answer has no grpc-status"),
        (says(&[], &[]), "the answer has no grpc-status"),
        (says(&[], OK), "an answer without a message"),
        (says(&[1, 0, 0, 0, 2, 0x08, 1], OK), "a compressed answer, which was not asked for"),
        (says(&[0, 255, 0, 0, 0, 8, 1], OK), "an answer that is no message of grpc.health.v1"),
        (says(&[0; 80_000], OK), "an answer of more than 65536 bytes"),
        (Says { http: 404, ..says(&[0], OK) }, "no gRPC answer: 404 Not Found"),
        (
            Says { kind: "text/html", ..says(b"hello", OK) },
            "no gRPC answer: 200 OK, of type \"text/html\"",
        ),
    ] {
        down(&ask(&grpc("a"), serves("127.0.0.1", says).await).await, expected);
    }
    let outcome = ask(&grpc("a"), answers(b"HTTP/1.1 400 Bad Request\r\n\r\n").await).await;
    let begins = outcome.message.starts_with("no proper HTTP/2 answer: ");
    assert!(outcome.verdict == Verdict::Down && begins, "{}", outcome.message);
}

#[tokio::test]
async fn the_dialogue_can_be_read() {
    let address = serves("127.0.0.1", says(&[0, 0, 0, 0, 2, 0x08, 1], OK)).await;
    let Probe { outcome, transcript } = grpc("a").probe(Target { address }, PATIENCE).await;
    up(&outcome, "SERVING");
    let turns: Vec<_> = transcript.turns().collect();
    let [(Side::Client, asked), (Side::Server, answered)] = turns.as_slice() else {
        panic!("{turns:?}")
    };
    let first = format!("POST http://{address}/grpc.health.v1.Health/Check HTTP/2\r\n");
    assert!(asked.starts_with(first.as_bytes()));
    assert!(asked.ends_with(b"\r\n\r\n\0\0\0\0\x03\x0a\x01a"), "{asked:?}");
    let expected = b"HTTP/2 200\r\ncontent-type: application/grpc+proto\r\n\r\n\0\0\0\0\x02\x08\x01grpc-status: 0\r\n\r\n";
    assert_eq!(answered, expected);
}
