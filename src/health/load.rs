//! How busy a real is: whoever tells is asked, while the real is well.
//!
//! In: whether it is. Out: readings, on a bounded channel, as those of checks.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use checkers::Target;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::model::LoadMonitor;

use super::{Busy, Duty, Weighed, pace};

/// Asks at once when the real is well, and every 20 s while it is; never, where nobody tells.
/// Ends when nobody listens any more.
pub(super) async fn follow(
    duty: &Duty,
    in_flight: &Semaphore,
    mut is_well: watch::Receiver<bool>,
    tell: mpsc::Sender<Weighed>,
) {
    let Some(monitor) = &duty.load else { return pending().await };
    let real = duty.real;
    while is_well.wait_for(|well| *well).await.is_ok() {
        let Ok(permit) = in_flight.acquire().await else { return };
        let busy = read(monitor, real.address, duty.policy.timeout).await;
        drop(permit);
        if tell.send(Weighed { real, busy }).await.is_err() {
            return;
        }
        sleep(pace::period(duty.policy.interval)).await;
    }
}

async fn read(
    monitor: &LoadMonitor,
    address: SocketAddr,
    patience: Duration,
) -> Result<Busy, String> {
    match monitor {
        LoadMonitor::Program(program) => {
            program.read(Target { address }, patience).await.map(Busy::Load)
        }
        LoadMonitor::Agent { port } => {
            let answer = ask((address.ip(), *port).into());
            let late = |_| format!("the agent has not answered within {patience:?}");
            let line = timeout(patience, answer).await.map_err(late)?;
            let line = line.map_err(|why| format!("the agent cannot be asked: {why}"))?;
            share(&line).map(Busy::Share).ok_or_else(|| format!("the agent says {line:?}"))
        }
    }
}

/// The agent's line, or as much of it as is read of one.
async fn ask(agent: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(agent).await?.take(LINE);
    let mut line = Vec::new();
    while !line.contains(&b'\n') && stream.read_buf(&mut line).await? > 0 {}
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).trim().to_owned())
}

/// `75%` or `75`; never above 100.
fn share(line: &str) -> Option<u8> {
    let digits = line.strip_suffix('%').unwrap_or(line).trim_end();
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|share| plain && *share <= 100)
}

/// Bytes that are read of an agent's line.
const LINE: u64 = 64;

#[cfg(test)]
mod tests;
