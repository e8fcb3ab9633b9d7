//! Reading the configuration again: when, and whether what came of it is to be followed.
//!
//! In: that the file may have changed, or that a signal asks for it. Out: a model, or why there is
//! none. The file is read beside the control thread, for names in it may take long to resolve.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tracing::{debug, info};

use crate::model::Model;

use super::load::{Loaded, load};

/// The file that is followed.
pub(super) struct Reload {
    file: PathBuf,
    /// The text that was last read, whether it was followed or refused.
    text: String,
    /// When to look what became of the file on disk.
    due: Option<Instant>,
    /// Counts the readings: only the latest is followed.
    latest: u64,
    readings: mpsc::Sender<Reading>,
}

/// A reading that has come to its end.
pub(super) struct Reading {
    number: u64,
    occasion: Occasion,
    loaded: io::Result<Loaded>,
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
    pub(super) fn new(file: PathBuf, text: String) -> (Self, mpsc::Receiver<Reading>) {
        let (readings, ended) = mpsc::channel(1);
        (Reload { file, text, due: None, latest: 0, readings }, ended)
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
        let (number, readings, file) = (self.latest, self.readings.clone(), self.file.clone());
        tokio::task::spawn_blocking(move || {
            let loaded = regular(&file).and_then(|()| load(&file));
            // nobody waits for it any more when the director stops
            let _ = readings.blocking_send(Reading { number, occasion, loaded });
        });
    }

    /// The model to be followed, or why the file is refused; `None` where nothing is to be done.
    /// A file must not take away all there is: `busy` says that there is any.
    pub(super) fn take(
        &mut self,
        Reading { number, occasion, loaded }: Reading,
        autoreload: bool,
        busy: bool,
    ) -> Option<Result<Model, String>> {
        if number != self.latest {
            debug!("an older reading of the configuration came late");
            return None;
        }
        let on_disk = occasion == Occasion::Disk;
        let loaded = match loaded {
            Ok(loaded) => loaded,
            // nobody asked for it to be followed
            Err(_) if on_disk && !autoreload => return None,
            Err(why) => {
                // when it is back it is another one, whatever it says
                self.text.clear();
                return Some(Err(format!("{}: {why}", self.file.display())));
            }
        };
        if on_disk && loaded.text == self.text {
            return None;
        }
        self.text.clone_from(&loaded.text);
        if on_disk {
            info!("Configuration file '{}' has changed on disk", loaded.path);
            info!(" - {} new configuration", if autoreload { "reread" } else { "ignore" });
        }
        (!on_disk || autoreload).then(|| judge(loaded, busy))
    }
}

/// A pipe or a device would be waited for, perhaps for ever.
fn regular(file: &Path) -> io::Result<()> {
    match fs::metadata(file)?.is_file() {
        true => Ok(()),
        false => Err(io::Error::other("it is no regular file")),
    }
}

fn judge(loaded: Loaded, must_serve: bool) -> Result<Model, String> {
    let errors = loaded.errors();
    loaded.log_warnings();
    match loaded.reading.model {
        Some(model) if must_serve && model.virtuals.is_empty() => {
            let why = "it has no virtual service any more; stop the director if that is meant";
            Err(format!("{}: {why}", loaded.path))
        }
        Some(model) => Ok(model),
        None => Err(errors),
    }
}

/// An editor's save is several events; the file is read when it has been quiet for so long.
const SETTLE: Duration = Duration::from_millis(200);
