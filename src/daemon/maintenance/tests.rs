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
    let reals = ["10.0.0.1:80", "10.0.0.2:80", "127.0.0.1:80"].map(|real| real.parse().unwrap());
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
