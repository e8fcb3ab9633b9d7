//! Signals, and what they say.

use std::future::poll_fn;
use std::io;
use std::task::Poll;

use rustix::process::Signal as Limit;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What signals mean to a director.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manners {
    /// Ours, and those of most originals: SIGHUP has the file read again, SIGTERM and its like stop.
    #[default]
    Director,
    /// ucarp's: SIGUSR1 has it say what it is, SIGUSR2 makes it a backup.
    Ucarp {
        /// SIGHUP, SIGTERM, SIGINT and SIGQUIT stop it in good order. Without that each of them ends
        /// the process at once, and its addresses stay where they are.
        shutdown: bool,
    },
}

/// The signals that say something to a director.
pub(super) struct Signals {
    taken: Vec<(Signal, Said)>,
}

impl Signals {
    /// Takes them from their default action, which is to end the process.
    pub(super) fn take(manners: Manners) -> io::Result<Self> {
        let stops = [
            (SignalKind::terminate(), Said::Stop("TERM")),
            (SignalKind::interrupt(), Said::Stop("INT")),
            (SignalKind::quit(), Said::Stop("QUIT")),
        ];
        let own = match manners {
            Manners::Director => vec![
                (SignalKind::hangup(), Said::Reload),
                (SignalKind::user_defined1(), Said::User1),
                (SignalKind::user_defined2(), Said::User2),
                // the limits of the process: what they mean is that it should end, not drop dead
                (SignalKind::from_raw(Limit::XCPU.as_raw()), Said::Stop("XCPU")),
                (SignalKind::from_raw(Limit::XFSZ.as_raw()), Said::Stop("XFSZ")),
            ],
            Manners::Ucarp { shutdown } => {
                let hangup = shutdown.then_some((SignalKind::hangup(), Said::Stop("HUP")));
                let users = [
                    (SignalKind::user_defined1(), Said::Tell),
                    (SignalKind::user_defined2(), Said::Demote),
                ];
                users.into_iter().chain(hangup).collect()
            }
        };
        let stops = stops.into_iter().filter(|_| manners != Manners::Ucarp { shutdown: false });
        let taken = own.into_iter().chain(stops).map(|(kind, said)| Ok((signal(kind)?, said)));
        Ok(Signals { taken: taken.collect::<io::Result<_>>()? })
    }

    /// What the next signal says.
    pub(super) async fn next(&mut self) -> Said {
        poll_fn(|cx| {
            for (signal, said) in &mut self.taken {
                if let Poll::Ready(Some(())) = signal.poll_recv(cx) {
                    return Poll::Ready(*said);
                }
            }
            Poll::Pending
        })
        .await
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
    /// SIGUSR1 of ucarp: say in the log what it is.
    Tell,
    /// SIGUSR2 of ucarp: be a backup.
    Demote,
    /// Stop, by the signal of this name, without its SIG.
    Stop(&'static str),
}
