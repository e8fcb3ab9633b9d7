//! The names by which a check connects: the virtual host's leads to the real, one that a redirect
//! names is looked up as every program does it (`/etc/hosts`, DNS, whatever `nsswitch.conf` says).

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::{Semaphore, oneshot};

use crate::asking::{Failure, Phase};
use crate::words;

/// The names of one check, and where they lead.
pub(super) struct Names(Mutex<HashMap<String, Vec<SocketAddr>>>);

impl Names {
    /// The virtual host's name, if it has one, leads to the real.
    pub(super) fn new(host: Option<&str>, real: IpAddr) -> Arc<Self> {
        // the URL's port, not this address's, is the one that is taken
        let known = host.map(|host| (host.to_owned(), vec![SocketAddr::new(real, 0)]));
        Arc::new(Names(Mutex::new(known.into_iter().collect())))
    }

    /// Looks `name` up, unless it is known.
    pub(super) async fn learn(&self, name: &str, phase: &Phase) -> Result<(), Failure> {
        if self.addresses(name).is_some() {
            return Ok(());
        }
        phase.enter(format!("redirected, looking up {name}"));
        let asked = name.to_owned();
        let found = on_a_thread(&LOOK_UPS, move || (asked.as_str(), 0).to_socket_addrs()).await;
        let found = found
            .and_then(|found| found)
            .map_err(|error| format!("redirected to {name}: {}", words::io(&error)))?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.to_owned(), found.collect());
        Ok(())
    }

    fn addresses(&self, name: &str) -> Option<Vec<SocketAddr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let answer = match self.addresses(name.as_str()) {
            Some(addresses) => Ok(Box::new(addresses.into_iter()) as Addrs),
            None => Err(format!("{} is not known", name.as_str()).into()),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Does what cannot be broken off on a thread, which keeps its slot until it is done, even when
/// nobody waits for it any more. It is none of the runtime's: that would end only after it.
async fn on_a_thread<T: Send + 'static>(
    slots: &'static Semaphore,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let slot = slots.acquire().await.map_err(io::Error::other)?;
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new().name("lookup".to_owned()).spawn(move || {
        let _slot = slot;
        // nobody may be listening any more
        let _ = tell.send(work());
    })?;
    told.await.map_err(io::Error::other)
}

/// Look-ups at one time, in the whole process: a resolver that hangs holds each for half a minute.
static LOOK_UPS: Semaphore = Semaphore::const_new(MOST_LOOK_UPS);
const MOST_LOOK_UPS: usize = 32;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::tests::PATIENCE;

    #[tokio::test]
    async fn a_look_up_that_nobody_waits_for_keeps_its_slot() {
        static ONE: Semaphore = Semaphore::const_new(1);
        let (release, held) = std::sync::mpsc::channel::<()>();
        let (tell, begun) = oneshot::channel();
        let given_up = tokio::spawn(on_a_thread(&ONE, move || {
            tell.send(()).unwrap();
            held.recv().is_err()
        }));
        begun.await.unwrap();
        given_up.abort();
        assert!(given_up.await.unwrap_err().is_cancelled());
        assert_eq!(ONE.available_permits(), 0);
        drop(release);
        let next = tokio::time::timeout(PATIENCE, on_a_thread(&ONE, || "found")).await;
        assert_eq!(next.unwrap().unwrap(), "found");
    }

    #[tokio::test]
    async fn a_look_up_that_takes_too_long_is_said() {
        use crate::{Check, Http, Method, Target};
        // as if as many had been given up, and hung
        let _all = LOOK_UPS.acquire_many(MOST_LOOK_UPS as u32).await.unwrap();
        let answer = b"HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\n\r\n";
        let target = Target { address: crate::tests::answers(answer).await };
        let path = "/".to_owned();
        let http = Http { tls: false, method: Method::Get, host: None, path, receive: None };
        let outcome = Check::Http(http).run(target, Duration::from_secs(3)).await;
        assert_eq!(outcome.message, "no answer within 3 s (redirected, looking up localhost)");
    }
}
