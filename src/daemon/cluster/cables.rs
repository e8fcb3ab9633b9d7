//! Watches this director's own cables, in a thread of its own: while a card is being reset the kernel
//! answers nobody who asks for links, and heartbeats are not to wait for that.

use std::thread;
use std::time::Duration;

use tokio::runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;
use tracing::{error, warn};

use crate::kernel::links::{self, Links, Watched};

/// Starts the thread, which ends when nobody listens. Without it the cables are taken to carry.
pub(super) fn start(whose: watch::Receiver<Option<Watched>>, tell: mpsc::UnboundedSender<Links>) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let started = runtime.and_then(|runtime| {
        let work = move || runtime.block_on(watch(whose, tell));
        thread::Builder::new().name("cables".to_owned()).spawn(work)
    });
    if let Err(why) = started {
        error!("the links cannot be watched: {why}");
    }
}

/// Watches for as long as anybody listens, whatever the kernel says to that.
async fn watch(whose: watch::Receiver<Option<Watched>>, tell: mpsc::UnboundedSender<Links>) {
    let mut last = None;
    while let Err(why) = links::watch(whose.clone(), tell.clone()).await {
        let why = why.to_string();
        if last.as_ref() != Some(&why) {
            warn!("the links cannot be watched, to be tried again: {why}");
        }
        last = Some(why);
        sleep(AGAIN).await;
    }
}

/// How often it is tried again.
const AGAIN: Duration = Duration::from_secs(1);
