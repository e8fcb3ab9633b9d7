//! Services and their destinations, as wanted or as found.

use std::collections::{BTreeMap, BTreeSet, btree_map};
use std::net::SocketAddr;
use std::sync::Arc;

use ipvs::{Destination, Service, ServiceId};

use super::Step;

/// The kernel's table, or the one it should be. Entries are shared, so that a copy is cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table(BTreeMap<ServiceId, Arc<Entry>>);

/// A service with its destinations.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The service.
    pub service: Service,
    /// Its destinations, by address.
    pub destinations: BTreeMap<SocketAddr, Destination>,
    /// Those of them that stay out if somebody takes them out.
    pub loose: BTreeSet<SocketAddr>,
}

/// Entries are equal if the kernel cannot tell one from the other.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (&self.service, &self.destinations) == (&other.service, &other.destinations)
    }
}

impl Eq for Entry {}

/// Why a step does not fit a table: the kernel would refuse it for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// To be added, and there already.
    #[error("it exists already")]
    Exists,
    /// The service of the step is not there.
    #[error("no such service")]
    NoService,
    /// The destination of the step is not there.
    #[error("no such destination")]
    NoDestination,
}

impl Entry {
    /// A service without destinations.
    pub fn new(service: Service) -> Self {
        Entry { service, destinations: BTreeMap::new(), loose: BTreeSet::new() }
    }
}

impl Table {
    /// Puts an entry in the place of the one with the same identity, if any.
    pub fn insert(&mut self, entry: Entry) {
        self.0.insert(entry.service.id, Arc::new(entry));
    }

    /// Takes an entry out.
    pub fn remove(&mut self, id: &ServiceId) -> Option<Arc<Entry>> {
        self.0.remove(id)
    }

    /// The entry of a service.
    pub fn get(&self, id: &ServiceId) -> Option<&Entry> {
        self.0.get(id).map(Arc::as_ref)
    }

    /// All entries, in the order of their identity.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.0.values().map(Arc::as_ref)
    }

    /// The identities of all services.
    pub fn ids(&self) -> btree_map::Keys<'_, ServiceId, Arc<Entry>> {
        self.0.keys()
    }

    /// The entries whose identity passes; those of others are nobody's business here.
    pub fn only(&self, ours: impl Fn(&ServiceId) -> bool) -> Table {
        let kept = self.0.iter().filter(|(id, _)| ours(id));
        Table(kept.map(|(id, entry)| (*id, Arc::clone(entry))).collect())
    }

    /// Whether two tables share or equal each other's entry of a service.
    pub(super) fn same_entry(&self, other: &Table, id: &ServiceId) -> bool {
        match (self.0.get(id), other.0.get(id)) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (None, None) => true,
            _ => false,
        }
    }

    /// Carries out one step, as the kernel would.
    pub fn apply(&mut self, step: &Step) -> Result<(), Misfit> {
        match step {
            Step::AddService(service) => {
                if self.0.contains_key(&service.id) {
                    return Err(Misfit::Exists);
                }
                self.insert(Entry::new(service.clone()));
            }
            Step::EditService(service) => self.entry(&service.id)?.service = service.clone(),
            Step::DeleteService(id) => {
                self.remove(id).ok_or(Misfit::NoService)?;
            }
            Step::AddDestination(id, destination) => {
                match self.entry(id)?.destinations.entry(destination.address) {
                    btree_map::Entry::Occupied(_) => return Err(Misfit::Exists),
                    btree_map::Entry::Vacant(place) => place.insert(destination.clone()),
                };
            }
            Step::EditDestination(id, destination) => {
                let destinations = &mut self.entry(id)?.destinations;
                let place =
                    destinations.get_mut(&destination.address).ok_or(Misfit::NoDestination)?;
                *place = destination.clone();
            }
            Step::DeleteDestination(id, address) => {
                let destinations = &mut self.entry(id)?.destinations;
                destinations.remove(address).ok_or(Misfit::NoDestination)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, id: &ServiceId) -> Result<&mut Entry, Misfit> {
        self.0.get_mut(id).map(Arc::make_mut).ok_or(Misfit::NoService)
    }
}

impl FromIterator<Entry> for Table {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Table(entries.into_iter().map(|e| (e.service.id, Arc::new(e))).collect())
    }
}
