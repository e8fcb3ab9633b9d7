//! lvs-director makes a Linux machine an LVS director.
//!
//! This page is the map of the house. Each room knows only the rooms before it, the pure ones touch
//! no clock, socket, file or task, and a test (`tests/house.rs`) holds both. In the order in which
//! data flows:
//!
//! 1. Crates of their own: [`ipvs`] talks to the kernel, [`checkers`] asks whether a server is well.
//! 2. [`model`]: virtuals, reals, fallbacks, check policies, alerts; no invalid value can be built.
//! 3. [`config`] (pure) reads an ldirectord.cf or an lvs.cf into the model, or says what is wrong with
//!    it, where; and prints a model as either.
//! 4. [`health`]: the judge (pure) turns outcomes into standings; a nanny for every real asks.
//! 5. [`failover`] (pure): which of several directors is active: the machines of pulse, CARP, VRRP and
//!    vqalive, and the bytes that they speak.
//! 6. [`plan`] (pure): model and standings make the wanted table; the difference to another table is
//!    steps, in ipvsadm's words.
//! 7. [`director`] (pure): the heart; events in, effects out.
//! 8. [`kernel`]: the only hand on IPVS, real or in memory, which it reconciles with the wanted
//!    table; and on the virtual addresses.
//! 9. [`observe`]: the log, the mail, the status page; looks and never touches.
//! 10. [`daemon`]: the one shell around the heart: threads, signals, reload, the status socket, the
//!     administrator's commands, and one side of a pair: its protocol, and the change of the role.
//! 11. [`cli`]: the verbs `run`, `check`, `convert`, `plan`, `probe`, `status`, `active`,
//!     `standby`.
//! 12. [`face`]: the command lines of ldirectord, of piranha's programs, of UCARP and vqalive, for who
//!     calls the program by such a name.
//!
//! ```text
//!  ldirectord.cf, lvs.cf ─ config ─▶ Model ┐
//!  checkers ─Outcome─▶ health ─▶ Standing ─┼─ plan::want ─▶ Table ─(watch)▶ kernel: read ▶ diff ▶ apply
//!  peer, links ─▶ failover ─▶ Role ────────┘               │
//!                                                         └─ Change, Snapshot ─▶ observe
//! ```

pub mod cli;
pub mod config;
pub mod daemon;
pub mod director;
pub mod face;
pub mod failover;
pub mod health;
pub mod kernel;
pub mod model;
pub mod observe;
pub mod plan;
