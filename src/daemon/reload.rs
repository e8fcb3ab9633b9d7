//! Reading the configuration again: when, and whether what came of it is to be followed.
//!
//! In: that the file may have changed, or that a signal asks for it. Out: a model, or why there is
//! none. The file is read beside the control thread, for names in it may take long to resolve.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::Instant;
use tracing::{debug, error, info};

use crate::config::Dialect;
use crate::model::Model;

use super::Part;
use super::cluster::{self, Setup};
use super::hosts::Hosts;
use super::load::{Loaded, load};
use super::maintenance::{Followed, Seen, look};

/// The file that is followed.
pub(super) struct Reload {
    file: PathBuf,
    dialect: Option<Dialect>,
    /// The text that was last read, whether it was followed or refused.
    text: String,
    /// When to look what became of the file on disk.
    due: Option<Instant>,
    /// Counts the readings: only the latest is followed.
    latest: u64,
    /// The file has changed on disk, and has not been good since.
    changed: bool,
    /// Such a change was judged: whether it is good now.
    judged: Option<bool>,
    /// Somebody has asked for a reading, and none has come to its end since.
    asked: bool,
    readings: mpsc::Sender<Reading>,
    hosts: Arc<Hosts>,
    footing: Footing,
}

/// What stays as it was at the start, whatever the file says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Footing {
    /// Nobody is told or heard.
    pub(super) dry_run: bool,
    /// What is done of a file that tells of a pair.
    pub(super) part: Part,
    /// This director is one of a pair.
    pub(super) is_paired: bool,
}

/// A reading that has come to its end.
pub(super) struct Reading {
    number: u64,
    occasion: Occasion,
    loaded: io::Result<Loaded>,
    /// Who is in maintenance, of the reals that it names; `None` if it cannot be followed.
    pub(super) seen: Option<Seen>,
    /// Which of the pair this machine is, or why it is none; `None` where the file names no pair.
    pub(super) setup: Option<Result<Setup, String>>,
}

/// Why the file is read again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// Somebody asks for it.
    Signal,
    /// It has changed.
    Disk,
}

impl Reload {
    /// Follows a file that has this text now; readings arrive on the channel.
    pub(super) fn new(
        file: PathBuf,
        dialect: Option<Dialect>,
        text: String,
        hosts: Arc<Hosts>,
        footing: Footing,
    ) -> (Self, mpsc::Receiver<Reading>) {
        let (readings, ended) = mpsc::channel(1);
        let (changed, judged, asked) = (false, None, false);
        (
            Reload {
                file,
                dialect,
                text,
                due: None,
                latest: 0,
                changed,
                judged,
                asked,
                readings,
                hosts,
                footing,
            },
            ended,
        )
    }

    /// The file may have changed; it is read when it has been left alone for a moment.
    pub(super) fn soon(&mut self) {
        self.due = Some(Instant::now() + SETTLE);
    }

    /// When [`Reload::tick`] is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Reads the file if its time has come.
    pub(super) fn tick(&mut self) {
        if self.due.take_if(|due| *due <= Instant::now()).is_some() {
            self.read(Occasion::Disk);
        }
    }

    /// Reads the file.
    pub(super) fn read(&mut self, occasion: Occasion) {
        self.latest += 1;
        self.asked |= occasion == Occasion::Signal;
        let (number, readings, dialect) = (self.latest, self.readings.clone(), self.dialect);
        let (file, from) = (self.file.clone(), self.file.clone());
        let (hosts, footing) = (Arc::clone(&self.hosts), self.footing);
        tokio::spawn(async move {
            let load = move || load(&file, dialect).map(|loaded| loaded.part(footing.part));
            let read = spawn_blocking(move || regular(&from).and_then(|()| load()));
            let loaded = read.await.unwrap_or_else(|lost| Err(io::Error::other(lost)));
            let model = loaded.as_ref().ok().and_then(|loaded| loaded.reading.model.as_ref());
            let seen = match model {
                Some(model) => Some(look(Followed::of(model), &hosts).await),
                None => None,
            };
            let setup = match model.and_then(|model| model.cluster.as_ref()) {
                Some(cluster) => Some(cluster::find(cluster, footing.dry_run).await),
                None => None,
            };
            // nobody waits for it any more when the director stops
            let _ = readings.send(Reading { number, occasion, loaded, seen, setup }).await;
        });
    }

    /// The model to be followed, or why the file is refused; `None` where nothing is to be done.
    /// A file must not take away all there is: `busy` says that there is any. `refused` is why the
    /// last reading was; then the same text is judged again, for what was missing may be there now.
    pub(super) fn take(
        &mut self,
        Reading { number, occasion, loaded, setup, .. }: Reading,
        autoreload: bool,
        busy: bool,
        refused: Option<&str>,
    ) -> Option<Result<Model, String>> {
        if number != self.latest {
            debug!("an older reading of the configuration came late");
            return None;
        }
        // what was asked for may have been overtaken by a change on disk
        let asked = std::mem::take(&mut self.asked) || occasion == Occasion::Signal;
        let followed = asked || autoreload;
        let is_new = loaded.as_ref().is_ok_and(|loaded| loaded.text != self.text);
        let is_known = loaded.is_ok() && refused.is_none();
        if !asked && !is_new && (is_known || !followed) {
            return None;
        }
        match &loaded {
            Ok(loaded) => self.learn(loaded, is_new, asked, followed),
            // when it is back it is another one, whatever it says
            Err(_) => self.text.clear(),
        }
        let judged = self.judge(&loaded, busy).and_then(|model| self.match_pair(model, setup));
        self.note(&judged, is_new);
        if !followed {
            return None;
        }
        if autoreload && judged.is_err() {
            self.due.get_or_insert_with(|| Instant::now() + AGAIN);
        }
        let why = judged.as_ref().err().map(String::as_str);
        let is_told = !asked && !is_new && why.is_some() && why == refused;
        if let (Some(why), false) = (why, is_told) {
            log_refusal(why, loaded.ok());
        }
        (!is_told).then_some(judged)
    }

    /// Keeps a text that was read, and says what there is to be said before it is judged.
    fn learn(&mut self, loaded: &Loaded, is_new: bool, asked: bool, followed: bool) {
        self.text.clone_from(&loaded.text);
        if is_new {
            self.changed = !asked;
        }
        if is_new && !asked {
            info!("Configuration file '{}' has changed on disk", loaded.path);
            info!(" - {} new configuration", if followed { "reread" } else { "ignore" });
        }
        if followed && (is_new || asked) {
            loaded.log_warnings();
        }
    }

    fn judge(&self, loaded: &io::Result<Loaded>, must_serve: bool) -> Result<Model, String> {
        let loaded = loaded.as_ref().map_err(|why| format!("{}: {why}", self.file.display()))?;
        let must_serve = must_serve || self.footing.is_paired;
        match loaded.reading.model.clone() {
            Some(model) if must_serve && serves_nothing(&model) => {
                let why = "it has no virtual service any more; stop the director if that is meant";
                Err(format!("{}: {why}", loaded.path))
            }
            Some(model) => Ok(model),
            None => Err(loaded.errors()),
        }
    }

    /// A director stays one of a pair, or none, for as long as it runs.
    fn match_pair(
        &self,
        model: Model,
        setup: Option<Result<Setup, String>>,
    ) -> Result<Model, String> {
        let why = match (self.footing.is_paired, setup) {
            (true, Some(Ok(_))) | (false, None) => return Ok(model),
            (true, Some(Err(why))) => why,
            (true, None) => "it names no `primary` any more; restart the director".to_owned(),
            (false, Some(_)) => "it names a pair of directors now; restart the director".to_owned(),
        };
        Err(format!("{}: {why}", self.file.display()))
    }

    /// Whether a change on disk is good, if one was judged since this was asked last: a callback is
    /// to know of it once, and not before it is good.
    pub(super) fn judged(&mut self) -> Option<bool> {
        self.judged.take()
    }

    fn note(&mut self, judged: &Result<Model, String>, new: bool) {
        if self.changed && (new || judged.is_ok()) {
            self.judged = Some(judged.is_ok());
            self.changed = judged.is_err();
        }
    }
}

fn serves_nothing(model: &Model) -> bool {
    let failovers = model.cluster.as_ref().is_some_and(|cluster| !cluster.failovers.is_empty());
    model.virtuals.is_empty() && !failovers
}

/// Errors by their lines, or else what is wrong with the file as a whole.
fn log_refusal(why: &str, said: Option<Loaded>) {
    match said.filter(|loaded| loaded.reading.model.is_none()) {
        Some(loaded) => loaded.log_errors(),
        None => error!("Error [{}] reading file {why}", std::process::id()),
    }
}

/// A pipe or a device would be waited for, perhaps for ever.
fn regular(file: &Path) -> io::Result<()> {
    match fs::metadata(file)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it is no regular file")),
    }
}

/// An editor's save is several events; the file is read when it has been quiet for so long.
const SETTLE: Duration = Duration::from_millis(200);
/// What a file was refused for may lie outside of it, where nobody watches: it is tried again so often.
const AGAIN: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use crate::config::{self, Numbers};

    use super::*;

    const GOOD: &str = "virtual=192.0.2.10:80\n real=10.0.0.1:80 masq\n";
    const BAD: &str = "virtual=192.0.2.10:80\n real=nowhere:80 masq\n";

    fn following(text: &str) -> Reload {
        Reload::new(
            PathBuf::from("a.cf"),
            None,
            text.to_owned(),
            Hosts::new(),
            Footing { dry_run: false, part: Part::Services, is_paired: false },
        )
        .0
    }

    /// A reading of `text`; what it means is what `means` says, as where names are looked up.
    fn read(occasion: Occasion, text: &str, means: &str) -> Reading {
        let reading = config::read(means, &Numbers);
        let (path, text) = ("a.cf".to_owned(), text.to_owned());
        let loaded = Ok(Loaded { path, text, reading, dialect: None });
        Reading { number: 0, occasion, loaded, seen: None, setup: None }
    }

    fn gone() -> Reading {
        let loaded = Err(io::Error::from(io::ErrorKind::NotFound));
        Reading { number: 0, occasion: Occasion::Disk, loaded, seen: None, setup: None }
    }

    #[test]
    fn what_was_refused_is_judged_again_and_told_when_it_differs() {
        let mut reload = following(GOOD);
        let mut take = |reading, refused: Option<&str>| reload.take(reading, true, true, refused);
        let disk = |means| read(Occasion::Disk, BAD, means);
        let why = take(disk(BAD), None).expect("it is new").expect_err("it is wrong");
        assert!(take(disk(BAD), Some(&why)).is_none(), "told again");
        let other = take(disk(""), Some(&why)).expect("another reason").expect_err("no service");
        assert_ne!(other, why);
        assert!(take(read(Occasion::Signal, BAD, ""), Some(&other)).is_some(), "a signal asks");
        assert!(take(disk(GOOD), Some(&other)).expect("it is right now").is_ok());
        assert!(take(disk(GOOD), None).is_none(), "it is followed already");
        let missing = take(gone(), None).expect("it was there").expect_err("no file");
        assert!(take(gone(), Some(&missing)).is_none(), "told again");
        assert!(take(disk(GOOD), Some(&missing)).expect("it is back").is_ok());
    }

    #[test]
    fn new_text_with_the_old_error_is_told() {
        let mut reload = following(BAD);
        let why = "a.cf:2:7: as before";
        let text = format!("{BAD}# more");
        let reading = read(Occasion::Disk, &text, BAD);
        let told = reload.take(reading, true, true, Some(why)).expect("it is new");
        let told = told.expect_err("it is wrong");
        let again = format!("{text}\n");
        let again = reload.take(read(Occasion::Disk, &again, BAD), true, true, Some(&told));
        assert_eq!(again.expect("it is new").expect_err("it is wrong"), told);
    }

    #[test]
    fn a_change_on_disk_is_judged_once_and_until_it_is_good() {
        for autoreload in [true, false] {
            let mut reload = following(GOOD);
            let mut judged = |occasion, text: &str, means| {
                reload.take(read(occasion, text, means), autoreload, true, Some("why"));
                (reload.judged(), reload.judged())
            };
            assert_eq!(judged(Occasion::Disk, GOOD, GOOD), (None, None), "the same text");
            assert_eq!(judged(Occasion::Disk, BAD, BAD), (Some(false), None));
            assert_eq!(judged(Occasion::Disk, BAD, BAD), (None, None), "said before");
            let again = autoreload.then_some(true);
            assert_eq!(judged(Occasion::Disk, BAD, GOOD), (again, None), "a name is known now");
            assert_eq!(judged(Occasion::Disk, "# new", ""), (Some(false), None), "no service");
            assert_eq!(judged(Occasion::Disk, GOOD, GOOD), (Some(true), None));
            assert_eq!(judged(Occasion::Signal, GOOD, GOOD), (None, None));
            assert_eq!(judged(Occasion::Signal, BAD, GOOD), (None, None), "a signal asks");
        }
    }

    #[test]
    fn a_change_on_disk_answers_whoever_asked_before() {
        let mut reload = following(GOOD);
        reload.asked = true;
        let text = format!("{GOOD}# more");
        let changed = || read(Occasion::Disk, &text, GOOD);
        assert!(reload.take(changed(), false, true, None).expect("somebody asked").is_ok());
        assert!(reload.take(changed(), false, true, None).is_none(), "nobody asked");
    }

    #[test]
    fn it_is_tried_again_by_itself_with_autoreload_only() {
        for autoreload in [true, false] {
            let mut reload = following(GOOD);
            let refused = reload.take(read(Occasion::Signal, BAD, BAD), autoreload, true, None);
            assert!(refused.expect("a signal asks").is_err());
            assert_eq!(reload.due().is_some(), autoreload);
        }
        let mut reload = following(BAD);
        let ignored = reload.take(read(Occasion::Disk, BAD, GOOD), false, true, Some("why"));
        assert!(ignored.is_none(), "nobody asked");
    }
}
