//! The end of a director, in good order.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{info, warn};

use crate::daemon::Error;
use crate::daemon::cluster::Request;
use crate::daemon::signals::Signals;
use crate::director::Event;
use crate::kernel::task::Round;

use super::Control;

impl Control {
    /// Gives up what is held, tells the kernel, and sends what is still to be sent.
    pub(super) async fn stop(
        mut self,
        rounds: &mut mpsc::UnboundedReceiver<Round>,
        requests: &mut mpsc::Receiver<Request>,
        signals: &mut Signals,
    ) -> Result<(), Error> {
        let hurried = self.leave(rounds, requests, signals).await?;
        if self.options.dry_run {
            info!("stopped, and nothing was changed");
            return Ok(());
        }
        self.hooks.stop();
        let before = self.number;
        let effects = self.director.handle(Event::Stop, self.now());
        self.carry(effects);
        self.tell_news(usize::MAX);
        let told = if self.number == before { Ok(()) } else { self.farewell(rounds).await };
        let post = async {
            if timeout(GOODBYE, self.post.close()).await.is_err() {
                warn!("stopped with mail still to be sent");
            }
        };
        tokio::select! {
            _ = async { tokio::join!(post, self.hooks.close()) } => {}
            () = signals.stop(), if !hurried => {}
            () = async {}, if hurried => {}
        }
        told
    }

    /// Waits until the kernel has taken the last table.
    async fn farewell(&mut self, rounds: &mut mpsc::UnboundedReceiver<Round>) -> Result<(), Error> {
        let deadline = Instant::now() + GOODBYE;
        while let Ok(Some(round)) = timeout_at(deadline, rounds.recv()).await {
            let number = round.number;
            self.round(round);
            if number == self.number && self.program.kernel_trouble.is_none() {
                return Ok(());
            }
        }
        let silence = || format!("no answer within {} s", GOODBYE.as_secs());
        Err(Error::Untold(self.program.kernel_trouble.take().unwrap_or_else(silence)))
    }
}

/// How long the kernel, and then the mail server, may take at the end.
const GOODBYE: Duration = Duration::from_secs(5);
