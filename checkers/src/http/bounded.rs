//! A stream on which a server is heard once it was asked, and can say only so much before its answer has
//! begun. Interim answers (1xx) are passed over; without end, that would be done without end, and in
//! one go, past any deadline. A small script behind inetd answers before it is asked, and is well.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::Stream;

/// The stream.
pub(super) struct Bounded {
    stream: Stream,
    left: Bound,
    asked: bool,
}

/// How many bytes the server may still say.
#[derive(Clone)]
pub(super) struct Bound(Arc<AtomicUsize>);

impl Bounded {
    /// Lets the server say so many bytes.
    pub(super) fn new(stream: Stream, bytes: usize) -> Self {
        Bounded { stream, left: Bound(Arc::new(AtomicUsize::new(bytes))), asked: false }
    }

    /// What lifts the bound.
    pub(super) fn bound(&self) -> Bound {
        self.left.clone()
    }
}

impl Bound {
    /// The answer has begun: others look after its length.
    pub(super) fn lift(&self) {
        self.0.store(usize::MAX, Ordering::Relaxed);
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.asked {
            return Poll::Pending;
        }
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let read = buf.filled().len() - before;
        let left = self.left.0.load(Ordering::Relaxed);
        match left.checked_sub(read) {
            Some(left) => self.left.0.store(left, Ordering::Relaxed),
            None => return Poll::Ready(Err(io::Error::other("much is said, but no answer"))),
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        if !std::mem::replace(&mut self.asked, true) {
            cx.waker().wake_by_ref();
        }
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
