//! Rings within microseconds of its time: the runtime's clock counts whole milliseconds, and adverts may
//! be ten of them apart.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime,
};
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep_until};

/// A timer of the kernel's.
#[derive(Debug)]
pub(super) struct Alarm {
    timer: AsyncFd<OwnedFd>,
    set: Option<Instant>,
}

impl Alarm {
    /// One that is not set. To be called within the runtime that waits for it.
    pub(super) fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        #[allow(deprecated, reason = "sound here: a descriptor that is owned, and never lent")]
        let timer = AsyncFd::new(timer)?;
        Ok(Alarm { timer, set: None })
    }

    /// Waits until then. Who stops waiting loses nothing: asked again it rings for that time, and asked
    /// for another one it does not ring for this.
    pub(super) async fn at(&mut self, deadline: Instant) {
        let rung = async {
            self.set(deadline)?;
            self.rung().await
        };
        if rung.await.is_err() {
            // later is better than never
            sleep_until(deadline).await;
        }
    }

    fn set(&mut self, deadline: Instant) -> io::Result<()> {
        if self.set != Some(deadline) {
            let left = deadline.saturating_duration_since(Instant::now());
            // none at all would be no alarm
            let it_value =
                left.max(Duration::from_nanos(1)).try_into().map_err(io::Error::other)?;
            let once = Itimerspec { it_interval: Default::default(), it_value };
            timerfd_settime(self.timer.get_ref(), TimerfdTimerFlags::empty(), &once)?;
            self.set = Some(deadline);
        }
        Ok(())
    }

    async fn rung(&mut self) -> io::Result<()> {
        loop {
            let mut ready = self.timer.readable().await?;
            let mut times = [0; 8];
            let read = ready.try_io(|timer| Ok(rustix::io::read(timer.get_ref(), &mut times)?));
            if let Ok(read) = read {
                self.set = None;
                return read.map(drop);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    #[tokio::test]
    async fn it_rings_at_its_time_and_only_then() {
        let mut alarm = Alarm::new().unwrap();
        for left in [0, 1, 30] {
            let deadline = Instant::now() + Duration::from_millis(left);
            alarm.at(deadline).await;
            assert!(Instant::now() >= deadline);
        }
        let past = Instant::now().checked_sub(Duration::from_millis(1)).unwrap();
        alarm.at(past).await;
        let never = alarm.at(Instant::now() + LONG);
        assert!(timeout(Duration::from_millis(20), never).await.is_err());
    }

    #[tokio::test]
    async fn it_rings_sooner_than_the_runtimes_own_clock() {
        let mut alarm = Alarm::new().unwrap();
        let little = Duration::from_micros(250);
        let mut mostly = false;
        // again, for a machine that is busy makes any clock late
        for _ in 0..20 {
            let mut in_time = 0;
            for _ in 0..50 {
                let deadline = Instant::now() + little;
                alarm.at(deadline).await;
                in_time += u32::from(deadline.elapsed() < little);
            }
            mostly |= in_time > 25;
        }
        assert!(mostly);
    }

    #[tokio::test]
    async fn what_was_left_does_not_ring_for_another_time() {
        let mut alarm = Alarm::new().unwrap();
        let soon = Instant::now() + Duration::from_millis(5);
        let _ = timeout(Duration::ZERO, alarm.at(soon)).await;
        // it rings now, and nobody hears it
        tokio::time::sleep_until(soon + Duration::from_millis(5)).await;
        let never = alarm.at(Instant::now() + LONG);
        assert!(timeout(Duration::from_millis(20), never).await.is_err());
        for late in [0, 10] {
            let again = Instant::now() + Duration::from_millis(5);
            let _ = timeout(Duration::ZERO, alarm.at(again)).await;
            tokio::time::sleep(Duration::from_millis(late)).await;
            timeout(LONG, alarm.at(again)).await.expect("it is taken up again");
            assert!(Instant::now() >= again);
        }
    }
}
