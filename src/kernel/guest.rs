//! One destination in a service that somebody else made: nothing else of the table is ever touched.
//!
//! In: what is wished for it. Out: the step that was taken, or why none could be; it is tried again.

use std::net::SocketAddr;

use ipvs::{Destination, ServiceId};

use crate::plan::{Step, Table};

use super::{Error, Kernel, Refused};

/// A destination of ours, and what the kernel was last seen to hold.
pub struct Guest {
    kernel: Box<dyn Kernel>,
    service: ServiceId,
    wish: Option<Wish>,
    /// The kernel's fingerprint when it was last seen to hold what is wished for.
    settled: Option<u64>,
}

/// What is wished for a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It is there, just so; put back if somebody takes it out.
    Serve(Destination),
    /// It takes no new connections if it is there; who took it out meant it.
    Rest(Destination),
    /// It is not there.
    Gone(SocketAddr),
}

/// What a look came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The step that the kernel took, if one was needed.
    pub done: Option<Step>,
    /// The step that it refused, and why.
    pub refused: Option<Refused>,
}

impl Guest {
    /// Nothing is wished yet, and nothing touched.
    pub fn new(kernel: Box<dyn Kernel>, service: ServiceId) -> Self {
        Guest { kernel, service, wish: None, settled: None }
    }

    /// Wishes for something else from now on, and has it done.
    ///
    /// # Errors
    /// The kernel cannot be talked to; the wish stands.
    pub fn wish(&mut self, wish: Wish) -> Result<Taken, Error> {
        self.wish = Some(wish);
        self.settled = None;
        self.look()
    }

    /// Looks whether it is as wished, and has it done if not. Costs next to nothing when nothing
    /// happened.
    ///
    /// # Errors
    /// The kernel cannot be talked to.
    pub fn look(&mut self) -> Result<Taken, Error> {
        let Some(wish) = &self.wish else { return Ok(Taken::default()) };
        let seen = self.kernel.fingerprint();
        if seen.is_some() && seen == self.settled {
            return Ok(Taken::default());
        }
        let Some(step) = wish.step(self.service, &self.kernel.read()?) else {
            self.settled = seen;
            return Ok(Taken::default());
        };
        self.settled = None;
        match self.kernel.apply(std::slice::from_ref(&step))?.pop() {
            Some(Err(why)) => Ok(Taken { done: None, refused: Some(Refused { step, why }) }),
            _ => Ok(Taken { done: Some(step), refused: None }),
        }
    }
}

impl Wish {
    /// What has to be done in a table, if anything.
    fn step(&self, id: ServiceId, table: &Table) -> Option<Step> {
        let destinations = table.get(&id).map(|entry| &entry.destinations);
        let found = |at: &SocketAddr| destinations.and_then(|there| there.get(at));
        match self {
            Wish::Serve(wanted) => match found(&wanted.address) {
                Some(found) if found == wanted => None,
                Some(_) => Some(Step::EditDestination(id, wanted.clone())),
                None => Some(Step::AddDestination(id, wanted.clone())),
            },
            Wish::Rest(resting) => {
                let found = found(&resting.address)?;
                let is_so = found.weight == 0 && found.forwarding == resting.forwarding;
                let rest = || Destination { weight: 0, ..resting.clone() };
                (!is_so).then(|| Step::EditDestination(id, rest()))
            }
            Wish::Gone(address) => found(address).map(|_| Step::DeleteDestination(id, *address)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Memory;
    use super::*;
    use crate::plan::words;

    const OTHERS: &str = "-A -t 192.0.2.10:80 -s wlc\n\
                          -a -t 192.0.2.10:80 -r 10.0.0.12:80 -m -w 1\n\
                          -A -t 192.0.2.20:80 -s rr\n";

    fn guest(table: &str) -> Guest {
        let table = words::parse_table(table).unwrap();
        let service = *table.ids().next().unwrap();
        Guest::new(Box::new(Memory::holding(table)), service)
    }

    fn ours(weight: u32) -> Destination {
        Destination {
            address: ([10, 0, 0, 11], 80).into(),
            forwarding: ipvs::Forwarding::Masq,
            weight,
            upper_threshold: 0,
            lower_threshold: 0,
        }
    }

    fn done(taken: Result<Taken, Error>) -> String {
        let taken = taken.unwrap();
        assert_eq!(taken.refused, None);
        taken.done.map_or(String::new(), |step| words::step(&step).to_string())
    }

    fn table(guest: &mut Guest) -> String {
        guest.kernel.read().unwrap().to_string()
    }

    #[test]
    fn it_comes_changes_rests_and_goes_and_others_stay() {
        let mut guest = guest(OTHERS);
        let service = "-t 192.0.2.10:80 -r 10.0.0.11:80";
        assert_eq!(done(guest.look()), "");
        assert_eq!(done(guest.wish(Wish::Serve(ours(3)))), format!("-a {service} -m -w 3"));
        assert_eq!(done(guest.wish(Wish::Serve(ours(6)))), format!("-e {service} -m -w 6"));
        assert_eq!(done(guest.look()), "");
        assert_eq!(done(guest.wish(Wish::Rest(ours(6)))), format!("-e {service} -m -w 0"));
        assert_eq!(done(guest.look()), "");
        let address = ours(1).address;
        assert_eq!(done(guest.wish(Wish::Gone(address))), format!("-d {service}"));
        assert_eq!(done(guest.wish(Wish::Rest(ours(6)))), "", "it is not there to rest");
        assert_eq!(table(&mut guest), OTHERS);
    }

    #[test]
    fn what_somebody_takes_out_is_put_back_and_what_rests_is_not() {
        let mut guest = guest(OTHERS);
        done(guest.wish(Wish::Serve(ours(3))));
        let out = Step::DeleteDestination(guest.service, ours(3).address);
        guest.kernel.apply(std::slice::from_ref(&out)).unwrap();
        assert_eq!(done(guest.look()), "-a -t 192.0.2.10:80 -r 10.0.0.11:80 -m -w 3");
        done(guest.wish(Wish::Rest(ours(3))));
        guest.kernel.apply(&[out]).unwrap();
        assert_eq!(done(guest.look()), "");
    }

    #[test]
    fn a_refusal_is_said_and_what_was_wished_is_tried_again() {
        let mut guest = guest(OTHERS);
        let id = guest.service;
        let service = guest.kernel.read().unwrap().get(&id).unwrap().service.clone();
        guest.kernel.apply(&[Step::DeleteService(id)]).unwrap();
        for _ in 0..2 {
            let refused = guest.wish(Wish::Serve(ours(1))).unwrap().refused.unwrap();
            assert_eq!(refused.why, "no such service");
        }
        guest.kernel.apply(&[Step::AddService(service)]).unwrap();
        assert_eq!(done(guest.look()), "-a -t 192.0.2.10:80 -r 10.0.0.11:80 -m -w 1");
        guest.kernel.apply(&[Step::DeleteService(id)]).unwrap();
        assert_eq!(done(guest.wish(Wish::Gone(ours(1).address))), "", "it went with its service");
    }
}
