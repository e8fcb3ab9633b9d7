//! Notices when the configuration file has changed on disk.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Interval, interval};
use tracing::warn;

/// Watches a file's folder, so that a save by rename is seen, and looks at the file itself now and
/// then: a target behind links, or on another machine, changes without a word.
pub(super) struct Watch {
    file: PathBuf,
    _watcher: Option<RecommendedWatcher>,
    told: Arc<Notify>,
    looks: Interval,
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
    pub(super) fn start(file: &Path) -> Self {
        let told = Arc::new(Notify::new());
        let watcher = watcher(file, &told);
        if let Err(why) = &watcher {
            warn!("{} cannot be watched, it is looked at only: {why}", file.display());
        }
        Watch {
            file: file.to_owned(),
            _watcher: watcher.ok(),
            told,
            looks: interval(LOOK),
            known: stamp(file),
            unsettled: None,
        }
    }

    /// Waits until the file has been saved, as far as can be seen. May be dropped at any time.
    pub(super) async fn changed(&mut self) {
        loop {
            tokio::select! {
                () = self.told.notified() => {
                    self.known = stamp(&self.file);
                    return;
                }
                _ = self.looks.tick() => if self.look() {
                    return;
                },
            }
        }
    }

    /// Whether the file is another one, and the same as at the look before: no longer being written.
    fn look(&mut self) -> bool {
        let now = stamp(&self.file);
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
