//! A command of the administrator's, to be run because the reals of a virtual service come or go.

use std::fmt;

use crate::model::{Command, ServiceId};

/// A `fallbackcommand` to be run. Those of one service are run one after the other, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// The service.
    pub service: ServiceId,
    /// The command.
    pub command: Command,
    /// What it is told.
    pub word: Word,
}

/// What a `fallbackcommand` is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// No real is up any more.
    Start,
    /// A real is up again.
    Stop,
}

impl Hook {
    /// The arguments: the word, address and port of the service or its mark, and its protocol.
    pub fn arguments(&self) -> [String; 3] {
        let (at, protocol) = match self.service {
            ServiceId::Address { protocol, address } => (address.to_string(), protocol.to_string()),
            ServiceId::Mark { mark, .. } => (mark.to_string(), "fwm".to_owned()),
        };
        [self.word.to_string(), at, protocol]
    }
}

/// The command and its arguments.
impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.command, self.arguments().join(" "))
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Word::Start => "start",
            Word::Stop => "stop",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use checkers::Outcome;
    use proptest::prelude::*;

    use super::*;
    use crate::config::{self, Numbers};
    use crate::director::{Director, Effect, Event};
    use crate::health::{Checked, Standing};
    use crate::model::{Model, Role, Time};
    use crate::plan::Table;

    fn site(reals: u8) -> Model {
        let reals: String =
            (0..=reals).map(|n| format!("\treal=10.0.0.{}:80 masq\n", n + 1)).collect();
        let text = format!("fallbackcommand=/bin/page\nvirtual=192.0.2.10:80\n{reals}");
        config::read(&text, &Numbers).model.unwrap()
    }

    fn said(effects: Vec<Effect>) -> impl Iterator<Item = Word> {
        effects.into_iter().filter_map(|effect| match effect {
            Effect::Run(hook) => Some(hook.word),
            _ => None,
        })
    }

    proptest! {
        /// Whatever happens, no word is said twice in a row, and the last one is true as soon as
        /// every real has been checked.
        #[test]
        fn words_take_turns_and_the_last_one_is_true(
            events in prop::collection::vec((0..4u8, any::<bool>(), any::<bool>()), 0..60),
        ) {
            let (mut director, effects) =
                Director::new(site(3), &Table::default(), Role::Active, Time::ZERO);
            let mut words: Vec<Word> = said(effects).collect();
            for ((n, up, reload), second) in events.into_iter().zip(1..) {
                let event = if reload {
                    Event::Reload(Box::new(site(n)), None)
                } else {
                    let duties = director.duties();
                    let duty = &duties[usize::from(n) % duties.len()];
                    let say = if up { Outcome::up } else { Outcome::down };
                    let outcome = say("said", Duration::ZERO);
                    Event::Checked(vec![Checked { real: duty.real, outcome }])
                };
                let now = Time::from_secs(second);
                words.extend(said(director.handle(event, now)));
                let reals = director.snapshot().virtuals.remove(0).reals;
                if reals.iter().all(|real| real.health.checked) {
                    let up = reals.iter().any(|real| real.health.standing == Standing::Up);
                    let expected = if up { Word::Stop } else { Word::Start };
                    prop_assert_eq!(words.last(), Some(&expected));
                }
            }
            prop_assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{:?}", words);
        }
    }
}
