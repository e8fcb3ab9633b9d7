//! Notices when the configuration file may have changed on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tracing::warn;

/// Watches the folders of a file, so that a save by rename is seen; and of what it links to.
/// Dropping it ends the watch.
pub(super) struct Watch {
    _watcher: Option<RecommendedWatcher>,
    changed: Arc<Notify>,
}

impl Watch {
    /// Starts. Where the system does not let itself be watched, the log says so and SIGHUP remains.
    pub(super) fn start(file: &Path) -> Self {
        let changed = Arc::new(Notify::new());
        let watcher = watcher(file, &changed);
        if let Err(why) = &watcher {
            warn!("{} cannot be watched, reload it with SIGHUP: {why}", file.display());
        }
        Watch { _watcher: watcher.ok(), changed }
    }

    /// Waits until something happened in the file's folder.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }
}

fn watcher(file: &Path, changed: &Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let names: Vec<_> = [Some(file.to_owned()), file.canonicalize().ok()]
        .into_iter()
        .flatten()
        .filter_map(|path| path.file_name().map(ToOwned::to_owned))
        .collect();
    let changed = Arc::clone(changed);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let ours = |path: &PathBuf| names.iter().any(|name| path.file_name() == Some(name));
        if !event.kind.is_access() && (event.paths.is_empty() || event.paths.iter().any(ours)) {
            changed.notify_one();
        }
    })?;
    let parent = |path: &Path| path.parent().map(Path::to_owned).filter(|p| p != Path::new(""));
    let folder = parent(file).unwrap_or_else(|| PathBuf::from("."));
    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    let target = file.canonicalize().ok().as_deref().and_then(parent);
    if let Some(target) =
        target.filter(|target| folder.canonicalize().ok().as_ref() != Some(target))
    {
        watcher.watch(&target, RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}
