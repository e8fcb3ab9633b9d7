//! A server that answers every line with its name in the place of `who`, and every datagram with its name.

use std::net::{IpAddr, SocketAddr};
use std::thread::{self, JoinHandle};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::host::Host;
use super::net::Net;

/// A server on one machine, TCP and UDP; gone with all its connections when dropped.
pub(crate) struct Server {
    orders: Option<mpsc::UnboundedSender<(Order, oneshot::Sender<()>)>>,
    thread: Option<JoinHandle<()>>,
}

enum Order {
    Listen,
    Refuse,
}

impl Server {
    /// Starts a server on each real of a network, at this port.
    pub(crate) fn on_all(net: &Net, port: u16) -> Vec<Server> {
        let reals = net.reals.iter().zip(1..);
        reals.map(|(real, n)| Server::start(real, &net.served(n), port)).collect()
    }

    /// Starts a server that is named for its machine. It binds each address by itself, so that a
    /// datagram is answered from the address it was sent to.
    pub(crate) fn start(host: &Host, addresses: &[IpAddr], port: u16) -> Server {
        let (orders, inbox) = mpsc::unbounded_channel();
        let addresses = addresses.iter().map(|&address| SocketAddr::new(address, port)).collect();
        let host = host.clone();
        let thread = thread::spawn(move || {
            host.inside(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
                runtime.expect("a runtime").block_on(serve(&host.name, addresses, inbox));
            });
        });
        let server = Server { orders: Some(orders), thread: Some(thread) };
        server.listen();
        server
    }

    /// Listens, or listens again.
    pub(crate) fn listen(&self) {
        self.order(Order::Listen);
    }

    /// Listens no more: new connections are refused, those there are go on.
    pub(crate) fn refuse(&self) {
        self.order(Order::Refuse);
    }

    fn order(&self, order: Order) {
        let (done, wait) = oneshot::channel();
        let orders = self.orders.as_ref().expect("not dropped");
        orders.send((order, done)).expect("a running server");
        wait.blocking_recv().expect("a running server");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.orders = None;
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || matches!(ended, Some(Ok(()))), "a server failed");
    }
}

async fn serve(
    name: &str,
    addresses: Vec<SocketAddr>,
    mut orders: mpsc::UnboundedReceiver<(Order, oneshot::Sender<()>)>,
) {
    let mut listeners = JoinSet::new();
    while let Some((order, done)) = orders.recv().await {
        listeners.shutdown().await;
        if matches!(order, Order::Listen) {
            for &address in &addresses {
                let bound = TcpListener::bind(address).await;
                let bound = bound.unwrap_or_else(|error| panic!("{name}: {address}: {error}"));
                listeners.spawn(accept(bound, name.to_owned()));
                let bound = UdpSocket::bind(address).await.expect("a free port");
                listeners.spawn(echo(bound, name.to_owned()));
            }
        }
        let _ = done.send(());
    }
}

async fn accept(listener: TcpListener, name: String) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(converse(stream, name.clone()));
    }
}

async fn converse(mut stream: TcpStream, name: String) {
    let (reader, mut writer) = stream.split();
    let mut lines = BufReader::new(reader).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = line.replace("who", &name) + "\n";
        if writer.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn echo(socket: UdpSocket, name: String) {
    let mut question = [0; 64];
    while let Ok((_, peer)) = socket.recv_from(&mut question).await {
        let _ = socket.send_to(name.as_bytes(), peer).await;
    }
}
