//! The status socket: says how everything stands to whoever connects, and hears nothing.

use std::fs;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use crate::observe::status::Status;

use super::Error;

/// The listening end; the file goes when it is dropped.
pub(super) struct Socket {
    listener: UnixListener,
    path: PathBuf,
    clients: Arc<Semaphore>,
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

/// Asks a running director for its status, within a few seconds.
pub fn fetch(socket: &Path) -> io::Result<Status> {
    let stream = Blocking::connect(socket)?;
    stream.set_read_timeout(Some(ANSWER))?;
    let mut json = Vec::new();
    stream.take(LIMIT).read_to_end(&mut json)?;
    serde_json::from_slice(&json).map_err(io::Error::other)
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
        // it only speaks, and nothing of the file's text
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
        Ok(Socket { listener, path, clients: Arc::new(Semaphore::new(CLIENTS)) })
    }

    /// The next one to ask; one too many is turned away.
    pub(super) async fn accept(&self) -> Client {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    if let Ok(place) = Arc::clone(&self.clients).try_acquire_owned() {
                        return Client { stream, _place: place };
                    }
                }
                Err(why) => {
                    debug!("nobody can ask for the status: {why}");
                    sleep(BREATH).await;
                }
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // a file left behind is removed by the next start
        let _ = fs::remove_file(&self.path);
    }
}

/// Somebody who asks.
pub(super) struct Client {
    stream: UnixStream,
    _place: tokio::sync::OwnedSemaphorePermit,
}

impl Client {
    /// Tells the status and hangs up. A client that does not listen is left.
    pub(super) async fn tell(mut self, status: &Status) {
        let Ok(mut json) = serde_json::to_vec(status) else { return };
        json.push(b'\n');
        if !matches!(timeout(PATIENCE, self.stream.write_all(&json)).await, Ok(Ok(()))) {
            debug!("somebody asked for the status and did not listen");
        }
    }
}

/// How long a client may take to listen.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a director may take to answer, of which it waits 2 s for the kernel at most.
const ANSWER: Duration = Duration::from_secs(3);
/// How long to wait when the system gives no connection, for want of descriptors most likely.
const BREATH: Duration = Duration::from_millis(100);
/// How many may ask at once.
const CLIENTS: usize = 8;
/// No status is longer.
const LIMIT: u64 = 1 << 30;
