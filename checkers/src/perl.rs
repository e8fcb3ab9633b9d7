//! A Perl script of the administrator's, as ldirectord's external-perl.
//!
//! In: a script, which need be neither executable nor begin with `#!`, and its arguments as `@ARGV`.
//! Out: up if it ends by itself or by `exit 0`; down by any other exit, an exception or a signal, and
//! at the deadline, when all that it started dies with it.
//!
//! ldirectord makes the text a function of its own. Here each check is a process, as if by `perl
//! SCRIPT`: `$0`, `exit`, `END` and signals mean what they say, nothing outlives it, and many run side
//! by side. As there, a `return` ends the script, unless it must be run by perl itself.

mod zygote;

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::program;

/// Runs a Perl script; it is up if it ends by itself or by `exit 0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perl {
    /// The script's path.
    pub script: String,
    /// Its arguments; ldirectord gives virtual address, virtual port, real address, real port, and
    /// any others before them.
    pub arguments: Vec<String>,
}

impl Perl {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let ended = match zygote::run(&self.script, &self.arguments, asking).await {
            Some(ended) => ended,
            None => program::run("perl", &self.by_itself(), asking).await?,
        };
        let words = ended.words(asking.timeout);
        if ended.is_well() { Ok(words) } else { Err(words.into()) }
    }

    /// Behind `--` a script may be called whatever it likes.
    fn by_itself(&self) -> Vec<String> {
        let script = ["--", &self.script].map(str::to_owned).into_iter();
        script.chain(self.arguments.iter().cloned()).collect()
    }
}
