//! The question, who is asked, and the one deadline around every check.
//!
//! This is the list of checks: a new one is a file with a type and its `ask`, a variant and an arm here.
//! Every `ask` takes an [`Asking`] and gives an [`Answer`]: what was seen if the server passed,
//! what was wrong if not. None of them keeps time or tidies its words; that is done here.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::connect::Connect;
use crate::{External, Http, Mysql, Outcome, Ping, SimpleTcp};

/// A question put to a real server. It is plain data: it can be compared, stored and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Check {
    /// Nothing is asked: whoever asks leaves the server's standing as it is. [`Check::run`] says up.
    Off,
    /// Nothing is asked and the answer is always yes.
    On,
    /// Does it accept a TCP connection?
    Connect,
    /// Does it answer an ICMP echo?
    Ping(Ping),
    /// HTTP or HTTPS: does it answer with success, and does the body hold what it should?
    Http(Http),
    /// A line sent over TCP, and an answer to look for.
    SimpleTcp(SimpleTcp),
    /// Can one log in to MySQL or MariaDB, and does a query return a row?
    Mysql(Mysql),
    /// What does a program of the administrator's say?
    External(External),
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The real server's address and the port to be checked.
    pub address: SocketAddr,
}

impl Check {
    /// Asks once. Ends within `timeout`, whatever the server does; a panic inside is a failed check.
    /// Needs a tokio runtime with time, network and processes. Dropped, it leaves nothing behind:
    /// sockets are closed and a program that was started is killed with all it started.
    pub async fn run(&self, target: Target, timeout: Duration) -> Outcome {
        let asking = Asking::begin(target, timeout);
        // boxed, so that the thousands of nannies between two checks hold a pointer, not a dialogue
        let asked = Box::pin(caught(self.ask(&asking)));
        let answer = tokio::time::timeout_at(asking.deadline, asked).await;
        let took = asking.begun.elapsed();
        match answer {
            Ok(Ok(seen)) => Outcome::up(seen, took),
            Ok(Err(failure)) => Outcome::down(failure.words(&asking.phase), took),
            Err(_) => {
                let within = crate::words::duration(timeout);
                Outcome::down(format!("no answer within {within} ({})", asking.phase), took)
            }
        }
    }

    async fn ask(&self, asking: &Asking) -> Answer {
        match self {
            Check::Off | Check::On => Ok("not checked".to_owned()),
            Check::Connect => Connect.ask(asking).await,
            Check::Ping(ping) => ping.ask(asking).await,
            Check::Http(http) => http.ask(asking).await,
            Check::SimpleTcp(simpletcp) => simpletcp.ask(asking).await,
            Check::Mysql(mysql) => mysql.ask(asking).await,
            Check::External(external) => external.ask(asking).await,
        }
    }
}

/// Awaits `asked`; a panic in it becomes a failure and a line in the log.
async fn caught(asked: impl Future<Output = Answer>) -> Answer {
    let mut asked = pin!(asked);
    poll_fn(|cx| {
        catch_unwind(AssertUnwindSafe(|| asked.as_mut().poll(cx))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            let text = format!("the check itself failed: {}", text.unwrap_or_default());
            tracing::error!("{}", crate::words::one_line(&text));
            Err(Failure::Said(text)).into()
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_failed_check() {
        let answer = caught(async { panic!("index out of {}", "range") }).await;
        let Err(Failure::Said(words)) = answer else { panic!("{answer:?}") };
        assert_eq!(words, "the check itself failed: index out of range");
    }

    #[tokio::test]
    async fn a_boundless_deadline_and_none_at_all() {
        let target = Target { address: ([127, 0, 0, 1], 9).into() };
        let outcome = Check::On.run(target, Duration::MAX).await;
        assert_eq!(outcome.verdict, crate::Verdict::Up);
        let outcome = Check::Off.run(target, Duration::ZERO).await;
        assert_eq!((outcome.verdict, &*outcome.message), (crate::Verdict::Up, "not checked"));
    }

    #[test]
    fn a_check_in_waiting_is_small_and_may_cross_threads() {
        fn sendable<T: Send>(value: T) -> usize {
            std::mem::size_of_val(&value)
        }
        let target = Target { address: ([127, 0, 0, 1], 9).into() };
        assert!(sendable(Check::Connect.run(target, Duration::MAX)) < 1024);
    }
}
