//! The task that checks one real server, again and again.
//!
//! In: one [`Duty`]. Out: outcomes that are news, on a bounded channel; when that is full the nanny
//! waits, so a slow judge slows the questions and loses no answer. Where there is a monitor file all
//! of them go to the [`Recorder`], too, which nobody waits for. A nanny holds nothing but its check in
//! flight, so it may be aborted at any time.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use checkers::{Check, Outcome, Timestamp, Verdict};
use tokio::sync::watch::{Sender, channel};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use crate::model::{Monitor, RealId};

use super::rota::{Rota, Turn};
use super::{Checked, Duty, Record, Recorder, Weighed, load};

/// Checks at once, then every interval, for ever; or not at all where nothing is to be asked.
///
/// `started` anchors the phase of all nannies: each has its own, which a reload keeps, so that the
/// checks of a big site are spread over the interval. `in_flight` bounds them over all nannies.
/// Ends when nobody listens any more.
pub async fn watch(
    duty: Arc<Duty>,
    started: Instant,
    in_flight: Arc<Semaphore>,
    tell: mpsc::Sender<Checked>,
    weigh: mpsc::Sender<Weighed>,
    recorder: Recorder,
) {
    if *duty.check == Check::Off {
        return;
    }
    let (well, is_well) = channel(false);
    tokio::select! {
        () = check(&duty, started, &in_flight, tell, well, recorder) => {}
        () = load::follow(&duty, &in_flight, is_well, weigh) => {}
    }
}

async fn check(
    duty: &Duty,
    started: Instant,
    in_flight: &Semaphore,
    tell: mpsc::Sender<Checked>,
    well: Sender<bool>,
    recorder: Recorder,
) {
    let interval = duty.policy.interval;
    let phase = phase(&duty.real, interval);
    let mut first = true;
    let mut rota = Rota::new(duty.combined.as_ref().map_or(0, |combined| combined.times));
    let mut last = None;
    let mut successes = 0;
    loop {
        let Ok(permit) = in_flight.acquire().await else { return };
        let turn = rota.turn();
        let outcome = ask(duty, turn).await;
        drop(permit);
        well.send_replace(outcome.verdict == Verdict::Up);
        successes = in_a_row(&outcome, successes);
        let needed = duty.policy.recovery_count;
        // nobody is let in because of lighter checks
        let recovers = (1..needed).contains(&successes);
        rota.ended(if recovers { Verdict::Down } else { outcome.verdict });
        let real = duty.real;
        debug!("{real}: {:?} after {:.1?}: {}", outcome.verdict, outcome.took, outcome.message);
        if let Some(monitor) = &duty.monitor {
            recorder.record(record(monitor, duty, turn, &outcome));
        }
        let news = is_news(turn, &outcome, &mut last) || (1..=needed).contains(&successes);
        if news && tell.send(Checked { real, outcome }).await.is_err() {
            return;
        }
        let elapsed = started.elapsed();
        let mut next = next_slot(elapsed, phase, interval);
        if std::mem::take(&mut first) {
            next = not_too_soon(elapsed, next, interval);
        }
        sleep_until(started + next).await;
    }
}

async fn ask(duty: &Duty, turn: Turn) -> Outcome {
    match (turn, &duty.combined) {
        (Turn::Light, Some(light)) => light.check.run(light.target, light.timeout).await,
        _ => duty.check.run(duty.target, duty.policy.timeout).await,
    }
}

/// What is written down of an outcome. What passes without a word of the server's has no message, as
/// in ldirectord.
fn record(monitor: &Arc<Monitor>, duty: &Duty, turn: Turn, outcome: &Outcome) -> Record {
    let asked = match (turn, &duty.combined) {
        (Turn::Light, Some(light)) => &light.check,
        _ => &*duty.check,
    };
    let is_program = matches!(asked, Check::External(_) | Check::Perl(_));
    let is_mute = is_program || matches!(asked, Check::On | Check::Connect | Check::Ping(_));
    let message = match outcome.verdict {
        Verdict::Up if is_mute => String::new(),
        _ => outcome.message.clone(),
    };
    let (monitor, at) = (Arc::clone(monitor), Timestamp::now());
    Record { monitor, at, verdict: outcome.verdict, message }
}

/// Whether the judge could make anything of an outcome. A real that is well and says the same as
/// before is not worth waking another thread for; every failure is, for failures are counted, and so
/// are the first successes behind one. A light check that passes confirms what the full one before it said, and knows less.
fn is_news(turn: Turn, outcome: &Outcome, last: &mut Option<Said>) -> bool {
    if (turn, outcome.verdict) == (Turn::Light, Verdict::Up) {
        return false;
    }
    let said = (outcome.verdict == Verdict::Up).then(|| Said::by(outcome));
    let same = said.is_some() && *last == said;
    *last = said;
    !same
}

/// Successes without a failure in between, after so many and this outcome.
fn in_a_row(outcome: &Outcome, successes: u32) -> u32 {
    match outcome.verdict {
        Verdict::Up => successes.saturating_add(1),
        Verdict::Down => 0,
    }
}

/// What a real that is well said, but for how long it took.
#[derive(PartialEq)]
struct Said {
    message: String,
    warning: Option<String>,
    certificate_until: Option<Timestamp>,
}

impl Said {
    fn by(outcome: &Outcome) -> Self {
        Said {
            message: outcome.message.clone(),
            warning: outcome.warning.clone(),
            certificate_until: outcome.certificate_until,
        }
    }
}

/// A real's place within the interval: the same in every run.
fn phase(real: &RealId, interval: Duration) -> Duration {
    let mut hasher = DefaultHasher::new();
    real.hash(&mut hasher);
    interval.mul_f64((hasher.finish() >> 11) as f64 / (1u64 << 53) as f64)
}

/// The first moment after `elapsed` of the form phase + k × interval.
fn next_slot(elapsed: Duration, phase: Duration, interval: Duration) -> Duration {
    let Some(past) = elapsed.checked_sub(phase) else { return phase };
    let rounds = past.as_nanos() / interval.as_nanos().max(1) + 1;
    phase + Duration::from_secs_f64(interval.as_secs_f64() * rounds as f64)
}

/// When the second check is due: the slot after the first may be at hand already, and the one
/// after that is too far, so half an interval is put in between.
fn not_too_soon(elapsed: Duration, slot: Duration, interval: Duration) -> Duration {
    let half = interval / 2;
    if slot.saturating_sub(elapsed) < half { slot + half } else { slot }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::num::NonZeroU32;

    use checkers::{SimpleTcp, Target, Transport};
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;
    use tokio::time::timeout;

    use super::*;
    use crate::health::records;
    use crate::model::{CheckPolicy, Combined, Family, ServiceId};

    const INTERVAL: Duration = Duration::from_secs(10);

    #[test]
    fn only_a_repeated_success_is_no_news() {
        let up = |said: &str| Outcome::up(said, Duration::ZERO);
        let down = |said: &str| Outcome::down(said, Duration::ZERO);
        let mut last = None;
        let mut told = |outcome: Outcome| is_news(Turn::Full, &outcome, &mut last);
        assert!(told(up("200 OK")));
        assert!(!told(up("200 OK")));
        assert!(told(up("204 No Content")));
        assert!(told(down("connection refused")));
        assert!(told(down("connection refused")), "failures are counted");
        assert!(told(up("204 No Content")), "it is well again");
        assert!(!told(up("204 No Content")));
    }

    #[test]
    fn a_light_check_is_news_only_when_it_fails() {
        let up = |said: &str| Outcome::up(said, Duration::ZERO);
        let mut last = None;
        let mut told = |turn, outcome: Outcome| is_news(turn, &outcome, &mut last);
        assert!(told(Turn::Full, up("200 OK")));
        assert!(!told(Turn::Light, up("connected")));
        assert!(!told(Turn::Full, up("200 OK")), "nothing else was said in between");
        assert!(told(Turn::Light, Outcome::down("connection refused", Duration::ZERO)));
        assert!(told(Turn::Full, up("200 OK")), "it is well again");
    }

    #[test]
    fn another_warning_is_news() {
        let up = |warning: Option<&str>| {
            let warning = warning.map(str::to_owned);
            Outcome { warning, ..Outcome::up("200 OK", Duration::ZERO) }
        };
        let mut last = None;
        let mut told = |outcome: Outcome| is_news(Turn::Full, &outcome, &mut last);
        assert!(told(up(None)));
        assert!(told(up(Some("it expires in 9 days"))));
        assert!(!told(up(Some("it expires in 9 days"))));
        assert!(told(up(Some("it expires in 8 days"))));
        let until = Some(Timestamp::UNIX_EPOCH);
        assert!(told(Outcome { certificate_until: until, ..up(None) }), "it was renewed");
        assert!(!told(Outcome { certificate_until: until, ..up(None) }));
    }

    #[tokio::test]
    async fn lighter_checks_are_made_in_between_and_not_told() {
        let (asked, mut turns) = mpsc::unbounded_channel();
        let full = listen('F', &asked).await;
        let light = listen('l', &asked).await;
        let duty = duty(full.0, light.0, 2);
        let (tell, mut told) = mpsc::channel(64);
        let (recorder, mut written) = records();
        let in_flight = Arc::new(Semaphore::new(1));
        let nanny = watch(
            duty.into(),
            Instant::now(),
            Arc::clone(&in_flight),
            tell,
            mpsc::channel(1).0,
            recorder,
        );
        let nanny = tokio::spawn(nanny);
        let mut seen = String::new();
        while seen.len() < 8 {
            seen.extend(timeout(PATIENCE, turns.recv()).await.unwrap());
        }
        assert_eq!(seen, "FllFllFl");
        let all = tokio::task::spawn_blocking(move || written.take()).await.unwrap().unwrap().0;
        assert!(all.iter().all(|one| one.monitor.identity == "a real"));
        let said: Vec<_> = all.iter().map(|one| (one.verdict, &*one.message)).collect();
        let first = told.try_recv().unwrap().outcome;
        let up = |message| (Verdict::Up, message);
        let turns = [up(&*first.message), up(""), up(""), up(&*first.message)];
        assert_eq!(said[..turns.len()], turns, "all of them are written down");
        assert_eq!(first.verdict, Verdict::Up);
        assert!(told.try_recv().is_err(), "nothing is new");
        // while nobody is on the way to it: who is would be reset, not refused
        let pause = in_flight.acquire().await.unwrap();
        light.1.abort();
        assert!(light.1.await.unwrap_err().is_cancelled());
        drop(pause);
        let next = timeout(PATIENCE, told.recv()).await.unwrap().unwrap().outcome;
        assert_eq!((next.verdict, &*next.message), (Verdict::Down, "connection refused"));
        let next = timeout(PATIENCE, told.recv()).await.unwrap().unwrap().outcome;
        assert_eq!((next.verdict, next.message), (Verdict::Up, first.message));
        nanny.abort();
    }

    fn duty(full: SocketAddr, light: SocketAddr, times: u32) -> Duty {
        let check = Check::SimpleTcp(SimpleTcp {
            transport: Transport::Tcp,
            send: String::new(),
            receive: None,
        });
        Duty {
            real: RealId { service: mark(), address: full },
            check: check.into(),
            target: Target { address: full },
            combined: Some(Arc::new(Combined {
                times,
                check: Check::Connect,
                target: Target { address: light },
                timeout: PATIENCE,
            })),
            policy: CheckPolicy {
                interval: Duration::from_millis(1),
                timeout: PATIENCE,
                failure_count: 1,
                recovery_count: 1,
            },
            since: Duration::ZERO,
            monitor: Some(Monitor { file: "/m".to_owned(), identity: "a real".to_owned() }.into()),
            load: None,
        }
    }

    /// Greets whoever connects, and says that somebody did.
    async fn listen(
        turn: char,
        asked: &mpsc::UnboundedSender<char>,
    ) -> (SocketAddr, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), asked.clone());
        let greet = async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = asked.send(turn);
                let _ = stream.write_all(b"well\n").await;
            }
        };
        (address, tokio::spawn(greet))
    }

    fn mark() -> ServiceId {
        ServiceId::Mark { family: Family::V4, mark: NonZeroU32::MIN }
    }

    const PATIENCE: Duration = Duration::from_secs(60);

    /// Every success counts until the real is in; no light check does.
    #[tokio::test]
    async fn successes_are_told_until_they_let_it_in() {
        let (asked, mut turns) = mpsc::unbounded_channel();
        let (full, light) = (listen('F', &asked).await, listen('l', &asked).await);
        let real = duty(full.0, light.0, 1);
        let policy = CheckPolicy { recovery_count: 3, ..real.policy };
        let (tell, mut told) = mpsc::channel(64);
        let nanny = watch(
            Duty { policy, ..real }.into(),
            Instant::now(),
            Arc::new(Semaphore::new(1)),
            tell,
            mpsc::channel(1).0,
            records().0,
        );
        let nanny = tokio::spawn(nanny);
        let mut seen = String::new();
        while seen.len() < 8 {
            seen.extend(timeout(PATIENCE, turns.recv()).await.unwrap());
        }
        nanny.abort();
        assert!(nanny.await.unwrap_err().is_cancelled());
        assert_eq!(seen, "FFFlFlFl");
        let mut verdicts = Vec::new();
        while let Some(checked) = told.recv().await {
            verdicts.push(checked.outcome.verdict);
        }
        assert_eq!(verdicts, [Verdict::Up; 3]);
    }

    #[test]
    fn slots_come_once_an_interval() {
        let s = Duration::from_secs;
        assert_eq!(next_slot(s(0), s(3), INTERVAL), s(3));
        assert_eq!(next_slot(s(3), s(3), INTERVAL), s(13));
        assert_eq!(next_slot(s(12), s(3), INTERVAL), s(13));
        assert_eq!(next_slot(s(47), s(3), INTERVAL), s(53));
    }

    #[test]
    fn the_second_check_is_half_an_interval_to_an_interval_behind_the_first() {
        for (ms, phase) in [(0, 0), (0, 1), (1, 4999), (1, 5000), (2999, 3000), (12_000, 9999)] {
            let (elapsed, phase) = (Duration::from_millis(ms), Duration::from_millis(phase));
            let second = not_too_soon(elapsed, next_slot(elapsed, phase, INTERVAL), INTERVAL);
            let gap = second - elapsed;
            assert!((INTERVAL / 2..=INTERVAL).contains(&gap), "{elapsed:?} {phase:?}: {gap:?}");
        }
    }
}
