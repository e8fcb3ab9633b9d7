//! What no configuration holds: the secret of a site's directors, and what is different at each start.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;
use std::time::SystemTime;

use tracing::warn;

/// The secret that a file holds; blanks and line ends at its end are none of it. Fails, in words,
/// where there is none.
pub(super) fn secret(path: &Path) -> Result<Vec<u8>, String> {
    let (secret, is_own) = read(path)?;
    if !is_own {
        warn!("others can read or change the secret of the directors: {}", path.display());
    }
    Ok(secret)
}

/// Whether nobody but the owner and the group can read or change the file of a secret; fails, in
/// words, where there is none in it.
pub(in crate::daemon) fn is_own(path: &Path) -> Result<bool, String> {
    read(path).map(|(_, is_own)| is_own)
}

fn read(path: &Path) -> Result<(Vec<u8>, bool), String> {
    let failed =
        |why| format!("the secret of the directors cannot be read: {}: {why}", path.display());
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(failed(io::Error::other("it is no regular file")));
    }
    let is_own = metadata.permissions().mode() & OTHERS == 0;
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
    let key = bytes.trim_ascii_end();
    match key.is_empty() {
        true => Err(failed(io::Error::other("it is empty"))),
        false => Ok((key.to_owned(), is_own)),
    }
}

/// When this process began to be a director.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::daemon) struct Birth {
    /// A number that nobody can guess, another one at each start.
    pub(in crate::daemon) chance: u128,
    /// The seconds since 1970.
    pub(in crate::daemon) time: u64,
}

impl Birth {
    /// That of this process, the same however often it is asked for.
    pub(super) fn get() -> io::Result<Birth> {
        if let Some(birth) = BIRTH.get() {
            return Ok(*birth);
        }
        let time = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let birth = Birth { chance: chance()?, time: time.map_or(0, |since| since.as_secs()) };
        Ok(*BIRTH.get_or_init(|| birth))
    }
}

fn chance() -> io::Result<u128> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u128::from_ne_bytes(bytes))
}

static BIRTH: OnceLock<Birth> = OnceLock::new();
/// Bytes of a secret that count.
const LONGEST: u64 = 4096;
/// The rights of all but the owner and the group to read and to write.
const OTHERS: u32 = 0o006;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_file_that_says_something() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let read = |text: &str| {
            fs::write(&path, text).unwrap();
            secret(&path)
        };
        assert_eq!(read("two words \n"), Ok(b"two words".to_vec()));
        assert!(read(" \n").unwrap_err().ends_with("key: it is empty"));
        assert!(secret(folder.path()).unwrap_err().ends_with("it is no regular file"));
        assert!(secret(&folder.path().join("none")).unwrap_err().contains("No such file"));
    }

    #[test]
    fn chance_is_another_one_each_time() {
        assert_ne!(chance().unwrap(), chance().unwrap());
        assert_eq!(Birth::get().unwrap(), Birth::get().unwrap());
    }
}
