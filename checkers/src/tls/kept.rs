//! A setup that is kept while its files stay what they were. The files may be on a disk that hangs: they
//! are looked at on a thread, by one check at a time and once a second at most.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use tokio::sync::{Semaphore, watch};

use super::files::Stamps;
use crate::asking::Failure;
use crate::progress::Progress;
use crate::threads::on_a_thread;

/// A setup, for all checks that want the same.
#[derive(Default)]
pub(super) struct Kept(watch::Sender<State>);

/// A setup, and what is wrong with the files that it was made of.
pub(super) type Warned = (Arc<ClientConfig>, Option<String>);

/// What a look found: nothing new, or a setup and what it was made of, or what is wrong.
type Found = Option<Result<(Stamps, Arc<ClientConfig>), String>>;

#[derive(Default)]
struct State {
    made: Option<(Stamps, Arc<ClientConfig>)>,
    /// What the last look found wrong.
    wrong: Option<String>,
    /// When the last look began.
    begun: Option<Instant>,
    /// Whether it goes on.
    looking: bool,
}

impl Kept {
    /// The setup as `look` makes it, which is told what the one before was made of. Nobody waits long
    /// for a look who can go on with what was read before.
    pub(super) async fn setup(
        self: &Arc<Self>,
        slots: &'static Semaphore,
        progress: &Progress,
        look: impl FnOnce(Option<&Stamps>) -> Found + Send + 'static,
    ) -> Result<Warned, Failure> {
        let phase = progress.to_string();
        let looking = loop {
            if let Some(looking) = Looking::begin(self) {
                break looking;
            }
            if let Some(known) = self.known() {
                return Ok(known?);
            }
            progress.enter(format!("{phase}, {READING}"));
            let mut state = self.0.subscribe();
            // whoever looks may have been given up before the look began
            let _ = state.wait_for(|state| state.known().is_some() || !state.looking).await;
            progress.enter(phase.clone());
        };
        let look = on_a_thread("tls-files", slots, move || looking.ends(look));
        if self.known().is_some() {
            // whatever comes of it later is for the next check
            let _ = tokio::time::timeout(SOON, look).await;
        } else {
            progress.enter(format!("{phase}, {READING}"));
            look.await?;
            progress.enter(phase);
        }
        let unread = || Err("the files of TLS were not read".to_owned());
        Ok(self.known().unwrap_or_else(unread)?)
    }

    fn known(&self) -> Option<Result<Warned, String>> {
        self.0.borrow().known()
    }
}

impl State {
    fn known(&self) -> Option<Result<Warned, String>> {
        let hangs = || self.looking && self.begun.is_some_and(|begun| begun.elapsed() >= PAUSE);
        match (&self.made, &self.wrong) {
            (None, None) => None,
            (None, Some(why)) => Some(Err(why.clone())),
            (Some((_, setup)), wrong) => {
                let wrong = match wrong {
                    _ if hangs() => Some(HANGS),
                    wrong => wrong.as_deref(),
                };
                Some(Ok((Arc::clone(setup), wrong.map(|why| format!("{why}{GOES_ON}")))))
            }
        }
    }
}

/// A look that has begun; none is going on when it is dropped.
struct Looking(Arc<Kept>);

impl Looking {
    /// Begins a look, unless one goes on or has begun a moment ago.
    fn begin(kept: &Arc<Kept>) -> Option<Self> {
        let mut begins = false;
        kept.0.send_if_modified(|state| {
            let lately = state.begun.is_some_and(|begun| begun.elapsed() < PAUSE);
            let settled = lately && state.known().is_some();
            begins = !(state.looking || settled);
            if begins {
                (state.begun, state.looking) = (Some(Instant::now()), true);
            }
            false
        });
        begins.then(|| Looking(Arc::clone(kept)))
    }

    fn ends(self, look: impl FnOnce(Option<&Stamps>) -> Found) {
        let before = self.0.0.borrow().made.as_ref().map(|(stamps, _)| stamps.clone());
        let found = look(before.as_ref());
        self.0.0.send_modify(|state| match found {
            None => state.wrong = None,
            Some(Ok(made)) => (state.made, state.wrong) = (Some(made), None),
            Some(Err(why)) => state.wrong = Some(why),
        });
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.0.0.send_modify(|state| state.looking = false);
    }
}

/// Between the beginnings of two looks at the same files.
const PAUSE: Duration = Duration::from_secs(1);
/// A look at a disk that does not hang takes less.
const SOON: Duration = Duration::from_millis(200);
const READING: &str = "reading the files of TLS";
const HANGS: &str = "the files of TLS cannot be read, whatever they are on hangs";
const GOES_ON: &str = "; TLS goes on with what was read before, and the next start would fail";

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::time::Instant as Clock;

    use super::*;
    use crate::tests::PATIENCE;

    fn made() -> Found {
        let tls = crate::Tls { verify: crate::Verify::No, ..crate::Tls::default() };
        Some(Ok((Vec::new(), super::super::make(&tls).unwrap())))
    }

    fn ages(kept: &Kept) {
        kept.0.send_modify(|state| state.begun = Instant::now().checked_sub(2 * PAUSE));
    }

    #[tokio::test]
    async fn a_look_that_hangs_holds_up_nobody_who_can_go_on() {
        static ONE: Semaphore = Semaphore::const_new(1);
        let (kept, progress) = (Arc::<Kept>::default(), Progress::new(Clock::now(), None));
        let first = kept.setup(&ONE, &progress, |_| made()).await.unwrap();
        assert_eq!(first.1, None);
        ages(&kept);
        let (release, held) = mpsc::channel::<()>();
        let hangs = move |_: Option<&Stamps>| {
            let _ = held.recv();
            None
        };
        let second = kept.setup(&ONE, &progress, hangs).await.unwrap();
        assert!(Arc::ptr_eq(&first.0, &second.0));
        ages(&kept);
        let warning = format!("{HANGS}{GOES_ON}");
        let nobody = |_: Option<&Stamps>| -> Found { panic!("a second look") };
        let third = kept.setup(&ONE, &progress, nobody).await.unwrap();
        assert_eq!(third.1, Some(warning));
        drop(release);
        let ended = async {
            let mut state = kept.0.subscribe();
            state.wait_for(|state| !state.looking).await.unwrap();
        };
        tokio::time::timeout(PATIENCE, ended).await.unwrap();
        ages(&kept);
        let fourth = kept.setup(&ONE, &progress, |_| Some(Err("gone".to_owned()))).await.unwrap();
        assert_eq!(fourth.1, Some(format!("gone{GOES_ON}")));
        ages(&kept);
        let fifth = kept.setup(&ONE, &progress, |_| None).await.unwrap();
        assert_eq!(fifth.1, None);
    }

    #[test]
    fn a_first_look_that_hangs_holds_up_no_end() {
        static ONE: Semaphore = Semaphore::const_new(1);
        let (kept, progress) = (Arc::<Kept>::default(), Progress::new(Clock::now(), None));
        let (_release, held) = mpsc::channel::<()>();
        let (tell, begun) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (asking, phase) = (Arc::clone(&kept), progress.clone());
        let asked = runtime.spawn(async move {
            let hangs = move |_: Option<&Stamps>| {
                tell.send(()).unwrap();
                let _ = held.recv();
                made()
            };
            asking.setup(&ONE, &phase, hangs).await.is_ok()
        });
        runtime.block_on(async {
            while begun.try_recv().is_err() {
                tokio::task::yield_now().await;
            }
            // another waits for the same look, as long as it likes
            let nobody = |_: Option<&Stamps>| -> Found { panic!("a second look") };
            let other = kept.setup(&ONE, &progress, nobody);
            let other = tokio::time::timeout(Duration::from_millis(1), other).await;
            assert!(other.is_err());
        });
        assert!(progress.to_string().contains(READING));
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            drop(runtime);
            tell.send(()).unwrap();
        });
        told.recv_timeout(PATIENCE).unwrap();
        assert!(!asked.is_finished() || ONE.available_permits() == 0);
        assert_eq!(ONE.available_permits(), 0);
    }

    #[tokio::test]
    async fn one_that_was_given_up_before_it_began_is_begun_by_the_next() {
        static NONE: Semaphore = Semaphore::const_new(0);
        static ONE: Semaphore = Semaphore::const_new(1);
        let (kept, progress) = (Arc::<Kept>::default(), Progress::new(Clock::now(), None));
        let first = kept.setup(&NONE, &progress, |_| made());
        assert!(tokio::time::timeout(Duration::from_millis(1), first).await.is_err());
        assert!(kept.setup(&ONE, &progress, |_| made()).await.is_ok());
    }
}
