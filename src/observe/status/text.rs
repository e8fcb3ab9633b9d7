//! The status page as a table for people.

mod pair;

use std::fmt::Write;

use jiff::{Timestamp, tz::TimeZone};

use crate::health::Standing;
use crate::model::Role;

use super::{RealStatus, Status, VirtualStatus};

/// The page, in the reader's time zone.
pub fn text(status: &Status, zone: &TimeZone) -> String {
    let mut page = String::new();
    // writing to a String cannot fail
    let _ = writeln!(
        page,
        "lvs-director {} is {}{} (pid {}), since {}, on {}",
        status.version,
        status.phase,
        status.pair.as_ref().map(|pair| pair.role).or(status.role).map_or("", role),
        status.pid,
        moment(status.started, status.now, zone),
        status.config
    );
    if let Some(why) = &status.refused_config {
        let _ =
            writeln!(page, "The file on disk is refused, the last good one is followed:\n{why}");
    }
    if let Some(why) = &status.kernel_trouble {
        let _ = writeln!(page, "The kernel does not hold what it should: {why}");
    }
    if let Some(pair) = &status.pair {
        pair::describe(&mut page, pair, status.now, zone);
    }
    if status.checks_ended {
        page.push_str("The checks have ended, the table stays as it is: manual action needed\n");
    }
    for r#virtual in &status.virtuals {
        page.push('\n');
        of_virtual(&mut page, r#virtual, status.now, zone);
    }
    page
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Active => " as active",
        Role::Standby => " as standby",
    }
}

fn of_virtual(page: &mut String, seen: &VirtualStatus, now: Timestamp, zone: &TimeZone) {
    let persistent = seen.persistent.map_or(String::new(), |s| format!(", persistent {s} s"));
    let _ = writeln!(
        page,
        "{} {}  {}{persistent}: {} of {} up",
        seen.protocol, seen.address, seen.scheduler, seen.up, seen.total
    );
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(seen.reals.iter().map(|real| row(real, now, zone)));
    table(page, &rows);
    if let Some(fallback) = &seen.fallback {
        let state = if fallback.serves { "SERVES, no real is up" } else { "stands by" };
        let _ = writeln!(page, "  fallback {} {state}", fallback.address);
    }
}

fn row(real: &RealStatus, now: Timestamp, zone: &TimeZone) -> [String; COLUMNS] {
    let number = |n: Option<u32>| n.map_or("-".to_owned(), |n| n.to_string());
    let standing = match real.standing {
        Standing::Up => "up",
        Standing::Down => "DOWN",
        Standing::Unknown => "unknown",
        Standing::Maintenance => "maintenance",
    };
    let mut because = match (real.failures, real.successes) {
        (0, 0) => real.because.clone(),
        (0, n) => format!("{} ({n} of {} successes)", real.because, real.successes_needed),
        (n, _) => format!("{} ({n} in a row)", real.because),
    };
    if real.slow_start {
        let _ = write!(because, "; slow start, to weight {}", real.configured_weight);
    }
    if let Some(load) = &real.load {
        let _ = write!(because, "; {load}");
    }
    if let Some(warning) = &real.warning {
        let _ = write!(because, "; WARNING: {warning}");
    }
    [
        real.address.clone(),
        real.forwarding.clone(),
        number(real.weight),
        number(real.active),
        number(real.inactive),
        standing.to_owned(),
        moment(real.since, now, zone),
        because,
    ]
}

/// Columns as wide as their widest cell; the last runs free.
fn table(page: &mut String, rows: &[[String; COLUMNS]]) {
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let _ = match column {
                2..=4 => write!(line, "  {cell:>width$}"),
                _ => write!(line, "  {cell:<width$}"),
            };
        }
        let _ = writeln!(page, "{}", line.trim_end());
    }
}

/// `06:12:44 (3m 5s)`; the date when it is not within the last day.
fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let seconds = (now.as_second() - at.as_second()).max(0);
    let form = if seconds < DAY { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
    format!("{} ({})", at.to_zoned(zone.clone()).strftime(form), span(seconds))
}

fn span(seconds: i64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        3600..DAY => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {}h", seconds / DAY, seconds % DAY / 3600),
    }
}

const DAY: i64 = 86_400;
const COLUMNS: usize = 8;
const HEAD: [&str; COLUMNS] =
    ["REAL", "METHOD", "WEIGHT", "ACTIVE", "INACT", "STANDING", "SINCE", "WHY"];
