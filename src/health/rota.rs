//! Which check is next, where lighter ones take turns with the full one.
//!
//! In: verdicts. Out: whose turn it is. As ldirectord's `checktype=number`: after a full check that
//! passed come so many lighter ones, while they pass; after any that failed comes a full one.

use checkers::Verdict;

/// The order of a nanny's checks. It begins with a full one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rota {
    /// Lighter checks between two full ones.
    times: u32,
    /// Those to come.
    left: u32,
}

/// A kind of check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The real one.
    Full,
    /// The one that costs less.
    Light,
}

impl Rota {
    /// With so many lighter checks between two full ones.
    pub(super) fn new(times: u32) -> Self {
        Rota { times, left: 0 }
    }

    /// Whose turn it is.
    pub(super) fn turn(self) -> Turn {
        if self.left == 0 { Turn::Full } else { Turn::Light }
    }

    /// The check whose turn it was has ended like this.
    pub(super) fn ended(&mut self, verdict: Verdict) {
        self.left = match (verdict, self.turn()) {
            (Verdict::Down, _) => 0,
            (Verdict::Up, Turn::Full) => self.times,
            (Verdict::Up, Turn::Light) => self.left - 1,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The turns that a line of verdicts leads to: `F` and `l`.
    fn turns(times: u32, verdicts: &str) -> String {
        let mut rota = Rota::new(times);
        let turn = |verdict| {
            let turn = if rota.turn() == Turn::Full { 'F' } else { 'l' };
            rota.ended(if verdict == '+' { Verdict::Up } else { Verdict::Down });
            turn
        };
        verdicts.chars().map(turn).collect()
    }

    #[test]
    fn lighter_checks_come_between_full_ones_that_pass() {
        assert_eq!(turns(3, "+++++++++"), "FlllFlllF");
        assert_eq!(turns(1, "+++++"), "FlFlF");
        assert_eq!(turns(0, "++-+"), "FFFF");
    }

    #[test]
    fn after_a_failure_comes_a_full_one() {
        assert_eq!(turns(3, "---+++++"), "FFFFlllF");
        assert_eq!(turns(3, "++-++"), "FllFl");
        assert_eq!(turns(2, "+-+-+"), "FlFlF");
    }
}
