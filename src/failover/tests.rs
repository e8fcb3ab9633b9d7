//! Two and three directors of every protocol over a bad network, thousands of times. A seed that
//! breaks a law is said, and `FAILOVER_SEED=n` plays it again, aloud.

mod carp;
mod director;
mod figures;
mod hostile;
mod law;
mod network;
mod pair;
mod play;
mod pulse;
mod random;
mod service;
mod site;
mod toy;
mod vqalive;
mod vrrp;
mod weather;
mod world;
