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
use crate::model::{Cluster, Model};

use super::Part;
use super::cluster::{self, Places, Setup};
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
    places: Arc<Places>,
    footing: Footing,
}

/// What stays as it was at the start, whatever the file says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Footing {
    /// Nobody is told or heard.
    pub(super) dry_run: bool,
    /// What is done of a file that tells of a pair.
    pub(super) part: Part,
    /// How this director and others agree who is active; `None` where there are no others.
    pub(super) protocol: Option<&'static str>,
    /// And has a peer, as it starts; a lone one may be given one.
    pub(super) has_peer: bool,
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
        places: Arc<Places>,
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
                places,
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
        let places = Arc::clone(&self.places);
        tokio::spawn(async move {
            let load = move || load(&file, dialect).map(|loaded| loaded.part(footing.part));
            let read = spawn_blocking(move || regular(&from).and_then(|()| load()));
            let loaded = read.await.unwrap_or_else(|lost| Err(io::Error::other(lost)));
            let model = loaded.as_ref().ok().and_then(|loaded| loaded.reading.model.as_ref());
            let seen = match model {
                Some(model) => Some(look(Followed::of(model), &hosts).await),
                None => None,
            };
            let setup = match model.and_then(|model| Some((model.cluster.as_ref()?, model))) {
                Some((cluster, model)) => {
                    // who is none of several does not become one
                    let taken = match footing.protocol.filter(|_| !footing.dry_run) {
                        Some(_) => places.take(cluster).await,
                        None => Ok(()),
                    };
                    Some(match taken {
                        Ok(()) => cluster::find(cluster, &model.virtuals, footing.dry_run).await,
                        Err(why) => Err(why),
                    })
                }
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
        let has_peer =
            setup.as_ref().is_some_and(|setup| setup.as_ref().is_ok_and(Setup::has_peer));
        let judged = self.judge(&loaded, busy).and_then(|model| self.match_pair(model, setup));
        self.note(&judged, is_new);
        if !followed {
            return None;
        }
        if judged.is_ok() {
            self.footing.has_peer = has_peer;
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
        let is_pair = self.footing.protocol == Some("pulse");
        match loaded.reading.model.clone() {
            Some(model)
                if serves_nothing(&model) && (must_serve || is_pair && holds_nothing(&model)) =>
            {
                let why = "it has no virtual service any more; stop the director if that is meant";
                Err(format!("{}: {why}", loaded.path))
            }
            Some(model) => Ok(model),
            None => Err(loaded.errors()),
        }
    }

    /// A director stays one of a pair, or none, for as long as it runs; and it keeps a peer that it has,
    /// which would not know that it is none any more, and would be active as well.
    fn match_pair(
        &self,
        model: Model,
        setup: Option<Result<Setup, String>>,
    ) -> Result<Model, String> {
        let named = model.cluster.as_ref().map(|cluster| cluster.protocol.name());
        let why = match (self.footing.protocol, setup) {
            (None, None) => return Ok(model),
            (None, Some(_)) => {
                let named = named.unwrap_or_default();
                format!("it names other directors now, by {named}; restart this one")
            }
            (Some(_), None) => format!("it names no other director any more, but {APART}"),
            (Some(now), Some(_)) if named != Some(now) => {
                let named = named.unwrap_or_default();
                format!(
                    "it names {named} now, and this director speaks {now}; restart all of them, the \
                     standby before the active one"
                )
            }
            (Some(_), Some(Ok(setup))) if setup.has_peer() || !self.footing.has_peer => {
                return Ok(model);
            }
            (Some(_), Some(Ok(_))) => format!("it has no active backup any more, but {APART}"),
            (Some(_), Some(Err(why))) if why == cluster::INACTIVE => {
                format!("it has no active backup any more, but {APART}")
            }
            (Some(_), Some(Err(why))) => why,
        };
        Err(format!("{}: {why}", self.file.display()))
    }

    /// Gives the places back that this cluster does not need any more.
    pub(super) fn keep_places(&self, cluster: Cluster) {
        let places = Arc::clone(&self.places);
        tokio::spawn(async move { places.keep(&cluster).await });
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

fn holds_nothing(model: &Model) -> bool {
    model.cluster.as_ref().is_none_or(|cluster| cluster.addresses.is_empty())
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

/// Why a pair is none of a reload's, and what is.
const APART: &str = "this is one of a pair; to take the pair apart stop this director first, the \
                     standby before the active one, then start the one that is to stay";
/// An editor's save is several events; the file is read when it has been quiet for so long.
const SETTLE: Duration = Duration::from_millis(200);
/// What a file was refused for may lie outside of it, where nobody watches: it is tried again so often.
const AGAIN: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests;
