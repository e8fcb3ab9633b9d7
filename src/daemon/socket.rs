//! The status socket: says how everything stands to whoever connects, and hears nothing.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as Blocking;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tracing::debug;

use crate::observe::status::Status;

use super::Error;

/// The listening end; the file goes when it is dropped.
pub(super) struct Socket {
    listener: UnixListener,
    path: PathBuf,
    clients: Arc<Semaphore>,
}

/// The socket of the director that runs on a configuration.
pub fn path(run_dir: &Path, config: &Path) -> PathBuf {
    let mut name = config.file_name().unwrap_or(config.as_os_str()).to_owned();
    name.push(".sock");
    run_dir.join(name)
}

/// Asks a running director for its status, within a few seconds.
pub fn fetch(socket: &Path) -> io::Result<Status> {
    let stream = Blocking::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE * 2))?;
    let mut json = Vec::new();
    stream.take(LIMIT).read_to_end(&mut json)?;
    serde_json::from_slice(&json).map_err(io::Error::other)
}

impl Socket {
    /// Takes the socket, unless a running director has it already.
    pub(super) fn bind(run_dir: &Path, config: &Path) -> Result<Self, Error> {
        let path = path(run_dir, config);
        fs::create_dir_all(run_dir)
            .map_err(Error::system(format!("make the folder {}", run_dir.display())))?;
        if Blocking::connect(&path).is_ok() {
            let why = io::Error::other("a director runs on this configuration already");
            return Err(Error::System { doing: format!("take {}", path.display()), why });
        }
        match fs::remove_file(&path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                return Err(Error::System { doing: format!("remove {}", path.display()), why });
            }
            _ => {}
        }
        let listen = || {
            let listener = UnixListener::bind(&path)?;
            // it only speaks, and what it says is no secret
            fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
            Ok(listener)
        };
        let listener = listen().map_err(Error::system(format!("listen on {}", path.display())))?;
        Ok(Socket { listener, path, clients: Arc::new(Semaphore::new(CLIENTS)) })
    }

    /// The next one to ask; one too many is turned away.
    pub(super) async fn accept(&self) -> Option<Client> {
        let (stream, _) = self.listener.accept().await.ok()?;
        let place = Arc::clone(&self.clients).try_acquire_owned().ok()?;
        Some(Client { stream, _place: place })
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
/// How many may ask at once.
const CLIENTS: usize = 8;
/// No status is longer.
const LIMIT: u64 = 1 << 30;
