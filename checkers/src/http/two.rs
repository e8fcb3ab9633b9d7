//! HTTP/2 on a connection: one request, one answer, at most 64 KiB of its body unread. What is said is
//! told in words: its bytes are compressed.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use h2::client::Builder;
use hyper::body::Bytes;
use hyper::http::response;
use hyper::{HeaderMap, Request};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::response::{Body, Connection, Response, closed};
use crate::Security;
use crate::asking::{Asking, Failure};
use crate::stream::Stream;

/// A connection for HTTP/2: agreed upon under TLS, with prior knowledge without.
pub(crate) async fn connect(asking: &Asking, security: &Security) -> Result<Stream, Failure> {
    let stream = asking.connect().await?;
    match security {
        Security::Plain => Ok(stream),
        Security::StartTls(_) => Err(NO_STARTTLS.into()),
        Security::Tls(tls) => {
            let stream = stream.secure_for(tls, &[b"h2"]).await?;
            match stream.agreed_protocol() {
                Some(b"h2") => Ok(stream),
                _ => Err("the server does not agree to speak HTTP/2 (ALPN)".into()),
            }
        }
    }
}

/// Sends a request and waits for the head of the answer.
pub(crate) async fn exchange(
    stream: Stream,
    request: Request<()>,
    body: Option<Bytes>,
) -> Result<Response, Failure> {
    let progress = stream.progress().clone();
    progress.sent(format!("{} {} HTTP/2\r\n", request.method(), request.uri()).as_bytes());
    progress.sent(&written(request.headers()));
    progress.sent(body.as_deref().unwrap_or_default());
    let mut builder = Builder::new();
    builder
        .enable_push(false)
        .initial_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_header_list_size(HEADERS)
        .max_concurrent_streams(0);
    let stream = Turns { stream: stream.untold(), has_read: false };
    let connecting = builder.handshake::<_, Bytes>(stream).await;
    let (sender, connection) = connecting.map_err(|error| failure(&error))?;
    let mut connection = Connection::new(connection);
    let asked = async {
        let (answer, mut rest) = sender.ready().await?.send_request(request, body.is_none())?;
        if let Some(body) = body {
            rest.send_data(body, true)?;
        }
        answer.await
    };
    let answer = connection.during(asked).await.map_err(|error| failure(&error))?;
    let (head, body): (response::Parts, _) = answer.into_parts();
    progress.received(format!("HTTP/2 {}\r\n", head.status.as_str()).as_bytes());
    progress.received(&written(&head.headers));
    Ok(Response { head, body: Body::Two(body, progress), connection })
}

/// Headers as HTTP/1.1 would write them.
pub(super) fn written(headers: &HeaderMap) -> Vec<u8> {
    let lines = headers
        .iter()
        .map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    lines.chain([b"\r\n".to_vec()]).collect::<Vec<_>>().concat()
}

/// A connection that is read by turns: what came is taken by whoever waits for it before more is
/// read. Frames of a few bytes make much larger events, which would pile up.
struct Turns {
    stream: Stream,
    has_read: bool,
}

impl AsyncRead for Turns {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if std::mem::take(&mut self.has_read) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        self.has_read = true;
        Poll::Ready(read)
    }
}

impl AsyncWrite for Turns {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// What went wrong, as an administrator can act on it.
pub(super) fn failure(error: &h2::Error) -> Failure {
    match error.get_io() {
        Some(io) if matches!(io.kind(), io::ErrorKind::BrokenPipe) => closed(),
        Some(io) => Failure::Io(io::Error::new(io.kind(), io.to_string())),
        None => format!("no proper HTTP/2 answer: {error}").into(),
    }
}

/// Bytes of a body that the server may send ahead of us.
const WINDOW: u32 = 64 * 1024 - 1;
/// Bytes of an answer's headers, each counted as if it were not compressed.
const HEADERS: u32 = 16 * 1024;
pub(super) const NO_STARTTLS: &str =
    "HTTP has no word for TLS to begin after: it comes first, or never";
