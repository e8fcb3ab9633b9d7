//! What goes over a director's cables, and when: its peer's heartbeats.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::super::announcement::Ear;
use super::super::host::Host;
use super::super::wait::wait_until;
use super::network::lacking_here;

/// A heartbeat as it was on the wire.
#[derive(Clone, Debug)]
pub(super) struct Datagram {
    pub(super) seen: Instant,
    pub(super) from: [u8; 4],
    pub(super) to: [u8; 4],
    pub(super) ports: [u16; 2],
    pub(super) bytes: Vec<u8>,
}

impl Datagram {
    /// That of a frame, if it is one to or from port 539.
    fn of(frame: &[u8], seen: Instant) -> Option<Datagram> {
        // Ethernet, IPv4 without options, UDP
        let is_udp = frame.get(12..15)? == [8, 0, 0x45] && *frame.get(23)? == 17;
        let number = |at: usize| Some(u16::from_be_bytes(*frame.get(at..)?.first_chunk()?));
        let address = |at: usize| frame.get(at..)?.first_chunk().copied();
        let ports = [number(34)?, number(36)?];
        if !is_udp || !ports.contains(&PORT) {
            return None;
        }
        let end = 34 + usize::from(number(38)?);
        let bytes = frame.get(42..end)?.to_vec();
        Some(Datagram { seen, from: address(26)?, to: address(30)?, ports, bytes })
    }
}

/// Who looks at all that a machine hears, and whether it holds all.
pub(super) struct Observer {
    notes: Arc<Mutex<Notes>>,
    end: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Notes {
    heartbeats: Vec<Datagram>,
    /// Since when it holds all addresses and services.
    held: Option<Instant>,
    lacking: Vec<String>,
}

impl Observer {
    /// Begins to look, on a machine, at the heartbeats from these addresses.
    pub(super) fn start(host: &Host, from: [[u8; 4]; 2]) -> Observer {
        let (notes, end) =
            (Arc::new(Mutex::new(Notes::default())), Arc::new(AtomicBool::new(false)));
        let (told, written) = (Arc::clone(&end), Arc::clone(&notes));
        let ear = Ear::on(host);
        let look = move || {
            while !told.load(Ordering::Acquire) {
                let frames = ear.frames();
                let now = Instant::now();
                let heard = frames.iter().filter_map(|frame| Datagram::of(frame, now));
                let heard: Vec<_> = heard.filter(|one| from.contains(&one.from)).collect();
                let lacking = lacking_here();
                {
                    let mut notes = written.lock().expect("no panic");
                    notes.heartbeats.extend(heard);
                    notes.held =
                        lacking.is_empty().then(|| notes.held.unwrap_or_else(Instant::now));
                    notes.lacking = lacking;
                }
                thread::sleep(BETWEEN_LOOKS);
            }
        };
        let host = host.clone();
        let thread = Some(thread::spawn(move || host.inside(look)));
        Observer { notes, end, thread }
    }

    /// Waits until so many more have been heard over one of the cables; all that were since.
    pub(super) fn wait_for_heartbeats(&self, count: usize) -> Vec<Datagram> {
        let before = self.heartbeats().len();
        wait_until(&format!("{count} heartbeats"), LIMIT, || {
            let new = self.heartbeats().split_off(before);
            let of = |from| new.iter().filter(|one| one.from == from).count();
            match new.iter().any(|one| of(one.from) >= count) {
                true => Ok(new),
                false => Err(format!("{new:#?}")),
            }
        })
    }

    /// All that were heard so far.
    pub(super) fn heartbeats(&self) -> Vec<Datagram> {
        self.notes.lock().expect("no panic").heartbeats.clone()
    }

    /// Waits until the machine holds all. When the last heartbeat was heard, and since when it does.
    pub(super) fn takeover(&self) -> (Instant, Instant) {
        wait_until("it holds all", LIMIT, || {
            let notes = self.notes.lock().expect("no panic");
            let heard = notes.heartbeats.last().map(|one| one.seen);
            heard.zip(notes.held).ok_or_else(|| format!("it lacks {:#?}", notes.lacking))
        })
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The port of the heartbeats.
pub(super) const PORT: u16 = 539;
const BETWEEN_LOOKS: Duration = Duration::from_millis(2);
const LIMIT: Duration = Duration::from_secs(20);
