//! The control socket: says how everything stands to whoever connects, and takes a role's name from
//! who may command the director: root, and the user that it runs as.
//!
//! A client may write one line, `status`, `active` or `standby`. One that writes nothing within a
//! second is told the status, as they all were when there was nothing to be written.

mod ask;

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::geteuid;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use crate::model::Role;
use crate::observe::status::Status;

use super::Error;

pub use ask::{command, fetch};
pub(super) use ask::{refused, told};

/// The listening end; the file goes when it is dropped.
pub(super) struct Socket {
    asked: mpsc::Receiver<(Client, Asked)>,
    listening: AbortHandle,
    path: PathBuf,
}

/// What a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To know how everything stands.
    Status,
    /// The director to have this role; it may say so.
    Role(Role),
    /// Something that it may not have, or that is not understood: why.
    Refused(String),
}

/// The socket of the director that runs on a configuration. It is named for the file behind all
/// links: its own name, for people, and its whole path, for two files of one name are two directors.
pub fn path(run_dir: &Path, config: &Path) -> PathBuf {
    let whole = config.canonicalize().or_else(|_| std::path::absolute(config));
    let whole = whole.unwrap_or_else(|_| config.to_owned());
    let name = whole.file_name().unwrap_or(whole.as_os_str()).to_string_lossy();
    // a socket's path has 107 bytes
    let name: String = name.chars().filter(char::is_ascii).take(40).collect();
    run_dir.join(format!("{name}-{:016x}.sock", fnv(whole.as_os_str().as_bytes())))
}

/// FNV-1a: the same number in every version of this program.
fn fnv(bytes: &[u8]) -> u64 {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, step)
}

impl Socket {
    /// Takes the socket, unless a running director has it already: that is an error. Where it
    /// cannot be had for another reason there is no status, and the log says why.
    pub(super) fn bind(run_dir: &Path, config: &Path) -> Result<Option<Self>, Error> {
        let path = path(run_dir, config);
        if Blocking::connect(&path).is_ok() {
            let pid = fetch(&path).ok().map(|status| status.pid);
            return Err(Error::Running { file: config.display().to_string(), pid });
        }
        let listening = Socket::listen(run_dir, path);
        if let Err(why) = &listening {
            warn!("there is no status, and no guard against a second director: {why}");
        }
        Ok(listening.ok())
    }

    fn listen(run_dir: &Path, path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(run_dir)?;
        match fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        // everybody may ask; who may command is looked at when somebody does
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
        let (tell, asked) = mpsc::channel(CLIENTS);
        let listening = tokio::spawn(listen(listener, tell)).abort_handle();
        Ok(Socket { asked, listening, path })
    }

    /// The next one who asks, and for what.
    pub(super) async fn next(&mut self) -> (Client, Asked) {
        match self.asked.recv().await {
            Some(asked) => asked,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.listening.abort();
        // a file left behind is removed by the next start
        let _ = fs::remove_file(&self.path);
    }
}

/// Hears clients, each for itself; one too many is turned away.
async fn listen(listener: UnixListener, tell: mpsc::Sender<(Client, Asked)>) {
    let places = Arc::new(Semaphore::new(CLIENTS));
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
                let (mut client, tell) = (Client { stream, _place: place }, tell.clone());
                tokio::spawn(async move {
                    let asked = client.ask().await;
                    // nobody is there to answer when the director has stopped
                    let _ = tell.send((client, asked)).await;
                });
            }
            Err(why) => {
                debug!("nobody can ask for the status: {why}");
                sleep(BREATH).await;
            }
        }
    }
}

/// Somebody who asks.
pub(super) struct Client {
    stream: UnixStream,
    _place: OwnedSemaphorePermit,
}

impl Client {
    /// Hears what it wants.
    async fn ask(&mut self) -> Asked {
        let (mut line, mut length) = ([0; LINE], 0);
        let read = async {
            while length < LINE && !line.contains(&b'\n') {
                match self.stream.read(&mut line[length..]).await {
                    Ok(more @ 1..) => length += more,
                    Ok(0) | Err(_) => return,
                }
            }
        };
        // what has come by then is what there is
        let _ = timeout(WORD, read).await;
        let line = String::from_utf8_lossy(&line[..length]);
        let word = line.lines().next().unwrap_or_default().trim();
        let role = match word {
            "" | "status" => return Asked::Status,
            "active" => Role::Active,
            "standby" => Role::Standby,
            _ => return Asked::Refused(format!("{word:?} is not understood; what is: {WORDS}")),
        };
        let may = |user| user == 0 || user == geteuid().as_raw();
        match self.stream.peer_cred() {
            Ok(who) if may(who.uid()) => Asked::Role(role),
            _ => Asked::Refused(format!("only root may say `{role}`")),
        }
    }

    /// Tells the status and hangs up.
    pub(super) async fn tell(self, status: &Status) {
        let Ok(json) = serde_json::to_string(status) else { return };
        self.say(&json).await;
    }

    /// Answers with a line and hangs up. A client that does not listen is left.
    pub(super) async fn say(mut self, line: &str) {
        let line = format!("{line}\n");
        if !matches!(timeout(PATIENCE, self.stream.write_all(line.as_bytes())).await, Ok(Ok(()))) {
            debug!("somebody asked and did not listen");
        }
    }
}

/// How long a client may take to listen.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take to say what it wants, where it says anything.
const WORD: Duration = Duration::from_secs(1);
/// Bytes of that at most.
const LINE: usize = 64;
/// What it may say.
const WORDS: &str = "status, active, standby";
/// How long to wait when the system gives no connection, for want of descriptors most likely.
const BREATH: Duration = Duration::from_millis(100);
/// How many may ask at once.
const CLIENTS: usize = 8;

#[cfg(test)]
mod tests;
