//! What happens to the directors: storms, calms, and one thing at a time in a calm.

use super::world::{Happening, World};
use crate::failover::machine::Input;
use crate::model::Role;

type Told = Result<(), String>;

impl World<'_> {
    /// The first start of all of them, in a storm.
    pub(super) fn plan(&mut self) -> Told {
        for director in 0..self.directors.len() {
            let when = self.random.below(2 * self.bounds.pace);
            self.at(when, Happening::Start { director, life: 0 });
        }
        self.storm()
    }

    /// Anything may happen, for a while; then all is well.
    pub(super) fn storm(&mut self) -> Told {
        if self.epochs == 0 {
            return Ok(());
        }
        self.epochs -= 1;
        self.laws.storm();
        self.count_anew();
        self.loss = self.random.one_of(&[0, 0, 5, 30, 60]);
        self.in_order = false;
        let lasts = 10 * self.bounds.pace + self.bounds.dead;
        self.until = self.now + lasts;
        for _ in 0..self.random.below(12) {
            let when = self.now + self.random.below(lasts);
            self.at(when, Happening::Weather);
        }
        self.at(self.until, Happening::Calm);
        Ok(())
    }

    pub(super) fn weather(&mut self) -> Told {
        let number = self.random.below(self.directors.len() as u64) as usize;
        let what = self.random.below(26);
        self.note(|| format!("weather {what} for {number}"));
        match what {
            0 => self.loss = self.random.one_of(&[0, 5, 30, 60]),
            1 => {
                self.figures.mute += 1;
                self.directors[number].mute = true;
            }
            2 => {
                self.figures.deaf += 1;
                self.directors[number].deaf = true;
            }
            3 | 4 => {
                self.figures.cuts += 1;
                (self.directors[number].mute, self.directors[number].deaf) = (true, true);
            }
            5 | 6 => (self.directors[number].mute, self.directors[number].deaf) = (false, false),
            // what else there is, nobody could tell it now
            10.. if self.directors[number].sleeps.is_some() => {}
            7 | 8 => {
                self.figures.outages += 1;
                self.end(number, false);
            }
            9 => {
                self.figures.kills += 1;
                self.end(number, true);
            }
            10 | 11 => return self.stop(number),
            12 | 13 => self.sleep(number),
            14 => self.cable(number, false),
            15 => self.cable(number, true),
            16 | 17 => return self.fitness(number, what == 16),
            18 => return self.synced(number, false),
            19 => return self.command(number, Role::Standby),
            20 => return self.command(number, Role::Active),
            21 if !self.directors[number].broke => {
                self.figures.broken += 1;
                self.directors[number].broke = true;
                self.directors[number].stands_back = true;
                return self.tell(number, Input::Broken("it died".to_owned()));
            }
            21 => {}
            22 => {
                self.figures.dead_services += 1;
                self.directors[number].serves = false;
            }
            23 => self.directors[number].serves = true,
            _ => {
                self.figures.reloads += 1;
                self.directors[number].swayed = true;
                let rules = self.site.rules(number, &mut self.random);
                return self.tell(number, Input::Rules(rules));
            }
        }
        Ok(())
    }

    /// The network is well, and so is everybody; but one may lack something.
    pub(super) fn calm(&mut self) -> Told {
        (self.loss, self.in_order) = (0, false);
        let all = self.directors.len() as u64;
        let (one, lacks) = (self.random.below(all) as usize, self.random.below(8));
        self.note(|| format!("all is well, but {lacks} for {one}"));
        for number in 0..self.directors.len() {
            let director = &mut self.directors[number];
            (director.mute, director.deaf, director.sleeps) = (false, false, None);
            director.serves = true;
            let without_cable = number == one && lacks == 0;
            self.cable(number, !without_cable);
            self.fitness(number, number == one && lacks == 1)?;
            self.synced(number, number != one || lacks != 2)?;
            if number == one && lacks == 3 {
                self.end(number, false);
                // until the next calm
                self.directors[number].life += 1;
            } else {
                self.start(number)?;
            }
        }
        self.laws.calm(self.now);
        self.count_anew();
        let rests = self.now + self.rest_is_in();
        self.at(rests, Happening::Rest);
        // when what is on its way has arrived
        self.at(rests + self.delay + 1, Happening::Act);
        Ok(())
    }

    /// How long it takes at most until one holds the addresses, and the best does.
    fn rest_is_in(&mut self) -> u64 {
        let stands_back = self.directors.iter().any(|director| director.stands_back);
        self.limits.none = self.silence + if stands_back { self.bounds.back } else { 0 };
        self.limits.none + self.limits.double + self.bounds.dead + self.bounds.patience
    }

    /// One thing happens to one of them, and then it storms again.
    pub(super) fn act(&mut self) -> Told {
        self.disturb()?;
        let rests = self.now + self.rest_is_in();
        self.at(rests, Happening::Rest);
        self.at(rests + 1, if self.epochs > 0 { Happening::Storm } else { Happening::End });
        Ok(())
    }

    fn disturb(&mut self) -> Told {
        self.laws.disturbed(self.now);
        self.count_anew();
        let holder = self.holders().first().copied();
        let Some(holder) = holder else { return Ok(()) };
        let others = |number: &usize| *number != holder && self.directors[*number].is_able();
        let other = (0..self.directors.len()).find(others);
        let what = self.random.below(8);
        self.note(|| format!("act {what}: {holder} holds the addresses"));
        match what {
            0 => {
                self.figures.outages += 1;
                self.end(holder, false);
            }
            1 | 2 => {
                let lets_go = self.now + 2 * (self.pains.command + self.pains.addresses + 2);
                self.laws.orderly = Some((holder, lets_go));
                self.laws.soon = other.map(|_| lets_go + self.limits.goodbye);
                return match what {
                    1 => self.stop(holder),
                    _ => self.command(holder, Role::Standby),
                };
            }
            3 => self.cable(holder, false),
            4 => return self.fitness(holder, true),
            5 | 6 => {
                let Some(other) = other else { return Ok(()) };
                return match what {
                    5 => self.command(other, Role::Active),
                    _ => self.stop(other),
                };
            }
            _ => {}
        }
        Ok(())
    }

    /// Exactly one holds the addresses, and it is the best where the rules say who that is.
    pub(super) fn rest(&mut self) -> Told {
        self.in_order = true;
        let able: Vec<_> = (0..self.directors.len())
            .filter(|number| self.directors[*number].is_able())
            .map(|number| (number, self.directors[number].unfit))
            .collect();
        let holders = self.holders();
        let waits = self.directors.iter().any(|director| director.unsynced || director.swayed);
        let best = self.site.best(&able).filter(|_| !waits);
        match (holders.as_slice(), best) {
            ([], _) if !self.is_anybody_able() => Ok(()),
            ([one], Some(best)) if *one != best => {
                Err(format!("{one} holds the addresses in the end, and not {best}"))
            }
            ([_], _) => Ok(()),
            (holders, _) => Err(format!("{holders:?} hold the addresses in the end")),
        }
    }

    pub(super) fn count_anew(&mut self) {
        self.counted = self.now;
        for director in &mut self.directors {
            (director.ticks, director.packets) = (0, 0);
        }
    }

    /// The process is gone; the addresses are with the power, and stay without it.
    fn end(&mut self, number: usize, holds: bool) {
        let director = &mut self.directors[number];
        director.machine = None;
        director.changeover.end(holds);
        self.comes_back(number);
    }

    fn comes_back(&mut self, number: usize) {
        let life = self.directors[number].life;
        let when = self.now + self.bounds.dead / 4 + self.random.below(self.bounds.dead);
        self.at(when, Happening::Start { director: number, life });
    }

    fn stop(&mut self, number: usize) -> Told {
        self.figures.stops += 1;
        self.comes_back(number);
        self.tell(number, Input::Stop)
    }

    fn sleep(&mut self, number: usize) {
        self.figures.sleeps += 1;
        let until = self.now + self.random.below(3 * self.bounds.dead);
        let until = until.min(self.until);
        self.directors[number].sleeps = Some(until);
        self.at(until, Happening::Wakes(number));
    }

    fn cable(&mut self, number: usize, carries: bool) {
        if self.directors[number].cable != carries {
            self.figures.cables += 1;
            self.directors[number].cable = carries;
            let when = self.now + self.random.below(self.delay);
            self.at(when, Happening::Cable(number));
        }
    }

    fn fitness(&mut self, number: usize, unfit: bool) -> Told {
        if self.directors[number].unfit == unfit {
            return Ok(());
        }
        self.figures.unfit += u64::from(unfit);
        self.directors[number].stands_back |= unfit;
        self.directors[number].unfit = unfit;
        self.tell(number, Input::Unfit(unfit.then(|| "no real is alive".to_owned())))
    }

    fn synced(&mut self, number: usize, synced: bool) -> Told {
        if self.directors[number].unsynced != synced {
            return Ok(());
        }
        self.figures.unsynced += u64::from(!synced);
        self.directors[number].unsynced = !synced;
        self.tell(number, Input::Synced(synced))
    }

    fn command(&mut self, number: usize, role: Role) -> Told {
        match role {
            Role::Active => self.figures.forced += 1,
            Role::Standby => self.figures.sent_back += 1,
        }
        // who is told to be active is the best from then on, where its protocol lets it
        self.directors[number].swayed = true;
        self.directors[number].stands_back |= role == Role::Standby;
        self.tell(number, Input::Told(role))
    }
}
