//! A program of the administrator's whose output is compared: as piranha's send_program, except that a
//! program that fails is a failure (nanny took it for a success) and that one that hangs is killed.

use serde::{Deserialize, Serialize};

use crate::asking::{Answer, Asking};
use crate::{program, words};

/// Runs a program, without a shell; it is up if it ends well and says what is expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendProgram {
    /// The program, looked up in PATH, and its arguments; a word `%h` stands for the real server's
    /// address, a word `%p` for its port.
    pub words: Vec<String>,
    /// What it must print, but for a newline at the end; of more than 4096 bytes the first count.
    pub expect: String,
}

impl SendProgram {
    pub(crate) async fn ask(&self, asking: &Asking) -> Answer {
        let words: Vec<String> = self.words.iter().map(|word| filled(word, asking)).collect();
        let Some((program, arguments)) = words.split_first() else {
            return Err("no program is configured".into());
        };
        let ended = program::run(program, arguments, asking).await?;
        if !ended.is_well() {
            return Err(ended.words(asking.timeout).into());
        }
        let printed = ended.out.strip_suffix(b"\n").unwrap_or(&ended.out);
        let expected = words::exactly(self.expect.as_bytes());
        if printed == self.expect.as_bytes() {
            return Ok(format!("printed {expected}"));
        }
        let printed = words::exactly(printed);
        Err(format!("printed {printed}, where {expected} is expected").into())
    }
}

/// A word of the command, for this real server.
fn filled(word: &str, asking: &Asking) -> String {
    match word {
        "%h" => asking.address.ip().to_string(),
        "%p" => asking.address.port().to_string(),
        _ => word.to_owned(),
    }
}
