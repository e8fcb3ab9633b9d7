//! A master that accepts nothing (RFC 9568, 6.4.3: Accept_Mode is false): what is for its addresses and
//! for no service is dropped, by a table of its own that nft(8) loads.
//!
//! Its chain looks at what comes in after IPVS has taken what is its own. What it leaves to this machine
//! is let by where it is for a service all the same: a fallback of this machine itself. So are
//! neighbour discovery, and what the network says of packets that were sent.

mod rules;

use std::env;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::timeout;
use tracing::{debug, error, info};

use super::setup::Setup;
use rules::Rules;

/// What the kernel has of it.
#[derive(Debug, Default)]
pub(super) struct Filter {
    loaded: Option<Rules>,
    dry_run: bool,
}

impl Filter {
    /// One that has loaded nothing.
    pub(super) fn new(dry_run: bool) -> Self {
        Filter { loaded: None, dry_run }
    }

    /// Removes what an earlier run may have left behind.
    pub(super) async fn clear(&mut self, setup: &Setup) {
        let Some(name) = rules::name(&setup.cluster) else { return };
        if self.dry_run {
            return;
        }
        match (nft(&rules::without(&name)).await, Rules::of(setup)) {
            (Err(why), Some(_)) => error!("{NOT_KEPT}: {why}"),
            (Err(why), None) => debug!("there is no table of an earlier run: {why}"),
            (Ok(()), _) => {}
        }
    }

    /// From now on what is for the addresses of this site is dropped, unless its master accepts it.
    pub(super) async fn load(&mut self, setup: &Setup) {
        let Some(rules) = Rules::of(setup) else { return self.unload().await };
        if self.loaded.as_ref() == Some(&rules) {
            return;
        }
        if self.dry_run {
            return info!("would drop what is for the addresses and for no service (accept = no)");
        }
        if self.loaded.as_ref().is_some_and(|loaded| loaded.name != rules.name) {
            self.unload().await;
        }
        match nft(&rules.text).await {
            Ok(()) => {
                info!("what is for the addresses and for no service is dropped (accept = no)");
                self.loaded = Some(rules);
            }
            Err(why) => error!("{NOT_KEPT}: {why}"),
        }
    }

    /// From now on nothing is dropped.
    pub(super) async fn unload(&mut self) {
        let Some(rules) = &self.loaded else { return };
        match nft(&rules::without(&rules.name)).await {
            Ok(()) => self.loaded = None,
            Err(why) => error!("the table {} cannot be removed: {why}", rules.name),
        }
    }
}

/// Has nft do all of this, or nothing; fails in its own words.
async fn nft(text: &str) -> Result<(), String> {
    let path = env::var("PATH").unwrap_or_default();
    let mut command = Command::new("nft");
    // who launches a director may not look for programs of the administrator
    command.args(["-f", "-"]).env("PATH", format!("{path}:/usr/sbin:/sbin")).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|why| format!("nft cannot be run: {why}"))?;
    let input = child.stdin.take();
    let work = async {
        if let Some(mut input) = input {
            // one that ends before it has read all says why
            let _ = input.write_all(text.as_bytes()).await;
        }
        child.wait_with_output().await
    };
    let ended = timeout(LIMIT, work).await;
    let ended = ended.map_err(|_| format!("nft has not ended after {LIMIT:?}"))?;
    let output = ended.map_err(|why| format!("nft: {why}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().next().unwrap_or_default();
    if output.status.success() { Ok(()) } else { Err(format!("nft: {}: {first}", output.status)) }
}

const NOT_KEPT: &str = "accept = no is not kept, this master takes packets to its addresses itself";
/// How long nft may take.
const LIMIT: Duration = Duration::from_secs(5);
