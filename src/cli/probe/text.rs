//! A virtual's page for people: a table of its reals, and below each what does not fit into one.

use std::fmt::Write;
use std::time::Duration;

use checkers::{Outcome, Probe, Verdict};

use crate::model::ServiceId;

use super::{Row, dialogue};

/// The page. A column in which nothing stands is left out.
pub(super) fn page(id: ServiceId, rows: &[Row<'_>], verbose: bool, color: bool) -> String {
    let mut page = format!("{id}  {}\n", count(rows));
    if rows.is_empty() {
        return page;
    }
    let cells: Vec<_> = rows.iter().map(cells).collect();
    let widths = widths(&cells);
    line(&mut page, &HEAD.map(|head| Some(head.to_owned())), widths, None);
    for (row, cells) in rows.iter().zip(&cells) {
        line(&mut page, cells, widths, paint(row).filter(|_| color));
        if let Some(maintenance) = row.maintenance {
            below(&mut page, maintenance, Some(YELLOW).filter(|_| color));
        }
        let Some(Probe { outcome, transcript }) = row.answer else { continue };
        if let Some(remark) = remark(outcome) {
            below(&mut page, &remark, Some(YELLOW).filter(|_| color && outcome.warning.is_some()));
        }
        for said in dialogue::lines(transcript).iter().filter(|_| verbose) {
            below(&mut page, said, Some(FAINT).filter(|_| color));
        }
    }
    page
}

/// `2 of 3 up, 1 not checked`
fn count(rows: &[Row<'_>]) -> String {
    let asked = rows.iter().filter(|row| row.answer.is_some()).count();
    let up = asked - rows.iter().filter(|row| row.is_down()).count();
    match (asked, rows.len() - asked) {
        (0, 0) => "no real servers".to_owned(),
        (0, _) => "not checked".to_owned(),
        (asked, 0) => format!("{up} of {asked} up"),
        (asked, others) => format!("{up} of {asked} up, {others} not checked"),
    }
}

fn cells(row: &Row<'_>) -> [Option<String>; COLUMNS] {
    let real = Some(row.real.address.to_string());
    let Some(Probe { outcome, .. }) = row.answer else {
        return [real, None, None, None, None, None, Some("not checked".to_owned())];
    };
    let verdict = match outcome.verdict {
        Verdict::Up => "up",
        Verdict::Down => "DOWN",
    };
    let times = outcome.times;
    [
        real,
        Some(verdict.to_owned()),
        times.connect.map(time),
        times.tls.map(time),
        times.first_byte.map(time),
        Some(time(outcome.took)),
        Some(outcome.message.clone()),
    ]
}

/// `0.4 ms`, `5.00 s`
fn time(time: Duration) -> String {
    match time.as_secs_f64() {
        // what would be rounded to 1000.0 ms is a second
        seconds if seconds < 0.99995 => format!("{:.1} ms", seconds * 1e3),
        seconds => format!("{seconds:.2} s"),
    }
}

/// Columns as wide as their widest cell or their head; 0 where no cell is.
fn widths(rows: &[[Option<String>; COLUMNS]]) -> [usize; COLUMNS] {
    std::array::from_fn(|column| {
        let widest =
            rows.iter().filter_map(|row| row[column].as_ref()).map(|c| c.chars().count()).max();
        widest.map_or(0, |widest| widest.max(HEAD[column].len()))
    })
}

/// One line of the table; the verdict is painted.
fn line(
    page: &mut String,
    cells: &[Option<String>; COLUMNS],
    widths: [usize; COLUMNS],
    paint: Option<&str>,
) {
    let mut line = String::new();
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate().filter(|(_, (_, w))| *w > 0)
    {
        let cell = cell.as_deref().unwrap_or("-");
        // writing to a String cannot fail
        let _ = match (column, paint) {
            (VERDICT, Some(paint)) => write!(line, "  {paint}{cell:<width$}{PLAIN}"),
            (TIMES_FROM..=TIMES_TO, _) => write!(line, "  {cell:>width$}"),
            _ => write!(line, "  {cell:<width$}"),
        };
    }
    let _ = writeln!(page, "{}", line.trim_end());
}

fn paint(row: &Row<'_>) -> Option<&'static str> {
    let verdict = row.answer?.outcome.verdict;
    Some(if verdict == Verdict::Up { GREEN } else { RED })
}

/// What is said about a certificate.
fn remark(outcome: &Outcome) -> Option<String> {
    let until = outcome
        .certificate_until
        .map(|until| format!("certificate until {}", until.strftime("%Y-%m-%d")));
    let warning = outcome.warning.as_ref().map(|warning| format!("warning: {warning}"));
    match (until, warning) {
        (Some(until), Some(warning)) => Some(format!("{until}; {warning}")),
        (until, warning) => until.or(warning),
    }
}

/// A line below a real.
fn below(page: &mut String, text: &str, paint: Option<&str>) {
    let _ = match paint {
        Some(paint) => writeln!(page, "    {paint}{text}{PLAIN}"),
        None => writeln!(page, "    {text}"),
    };
}

const COLUMNS: usize = 7;
const HEAD: [&str; COLUMNS] = ["REAL", "VERDICT", "CONNECT", "TLS", "FIRST BYTE", "TOTAL", "WHY"];
const VERDICT: usize = 1;
const TIMES_FROM: usize = 2;
const TIMES_TO: usize = 5;
const GREEN: &str = "\x1b[32m";
const RED: &str = "\x1b[31m";
const YELLOW: &str = "\x1b[33m";
const FAINT: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[m";

#[cfg(test)]
mod tests;
