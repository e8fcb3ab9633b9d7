//! Where the configuration is.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The file of a configuration: in the folders of heartbeat under `root`, or as it is named.
pub(super) fn find(root: &Path, config: &OsStr) -> Option<PathBuf> {
    let within = FOLDERS.iter().map(|folder| {
        // an absolute name is looked for in there, too, so it is no `join`
        let mut path = OsString::from(root.join(folder));
        path.push("/");
        path.push(config);
        PathBuf::from(path)
    });
    within.chain([PathBuf::from(config)]).find(|path| path.is_file())
}

const FOLDERS: [&str; 2] = ["etc/ha.d", "etc/ha.d/conf"];

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_folders_of_heartbeat_come_first() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("etc/ha.d");
        fs::create_dir_all(folder.join("conf")).unwrap();
        let elsewhere = root.path().join("elsewhere.cf");
        let find = |config: &Path| super::find(root.path(), config.as_os_str());
        assert_eq!(find(Path::new("a.cf")), None);
        assert_eq!(find(&elsewhere), None);
        fs::write(&elsewhere, "").unwrap();
        assert_eq!(find(&elsewhere).as_deref(), Some(&*elsewhere));
        fs::write(folder.join("conf/a.cf"), "").unwrap();
        assert_eq!(find(Path::new("a.cf")), Some(folder.join("conf/a.cf")));
        fs::create_dir(folder.join("a.cf")).unwrap();
        assert_eq!(find(Path::new("a.cf")), Some(folder.join("conf/a.cf")), "no folder");
        fs::remove_dir(folder.join("a.cf")).unwrap();
        fs::write(folder.join("a.cf"), "").unwrap();
        assert_eq!(find(Path::new("a.cf")), Some(folder.join("a.cf")));
        assert_eq!(find(Path::new("")), None);
    }
}
