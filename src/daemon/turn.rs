//! One director on a file at a time: who comes second waits until the first one has ended.

use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, test_kill_process};
use tokio::time::{Instant, sleep};
use tracing::info;

use super::signals::{Said, Signals};
use super::socket::{Socket, path};
use super::{Error, Options, Ready};

/// Whose turn it is.
pub(super) enum Turn {
    /// Ours: nobody else runs.
    Now(Option<Socket>, Ready),
    /// Ours, now that somebody else has ended.
    After(Option<Socket>),
    /// Somebody else's, until a signal said stop.
    Never,
}

/// Takes the socket: at once, or where it may wait, when the director that has it has ended.
pub(super) async fn take(
    options: &Options,
    signals: &mut Signals,
    ready: Ready,
) -> Result<Turn, Error> {
    if options.dry_run {
        // it leaves no trace
        return Ok(Turn::Now(None, ready));
    }
    let bind = || Socket::bind(&options.run_dir, &options.config);
    let mut other = match bind() {
        Err(why @ Error::Running { pid, .. }) if options.waits => {
            info!("{why}: this one waits, and takes its place when it ends");
            pid
        }
        bound => return Ok(Turn::Now(bound?, ready)),
    };
    ready();
    let socket = path(&options.run_dir, &options.config);
    loop {
        tokio::select! {
            () = ended(&socket, other) => {}
            said = signals.next() => match said {
                // the file is read anew when it is our turn
                Said::Reload => info!("{}", options.log.voice.reloading()),
                Said::User1 | Said::User2 | Said::Tell | Said::Demote => info!("this one waits, and takes no role"),
                Said::Stop(name) => {
                    let voice = options.log.voice;
                    info!("{}", voice.stopped(name).unwrap_or_else(|| voice.stopping(name)));
                    return Ok(Turn::Never);
                }
            },
        }
        match bind() {
            Err(Error::Running { pid, .. }) => other = pid,
            bound => return Ok(Turn::After(bound?)),
        }
    }
}

/// Waits until the socket or the process is gone. Nobody is asked for it, for an answer is work;
/// now and then it is worth that, for a dead process may be left uncollected.
async fn ended(socket: &Path, pid: Option<u32>) {
    let pid = pid.and_then(|pid| Pid::from_raw(pid.cast_signed()));
    let ask = Instant::now() + ASK;
    let runs = || socket.exists() && pid.is_none_or(|pid| test_kill_process(pid).is_ok());
    while runs() && Instant::now() < ask {
        sleep(LOOK).await;
    }
}

/// How often the other one is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often it is asked.
const ASK: Duration = Duration::from_secs(30);
