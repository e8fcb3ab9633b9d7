//! Servers on loopback, on a thread of their own: what they do and allocate is not the check's.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::runtime::{Builder, Handle};
use tokio::sync::Notify;
use tokio::task::{AbortHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What a server does: with each connection, or with its socket.
#[derive(Clone)]
pub(crate) enum Server {
    Streams(Arc<dyn Fn(TcpStream, Place) -> Playing + Send + Sync>),
    Datagrams(Arc<dyn Fn(UdpSocket) -> Playing + Send + Sync>),
    /// A port of UDP at which nobody listens.
    Nobody,
}

pub(crate) type Playing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Which connection to which server it is.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) port: u16,
    /// From 0.
    pub(crate) number: usize,
    pub(crate) state: Arc<State>,
}

/// How far a server's connections are.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) open: AtomicUsize,
    /// Open, and nothing more will be said.
    pub(crate) silent: AtomicUsize,
    left: Notify,
}

impl State {
    /// The check has been given up: a server that hears no more may try whether anybody listens.
    pub(crate) fn leave(&self) {
        self.left.notify_one();
    }

    /// Waits for that.
    pub(crate) async fn left(&self) {
        self.left.notified().await;
    }
}

/// A server that runs until this is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) state: Arc<State>,
    task: AbortHandle,
}

impl Server {
    pub(crate) fn run(&self) -> Running {
        let any = ("127.0.0.1", 0);
        let state = Arc::new(State::default());
        let counted = Arc::clone(&state);
        match self.clone() {
            Server::Nobody => {
                let socket = std::net::UdpSocket::bind(any).unwrap();
                let address = socket.local_addr().unwrap();
                // it hears itself only; others are told that nobody listens
                socket.connect(address).unwrap();
                let task = SERVERS.spawn(async move {
                    std::future::pending::<()>().await;
                    drop(socket);
                });
                Running { address, state, task: task.abort_handle() }
            }
            Server::Streams(play) => {
                let listener = std::net::TcpListener::bind(any).unwrap();
                listener.set_nonblocking(true).unwrap();
                let address = listener.local_addr().unwrap();
                let task = SERVERS.spawn(async move {
                    let listener = TcpListener::from_std(listener).unwrap();
                    let mut playing = JoinSet::new();
                    for number in 0.. {
                        let (stream, _) = listener.accept().await.unwrap();
                        stream.set_nodelay(true).unwrap();
                        let place =
                            Place { port: address.port(), number, state: Arc::clone(&counted) };
                        counted.open.fetch_add(1, Ordering::SeqCst);
                        let played = play(stream, place);
                        let counted = Arc::clone(&counted);
                        playing.spawn(async move {
                            played.await;
                            counted.open.fetch_sub(1, Ordering::SeqCst);
                        });
                    }
                });
                Running { address, state, task: task.abort_handle() }
            }
            Server::Datagrams(play) => {
                let socket = std::net::UdpSocket::bind(any).unwrap();
                socket.set_nonblocking(true).unwrap();
                let address = socket.local_addr().unwrap();
                let task =
                    SERVERS.spawn(async move { play(UdpSocket::from_std(socket).unwrap()).await });
                Running { address, state, task: task.abort_handle() }
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A stream, plain or under TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Whatever is said before a handshake begins, which is left for who shakes hands.
pub(crate) async fn hear_until_tls(tcp: &mut TcpStream) {
    let mut piece = [0; 4096];
    let peeked = tcp.peek(&mut piece).await.unwrap_or(0);
    let hello = piece[..peeked].windows(2).position(|bytes| bytes == HANDSHAKE);
    let _ = tcp.read(&mut piece[..hello.unwrap_or(peeked)]).await;
}

/// Whatever the other side says next; nothing if it has gone.
pub(crate) async fn hear(stream: &mut dyn Stream) -> Vec<u8> {
    let mut piece = vec![0; 16 * 1024];
    let heard = stream.read(&mut piece).await.unwrap_or(0);
    piece.truncate(heard);
    piece
}

pub(crate) async fn say(stream: &mut dyn Stream, bytes: &[u8]) {
    // who has gone already is told nothing
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
}

/// Says it over and over, until the other side has gone.
pub(crate) async fn say_forever(stream: &mut dyn Stream, bytes: &[u8]) {
    let piece = bytes.repeat((16 * 1024_usize).div_ceil(bytes.len()));
    while stream.write_all(&piece).await.is_ok() {
        // a server has a thread with all the others
        tokio::task::yield_now().await;
    }
}

/// Listens until the other side has gone.
pub(crate) async fn listen(stream: &mut dyn Stream) {
    let mut piece = [0; 4096];
    while let Ok(1..) = stream.read(&mut piece).await {}
}

/// The server's side of TLS; none if the other side does not go along.
pub(crate) async fn secured(
    tcp: TcpStream,
    certificate: Certificate,
) -> Option<TlsStream<TcpStream>> {
    let config = match certificate {
        Certificate::Small => &SMALL,
        Certificate::Huge => &HUGE,
    };
    TlsAcceptor::from(Arc::clone(config)).accept(tcp).await.ok()
}

/// What a TLS server shows.
#[derive(Clone, Copy)]
pub(crate) enum Certificate {
    Small,
    /// Of 1 MiB.
    Huge,
}

static SMALL: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| config(0));
static HUGE: LazyLock<Arc<ServerConfig>> = LazyLock::new(|| config(1 << 20));

/// Makes both, so that nobody waits for them later.
pub(crate) fn certificates() {
    LazyLock::force(&SMALL);
    LazyLock::force(&HUGE);
}

fn config(extension: usize) -> Arc<ServerConfig> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    if extension > 0 {
        let bytes = vec![7; extension];
        params.custom_extensions =
            vec![CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 1], bytes)];
    }
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let key = ring::sign::any_supported_type(&key).unwrap();
    // rustls itself would refuse to show one that is so large
    let shown = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let mut config = builder.with_cert_resolver(Arc::new(shown));
    config.alpn_protocols = ["h2", "http/1.1", "postgresql"].map(Into::into).to_vec();
    Arc::new(config)
}

static SERVERS: LazyLock<Handle> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let handle = runtime.handle().clone();
    std::thread::spawn(move || runtime.block_on(std::future::pending::<()>()));
    handle
});

/// How a handshake's first record begins.
const HANDSHAKE: &[u8] = b"\x16\x03";
