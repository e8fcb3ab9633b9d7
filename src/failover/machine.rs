//! The one shape of all machines: an input and the time go in, actions come out.
//!
//! A machine is a value. It opens no socket, has no clock, and knows nothing of threads: packets come in
//! as bytes, with who sent them, and go out as bytes, with where to. So hours of a bad network run in
//! milliseconds in a test, and one driver serves them all.

use std::fmt;
use std::net::IpAddr;

use super::action::Action;
use super::announcement::Mac;
use super::path::Path;
use super::pulse::fos::Step;
use super::rules::Rules;
use crate::model::{Role, Time};

/// One director's side of a protocol.
pub trait Machine: fmt::Debug + Send {
    /// What is to be done first, before anything is told. A machine begins as a standby: the first
    /// [`Action::Become`] is that, where an earlier run may have left something behind.
    fn opening(&mut self, now: Time) -> Vec<Action>;

    /// Tells the machine what happened, and when. Times never go backwards; after
    /// [`Machine::is_over`] nothing comes of it.
    fn handle(&mut self, input: Input<'_>, now: Time) -> Vec<Action>;

    /// When [`Input::Tick`] is due, if nothing else happens before.
    fn next_deadline(&self) -> Option<Time>;

    /// Whether it was told to stop, and all is said that was to be said before.
    fn is_over(&self) -> bool;

    /// How it is, for people to see.
    fn view(&self) -> View;
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input<'a> {
    /// A packet has come in.
    Packet(Packet<'a>),
    /// Which of this director's own cables carry; as long as nobody says otherwise, all do.
    Links {
        /// The interface that the protocol goes by; pulse's public one.
        public: bool,
        /// pulse's private one; true where there is none.
        private: bool,
    },
    /// Whether anything counts against this director, and what: see [`crate::model::Fitness`]. As long
    /// as nobody says otherwise, nothing does.
    Unfit(Option<String>),
    /// Whether the connections of the active one have come over. Who still waits for them does not
    /// take the place of one that is alive. As long as nobody says otherwise, they have.
    Synced(bool),
    /// All that was ordered with [`Action::Become`] and [`Action::Announce`] is done: the addresses are
    /// up or down, the commands have ended.
    Settled,
    /// This director cannot serve, and why, as the log has it.
    Broken(String),
    /// The administrator, or who launched it, wants it to have this role now.
    Told(Role),
    /// The file has changed. Rules of another protocol are none of this machine's.
    Rules(Rules),
    /// A monitor finds that the peer's failover service with this number fails.
    Failing(usize),
    /// Whether who was asked answers a ping: the answer to [`Action::Ping`].
    Answers(bool),
    /// A command of a failover service has ended: how, if not well; the answer to [`Action::Run`].
    Ran(Step, Result<(), String>),
    /// What of the virtual addresses' services answers: the answer to [`Action::Probe`].
    Probed {
        /// Those of the addresses that this machine has itself.
        held: Vec<IpAddr>,
        /// Address by address, and on each port by port, whether it answers.
        answers: Vec<Vec<bool>>,
    },
    /// Who else has one of the virtual addresses, the first of them in the file's order: the answer to
    /// [`Action::Seek`].
    Owned(Option<Owner>),
    /// What another machine says of one of the virtual addresses, unasked.
    Seen(Owner, Sign),
    /// The deadline of [`Machine::next_deadline`] has come. What has been received is told before.
    Tick,
    /// The daemon is to stop: it may when [`Machine::is_over`].
    Stop,
}

/// What came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Who sent it.
    pub from: IpAddr,
    /// Whom it was sent to.
    pub to: IpAddr,
    /// Its time to live, or hop limit, as it arrived; 0 where nobody asks, as with UDP.
    pub hops: u8,
    /// The cable that it came by.
    pub path: Path,
    /// What follows the headers of IP, and of UDP.
    pub bytes: &'a [u8],
}

/// Who has an address, or is about to, as ARP says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The virtual address.
    pub address: IpAddr,
    /// The card that has it, or asks for it.
    pub mac: Mac,
    /// This machine's own card on the same network; never the same.
    pub own: Mac,
    /// Where that card is, as far as that is known: its machine's real address.
    pub real: Option<IpAddr>,
}

/// What is said with ARP of an address, unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Somebody is about to take it: RFC 5227's probe, which has no sender's address.
    Claims,
    /// It is at that card from now on: RFC 5227's announcement.
    Announces,
}

/// How a machine is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Since when two are active, as this one knows.
    pub split_since: Option<Time>,
    /// Who was heard last and believed.
    pub peer: Option<Peer>,
    /// Why what was heard since is not believed.
    pub doubt: Option<String>,
    /// How many packets were not believed, by the reason, in a word or two.
    pub refused: Vec<(&'static str, u64)>,
}

/// Another director, as it was heard last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its address; `None` for the one that the file names.
    pub address: Option<IpAddr>,
    /// When.
    pub heard: Time,
    /// What it was, as far as it says.
    pub role: Option<Role>,
    /// Its claim, in the protocol's words: `priority 150`.
    pub claim: Option<String>,
}
