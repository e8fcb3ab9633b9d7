//! A log of bare lines, as ldirectord writes them: monitoring greps for them from end to end.

use std::fmt::{self, Write as _};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use rustix::fs::OFlags;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use crate::model::Facility;

use super::system_log::SystemLog;

/// Writes every event as its message, and what belongs to it on lines of their own behind it.
pub(super) struct Lines {
    paper: Paper,
}

/// What lines are written on.
pub(super) enum Paper {
    /// Standard output: `[date] MESSAGE`.
    Output,
    /// Standard output: `name: MESSAGE`, of which 255 bytes are written, as piranha's programs do.
    Named(String),
    /// Standard output, or from warnings on standard error: `time: [LEVEL] MESSAGE`.
    Leveled,
    /// A file: `[date|name|pid] MESSAGE`. It is opened for each event, so that it can be renamed
    /// at any time.
    File { path: PathBuf, name: String },
    /// The system log: `MESSAGE`.
    System(SystemLog),
    /// The same: `[LEVEL] MESSAGE`.
    LeveledSystem(SystemLog),
}

impl Paper {
    pub(super) fn file(path: PathBuf, name: String) -> Self {
        Paper::File { path, name }
    }

    pub(super) fn syslog(facility: Facility, identity: &'static str) -> Self {
        Paper::System(SystemLog::new(facility, identity))
    }

    pub(super) fn leveled_syslog(facility: Facility, identity: &'static str) -> Self {
        Paper::LeveledSystem(SystemLog::new(facility, identity))
    }

    fn write(&self, level: Level, lines: &[String]) -> io::Result<()> {
        match self {
            Paper::Output => {
                let head = format!("[{}] ", now());
                io::stdout().write_all(framed(&head, lines).as_bytes())
            }
            Paper::Named(name) => {
                let cut: Vec<_> = lines.iter().map(|line| cut(line)).collect();
                io::stdout().write_all(framed(&format!("{name}: "), &cut).as_bytes())
            }
            Paper::Leveled => {
                let head = format!("{}: {}", instant(), word(level));
                let text = framed(&head, lines);
                match level {
                    Level::WARN | Level::ERROR => io::stderr().write_all(text.as_bytes()),
                    _ => io::stdout().write_all(text.as_bytes()),
                }
            }
            Paper::File { path, name } => {
                let head = format!("[{}|{name}|{}] ", now(), std::process::id());
                // one call, so that two processes do not write into each other's lines; a pipe
                // that nobody reads is not waited for, and a terminal does not become ours
                let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
                let flags = i32::try_from(flags.bits()).unwrap_or_default();
                let mut file =
                    OpenOptions::new().append(true).create(true).custom_flags(flags).open(path)?;
                file.write_all(framed(&head, lines).as_bytes())
            }
            Paper::System(log) => lines.iter().try_for_each(|line| log.write(level, line)),
            Paper::LeveledSystem(log) => {
                let word = word(level);
                // as with syslog(3) what it does not take is lost: the terminal has it, or is gone
                let _ =
                    lines.iter().try_for_each(|line| log.write(level, &format!("{word}{line}")));
                Ok(())
            }
        }
    }
}

impl Lines {
    pub(super) fn new(paper: Paper) -> Self {
        Lines { paper }
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        let lines = words.lines();
        if self.paper.write(*event.metadata().level(), &lines).is_err() {
            // there is nobody left to tell if that fails as well
            let _ = io::stderr().write_all(framed("", &lines).as_bytes());
        }
    }
}

/// What an event says.
#[derive(Default)]
struct Words {
    message: String,
    because: String,
    others: String,
}

impl Words {
    fn lines(self) -> Vec<String> {
        let mut lines: Vec<String> =
            format!("{}{}", self.message, self.others).lines().map(str::to_owned).collect();
        lines.extend(self.because.lines().map(|line| format!(" - {line}")));
        lines
    }
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "because" => self.because.push_str(value),
            _ => self.record_debug(field, &format_args!("{value}")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // writing to a text does not fail
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.others, " {name}={value:?}"),
        };
    }
}

/// The start of a line that piranha's programs write.
fn cut(line: &str) -> String {
    let end = (0..=LONGEST.min(line.len())).rev().find(|at| line.is_char_boundary(*at));
    line.get(..end.unwrap_or_default()).unwrap_or_default().to_owned()
}

fn framed(head: &str, lines: &[String]) -> String {
    lines.iter().flat_map(|line| [head, line, "\n"]).collect()
}

/// As C's ctime has it: the day of the month is padded with a blank.
fn now() -> String {
    jiff::Zoned::now().strftime("%a %b %e %H:%M:%S %Y").to_string()
}

/// The time as ucarp writes it.
fn instant() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
}

/// A level as ucarp writes it.
fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "[ERROR] ",
        Level::WARN => "[WARNING] ",
        Level::INFO => "[INFO] ",
        _ => "[DEBUG] ",
    }
}

/// Bytes of a message on standard output.
const LONGEST: usize = 255;

#[cfg(test)]
mod tests {
    use std::fs;

    use tracing::{info, warn};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// What a file gets, without time and process.
    fn written(log: impl FnOnce()) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        let lines = Lines::new(Paper::file(path.clone(), "www.cf".to_owned()));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), log);
        let text = fs::read_to_string(path).unwrap();
        let pid = format!("|www.cf|{}] ", std::process::id());
        let message = |line: &str| {
            let (date, message) = line.split_once(&pid).unwrap();
            // [Sat Nov 21 03:06:50 2026
            assert!(date.len() == 25 && date.starts_with('['), "{line}");
            format!("{message}\n")
        };
        text.lines().map(message).collect()
    }

    #[test]
    fn a_message_is_a_line_from_end_to_end() {
        let said = written(|| {
            info!("Invoking ldirectord invoked as: ldirectord start ");
            let because = "connection refused";
            warn!(because, "Deleted real server: 10.0.0.1:80 (192.0.2.10:80)");
            info!("two\nlines");
            info!(number = 3, text = "four", "fields");
        });
        assert_eq!(
            said,
            "Invoking ldirectord invoked as: ldirectord start \n\
             Deleted real server: 10.0.0.1:80 (192.0.2.10:80)\n - connection refused\n\
             two\nlines\nfields number=3 text=four\n"
        );
    }

    #[test]
    fn a_long_line_is_cut_where_a_character_ends() {
        assert_eq!(cut("short"), "short");
        assert_eq!(cut(&"é".repeat(200)), "é".repeat(127));
    }

    #[test]
    fn a_file_that_cannot_be_opened_stops_nobody() {
        let lines = Lines::new(Paper::file("/missing/log".into(), "x".to_owned()));
        assert!(lines.paper.write(Level::INFO, &["a line".to_owned()]).is_err());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), || {
            info!("told to standard error");
        });
    }
}
