//! The one who prints, on a thread of its own: a pager that is not read on holds it up, and must not
//! hold up checks, whose deadlines run.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;

/// Prints pages to standard output, and on a terminal keeps a line of progress on standard error.
pub(super) struct Printer {
    say: Sender<Said>,
    thread: JoinHandle<io::Result<()>>,
}

enum Said {
    Page(String),
    Progress(String),
    All,
}

impl Printer {
    /// Needs a tokio runtime.
    pub(super) fn start() -> Self {
        let (say, said) = channel(QUEUE);
        Printer { say, thread: tokio::task::spawn_blocking(|| print(said)) }
    }

    /// Prints a page; waits if many wait already. `None` if nobody reads any more.
    pub(super) async fn page(&self, text: String) -> Option<()> {
        self.say.send(Said::Page(text)).await.ok()
    }

    /// Waits until nobody reads any more.
    pub(super) async fn closed(&self) {
        self.say.closed().await;
    }

    /// Shows how far it is; not if the printer has other things to do.
    pub(super) fn progress(&self, line: String) {
        let _ = self.say.try_send(Said::Progress(line));
    }

    /// Waits until everything is printed; fails as the printing did.
    pub(super) async fn finish(&mut self) -> io::Result<()> {
        let _ = self.say.send(Said::All).await;
        (&mut self.thread).await.map_err(io::Error::other)?
    }

    /// Lets the printer clean up the terminal, if it is not held up.
    pub(super) async fn abandon(self) {
        drop(self.say);
        let _ = tokio::time::timeout(A_MOMENT, self.thread).await;
    }
}

fn print(mut said: Receiver<Said>) -> io::Result<()> {
    let terminal = io::stderr().is_terminal();
    let mut progress = String::new();
    while let Some(next) = said.blocking_recv() {
        show("", &progress);
        match next {
            Said::Page(page) => {
                let mut out = io::stdout().lock();
                out.write_all(page.as_bytes())?;
                out.flush()?;
            }
            Said::Progress(line) if terminal => progress = line,
            Said::Progress(_) => {}
            Said::All => return Ok(()),
        }
        show(&progress, &progress);
    }
    show("", &progress);
    Ok(())
}

/// Puts `line` where the line of progress is, if there is one.
fn show(line: &str, progress: &str) {
    if !progress.is_empty() {
        let _ = write!(io::stderr(), "{ERASE}{line}");
    }
}

/// Pages that may wait.
const QUEUE: usize = 16;
const A_MOMENT: Duration = Duration::from_millis(100);
/// To the start of the line, and away with the rest (ECMA-48: CR, EL).
const ERASE: &str = "\r\x1b[K";
