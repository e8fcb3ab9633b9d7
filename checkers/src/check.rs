//! The question, who is asked, and the one deadline around every check.
//!
//! This is the list of checks: a new one is a file with a type and its `ask`, and an entry here.
//! Every `ask` takes an [`Asking`] and gives an [`Answer`]: what was seen if the server passed,
//! what was wrong if not. None of them keeps time or tidies its words; that is done here.

use std::future::{poll_fn, ready};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking, Failure};
use crate::connect::Connect;
use crate::{Outcome, Transcript};

/// Makes of a list of checks, each with the word it goes by, the question and the way it is asked.
macro_rules! checks {
    ($($(#[$what:meta])* $check:ident $kind:literal,)*) => {
        /// A question put to a real server. It is plain data: it can be compared, stored and sent.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Check {
            /// Nothing is asked: whoever asks leaves the server's standing as it is. [`Check::run`] says up.
            Off,
            /// Nothing is asked and the answer is always yes.
            On,
            /// Does it accept a TCP connection?
            Connect,
            $($(#[$what])* $check(crate::$check),)*
            /// Several questions, one after the other within the one deadline: all must pass.
            All(Vec<Part>),
        }

        impl Check {
            /// What is spoken, in one word.
            pub fn kind(&self) -> &'static str {
                match self {
                    Check::Off => "off",
                    Check::On => "on",
                    Check::Connect => "connect",
                    $(Check::$check(_) => $kind,)*
                    Check::All(_) => "all",
                }
            }

            /// The dialogue, boxed: a connection that is only opened must not take the room of the
            /// longest one, and the thousands of nannies between two checks hold a pointer.
            fn ask<'a>(&'a self, asking: &'a Asking) -> Asked<'a> {
                match self {
                    Check::Off | Check::On => Box::pin(ready(Ok("not checked".to_owned()))),
                    Check::Connect => Box::pin(Connect.ask(asking)),
                    $(Check::$check(check) => Box::pin(check.ask(asking)),)*
                    Check::All(parts) => Box::pin(all(parts, asking)),
                }
            }
        }
    };
}

checks! {
    /// Does it answer an ICMP echo?
    Ping "ping",
    /// DNS: does a question get the answer it should?
    Dns "dns",
    /// FTP: can one log in and fetch a file?
    Ftp "ftp",
    /// gRPC: does it say that it is serving?
    Grpc "grpc",
    /// HTTP or HTTPS: does it answer with success, and does the body hold what it should?
    Http "http",
    /// IMAP: does it greet, and can one log in?
    Imap "imap",
    /// LDAP: can one bind, and is an entry there?
    Ldap "ldap",
    /// memcached: does it answer a command?
    Memcached "memcached",
    /// Can one log in to MySQL or MariaDB, and does a query return a row?
    Mysql "mysql",
    /// NNTP: does it greet?
    Nntp "nntp",
    /// Oracle: does a listener know a database?
    Oracle "oracle",
    /// Can one log in to PostgreSQL, and does a query return a row?
    Pgsql "pgsql",
    /// POP3: does it greet, and can one log in?
    Pop "pop",
    /// RADIUS: does it accept a user?
    Radius "radius",
    /// Redis: does it answer a command?
    Redis "redis",
    /// SIP: does it answer OPTIONS?
    Sip "sip",
    /// SMTP: does it greet?
    Smtp "smtp",
    /// A line sent over TCP, and an answer to look for.
    SimpleTcp "simpletcp",
    /// As piranha: does the answer begin as it should?
    SendExpect "send_expect",
    /// As piranha: what does a program print?
    SendProgram "send_program",
    /// What does a program of the administrator's say?
    External "external",
    /// What does a Perl script of the administrator's say?
    Perl "perl",
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
        let asked = caught(self.ask(&asking));
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
}

/// A check under way.
type Asked<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;

/// Asks one after the other; the first that fails is the answer.
async fn all(parts: &[Part], asking: &Asking) -> Answer {
    let mut seen = Vec::new();
    for Part { check, target } in parts {
        let alike = parts.iter().filter(|part| part.check.kind() == check.kind()).count() > 1;
        asking.progress.begin_part(match alike {
            true => format!("{}:{}", check.kind(), target.address.port()).into(),
            false => check.kind().into(),
        });
        let asking = Asking { address: target.address, ..asking.clone() };
        let part = asking.progress.part();
        match check.ask(&asking).await {
            Ok(words) => seen.push(format!("{part}{words}")),
            Err(failure) => {
                return Err(format!("{part}{}", failure.words(&asking.progress)).into());
            }
        }
    }
    Ok(seen.join("; "))
}

/// Awaits `asked`; a panic in it becomes a failure and a line in the log.
async fn caught(mut asked: Asked<'_>) -> Answer {
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
        let answer = caught(Box::pin(async { panic!("index out of {}", "range") })).await;
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
