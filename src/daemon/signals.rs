//! Signals, and what they say.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that say something to a director.
pub(super) struct Signals {
    reload: Signal,
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
}

impl Signals {
    /// Takes them from their default action, which is to end the process.
    pub(super) fn take() -> io::Result<Self> {
        Ok(Signals {
            reload: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// What the next signal says.
    pub(super) async fn next(&mut self) -> Said {
        tokio::select! {
            Some(()) = self.reload.recv() => Said::Reload,
            Some(()) = self.terminate.recv() => Said::Stop("SIGTERM"),
            Some(()) = self.interrupt.recv() => Said::Stop("SIGINT"),
            Some(()) = self.quit.recv() => Said::Stop("SIGQUIT"),
            else => std::future::pending().await,
        }
    }

    /// Waits for one that says stop.
    pub(super) async fn stop(&mut self) {
        while self.next().await == Said::Reload {}
    }
}

/// What a signal says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Read the configuration again.
    Reload,
    /// Stop, by the signal of this name.
    Stop(&'static str),
}
