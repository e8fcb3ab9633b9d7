//! Notices when the configuration file has changed on disk. It is looked at by another thread, for it
//! may be on a machine that is gone.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{Notify, mpsc};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::warn;

/// Tells whenever a file has been saved, as far as can be seen, until nobody listens any more. What
/// nobody has taken yet stands for all that comes.
pub(super) fn watch(file: &Path) -> mpsc::Receiver<()> {
    let (tell, told) = mpsc::channel(1);
    let mut watch = Watch::start(file);
    tokio::spawn(async move {
        loop {
            watch.changed().await;
            if tell.send(()).await.is_err() {
                return;
            }
        }
    });
    told
}

/// Watches a file's folder, so that a save by rename is seen, and looks at the file itself now and
/// then: a target behind links, or on another machine, changes without a word.
struct Watch {
    file: PathBuf,
    _watcher: Option<RecommendedWatcher>,
    told: Arc<Notify>,
    /// The file as it was last reported.
    known: Option<Stamp>,
    /// The file as it was at the last look, if that was another one.
    unsettled: Option<Option<Stamp>>,
}

/// What tells one state of a file from another: device, inode, size, and when it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, u64, i64, i64);

impl Watch {
    /// Starts. Where the system does not let itself be watched, looking remains.
    fn start(file: &Path) -> Self {
        let told = Arc::new(Notify::new());
        let watcher = watcher(file, &told);
        if let Err(why) = &watcher {
            warn!("{} cannot be watched, it is looked at only: {why}", file.display());
        }
        Watch {
            file: file.to_owned(),
            _watcher: watcher.ok(),
            told,
            known: stamp(file),
            unsettled: None,
        }
    }

    /// Waits until the file has been saved, as far as can be seen.
    async fn changed(&mut self) {
        loop {
            tokio::select! {
                () = self.told.notified() => {
                    self.known = self.stamp().await;
                    return;
                }
                () = sleep(LOOK) => {}
            }
            let now = self.stamp().await;
            if self.is_saved(now) {
                return;
            }
        }
    }

    async fn stamp(&self) -> Option<Stamp> {
        let file = self.file.clone();
        spawn_blocking(move || stamp(&file)).await.ok().flatten()
    }

    /// Whether the file is another one, and the same as at the look before: no longer being written.
    fn is_saved(&mut self, now: Option<Stamp>) -> bool {
        if now == self.known {
            self.unsettled = None;
        } else if self.unsettled.replace(now) == Some(now) {
            self.known = now;
            self.unsettled = None;
            return true;
        }
        false
    }
}

fn stamp(file: &Path) -> Option<Stamp> {
    let of = |m: Metadata| Stamp(m.dev(), m.ino(), m.size(), m.mtime(), m.mtime_nsec());
    fs::metadata(file).ok().map(of)
}

fn watcher(file: &Path, told: &Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let told = Arc::clone(told);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_whole(&event)) {
            told.notify_one();
        }
    })?;
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    watcher.watch(folder.unwrap_or(Path::new(".")), RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

/// Whether an event may mean that a file is there as a whole: written and closed, renamed, or
/// linked. A file that is just being written is nobody's configuration yet.
fn is_whole(event: &Event) -> bool {
    let linked =
        |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink() || m.nlink() > 1);
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Modify(ModifyKind::Name(_)) | EventKind::Remove(_) => true,
        EventKind::Create(CreateKind::Any | CreateKind::File | CreateKind::Other) => {
            event.paths.iter().any(linked)
        }
        _ => false,
    }
}

/// How often the file is looked at; a change is believed when it is still there at the next look.
const LOOK: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn a_save_in_place_and_one_by_rename_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let [file, new] = ["a.cf", "new"].map(|name| folder.path().join(name));
        fs::write(&file, "one").unwrap();
        let mut told = watch(&file);
        let mut next = async || timeout(Duration::from_secs(60), told.recv()).await.unwrap();
        fs::write(&file, "two").unwrap();
        assert_eq!(next().await, Some(()));
        fs::write(&new, "three").unwrap();
        fs::rename(&new, &file).unwrap();
        assert_eq!(next().await, Some(()));
    }

    #[test]
    fn what_changes_without_a_word_is_told_when_it_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.cf");
        let mut watch = Watch::start(&file);
        let mut saved = |text: Option<&str>| {
            text.into_iter().for_each(|text| fs::write(&file, text).unwrap());
            let now = stamp(&file);
            watch.is_saved(now)
        };
        assert!(!saved(None));
        assert!(!saved(Some("one")), "it may be being written");
        assert!(!saved(Some("two and more")), "it is");
        assert!(saved(None));
        assert!(!saved(None), "told once");
        fs::remove_file(&file).unwrap();
        assert!(!watch.is_saved(None));
        assert!(watch.is_saved(None));
    }
}
