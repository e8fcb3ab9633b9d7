//! Signals, and what they say.

use std::io;

use rustix::process::Signal as Limit;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that say something to a director.
pub(super) struct Signals {
    reload: Signal,
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
    user1: Signal,
    user2: Signal,
    /// The limits of the process: what they mean is that it should end, not that it should drop dead.
    time: Signal,
    size: Signal,
}

impl Signals {
    /// Takes them from their default action, which is to end the process.
    pub(super) fn take() -> io::Result<Self> {
        Ok(Signals {
            reload: signal(SignalKind::hangup())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            user1: signal(SignalKind::user_defined1())?,
            user2: signal(SignalKind::user_defined2())?,
            time: signal(SignalKind::from_raw(Limit::XCPU.as_raw()))?,
            size: signal(SignalKind::from_raw(Limit::XFSZ.as_raw()))?,
        })
    }

    /// What the next signal says.
    pub(super) async fn next(&mut self) -> Said {
        tokio::select! {
            Some(()) = self.reload.recv() => Said::Reload,
            Some(()) = self.terminate.recv() => Said::Stop("TERM"),
            Some(()) = self.interrupt.recv() => Said::Stop("INT"),
            Some(()) = self.quit.recv() => Said::Stop("QUIT"),
            Some(()) = self.user1.recv() => Said::User1,
            Some(()) = self.user2.recv() => Said::User2,
            Some(()) = self.time.recv() => Said::Stop("XCPU"),
            Some(()) = self.size.recv() => Said::Stop("XFSZ"),
            else => std::future::pending().await,
        }
    }

    /// Waits for one that says stop.
    pub(super) async fn stop(&mut self) {
        while !matches!(self.next().await, Said::Stop(_)) {}
    }
}

/// What a signal says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// Read the configuration again.
    Reload,
    /// SIGUSR1: be active, where another cluster manager says so.
    User1,
    /// SIGUSR2: be standby.
    User2,
    /// Stop, by the signal of this name, without its SIG.
    Stop(&'static str),
}
