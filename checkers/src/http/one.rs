//! HTTP/1.1 on a connection: one request, one answer, at most 64 KiB of it in memory.

use std::error::Error;
use std::io;

use http_body_util::Empty;
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::Builder;
use hyper_util::rt::TokioIo;

use super::bounded::Bounded;
use super::response::{Body, Connection, Response, closed};
use crate::asking::Failure;
use crate::stream::Stream;

/// The body of a request.
pub(super) type Nothing = Empty<Bytes>;

/// Sends a request and waits for the head of the answer.
pub(super) async fn exchange(stream: Stream, request: Request<()>) -> Result<Response, Failure> {
    let mut builder = Builder::new();
    builder
        .max_buf_size(BUFFER)
        .max_headers(HEADERS)
        // as ldirectord writes them; there are servers that know no other
        .title_case_headers(true)
        // a browser and ldirectord would not mind such headers, and nobody reads them here
        .ignore_invalid_headers_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true);
    let stream = Bounded::new(stream, HEAD);
    let bound = stream.bound();
    let connecting = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = connecting.map_err(|error| failure(&error))?;
    let mut connection = Connection::new(connection);
    let asked = sender.send_request(request.map(|()| Nothing::new()));
    let answer = connection.during(asked).await.map_err(|error| failure(&error))?;
    bound.lift();
    let (head, body) = answer.into_parts();
    Ok(Response { head, body: Body::One(body, sender), connection })
}

/// The innermost cause is the one an administrator can act on.
pub(super) fn failure(error: &hyper::Error) -> Failure {
    if error.is_incomplete_message() {
        return closed();
    }
    let mut cause: &dyn Error = error;
    loop {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return Failure::Io(match io.raw_os_error() {
                Some(errno) => io::Error::from_raw_os_error(errno),
                None => io::Error::new(io.kind(), io.to_string()),
            });
        }
        match cause.source() {
            Some(source) => cause = source,
            None => return format!("no proper HTTP answer: {cause}").into(),
        }
    }
}

/// Bytes of an answer that are held: a head must fit in, a body comes in pieces of it.
const BUFFER: usize = 64 * 1024;
/// Headers of an answer, as many as ldirectord takes.
const HEADERS: usize = 128;
/// Bytes up to the end of a head, the start of its body and interim answers included.
const HEAD: usize = 2 * BUFFER;
