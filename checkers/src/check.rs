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
use crate::{
    Dns, External, Ftp, Grpc, Http, Imap, Ldap, Memcached, Mysql, Nntp, Oracle, Outcome, Perl,
    Pgsql, Ping, Pop, Radius, Redis, SendExpect, SendProgram, SimpleTcp, Sip, Smtp, Transcript,
};

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
    /// DNS: does a question get the answer it should?
    Dns(Dns),
    /// FTP: can one log in and fetch a file?
    Ftp(Ftp),
    /// gRPC: does it say that it is serving?
    Grpc(Grpc),
    /// HTTP or HTTPS: does it answer with success, and does the body hold what it should?
    Http(Http),
    /// IMAP: does it greet, and can one log in?
    Imap(Imap),
    /// LDAP: can one bind, and is an entry there?
    Ldap(Ldap),
    /// memcached: does it answer a command?
    Memcached(Memcached),
    /// Can one log in to MySQL or MariaDB, and does a query return a row?
    Mysql(Mysql),
    /// NNTP: does it greet?
    Nntp(Nntp),
    /// Oracle: does a listener know a database?
    Oracle(Oracle),
    /// Can one log in to PostgreSQL, and does a query return a row?
    Pgsql(Pgsql),
    /// POP3: does it greet, and can one log in?
    Pop(Pop),
    /// RADIUS: does it accept a user?
    Radius(Radius),
    /// Redis: does it answer a command?
    Redis(Redis),
    /// SIP: does it answer OPTIONS?
    Sip(Sip),
    /// SMTP: does it greet?
    Smtp(Smtp),
    /// A line sent over TCP, and an answer to look for.
    SimpleTcp(SimpleTcp),
    /// As piranha: does the answer begin as it should?
    SendExpect(SendExpect),
    /// As piranha: what does a program print?
    SendProgram(SendProgram),
    /// What does a program of the administrator's say?
    External(External),
    /// What does a Perl script of the administrator's say?
    Perl(Perl),
    /// Several questions, one after the other within the one deadline: all must pass.
    All(Vec<Part>),
}

/// One of several questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What is asked.
    pub check: Check,
    /// Who is asked.
    pub target: Target,
}

/// What was found, and all that was said on the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The outcome.
    pub outcome: Outcome,
    /// The dialogue.
    pub transcript: Transcript,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The real server's address and the port to be checked.
    pub address: SocketAddr,
}

impl Check {
    /// What is spoken, in one word.
    pub fn kind(&self) -> &'static str {
        match self {
            Check::Off => "off",
            Check::On => "on",
            Check::Connect => "connect",
            Check::Ping(_) => "ping",
            Check::Dns(_) => "dns",
            Check::Ftp(_) => "ftp",
            Check::Grpc(_) => "grpc",
            Check::Http(_) => "http",
            Check::Imap(_) => "imap",
            Check::Ldap(_) => "ldap",
            Check::Memcached(_) => "memcached",
            Check::Mysql(_) => "mysql",
            Check::Nntp(_) => "nntp",
            Check::Oracle(_) => "oracle",
            Check::Pgsql(_) => "pgsql",
            Check::Pop(_) => "pop",
            Check::Radius(_) => "radius",
            Check::Redis(_) => "redis",
            Check::Sip(_) => "sip",
            Check::Smtp(_) => "smtp",
            Check::SimpleTcp(_) => "simpletcp",
            Check::SendExpect(_) => "send_expect",
            Check::SendProgram(_) => "send_program",
            Check::External(_) => "external",
            Check::Perl(_) => "perl",
            Check::All(_) => "all",
        }
    }

    /// Asks once. Ends within `timeout`, whatever the server does; a panic inside is a failed check.
    /// Needs a tokio runtime with time, network and processes. Dropped, it leaves nothing behind:
    /// sockets are closed and a program that was started is killed with all it started.
    pub async fn run(&self, target: Target, timeout: Duration) -> Outcome {
        self.answered(Asking::begin(target, timeout, None)).await.0
    }

    /// Asks once, as [`Check::run`] does, and keeps what was said.
    pub async fn probe(&self, target: Target, timeout: Duration) -> Probe {
        let asking = Asking::begin(target, timeout, Some(Transcript::default()));
        let (outcome, transcript) = self.answered(asking).await;
        Probe { outcome, transcript: transcript.unwrap_or_default() }
    }

    async fn answered(&self, asking: Asking) -> (Outcome, Option<Transcript>) {
        // boxed, so that the thousands of nannies between two checks hold a pointer, not a dialogue
        let asked = Box::pin(caught(self.ask(&asking)));
        let answer = tokio::time::timeout_at(asking.deadline, asked).await;
        let took = asking.begun.elapsed();
        asking.progress.outcome(match answer {
            Ok(Ok(seen)) => Outcome::up(seen, took),
            Ok(Err(failure)) => Outcome::down(failure.words(&asking.progress), took),
            Err(_) => {
                let within = crate::words::duration(asking.timeout);
                let (part, phase) = (asking.progress.part(), &asking.progress);
                Outcome::down(format!("{part}no answer within {within} ({phase})"), took)
            }
        })
    }

    /// Each dialogue is boxed by itself: a connection need not take the room of the largest.
    async fn ask(&self, asking: &Asking) -> Answer {
        match self {
            Check::Off | Check::On => Ok("not checked".to_owned()),
            Check::Connect => Connect.ask(asking).await,
            Check::Ping(check) => Box::pin(check.ask(asking)).await,
            Check::Dns(check) => Box::pin(check.ask(asking)).await,
            Check::Ftp(check) => Box::pin(check.ask(asking)).await,
            Check::Grpc(check) => Box::pin(check.ask(asking)).await,
            Check::Http(check) => Box::pin(check.ask(asking)).await,
            Check::Imap(check) => Box::pin(check.ask(asking)).await,
            Check::Ldap(check) => Box::pin(check.ask(asking)).await,
            Check::Memcached(check) => Box::pin(check.ask(asking)).await,
            Check::Mysql(check) => Box::pin(check.ask(asking)).await,
            Check::Nntp(check) => Box::pin(check.ask(asking)).await,
            Check::Oracle(check) => Box::pin(check.ask(asking)).await,
            Check::Pgsql(check) => Box::pin(check.ask(asking)).await,
            Check::Pop(check) => Box::pin(check.ask(asking)).await,
            Check::Radius(check) => Box::pin(check.ask(asking)).await,
            Check::Redis(check) => Box::pin(check.ask(asking)).await,
            Check::Sip(check) => Box::pin(check.ask(asking)).await,
            Check::Smtp(check) => Box::pin(check.ask(asking)).await,
            Check::SimpleTcp(check) => Box::pin(check.ask(asking)).await,
            Check::SendExpect(check) => Box::pin(check.ask(asking)).await,
            Check::SendProgram(check) => Box::pin(check.ask(asking)).await,
            Check::External(check) => Box::pin(check.ask(asking)).await,
            Check::Perl(check) => Box::pin(check.ask(asking)).await,
            Check::All(parts) => all(parts, asking).await,
        }
    }
}

/// Asks one after the other; the first that fails is the answer.
async fn all(parts: &[Part], asking: &Asking) -> Answer {
    let mut seen = Vec::new();
    for Part { check, target } in parts {
        asking.progress.begin_part(check.kind());
        let asking = Asking { address: target.address, ..asking.clone() };
        let part = asking.progress.part();
        match Box::pin(check.ask(&asking)).await {
            Ok(words) => seen.push(format!("{part}{words}")),
            Err(failure) => {
                return Err(format!("{part}{}", failure.words(&asking.progress)).into());
            }
        }
    }
    Ok(seen.join("; "))
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
