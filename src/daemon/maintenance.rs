//! The folder of maintenance files (`maintenancedir`): who is in it, from moment to moment.
//!
//! The folder is watched, and looked at every two seconds besides: it may be on another machine,
//! appear later, or be a link that is turned. Files named for addresses take effect at once; names
//! of hosts do when the resolver has answered. Whatever may hang is done by another thread.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::health::{Maintenance, has_host_name, in_maintenance};
use crate::model::Model;

use super::hosts::Hosts;

/// A folder, and the reals that may be in it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Followed {
    folder: Option<PathBuf>,
    reals: BTreeSet<SocketAddr>,
}

/// Who is in maintenance, of those that are followed.
pub(super) struct Seen {
    /// Whose folder it is.
    pub(super) followed: Arc<Followed>,
    /// Who; `None` where that cannot be known, and what was known still holds.
    pub(super) maintenance: Option<Maintenance>,
}

impl Followed {
    /// What a model says of it.
    pub(super) fn of(model: &Model) -> Arc<Self> {
        let reals = model.virtuals.iter().flat_map(|v| v.reals.iter().map(|real| real.address));
        Arc::new(Followed { folder: model.settings.maintenance.clone(), reals: reals.collect() })
    }

    fn addresses(&self) -> BTreeSet<IpAddr> {
        self.reals.iter().map(SocketAddr::ip).collect()
    }

    fn maintenance(&self, files: &BTreeSet<String>, hosts: &Hosts) -> Maintenance {
        let folder = self.folder.as_deref().unwrap_or(Path::new("/"));
        in_maintenance(folder, files, self.reals.iter().copied(), |ip| hosts.name(ip))
    }
}

/// Looks once, and waits for names of hosts if the folder has any, but for a second at most.
pub(super) async fn look(followed: Arc<Followed>, hosts: &Arc<Hosts>) -> Seen {
    let Some(folder) = followed.folder.clone() else {
        return Seen { followed, maintenance: Some(Maintenance::new()) };
    };
    let read = timeout(PATIENCE, spawn_blocking(move || files(&folder))).await;
    let files = match read {
        Ok(Ok(Ok(files))) => files,
        Ok(Ok(Err(why))) if is_missing(&why) => BTreeSet::new(),
        _ => return Seen { followed, maintenance: None },
    };
    if has_host_name(&files) {
        let addresses = followed.addresses();
        hosts.look_up(&addresses);
        // names that are missing then come later
        let _ = timeout(PATIENCE, hosts.answered(&addresses)).await;
    }
    let maintenance = Some(followed.maintenance(&files, hosts));
    Seen { followed, maintenance }
}

/// Looks on for ever, and tells when there is news. Ends when nobody listens any more.
pub(super) async fn watch(
    mut orders: watch::Receiver<Arc<Followed>>,
    hosts: Arc<Hosts>,
    tell: mpsc::Sender<Seen>,
) {
    let mut eye = Eye::default();
    let mut learnt = hosts.learnt();
    let mut last = None;
    loop {
        let followed = Arc::clone(&orders.borrow_and_update());
        if followed.folder.is_some() {
            let (maintenance, ask) = tokio::select! {
                Ok((used, seen)) = eye.aside(&followed, &hosts) => {
                    eye = used;
                    seen
                }
                // the old folder may be on a machine that is gone, and its look never end
                Ok(()) = orders.changed() => {
                    (eye, last) = (Eye::default(), None);
                    continue;
                }
                else => return,
            };
            if ask {
                hosts.look_up(&followed.addresses());
            }
            if maintenance.is_some() && last.as_ref() != Some(&maintenance) {
                last = Some(maintenance.clone());
                if tell.send(Seen { followed: Arc::clone(&followed), maintenance }).await.is_err() {
                    return;
                }
            }
        }
        let stirred = Arc::clone(&eye.stirred);
        tokio::select! {
            order = orders.changed() => match order {
                // who is told the same of another configuration has not been told
                Ok(()) => last = None,
                Err(_) => return,
            },
            () = stirred.notified() => sleep(SETTLE).await,
            _ = learnt.changed() => sleep(SETTLE).await,
            () = sleep(LOOK), if followed.folder.is_some() => {}
        }
    }
}

/// Looks at a folder, and lets itself be told when something stirs in it.
#[derive(Default)]
struct Eye {
    folder: PathBuf,
    /// Device and inode of the folder that is watched: a link may lead to another one tomorrow.
    place: Option<(u64, u64)>,
    watcher: Option<RecommendedWatcher>,
    stirred: Arc<Notify>,
    /// Why the folder could not be read: told when it changes.
    trouble: Option<String>,
}

impl Eye {
    /// Looks on another thread, however long that takes; gives itself back with what it saw.
    fn aside(
        mut self,
        followed: &Arc<Followed>,
        hosts: &Arc<Hosts>,
    ) -> JoinHandle<(Eye, (Option<Maintenance>, bool))> {
        let (followed, hosts) = (Arc::clone(followed), Arc::clone(hosts));
        spawn_blocking(move || {
            let seen = self.look(&followed, &hosts);
            (self, seen)
        })
    }

    /// Who is in maintenance, if that can be known, and whether hosts have to be looked up for it.
    fn look(&mut self, followed: &Followed, hosts: &Hosts) -> (Option<Maintenance>, bool) {
        let Some(folder) = &followed.folder else { return (Some(Maintenance::new()), false) };
        let is_new = self.folder != *folder;
        if is_new {
            let stirred = Arc::clone(&self.stirred);
            *self = Eye { folder: folder.clone(), stirred, ..Eye::default() };
        }
        self.keep_watch();
        let path = folder.display();
        let (files, trouble) = match files(folder) {
            Ok(files) => (Some(files), None),
            Err(why) if is_missing(&why) => {
                let trouble = format!("maintenance directory does not exist: {path}");
                if is_new {
                    // the configuration's reader has said so
                    self.trouble = Some(trouble.clone());
                }
                (Some(BTreeSet::new()), Some(trouble))
            }
            Err(why) => (None, Some(format!("maintenance directory {path} cannot be read: {why}"))),
        };
        self.tell(trouble);
        let ask = files.as_ref().is_some_and(has_host_name);
        (files.map(|files| followed.maintenance(&files, hosts)), ask)
    }

    fn tell(&mut self, trouble: Option<String>) {
        if trouble != self.trouble {
            match &trouble {
                Some(why) => warn!("{why}"),
                None => info!("maintenance directory {} can be read", self.folder.display()),
            }
            self.trouble = trouble;
        }
    }

    /// Watches the folder that is at this place now.
    fn keep_watch(&mut self) {
        let place = fs::metadata(&self.folder).ok().map(|m| (m.dev(), m.ino()));
        if place == self.place {
            return;
        }
        self.place = place;
        self.watcher = None;
        if place.is_some() {
            let watcher = watcher(&self.folder, &self.stirred);
            if let Err(why) = &watcher {
                warn!("{} cannot be watched, it is looked at only: {why}", self.folder.display());
            }
            self.watcher = watcher.ok();
        }
    }
}

fn watcher(folder: &Path, stirred: &Arc<Notify>) -> notify::Result<RecommendedWatcher> {
    let stirred = Arc::clone(stirred);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // our own look is an access, too
        if event.is_ok_and(|event| !event.kind.is_access()) {
            stirred.notify_one();
        }
    })?;
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

/// The names of all that is in a folder, but for links that lead nowhere.
fn files(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder)?.take(LIMIT) {
        let entry = entry?;
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if !is_link || entry.path().exists() {
            files.extend(entry.file_name().into_string());
        }
    }
    Ok(files)
}

/// Whether there is no folder at all: then nobody is in it. One that cannot be read is another thing.
fn is_missing(why: &io::Error) -> bool {
    matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How long to wait for more files, so that those of one command are one change.
const SETTLE: Duration = Duration::from_millis(50);
/// How long a start or a reload waits for the folder, and then for names.
const PATIENCE: Duration = Duration::from_secs(1);
/// Files that are looked at: more than there can be reals.
const LIMIT: usize = 1 << 18;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    struct Site {
        orders: watch::Sender<Arc<Followed>>,
        seen: mpsc::Receiver<Seen>,
    }

    impl Site {
        fn start(folder: &Path, hosts: Arc<Hosts>) -> Self {
            let (orders, taken) = watch::channel(follow(folder));
            let (tell, seen) = mpsc::channel(1);
            tokio::spawn(super::watch(taken, hosts, tell));
            Site { orders, seen }
        }

        /// Waits for the next news: those who are in maintenance.
        async fn next(&mut self) -> Vec<String> {
            let seen = timeout(Duration::from_secs(60), self.seen.recv()).await.unwrap().unwrap();
            out(&seen)
        }
    }

    fn follow(folder: &Path) -> Arc<Followed> {
        let reals =
            ["10.0.0.1:80", "10.0.0.2:80", "127.0.0.1:80"].map(|real| real.parse().unwrap());
        Arc::new(Followed { folder: Some(folder.to_owned()), reals: reals.into() })
    }

    fn out(seen: &Seen) -> Vec<String> {
        let maintenance = seen.maintenance.as_ref().unwrap();
        maintenance.keys().map(ToString::to_string).collect()
    }

    fn touch(folder: &Path, name: &str) {
        fs::write(folder.join(name), "").unwrap();
    }

    #[tokio::test]
    async fn files_come_and_go() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        touch(folder, "10.0.0.1:80");
        let mut site = Site::start(folder, Hosts::new());
        assert_eq!(site.next().await, ["10.0.0.1:80"]);
        fs::create_dir(folder.join("10.0.0.2")).unwrap();
        assert_eq!(site.next().await, ["10.0.0.1:80", "10.0.0.2:80"]);
        fs::rename(folder.join("10.0.0.1:80"), folder.join("off")).unwrap();
        assert_eq!(site.next().await, ["10.0.0.2:80"]);
        fs::remove_dir(folder.join("10.0.0.2")).unwrap();
        assert_eq!(site.next().await, [""; 0]);
        // a link that leads nowhere is no file
        symlink("/no/such/file", folder.join("10.0.0.1")).unwrap();
        symlink("/", folder.join("10.0.0.2")).unwrap();
        assert_eq!(site.next().await, ["10.0.0.2:80"]);
    }

    #[tokio::test]
    async fn the_folder_itself_comes_turns_and_goes() {
        let place = tempfile::tempdir().unwrap();
        let [link, one, two] = ["link", "one", "two"].map(|name| place.path().join(name));
        let mut site = Site::start(&link, Hosts::new());
        assert_eq!(site.next().await, [""; 0]);
        fs::create_dir(&one).unwrap();
        touch(&one, "10.0.0.1");
        symlink(&one, &link).unwrap();
        assert_eq!(site.next().await, ["10.0.0.1:80"]);
        fs::create_dir(&two).unwrap();
        touch(&two, "10.0.0.2");
        symlink(&two, place.path().join("new")).unwrap();
        fs::rename(place.path().join("new"), &link).unwrap();
        assert_eq!(site.next().await, ["10.0.0.2:80"]);
        touch(&two, "10.0.0.1:80");
        assert_eq!(site.next().await, ["10.0.0.1:80", "10.0.0.2:80"]);
        // one that cannot be read is not one that is not there: what was known holds
        symlink(&link, place.path().join("new")).unwrap();
        fs::rename(place.path().join("new"), &link).unwrap();
        site.orders.send_replace(follow(&one));
        assert_eq!(site.next().await, ["10.0.0.1:80"]);
        fs::remove_dir_all(&one).unwrap();
        assert_eq!(site.next().await, [""; 0]);
    }

    #[test]
    fn trouble_keeps_what_was_known() {
        let place = tempfile::tempdir().unwrap();
        let (hosts, mut eye) = (Hosts::new(), Eye::default());
        let folder = place.path().join("folder");
        let followed = follow(&folder);
        let mut look = || eye.look(&followed, &hosts).0.map(|out| out.len());
        assert_eq!(look(), Some(0));
        fs::create_dir(&folder).unwrap();
        touch(&folder, "10.0.0.1");
        assert_eq!(look(), Some(1));
        fs::remove_dir_all(&folder).unwrap();
        symlink(&folder, &folder).unwrap();
        assert_eq!(look(), None);
        fs::remove_file(&folder).unwrap();
        touch(place.path(), "folder");
        assert_eq!(look(), Some(0));
    }

    #[tokio::test]
    async fn names_of_hosts_come_when_the_resolver_has_answered() {
        let folder = tempfile::tempdir().unwrap();
        let hosts = Hosts::new();
        let local = "127.0.0.1".parse().unwrap();
        let addresses = BTreeSet::from([local]);
        hosts.look_up(&addresses);
        hosts.answered(&addresses).await;
        let name = hosts.name(local).unwrap();
        touch(folder.path(), &name);
        let seen = look(follow(folder.path()), &Hosts::new()).await;
        assert_eq!(out(&seen), ["127.0.0.1:80"]);
        let mut site = Site::start(folder.path(), Hosts::new());
        assert_eq!(site.next().await, [""; 0]);
        assert_eq!(site.next().await, ["127.0.0.1:80"]);
    }
}
