//! The names that redirects lead to, looked up as every program does it (`/etc/hosts`, DNS, whatever
//! `nsswitch.conf` says).

use std::net::SocketAddr;

use tokio::sync::Semaphore;

use crate::asking::Failure;
use crate::net::ToSocketAddrs;
use crate::progress::Progress;
use crate::threads::on_a_thread;
use crate::words;

/// The addresses of `name`, the first few, with that port.
pub(super) async fn look_up(
    name: &str,
    port: u16,
    progress: &Progress,
) -> Result<Vec<SocketAddr>, Failure> {
    progress.enter(format!("redirected, looking up {name}"));
    let asked = name.to_owned();
    let look_up = move || (asked.as_str(), port).to_socket_addrs();
    let found = on_a_thread("lookup", &LOOK_UPS, look_up).await;
    let found = found
        .and_then(|found| found)
        .map_err(|error| format!("redirected to {name}: {}", words::io(&error)))?;
    let mut addresses: Vec<SocketAddr> = found.take(MOST_ADDRESSES).collect();
    addresses.dedup();
    Ok(addresses)
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
