use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::*;
use crate::kernel::task::{self, Round, Wanted};
use crate::kernel::{Connections, Error, Memory};
use crate::plan::{Step, Table, words};

/// A kernel that writes down what it is told, and refuses as many orders as it is to.
struct Scribe {
    memory: Memory,
    told: Arc<Mutex<Vec<String>>>,
    refusals: u32,
}

impl Scribe {
    fn tell(&mut self, what: String) -> Result<(), String> {
        self.told.lock().unwrap().push(what);
        match self.refusals.checked_sub(1) {
            Some(left) => {
                self.refusals = left;
                Err("No such device".to_owned())
            }
            None => Ok(()),
        }
    }
}

impl Kernel for Scribe {
    fn read(&mut self) -> Result<Table, Error> {
        self.memory.read()
    }

    fn apply(&mut self, steps: &[Step]) -> Result<Vec<Result<(), String>>, Error> {
        let lines = steps.iter().map(|step| words::step(step).to_string());
        self.told.lock().unwrap().extend(lines);
        self.memory.apply(steps)
    }

    fn fingerprint(&mut self) -> Option<u64> {
        self.memory.fingerprint()
    }

    fn connections(&mut self) -> Result<Connections, Error> {
        self.memory.connections()
    }

    fn sync(&mut self, daemon: Option<&Daemon>) -> Result<(), String> {
        let state = daemon.map(|daemon| daemon.state.to_string());
        self.tell(state.unwrap_or("none".to_owned()))
    }

    fn set_timeouts(&mut self, timeouts: &Timeouts) -> Result<(), String> {
        self.tell(format!("{} {} {}", timeouts.tcp, timeouts.tcp_fin, timeouts.udp))
    }
}

/// What a kernel is told when these are wanted, one after the other, and the rounds that come of it.
async fn played(refusals: u32, wanted: Vec<Wanted>, count: usize) -> (Vec<String>, Vec<Round>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let scribe = Scribe { memory: Memory::default(), told: Arc::clone(&told), refusals };
    let (tables, seen) = watch::channel(Wanted::default());
    let (_asks, asked) = mpsc::channel(1);
    let (tell, mut rounds) = mpsc::unbounded_channel();
    let kernel = std::thread::spawn(move || task::run(Box::new(scribe), seen, asked, tell));
    let mut seen = Vec::new();
    let mut wanted = wanted.into_iter();
    while seen.len() < count {
        wanted.next().map(|wanted| tables.send_replace(wanted));
        let round = timeout(Duration::from_secs(10), rounds.recv()).await;
        seen.push(round.unwrap().unwrap());
    }
    drop(tables);
    kernel.join().unwrap().unwrap();
    let told = told.lock().unwrap().clone();
    (told, seen)
}

fn wanted(number: u64, table: &str, state: Option<DaemonState>) -> Wanted {
    let daemon = |state| Sync::Runs(Daemon::new(state, "eth1".parse().unwrap(), 7));
    let orders = Orders { sync: state.map_or(Sync::Stopped, daemon), timeouts: None };
    let table = Arc::new(words::parse_table(table).unwrap());
    Wanted { number, table, orders, ..Wanted::default() }
}

const SERVICE: &str = "-A -t 192.0.2.1:80 -s rr\n";

#[tokio::test]
async fn a_master_comes_after_the_table_and_a_backup_before_it() {
    let wanted = vec![
        wanted(1, SERVICE, Some(DaemonState::Master)),
        wanted(2, "", Some(DaemonState::Backup)),
        wanted(3, "", Some(DaemonState::Backup)),
        wanted(4, SERVICE, None),
    ];
    let (told, _) = played(0, wanted, 4).await;
    let [add, delete] = ["-A -t 192.0.2.1:80 -s rr", "-D -t 192.0.2.1:80"];
    assert_eq!(told, [add, "master", "backup", delete, "none", add]);
}

#[tokio::test]
async fn what_is_refused_is_said_and_tried_again() {
    let timeouts = Some(Timeouts { tcp: 900, tcp_fin: 0, udp: 300 });
    let both = Orders { timeouts, ..wanted(1, "", Some(DaemonState::Master)).orders };
    let both = Wanted { number: 1, orders: both, ..Wanted::default() };
    let (told, rounds) = played(2, vec![both], 2).await;
    assert_eq!(told, ["master", "900 0 300", "master", "900 0 300"]);
    let refused = "sync daemon master on eth1: No such device; time-outs: No such device";
    assert_eq!(rounds[0].refused.as_deref(), Some(refused));
    assert_eq!((rounds[1].number, rounds[1].refused.as_deref()), (1, None));
}
