//! A connection to a server, plain or under TLS, which tells how far it has come and what was said.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use jiff::Timestamp;
use rustls::ClientConfig;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::asking::Failure;
use crate::net::TcpStream;
use crate::progress::Progress;
use crate::{Tls, tls};

/// A connection.
pub(crate) struct Stream {
    inner: Inner,
    progress: Progress,
    /// Whether the bytes are what a reader of the transcript should see.
    told: bool,
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(crate) fn new(tcp: TcpStream, progress: Progress) -> Self {
        Stream { inner: Inner::Plain(tcp), progress, told: true }
    }

    /// Tells nothing of what is said from now on: its bytes are compressed, passwords too, so that
    /// whoever speaks tells it in words.
    pub(crate) fn untold(self) -> Self {
        Stream { told: false, ..self }
    }

    /// The address and port that it comes from.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        match &self.inner {
            Inner::Plain(tcp) => tcp.local_addr(),
            Inner::Tls(tls) => tls.get_ref().0.local_addr(),
        }
    }

    /// How far it has come.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The protocol that TLS agreed upon (ALPN), if it did.
    pub(crate) fn agreed_protocol(&self) -> Option<&[u8]> {
        match &self.inner {
            Inner::Plain(_) => None,
            Inner::Tls(tls) => tls.get_ref().1.alpn_protocol(),
        }
    }

    /// Shakes hands for TLS.
    pub(crate) async fn secure(self, tls: &Tls) -> Result<Self, Failure> {
        self.secure_for(tls, &[]).await
    }

    /// Shakes hands for TLS, and offers these protocols (ALPN).
    pub(crate) async fn secure_for(self, tls: &Tls, protocols: &[&[u8]]) -> Result<Self, Failure> {
        let mut setup = tls::setup(tls, &self.progress).await?;
        self.progress.certificate_asked(false);
        if tls.identity.is_none() {
            // not where a session is taken up again: that must be by the same resolver
            let unshown = Arc::new(tls::Unshown(self.progress.clone()));
            Arc::make_mut(&mut setup).client_auth_cert_resolver = unshown;
        }
        if !protocols.is_empty() {
            let setup = Arc::make_mut(&mut setup);
            setup.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        }
        self.secure_by(tls, setup).await
    }

    /// Shakes hands for TLS by a setup that was made for it.
    pub(crate) async fn secure_by(
        self,
        tls: &Tls,
        setup: Arc<ClientConfig>,
    ) -> Result<Self, Failure> {
        let Stream { inner, progress, told } = self;
        let Inner::Plain(tcp) = inner else { return Err("TLS within TLS".into()) };
        progress.enter("connected, shaking hands for TLS");
        let name = tls::server_name(tls, tcp.peer_addr()?)?;
        let secured = TlsConnector::from(setup).connect(name, tcp).await.map_err(tls::failure)?;
        progress.secured();
        progress.enter("connected, TLS stands");
        let chain = secured.get_ref().1.peer_certificates().unwrap_or_default();
        if let Some((until, warning)) = tls::until(chain, Timestamp::now()) {
            // whoever trusts any certificate is told too: the server's clients may mind
            progress.certificate(until, warning);
        }
        Ok(Stream { inner: Inner::Tls(Box::new(secured)), progress, told })
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = match &mut self.inner {
            Inner::Plain(tcp) => ready!(Pin::new(tcp).poll_read(cx, buf)),
            Inner::Tls(tls) => ready!(Pin::new(tls).poll_read(cx, buf)).or_else(tls::reading),
        };
        if let Some(new) = buf.filled().get(before..).filter(|new| self.told && !new.is_empty()) {
            self.progress.received(new);
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = match &mut self.inner {
            Inner::Plain(tcp) => ready!(Pin::new(tcp).poll_write(cx, bytes)),
            Inner::Tls(tls) => ready!(Pin::new(tls).poll_write(cx, bytes)),
        };
        if let Some(sent) =
            written.as_ref().ok().and_then(|n| bytes.get(..*n)).filter(|_| self.told)
        {
            self.progress.sent(sent);
        }
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Inner::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Inner::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
