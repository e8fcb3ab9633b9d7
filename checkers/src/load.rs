//! How busy a real server is: piranha's load_monitor runs a program (rup, ruptime, ssh or one of the
//! administrator's) that prints the server's load average as uptime(1) does.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::asking::Asking;
use crate::{Target, program, words};

/// A program that tells a server's load.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// The program, looked up in PATH, and its arguments. The server's address is added, and
    /// `uptime` if the program is `ssh` or `rsh`.
    pub words: Vec<String>,
}

impl Load {
    /// The server's load average over the last minute: never negative, and finite. Ends within
    /// `timeout`. Needs a tokio runtime with time and processes.
    ///
    /// # Errors
    /// How the program failed, or what it printed instead.
    pub async fn read(&self, target: Target, timeout: Duration) -> Result<f64, String> {
        let Some((program, arguments)) = self.words.split_first() else {
            return Err("no program is configured".to_owned());
        };
        let mut arguments = arguments.to_vec();
        arguments.push(target.address.ip().to_string());
        if matches!(program.as_str(), "ssh" | "rsh") {
            arguments.push("uptime".to_owned());
        }
        let asking = Asking::begin(target, timeout, None);
        let ended = program::run(program, &arguments, &asking).await;
        let ended = ended.map_err(|why| failed(&why))?;
        if !ended.is_well() {
            return Err(failed(&ended.words(timeout)));
        }
        load(&ended.out)
            .ok_or_else(|| format!("bad load average returned: {}", words::quoted(&ended.out)))
    }
}

fn failed(why: &str) -> String {
    words::one_line(&format!("failed to read remote load: {why}"))
}

/// The first number after `load` and a colon, as all uptimes have it: `load average: 0.10, 0.08`,
/// `load averages: 0.10 0.08`; or right after `load`, as in ruptime's `load 0.10, 0.08`.
fn load(printed: &[u8]) -> Option<f64> {
    let printed = String::from_utf8_lossy(printed);
    printed.lines().find_map(|line| {
        let (_, rest) = line.split_once("load")?;
        rest.split_once(':').and_then(|(_, rest)| number(rest)).or_else(|| number(rest))
    })
}

/// The number at the start, and nothing but a comma, a blank or the end after it. Some languages
/// write it `0,10`.
fn number(text: &str) -> Option<f64> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let decimals = rest.strip_prefix(',').filter(|_| !digits.contains('.')).unwrap_or_default();
    let decimals = decimals.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    let ended = rest.is_empty() || rest.starts_with([',', ' ', '\t']);
    let number: f64 = match decimals {
        "" => digits.parse().ok()?,
        _ => format!("{digits}.{decimals}").parse().ok()?,
    };
    (ended && number.is_finite()).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_panic(before in any::<Vec<u8>>(), after in r"[:, .0-9x]{0,12}") {
            let printed = [&before, &b"load"[..], after.as_bytes()].concat();
            prop_assert!(super::load(&printed).is_none_or(|load| load >= 0.0 && load.is_finite()));
        }
    }
}
