//! What no configuration holds: the secret of a pair, and chance.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tracing::warn;

use super::setup::Secret;

/// The secret that a file holds; blanks and line ends at its end are none of it. Fails, in words,
/// where there is none.
pub(super) fn secret(path: &Path) -> Result<Secret, String> {
    let (secret, is_own) = read(path)?;
    if !is_own {
        warn!("others can read or change the key of the heartbeats: {}", path.display());
    }
    Ok(secret)
}

/// Whether nobody but the owner and the group can read or change the file of a secret; fails, in
/// words, where there is none in it.
pub(in crate::daemon) fn is_own(path: &Path) -> Result<bool, String> {
    read(path).map(|(_, is_own)| is_own)
}

fn read(path: &Path) -> Result<(Secret, bool), String> {
    let failed =
        |why| format!("the key of the heartbeats cannot be read: {}: {why}", path.display());
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
        false => Ok((Secret(key.to_owned()), is_own)),
    }
}

/// A number that nobody can guess, another one at each start.
pub(super) fn chance() -> io::Result<u128> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u128::from_ne_bytes(bytes))
}

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
        assert_eq!(read("two words \n"), Ok(Secret(b"two words".to_vec())));
        assert!(read(" \n").unwrap_err().ends_with("key: it is empty"));
        assert!(secret(folder.path()).unwrap_err().ends_with("it is no regular file"));
        assert!(secret(&folder.path().join("none")).unwrap_err().contains("No such file"));
        assert!(!format!("{:?}", Secret(b"two words".to_vec())).contains("two"));
    }

    #[test]
    fn chance_is_another_one_each_time() {
        assert_ne!(chance().unwrap(), chance().unwrap());
    }
}
