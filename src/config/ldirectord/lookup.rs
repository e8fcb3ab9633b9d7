//! A directive's value where it counts: the virtual's own, else the global one.

use std::time::Duration;

use super::section::{Given, Section};
use super::values::Value;

/// The two sections that speak for a virtual.
#[derive(Clone, Copy)]
pub(super) struct Lookup<'s, 'a> {
    pub(super) own: &'s Section<'a>,
    pub(super) globals: &'s Section<'a>,
}

impl<'s, 'a> Lookup<'s, 'a> {
    /// What the virtual says, else what the global part says.
    pub(super) fn given(self, name: &str) -> Option<&'s Given<'a>> {
        self.own.get(name).or_else(|| self.globals.get(name))
    }

    pub(super) fn yes_no(self, name: &str) -> Option<bool> {
        match self.given(name)?.value {
            Value::YesNo(value) => Some(value),
            _ => None,
        }
    }

    pub(super) fn number(self, name: &str) -> Option<u32> {
        number(self.given(name)?)
    }

    pub(super) fn text(self, name: &str) -> Option<&'s str> {
        match &self.given(name)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn word(self, name: &str) -> Option<&'static str> {
        match self.given(name)?.value {
            Value::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The deadline of connect, ping and external checks.
    pub(super) fn check_timeout(self) -> Duration {
        self.first_timeout(["checktimeout", "negotiatetimeout"], 5)
    }

    /// The deadline of negotiate checks.
    pub(super) fn negotiate_timeout(self) -> Duration {
        self.first_timeout(["negotiatetimeout", "checktimeout"], 30)
    }

    /// The first that is set: both in the virtual, then both in the global part.
    fn first_timeout(self, names: [&str; 2], default: u32) -> Duration {
        let set = [self.own, self.globals]
            .into_iter()
            .flat_map(|section| names.map(|name| section.get(name)))
            .flatten()
            .find_map(number);
        Duration::from_secs(set.unwrap_or(default).into())
    }
}

fn number(given: &Given<'_>) -> Option<u32> {
    match given.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::directives::find;
    use super::*;

    /// A section with the numbers that are given under these names.
    fn section(given: [(&'static str, Option<u32>); 2]) -> Section<'static> {
        let mut section = Section::default();
        for (name, number) in given {
            if let Some(number) = number {
                let given = Given { value: Value::Number(number), span: 0..0 };
                section.put(find(name).unwrap(), given, &mut Vec::new());
            }
        }
        section
    }

    #[test]
    fn the_first_timeout_that_is_set_holds() {
        for set in 0..16u32 {
            let given = |bit: u32, seconds| (set & bit != 0).then_some(seconds);
            let own = [("checktimeout", given(1, 11)), ("negotiatetimeout", given(2, 12))];
            let all = [("checktimeout", given(4, 13)), ("negotiatetimeout", given(8, 14))];
            let lookup = Lookup { own: &section(own), globals: &section(all) };
            let [(_, c), (_, n)] = own;
            let [(_, gc), (_, gn)] = all;
            let check = c.or(n).or(gc).or(gn).unwrap_or(5);
            let negotiate = n.or(c).or(gn).or(gc).unwrap_or(30);
            assert_eq!(lookup.check_timeout().as_secs(), u64::from(check), "{set:b}");
            assert_eq!(lookup.negotiate_timeout().as_secs(), u64::from(negotiate), "{set:b}");
        }
    }
}
