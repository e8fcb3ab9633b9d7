//! A login and a query by Oracle's own driver. It blocks, has no deadline, panics at much that a server
//! may send, and follows redirections; so it runs on a thread and speaks to a relay of ours on
//! loopback, which bounds what it reads and what room a server can make it take, and whose end is
//! its end.

use std::net::Ipv4Addr;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, split};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

use super::{Oracle, tns};
use crate::asking::{Answer, Asking, Failure};
use crate::stream::Stream;

/// Logs in and asks the query, which must return at least one row.
pub(super) async fn ask(oracle: &Oracle, asking: &Asking) -> Answer {
    asking.progress.enter("the listener answered, waiting for a free thread");
    let slot = THREADS.acquire().await.map_err(|error| error.to_string())?;
    let server = asking.connect().await?;
    asking.progress.enter("connected, logging in and asking the query");
    let relay = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = relay.local_addr()?.port();
    let (tell, mut told) = oneshot::channel();
    let oracle = oracle.clone();
    std::thread::Builder::new().name("oracle".to_owned()).spawn(move || {
        let _slot = slot;
        let answer = catch_unwind(AssertUnwindSafe(|| row(&oracle, port)));
        // nobody may be listening any more
        let _ =
            tell.send(answer.unwrap_or_else(|_| Err("the driver broke on the answer".to_owned())));
    })?;
    let answer = tokio::select! {
        answer = &mut told => answer,
        relayed = relayed(relay, server) => {
            relayed?;
            told.await
        }
    };
    match answer {
        Ok(Ok(())) => Ok("logged in, the query returned a row".to_owned()),
        Ok(Err(words)) => Err(words.into()),
        Err(_) => Err("the driver ended without an answer".into()),
    }
}

/// What the thread does.
fn row(oracle: &Oracle, port: u16) -> Result<(), String> {
    let words = |error: oracledb::Error| error.to_string();
    let sid = match oracle.database.as_str() {
        "" => String::new(),
        sid => format!("(SID={sid})"),
    };
    let to = format!(
        "(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT={port}))(CONNECT_DATA={sid}))"
    );
    let config = oracledb::Config::default()
        .set_credentials(&oracle.login, &oracle.passwd)
        .set_connect_string(&to)
        .map_err(words)?;
    let connection = oracledb::connect(config).map_err(words)?;
    let mut rows = connection.query(&oracle.query, &[]).map_err(words)?;
    match rows.next() {
        Some(row) => row.map(|_| ()).map_err(words),
        None => Err("the query returned no row".to_owned()),
    }
}

/// Carries bytes both ways until one side ends.
async fn relayed(relay: TcpListener, server: Stream) -> Result<(), Failure> {
    let (driver, _) = relay.accept().await?;
    let (mut from_driver, mut to_driver) = driver.into_split();
    let (mut from_server, mut to_server) = split(server);
    let down = async {
        while !accepted(&mut from_server, &mut to_driver).await? {}
        let mut rest = from_server.take(MOST_BYTES);
        copy(&mut rest, &mut to_driver).await?;
        match rest.limit() {
            0 => Err(format!("an answer of more than {MOST_BYTES} bytes").into()),
            _ => Ok(()),
        }
    };
    tokio::select! {
        done = down => done,
        done = copy(&mut from_driver, &mut to_server) => Ok(done.map(|_| ())?),
    }
}

/// Carries a packet of the listener's to the driver; a redirection it must not see, for it would
/// go there without us.
async fn accepted(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
) -> Result<bool, Failure> {
    let mut packet = vec![0; tns::HEADER];
    from.read_exact(&mut packet).await?;
    let (kind, length) = tns::header(&packet).ok_or("the answer is not Oracle's")?;
    let mut content = Vec::new();
    from.take(length.try_into().unwrap_or(u64::MAX)).read_to_end(&mut content).await?;
    let answer = tns::answer(kind, &content);
    let unit = tns::unit(&content).unwrap_or_default();
    packet.extend(content);
    match answer {
        tns::Answer::Refused(words) => return Err(words.into()),
        tns::Answer::Redirected => return Err("the listener redirected the login".into()),
        tns::Answer::Other(kind) => {
            return Err(format!("not an answer of Oracle's: a packet of type {kind}").into());
        }
        tns::Answer::Accepted(_) if unit > LARGEST_UNIT => {
            return Err("the listener wants too large a session data unit".into());
        }
        tns::Answer::Accepted(_) | tns::Answer::Again => {}
    }
    to.write_all(&packet).await?;
    Ok(matches!(answer, tns::Answer::Accepted(_)))
}

/// Logins at one time, in the whole process.
static THREADS: Semaphore = Semaphore::const_new(32);
/// Bytes of a session data unit, the most that Oracle knows; the driver makes room for it.
const LARGEST_UNIT: u32 = 2 * 1024 * 1024;
/// Bytes that a server may say in one login and query.
const MOST_BYTES: u64 = 1024 * 1024;
