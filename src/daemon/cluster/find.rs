//! What this machine is among the directors of its site, at the start and from then on.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tracing::{info, warn};

use crate::model::{Cluster, Secret, Virtual};

use super::secret;
use super::setup::{Here, Setup};
use super::sockets::Transport;

/// What this machine is among the directors of a model's site; fails, in words, where it is none of
/// them. In a dry run there is no other one.
pub(in crate::daemon) async fn find(
    cluster: &Cluster,
    virtuals: &[Virtual],
    dry_run: bool,
) -> Result<Setup, String> {
    let services = virtuals.iter().map(|of| of.service.id);
    Ok(look(cluster, dry_run).await?.serving(services))
}

/// Whether a director of this cluster would start on this machine as it is now, and what is odd here.
///
/// # Errors
/// Why not, in words.
pub(in crate::daemon) fn starts(cluster: &Cluster) -> Result<Vec<String>, String> {
    let key = match cluster.protocol.secret() {
        Some(Secret::Given(bytes)) => Some(bytes.clone()),
        Some(Secret::Stored(path)) => Some(secret::secret(path)?),
        None => None,
    };
    let here = Here::look(key).map_err(unread)?;
    let setup = Setup::of(cluster, &here)?;
    let missing = setup.rules.err().map(|why| format!("it would wait here: {why}"));
    Ok(missing.into_iter().chain(here.elsewhere(cluster)).collect())
}

async fn look(cluster: &Cluster, dry_run: bool) -> Result<Setup, String> {
    let key = match cluster.protocol.secret().filter(|_| !dry_run).cloned() {
        Some(Secret::Given(bytes)) => Some(bytes),
        Some(Secret::Stored(path)) => {
            let read = spawn_blocking(move || secret::secret(&path)).await;
            Some(read.map_err(|lost| lost.to_string())??)
        }
        None => None,
    };
    let here = here(key).await?;
    here.elsewhere(cluster).iter().for_each(|odd| warn!("{odd}"));
    if !dry_run {
        return Setup::of(cluster, &here);
    }
    info!("dry run: nothing is said to another director or heard of one, as if there were none");
    if let Err(why) = Setup::of(cluster, &here) {
        warn!("dry run: a director would not start here: {why}");
    }
    if let Some(pulse) = cluster.protocol.pulse() {
        let wait = pulse.deadtime.as_secs();
        info!("dry run: the addresses would be raised after {wait} s of silence (deadtime)");
    }
    Setup::alone(cluster, &here)
}

/// What there is on this machine now.
async fn here(key: Option<Vec<u8>>) -> Result<Here, String> {
    let look = spawn_blocking(move || Here::look(key)).await;
    let look = look.map_err(|lost| lost.to_string())?;
    look.map_err(unread)
}

fn unread(why: io::Error) -> String {
    format!("the addresses of this machine cannot be read: {why}")
}

/// Looks again and again what there is on this machine, and tells of another setup: an interface may
/// come, or have another address. Ends with the channel.
pub(super) async fn look_on(setups: watch::Sender<Arc<Setup>>) {
    let mut last = None;
    loop {
        tokio::select! {
            () = sleep(LOOK) => {}
            () = setups.closed() => return,
        }
        let setup = Arc::clone(&setups.borrow());
        if setup.protocol() == "pulse"
            || setup.transport == Transport::Nothing && setup.rules.is_ok()
        {
            // who is one of a pair is it by its file, and waits for nothing
            continue;
        }
        let seen = here(setup.key.clone()).await.and_then(|mut here| {
            here.source = setup.source();
            Ok(Setup::of(&setup.cluster, &here)?.serving(setup.services.iter().copied()))
        });
        match seen {
            Ok(seen) => {
                setups.send_if_modified(|now| {
                    // a reload may have come meanwhile
                    let is_news = Arc::ptr_eq(now, &setup) && **now != seen;
                    if is_news {
                        *now = Arc::new(seen);
                    }
                    is_news
                });
            }
            Err(why) if last.as_ref() != Some(&why) => {
                warn!("{why}; it is tried again");
                last = Some(why);
            }
            Err(_) => {}
        }
    }
}

/// How often this machine is looked at for what is missing, or has become another one.
const LOOK: Duration = Duration::from_secs(1);
