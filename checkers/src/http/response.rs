//! An answer under way: its head, and its body piece by piece. The connection's work is done by whoever
//! waits for a piece, in the same task: a check that is dropped closes it.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};

use h2::RecvStream;
use http_body_util::BodyExt;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::http::response::Parts;
use hyper::{HeaderMap, StatusCode};

use super::{one, two};
use crate::asking::Failure;
use crate::progress::Progress;

/// An answer.
pub(crate) struct Response {
    /// Its status and headers.
    pub(crate) head: Parts,
    pub(super) body: Body,
    pub(super) connection: Connection,
}

/// What of a body is still to come.
pub(super) enum Body {
    /// The sender is kept: a server may take its end for ours.
    One(Incoming, #[expect(dead_code, reason = "held")] SendRequest<one::Nothing>),
    Two(RecvStream, Progress),
}

/// What a connection has to do while something is waited for.
pub(super) struct Connection {
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
    ended: bool,
}

impl Response {
    /// The status as people know it: `404 Not Found`.
    pub(crate) fn words(&self) -> String {
        let status: StatusCode = self.head.status;
        let words = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or(""));
        words.trim_end().to_owned()
    }

    /// The next piece of the body, at most a window's or a buffer's size; `None` at its end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        let Response { body, connection, .. } = self;
        match body {
            Body::One(body, _) => loop {
                match connection.during(body.frame()).await {
                    None => return Ok(None),
                    Some(Err(error)) => return Err(one::failure(&error)),
                    Some(Ok(frame)) => {
                        if let Ok(piece) = frame.into_data() {
                            return Ok(Some(piece));
                        }
                    }
                }
            },
            Body::Two(body, progress) => match connection.during(body.data()).await {
                None => Ok(None),
                Some(Err(error)) => Err(two::failure(&error)),
                Some(Ok(piece)) => {
                    progress.received(&piece);
                    // a stream that was reset meanwhile needs no more room
                    let _ = body.flow_control().release_capacity(piece.len());
                    Ok(Some(piece))
                }
            },
        }
    }

    /// The headers after the body, which must be at its end; none in HTTP/1.1.
    pub(crate) async fn trailers(&mut self) -> Result<HeaderMap, Failure> {
        match &mut self.body {
            Body::One(..) => Ok(HeaderMap::new()),
            Body::Two(body, progress) => {
                let trailers = self.connection.during(body.trailers()).await;
                let trailers = trailers.map_err(|error| two::failure(&error))?.unwrap_or_default();
                progress.received(&two::written(&trailers));
                Ok(trailers)
            }
        }
    }
}

impl Connection {
    pub(super) fn new(work: impl Future + Send + 'static) -> Self {
        let work = async move {
            // what goes wrong in it is told to those who wait
            let _ = work.await;
        };
        Connection { work: Box::pin(work), ended: false }
    }

    /// Does the connection's work until `wait` is over.
    pub(super) async fn during<T>(&mut self, wait: impl Future<Output = T>) -> T {
        let mut wait = pin!(wait);
        poll_fn(|cx| {
            if !self.ended {
                self.ended = self.work.as_mut().poll(cx).is_ready();
            }
            wait.as_mut().poll(cx)
        })
        .await
    }
}

/// A connection's end, said with the phase in which it came.
pub(super) fn closed() -> Failure {
    Failure::Io(io::Error::other("closed by the server"))
}
