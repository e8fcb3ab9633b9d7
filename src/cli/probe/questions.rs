//! What is to be asked, each question once: reals that would be asked the same share the answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use checkers::{Check, Target};

use crate::model::Real;

use super::choice::Choice;

/// A check, whom it asks, and its deadline.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    pub(super) check: Arc<Check>,
    pub(super) target: Target,
    pub(super) timeout: Duration,
}

/// The questions found so far.
#[derive(Default)]
pub(super) struct Questions {
    list: Vec<Question>,
    alike: HashMap<(Target, Duration), Vec<usize>>,
}

impl Questions {
    /// The numbers in the list of what its reals are to be asked; `None` where that is nothing.
    pub(super) fn numbers(&mut self, choice: &Choice<'_>) -> Vec<Option<usize>> {
        let timeout = choice.r#virtual.check.timeout;
        choice.reals.iter().map(|real| self.number(real, timeout)).collect()
    }

    fn number(&mut self, real: &Real, timeout: Duration) -> Option<usize> {
        let Real { check, target, .. } = real;
        if matches!(**check, Check::Off | Check::On) {
            return None;
        }
        let alike = self.alike.entry((*target, timeout)).or_default();
        if let Some(number) = alike.iter().find(|number| self.list[**number].check == *check) {
            return Some(*number);
        }
        alike.push(self.list.len());
        self.list.push(Question { check: Arc::clone(check), target: *target, timeout });
        Some(self.list.len() - 1)
    }

    /// All of them, in the order in which they were found.
    pub(super) fn list(self) -> Vec<Question> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{self, Numbers};

    use super::super::choice::choose;
    use super::*;

    #[test]
    fn the_same_is_asked_once() {
        let text = "checktimeout=3\n\
                    virtual=192.0.2.10:80\n checktype=connect\n real=10.0.0.1:80 masq\n real=10.0.0.2:80 masq\n\
                    virtual=192.0.2.11:80\n checktype=connect\n real=10.0.0.1:80 masq\n\
                    virtual=192.0.2.12:80\n checktype=connect\n checktimeout=9\n real=10.0.0.1:80 masq\n\
                    virtual=192.0.2.13:80\n checktype=ping\n real=10.0.0.1:80 masq\n\
                    virtual=192.0.2.14:80\n checktype=off\n real=10.0.0.1:80 masq\n";
        let model = config::read(text, &Numbers).model.expect("a model");
        let mut questions = Questions::default();
        let choices = choose(&model, &[]).expect("all");
        let numbers: Vec<_> = choices.iter().flat_map(|c| questions.numbers(c)).collect();
        assert_eq!(numbers, [Some(0), Some(1), Some(0), Some(2), Some(3), None]);
        let list = questions.list();
        assert_eq!(list.len(), 4);
        assert_eq!(list[2], Question { timeout: Duration::from_secs(9), ..list[0].clone() });
    }
}
