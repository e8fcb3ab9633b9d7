//! The other end of the control socket: who asks a running director, or tells it.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::model::Role;
use crate::observe::status::Status;

/// Asks a running director for its status, within a few seconds.
pub fn fetch(socket: &Path) -> io::Result<Status> {
    serde_json::from_slice(&answer(socket, "status")?).map_err(io::Error::other)
}

/// Tells a running director to have this role; what it says to that: `Err` if it refuses. Within a few
/// seconds; what comes of it is seen in its status.
pub fn command(socket: &Path, role: Role) -> io::Result<Result<String, String>> {
    let answer = answer(socket, &role.to_string())?;
    let answer = String::from_utf8_lossy(&answer);
    let answer = answer.trim_end();
    Ok(match (answer.strip_prefix(TOLD), answer.strip_prefix(REFUSED)) {
        (Some(words), _) => Ok(words.to_owned()),
        (_, Some(why)) => Err(why.to_owned()),
        (None, None) => Err("the director that runs is of an older version: it takes no \
                             commands; restart it"
            .to_owned()),
    })
}

fn answer(socket: &Path, word: &str) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_write_timeout(Some(ANSWER))?;
    // an older director tells its status, does not hear, and hangs up on what it has not read
    let _ = stream.write_all(format!("{word}\n").as_bytes());
    let mut answer = Vec::new();
    match stream.take(LIMIT).read_to_end(&mut answer) {
        Err(why) if why.kind() != io::ErrorKind::ConnectionReset || answer.is_empty() => Err(why),
        _ => Ok(answer),
    }
}

/// The answer to a command that is followed.
pub(in crate::daemon) fn told(words: &str) -> String {
    format!("{TOLD}{words}")
}

/// The answer to one that is not.
pub(in crate::daemon) fn refused(why: &str) -> String {
    format!("{REFUSED}{why}")
}

const TOLD: &str = "told: ";
const REFUSED: &str = "refused: ";

/// How long a director may take to answer, of which it waits 2 s for the kernel at most.
const ANSWER: Duration = Duration::from_secs(3);
/// No status is longer.
const LIMIT: u64 = 1 << 30;
