//! `lvs-director probe`: every check once, now, and what each real server answered.
//!
//! In: a configuration, and perhaps some names out of it. Out: a page for each virtual, in the
//! file's order, as soon as all before it are complete. Nothing is written anywhere else.

mod choice;
mod dialogue;
mod json;
mod printer;
mod questions;
mod round;
mod signals;
mod text;

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use checkers::{Probe, Verdict};

use crate::daemon::{Loaded, in_maintenance};
use crate::health::Maintenance;
use crate::model::Real;

use super::{BAD_INPUT, FAILED, complain, read};

use choice::{Choice, choose};
use printer::Printer;
use questions::Questions;
use round::Round;
use signals::Signals;

/// How the pages look.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// One JSON object a real.
    pub(super) json: bool,
    /// With what was sent and received.
    pub(super) verbose: bool,
}

pub(super) fn probe(config: &Path, only: &[String], form: Form) -> ExitCode {
    let loaded = match read(config) {
        Ok(loaded) => loaded,
        Err(status) => return status,
    };
    warn(&loaded);
    let Some(model) = &loaded.reading.model else {
        complain(format_args!("{}: NOT usable", loaded.path));
        return ExitCode::from(BAD_INPUT);
    };
    let choices = match choose(model, only) {
        Ok(choices) => choices,
        Err(why) => {
            complain(format_args!("{}: {why}", loaded.path));
            return ExitCode::from(BAD_INPUT);
        }
    };
    let maintenance = in_maintenance(model).unwrap_or_else(|why| {
        complain(&why);
        Maintenance::new()
    });
    run(&choices, &maintenance, form).unwrap_or_else(|why| {
        // whoever reads no more knows that
        if why.kind() != io::ErrorKind::BrokenPipe {
            complain(why);
        }
        ExitCode::from(FAILED)
    })
}

/// Says what is wrong or odd, where it is in nobody's way.
fn warn(loaded: &Loaded) {
    let color = io::stderr().is_terminal();
    let text = loaded.reading.render(&loaded.path, &loaded.text, color);
    let _ = write!(io::stderr(), "{text}");
}

/// Asks and prints. A signal ends it at once: what is in flight is dropped, and programs that were
/// run are killed.
fn run(choices: &[Choice<'_>], maintenance: &Maintenance, form: Form) -> io::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(async {
        let mut signals = Signals::take()?;
        let mut printer = Printer::start();
        tokio::select! {
            status = tell(choices, maintenance, form, &mut printer) => status,
            signal = signals.next() => {
                printer.abandon().await;
                Ok(ExitCode::from(KILLED + signal))
            }
        }
    });
    // a pager may hold the printer for ever
    runtime.shutdown_background();
    status
}

async fn tell(
    choices: &[Choice<'_>],
    maintenance: &Maintenance,
    form: Form,
    printer: &mut Printer,
) -> io::Result<ExitCode> {
    let verdict = tokio::select! {
        verdict = ask(choices, maintenance, form, printer) => verdict,
        () = printer.closed() => None,
    };
    // if that was early, it says why
    printer.finish().await?;
    match verdict {
        Some(Verdict::Up) => Ok(ExitCode::SUCCESS),
        Some(Verdict::Down) | None => Ok(ExitCode::from(FAILED)),
    }
}

/// Asks all there is to ask, and says whether everybody is up; `None` if nobody reads any more.
async fn ask(
    choices: &[Choice<'_>],
    maintenance: &Maintenance,
    form: Form,
    printer: &Printer,
) -> Option<Verdict> {
    let mut questions = Questions::default();
    let numbers: Vec<_> = choices.iter().map(|choice| questions.numbers(choice)).collect();
    let mut round = Round::new(questions.list(), form.verbose);
    let mut next = choices.iter().zip(&numbers).peekable();
    let color = io::stdout().is_terminal();
    let mut verdict = Verdict::Up;
    let mut gap = "";
    loop {
        while let Some((choice, numbers)) = next.next_if(|(_, numbers)| round.has(numbers)) {
            let rows = rows(choice, maintenance, numbers, &round);
            if rows.iter().any(Row::is_down) {
                verdict = Verdict::Down;
            }
            let id = choice.r#virtual.service.id;
            printer
                .page(match form.json {
                    true => json::lines(id, &rows, form.verbose),
                    false => gap.to_owned() + &text::page(id, &rows, form.verbose, color),
                })
                .await?;
            gap = "\n";
        }
        if next.peek().is_none() || !round.go_on(printer).await {
            return Some(verdict);
        }
    }
}

fn rows<'a>(
    choice: &Choice<'a>,
    maintenance: &'a Maintenance,
    numbers: &[Option<usize>],
    round: &'a Round,
) -> Vec<Row<'a>> {
    let answers = numbers.iter().map(|number| round.answer((*number)?));
    let row = |(real, answer): (&&'a Real, _)| {
        let maintenance = maintenance.get(&real.address).map(String::as_str);
        Row { real, answer, maintenance }
    };
    choice.reals.iter().zip(answers).map(row).collect()
}

/// A real server and what it answered; nothing, where nothing is to be asked. It is asked even if it
/// is in maintenance: whoever worked on it wants to know.
struct Row<'a> {
    real: &'a Real,
    answer: Option<&'a Probe>,
    maintenance: Option<&'a str>,
}

impl Row<'_> {
    fn is_down(&self) -> bool {
        self.answer.is_some_and(|answer| answer.outcome.verdict == Verdict::Down)
    }
}

/// Added to a signal's number: the exit status of who was ended by it, as shells have it.
const KILLED: u8 = 128;
