use std::io;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use ipvs::{Daemon, Timeouts};
use tokio::sync::{mpsc, watch};

use super::*;
use crate::config::{self, Numbers};
use crate::daemon::checks::Duties;
use crate::daemon::control;
use crate::daemon::hosts::Hosts;
use crate::daemon::load::Loaded;
use crate::daemon::maintenance::Followed;
use crate::daemon::signals::{Manners, Signals};
use crate::daemon::{Error, Options, Outside, Part};
use crate::director::Director;
use crate::health::{Checked, Recorder, Weighed};
use crate::kernel::{self, Connections, Kernel, Memory};
use crate::model::{Role, Time};
use crate::observe::log::{self, Manner};
use crate::observe::voice::Voice;
use crate::plan::{Step, Table, words};

const TABLE: &str = "-A -t 192.0.2.10:80 -s wlc\n-a -t 192.0.2.10:80 -r 10.0.0.1:80 -m -w 1\n";

#[test]
fn who_gives_up_is_said_by_the_file_and_who_ends_has_no_peer() {
    let [gives_up, goes_on, ends] = [Blind::GivesUp, Blind::GoesOn, Blind::Ends];
    let all = [(true, true), (true, false), (false, true), (false, false)];
    assert_eq!(all.map(|(hard, paired)| blind(hard, paired)), [gives_up, gives_up, goes_on, ends]);
}

#[tokio::test]
async fn a_hard_shutdown_empties_the_table() {
    let (ended, table) = life(1).await;
    assert!(matches!(ended, Err(Error::Ended("checks"))), "{ended:?}");
    assert_eq!(table, Table::default());
}

#[tokio::test]
async fn else_the_table_is_left_for_the_next_life() {
    let (ended, table) = life(0).await;
    assert!(matches!(ended, Err(Error::Ended("checks"))), "{ended:?}");
    assert_eq!(table, words::parse_table(TABLE).unwrap());
}

/// The life of a lone director whose checks end at once: how it ends, and the kernel's table then.
async fn life(hard_shutdown: u8) -> (Result<(), Error>, Table) {
    let text = format!(
        "hard_shutdown = {hard_shutdown}\nvirtual web {{\n active = 1\n \
         address = 192.0.2.10 eth0:1\n server one {{\n address = 10.0.0.1\n active = 1\n }}\n}}\n"
    );
    let reading = config::read(&text, &Numbers);
    let model = reading.model.clone().unwrap();
    let found = words::parse_table(TABLE).unwrap();
    let kernel = Shared(Arc::new(Mutex::new(Memory::holding(found.clone()))));
    let (director, effects) = Director::new(model.clone(), &found, Role::Active, Time::ZERO);
    let manner = Manner {
        sink: None,
        unasked: None,
        identity: "lvs-director",
        name: "lvs-director".to_owned(),
        voice: Voice::Lvsd,
        verbose: false,
    };
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        config: folder.path().join("lvs.cf"),
        run_dir: folder.path().to_owned(),
        log: manner.clone(),
        dry_run: false,
        waits: false,
        part: Part::Services,
    };
    let outside = Outside {
        kernel: Box::new(Shared(Arc::clone(&kernel.0))),
        socket: None,
        signals: Signals::take(Manners::Director).unwrap(),
        log: log::start(manner, None),
        ready: Box::new(|| {}),
        followed: Followed::of(&model),
        hosts: Hosts::new(),
        checks: ended,
        pair: None,
        places: Arc::default(),
    };
    let loaded = Loaded { path: "lvs.cf".to_owned(), text, reading, dialect: None, is_file: true };
    let ended = control::run(options, loaded, director, effects, outside).await;
    let table = kernel.0.lock().unwrap().read().unwrap();
    (ended, table)
}

/// Checks that have ended before they began.
fn ended(
    _: watch::Receiver<Duties>,
    _: mpsc::Sender<Checked>,
    _: mpsc::Sender<Weighed>,
    _: Recorder,
) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().spawn(|| {})
}

/// A kernel that can be looked at from outside.
struct Shared(Arc<Mutex<Memory>>);

impl Kernel for Shared {
    fn read(&mut self) -> Result<Table, kernel::Error> {
        self.0.lock().unwrap().read()
    }

    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, kernel::Error> {
        self.0.lock().unwrap().apply(steps)
    }

    fn fingerprint(&mut self) -> Option<u64> {
        self.0.lock().unwrap().fingerprint()
    }

    fn connections(&mut self) -> Result<Connections, kernel::Error> {
        self.0.lock().unwrap().connections()
    }

    fn sync(&mut self, daemon: Option<&Daemon>) -> Result<(), String> {
        self.0.lock().unwrap().sync(daemon)
    }

    fn set_timeouts(&mut self, timeouts: &Timeouts) -> Result<(), String> {
        self.0.lock().unwrap().set_timeouts(timeouts)
    }
}
