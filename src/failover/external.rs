//! The machine of no protocol: another cluster manager says who is active.
//!
//! ```text
//!            Told(Active)
//!          ┌─────────────▶┐
//!       Standby         Active
//!          └◀─────────────┘
//!            Told(Standby), Broken, Stop
//! ```
//! It says nothing to anybody and hears nobody, so it is also the shortest example of a [`Machine`].

use super::action::Action;
use super::line::Line;
use super::machine::{Input, Machine, View};
use crate::model::{Role, Time};

/// What it has to know: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules;

/// A director that is what it is told to be.
#[derive(Debug)]
pub struct External {
    role: Role,
    stop: Stop,
}

/// How far a stop has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// Nobody has asked for it.
    Unasked,
    /// What it holds is on its way down.
    Asked,
    /// It holds nothing any more.
    Over,
}

impl External {
    /// A standby that waits to be told.
    pub fn new(_: Rules) -> Self {
        External { role: Role::Standby, stop: Stop::Unasked }
    }

    fn tell(&mut self, role: Role) -> Vec<Action> {
        let text = match role {
            Role::Active => "told to be active: activating LVS",
            Role::Standby => "told to be standby: deactivating LVS",
        };
        self.turn(role, Line::mailed(text).warning())
    }

    /// Who cannot serve is no use as the active one; whoever told it to be that sees it, and may tell
    /// it again.
    fn fail(&mut self, why: String) -> Vec<Action> {
        match self.role {
            Role::Active => self.turn(Role::Standby, Line::mailed(why).warning()),
            Role::Standby => vec![Action::Say(Line::logged(why).warning())],
        }
    }

    fn turn(&mut self, role: Role, line: Line) -> Vec<Action> {
        if self.role == role {
            return Vec::new();
        }
        self.role = role;
        // the line comes first: it is shown as the reason of the change behind it
        vec![Action::Say(line), Action::Become(role)]
    }

    /// A standby is told to be one again: its inactive command is run at every stop.
    fn stop(&mut self) -> Vec<Action> {
        self.stop = Stop::Asked;
        self.role = Role::Standby;
        vec![Action::Become(Role::Standby)]
    }
}

impl Machine for External {
    fn opening(&mut self, _: Time) -> Vec<Action> {
        let line = Line::logged("STARTING AS STANDBY: another cluster manager says who is active");
        vec![Action::Say(line), Action::Become(Role::Standby)]
    }

    fn handle(&mut self, input: Input<'_>, _: Time) -> Vec<Action> {
        match (self.stop, input) {
            (Stop::Asked, Input::Settled) => {
                self.stop = Stop::Over;
                Vec::new()
            }
            (Stop::Asked | Stop::Over, _) => Vec::new(),
            (_, Input::Told(role)) => self.tell(role),
            (_, Input::Broken(why)) => self.fail(why),
            (_, Input::Stop) => self.stop(),
            // of links, fitness and others whoever tells it the role knows what it needs
            _ => Vec::new(),
        }
    }

    fn next_deadline(&self) -> Option<Time> {
        None
    }

    fn is_over(&self) -> bool {
        self.stop == Stop::Over
    }

    fn view(&self) -> View {
        View::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failover::line::Level;
    use crate::failover::rules;

    #[test]
    fn it_begins_as_a_standby_that_leaves_nothing_behind() {
        let actions = External::new(Rules).opening(Time::ZERO);
        assert_eq!(roles(&actions), [Role::Standby]);
    }

    /// Every input in either role: what is to be had then.
    #[test]
    fn it_obeys_and_nothing_else() {
        let broken = || Input::Broken("active_cmd: exit status 1".to_owned());
        use Role::{Active, Standby};
        let table: [(Role, Input<'_>, &[Role]); 18] = [
            (Standby, Input::Told(Active), &[Active]),
            (Standby, Input::Told(Standby), &[]),
            (Active, Input::Told(Active), &[]),
            (Active, Input::Told(Standby), &[Standby]),
            (Standby, broken(), &[]),
            (Active, broken(), &[Standby]),
            (Standby, Input::Stop, &[Standby]),
            (Active, Input::Stop, &[Standby]),
            (Standby, Input::Links { public: false, private: true }, &[]),
            (Active, Input::Links { public: false, private: true }, &[]),
            (Standby, Input::Unfit(Some("no real server is alive".to_owned())), &[]),
            (Active, Input::Unfit(Some("no real server is alive".to_owned())), &[]),
            (Active, Input::Synced(false), &[]),
            (Standby, Input::Tick, &[]),
            (Active, Input::Tick, &[]),
            (Active, Input::Settled, &[]),
            (Standby, Input::Rules(rules::Rules::External(Rules)), &[]),
            (Active, Input::Rules(rules::Rules::External(Rules)), &[]),
        ];
        for (role, input, wanted) in table {
            let mut machine = machine(role);
            let actions = machine.handle(input.clone(), Time::ZERO);
            assert_eq!(roles(&actions), wanted, "{role:?}: {input:?}");
            assert_eq!(machine.next_deadline(), None);
            assert!(!machine.is_over(), "{role:?}: {input:?}");
        }
    }

    #[test]
    fn it_says_why_before_the_change() {
        let mut machine = machine(Role::Active);
        let actions = machine.handle(Input::Broken("the kernel is lost".to_owned()), Time::ZERO);
        let line = Line::mailed("the kernel is lost").warning();
        assert_eq!(actions, [Action::Say(line), Action::Become(Role::Standby)]);
        let actions = machine.handle(Input::Told(Role::Active), Time::ZERO);
        assert_eq!(roles(&actions), [Role::Active], "who told it may try again");
    }

    #[test]
    fn a_change_is_a_warning_and_mailed_as_with_the_others() {
        let mut machine = External::new(Rules);
        for role in [Role::Active, Role::Standby] {
            let actions = machine.handle(Input::Told(role), Time::ZERO);
            let [Action::Say(line), _] = &actions[..] else { unreachable!("{actions:?}") };
            assert!(line.mailed && line.level == Level::Warning, "{line:?}");
        }
    }

    #[test]
    fn a_stop_is_over_when_nothing_is_held_any_more() {
        let mut machine = machine(Role::Active);
        machine.handle(Input::Stop, Time::ZERO);
        assert!(!machine.is_over());
        assert_eq!(machine.handle(Input::Told(Role::Active), Time::ZERO), []);
        machine.handle(Input::Settled, Time::ZERO);
        assert!(machine.is_over());
        assert_eq!(machine.handle(Input::Told(Role::Active), Time::ZERO), []);
        assert_eq!(machine.handle(Input::Stop, Time::ZERO), []);
    }

    fn machine(role: Role) -> External {
        let mut machine = External::new(Rules);
        machine.opening(Time::ZERO);
        machine.handle(Input::Told(role), Time::ZERO);
        assert_eq!(machine.role, role);
        machine
    }

    fn roles(actions: &[Action]) -> Vec<Role> {
        let role = |action: &Action| match action {
            Action::Become(role) => Some(*role),
            _ => None,
        };
        actions.iter().filter_map(role).collect()
    }
}
