//! Plays thousands of seeds on all cores, or one of them again, aloud.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use super::figures::Figures;
use super::random::Random;
use super::site::Site;
use super::world::World;

/// Plays seeds; fails with the first bad one, and how it is had again.
pub(super) fn seeds(
    protocol: &str,
    seeds: u64,
    site: impl Fn(&mut Random) -> Box<dyn Site> + Sync,
) -> Result<Figures, String> {
    let play = |seed: u64, aloud: bool| {
        let whole = || {
            let site = site(&mut Random::new(seed));
            World::new(site.as_ref(), seed, aloud).play()
        };
        let played = catch_unwind(AssertUnwindSafe(whole));
        played.unwrap_or_else(|_| Err("it panics".to_owned())).map_err(|why| {
            format!(
                "{protocol}: {why}; again with FAILOVER_SEED={seed} \
                 cargo test --lib failover::tests::{protocol} -- --nocapture"
            )
        })
    };
    if let Some(seed) = replayed() {
        return play(seed, true);
    }
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let range = |core: u64| -> Result<Figures, String> {
        let mut figures = Figures::default();
        for seed in (0..seeds).filter(|seed| seed % cores == core) {
            figures += play(seed, false)?;
        }
        Ok(figures)
    };
    let range = &range;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|core| scope.spawn(move || range(core))).collect();
        let mut figures = Figures::default();
        for thread in threads {
            figures += thread.join().unwrap()?;
        }
        Ok(figures)
    })
}

/// The seed that is to be played again.
pub(super) fn replayed() -> Option<u64> {
    std::env::var("FAILOVER_SEED").ok().map(|seed| seed.parse().unwrap())
}

/// Plays as many as are asked for of every protocol; each thing happened often enough, but for what
/// never does.
pub(super) fn lawful(
    protocol: &str,
    never: &[&str],
    site: impl Fn(&mut Random) -> Box<dyn Site> + Sync,
) {
    let figures = seeds(protocol, SEEDS, site).unwrap_or_else(|why| panic!("{why}"));
    if replayed().is_none() {
        let (figure, least) = figures.least(never);
        assert!(least > SEEDS / 10, "too little of {figure}: {figures:?}");
    }
}

pub(super) const SEEDS: u64 = 10_000;
