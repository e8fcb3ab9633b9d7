//! A real's answer as one line of JSON.

use std::time::Duration;

use checkers::{Side, Transcript, Verdict};
use serde::Serialize;

use crate::model::ServiceId;

use super::Row;

/// A line for each real. Times are in milliseconds, to the microsecond.
pub(super) fn lines(id: ServiceId, rows: &[Row<'_>], verbose: bool) -> String {
    let line = |row| serde_json::to_string(&line(id, row, verbose)).unwrap_or_default();
    rows.iter().map(|row| harmless(&line(row)) + "\n").collect()
}

/// JSON lets some characters stand that a terminal would obey; they can only be within strings.
fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c.is_control() {
            true => text.push_str(&format!("\\u{:04x}", u32::from(c))),
            false => text.push(c),
        }
    }
    text
}

#[derive(Serialize)]
struct Line<'a> {
    r#virtual: String,
    real: String,
    target: String,
    check: &'static str,
    verdict: Option<Verdict>,
    message: &'a str,
    warning: Option<&'a str>,
    maintenance: Option<&'a str>,
    certificate_until: Option<String>,
    connect_ms: Option<f64>,
    tls_ms: Option<f64>,
    first_byte_ms: Option<f64>,
    took_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<Vec<Turn>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<usize>,
}

#[derive(Serialize)]
struct Turn {
    side: &'static str,
    text: String,
}

fn line<'a>(id: ServiceId, row: &Row<'a>, verbose: bool) -> Line<'a> {
    let outcome = row.answer.map(|answer| &answer.outcome);
    let transcript = row.answer.map(|answer| &answer.transcript).filter(|_| verbose);
    let times = outcome.map(|outcome| outcome.times).unwrap_or_default();
    Line {
        r#virtual: id.to_string(),
        real: row.real.address.to_string(),
        target: row.real.target.address.to_string(),
        check: row.real.check.kind(),
        verdict: outcome.map(|outcome| outcome.verdict),
        message: outcome.map_or("not checked", |outcome| &outcome.message),
        warning: outcome.and_then(|outcome| outcome.warning.as_deref()),
        maintenance: row.maintenance,
        certificate_until: outcome
            .and_then(|outcome| outcome.certificate_until)
            .map(|until| until.to_string()),
        connect_ms: times.connect.map(milliseconds),
        tls_ms: times.tls.map(milliseconds),
        first_byte_ms: times.first_byte.map(milliseconds),
        took_ms: outcome.map(|outcome| milliseconds(outcome.took)),
        transcript: transcript.map(turns),
        left_out: transcript.map(Transcript::left_out),
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1e3
}

fn turns(transcript: &Transcript) -> Vec<Turn> {
    let turn = |(side, said): (Side, Vec<u8>)| Turn {
        side: match side {
            Side::Client => "client",
            Side::Server => "server",
        },
        text: String::from_utf8_lossy(&said).into_owned(),
    };
    transcript.turns().map(turn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_terminal_obeys() {
        let text = "\u{1b}[2J\u{7f}\u{9b}2J größe \"\n";
        let json = harmless(&serde_json::to_string(text).unwrap());
        assert!(!json.contains(char::is_control), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
