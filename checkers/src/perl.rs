//! A Perl script of the administrator's, as ldirectord's external-perl.
//!
//! In: a script, which need be neither executable nor begin with `#!`, and its arguments as `@ARGV`.
//! Out: up if it ends by itself or by `exit 0`; down by any other exit, an exception or a signal, and
//! at the deadline, when all that it started dies with it.
//!
//! ldirectord wraps the text in a function. Here it is a program, with what that entails: `$0` is the
//! script, `__END__` and `__DATA__` mean what they say, `exit` ends a process, and a `return` outside
//! any function is an error.

use serde::{Deserialize, Serialize};

use crate::External;
use crate::asking::{Answer, Asking};

/// Runs a Perl script; it is up if it ends by itself or by `exit 0`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Perl {
    /// The script's path.
    pub script: String,
    /// Its arguments; ldirectord gives virtual address, virtual port, real address, real port.
    pub arguments: Vec<String>,
}

impl Perl {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        // behind `--` a script may be called whatever it likes
        let arguments = ["--".to_owned(), self.script.clone()].into_iter();
        let arguments = arguments.chain(self.arguments.iter().cloned()).collect();
        External { program: "perl".to_owned(), arguments }.ask(asking).await
    }
}
