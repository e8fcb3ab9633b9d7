//! The names that redirects lead to, looked up as every program does it (`/etc/hosts`, DNS, whatever
//! `nsswitch.conf` says).

use std::io;
use std::net::SocketAddr;

use tokio::sync::{Semaphore, oneshot};

use crate::asking::Failure;
use crate::net::ToSocketAddrs;
use crate::progress::Progress;
use crate::words;

/// The addresses of `name`, the first few, with that port.
pub(super) async fn look_up(
    name: &str,
    port: u16,
    progress: &Progress,
) -> Result<Vec<SocketAddr>, Failure> {
    progress.enter(format!("redirected, looking up {name}"));
    let asked = name.to_owned();
    let found = on_a_thread(&LOOK_UPS, move || (asked.as_str(), port).to_socket_addrs()).await;
    let found = found
        .and_then(|found| found)
        .map_err(|error| format!("redirected to {name}: {}", words::io(&error)))?;
    let mut addresses: Vec<SocketAddr> = found.take(MOST_ADDRESSES).collect();
    addresses.dedup();
    Ok(addresses)
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
/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 4;

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
        use crate::{Check, Target};
        // as if as many had been given up, and hung
        let _all = LOOK_UPS.acquire_many(MOST_LOOK_UPS as u32).await.unwrap();
        let answer = b"HTTP/1.1 302 Found\r\nLocation: http://localhost/\r\n\r\n";
        let target = Target { address: crate::tests::answers(answer).await };
        let outcome =
            Check::Http(crate::tests::http::http()).run(target, Duration::from_secs(3)).await;
        assert_eq!(outcome.message, "no answer within 3 s (redirected, looking up localhost)");
    }
}
