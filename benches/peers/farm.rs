//! The real servers: every one listens, accepts, notes when, and hangs up.

use std::net::TcpListener as Listener;
use std::sync::{Arc, Mutex, mpsc as std_mpsc};
use std::thread;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::host;
use crate::site;

/// So many of them on a thread of their own, until dropped.
pub(crate) struct Farm {
    orders: mpsc::UnboundedSender<Order>,
    seen: Arc<Mutex<Vec<Vec<Instant>>>>,
    thread: Option<thread::JoinHandle<()>>,
}

enum Order {
    Refuse(usize),
    Serve(usize),
    /// Say when all that was ordered before is done.
    Done(std_mpsc::Sender<()>),
}

impl Farm {
    /// Starts; all listen when this returns.
    pub(crate) fn start(reals: usize) -> Farm {
        let (orders, received) = mpsc::unbounded_channel();
        let seen = Arc::new(Mutex::new(vec![Vec::new(); reals]));
        let notes = Arc::clone(&seen);
        let thread = Some(thread::spawn(move || {
            host::enter("farm");
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
            runtime.expect("a runtime").block_on(tend(received, notes));
        }));
        let farm = Farm { orders, seen, thread };
        farm.serve(0..reals);
        farm
    }

    /// Stops these: connections are refused from now on.
    pub(crate) fn refuse(&self, reals: impl IntoIterator<Item = usize>) {
        reals.into_iter().for_each(|real| self.order(Order::Refuse(real)));
        self.done();
    }

    /// Has these listen again.
    pub(crate) fn serve(&self, reals: impl IntoIterator<Item = usize>) {
        reals.into_iter().for_each(|real| self.order(Order::Serve(real)));
        self.done();
    }

    /// Drops what arrives for one, as a machine does whose kernel hangs.
    pub(crate) fn silence(&self, real: usize) {
        self.filter("-I", real);
    }

    /// Ends [`Self::silence`].
    pub(crate) fn unsilence(&self, real: usize) {
        self.filter("-D", real);
    }

    /// Forgets the connections so far.
    pub(crate) fn forget(&self) {
        self.seen.lock().expect("no panic").iter_mut().for_each(Vec::clear);
    }

    /// How many connections there were, and the times between two of the same real, sorted.
    pub(crate) fn intervals(&self) -> (usize, Vec<Duration>) {
        let seen = self.seen.lock().expect("no panic");
        let gaps = seen.iter().flat_map(|one| one.windows(2).map(|pair| pair[1] - pair[0]));
        let mut gaps: Vec<Duration> = gaps.collect();
        gaps.sort();
        (seen.iter().map(Vec::len).sum(), gaps)
    }

    fn filter(&self, action: &str, real: usize) {
        let rule = format!("iptables-legacy {action} INPUT -d {} -j DROP", site::real(real));
        host::inside("farm", || host::run(&rule, ""));
    }

    fn done(&self) {
        let (tell, told) = std_mpsc::channel();
        self.order(Order::Done(tell));
        told.recv().expect("the farm's thread runs");
    }

    fn order(&self, order: Order) {
        self.orders.send(order).expect("the farm's thread runs");
    }
}

impl Drop for Farm {
    fn drop(&mut self) {
        self.orders = mpsc::unbounded_channel().0;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn tend(mut orders: mpsc::UnboundedReceiver<Order>, seen: Arc<Mutex<Vec<Vec<Instant>>>>) {
    let mut serving: Vec<Option<AbortHandle>> = Vec::new();
    while let Some(order) = orders.recv().await {
        match order {
            Order::Serve(real) => {
                serving.resize_with(serving.len().max(real + 1), || None);
                let task = tokio::spawn(answer(listen(real), real, Arc::clone(&seen)));
                serving[real] = Some(task.abort_handle());
            }
            Order::Refuse(real) => {
                if let Some(task) = serving[real].take() {
                    task.abort();
                }
            }
            Order::Done(tell) => {
                // what was aborted has closed its socket when it has been polled once more
                tokio::task::yield_now().await;
                let _ = tell.send(());
            }
        }
    }
}

async fn answer(listener: TcpListener, real: usize, seen: Arc<Mutex<Vec<Vec<Instant>>>>) {
    while listener.accept().await.is_ok() {
        seen.lock().expect("no panic")[real].push(Instant::now());
    }
}

fn listen(real: usize) -> TcpListener {
    let listener = Listener::bind(site::socket(real)).expect("an address of the farm");
    listener.set_nonblocking(true).expect("a socket");
    TcpListener::from_std(listener).expect("a runtime")
}
