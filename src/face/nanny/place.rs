//! The server's place in the kernel's table. The kernel may refuse what it is told: it is said once,
//! and tried again.

use ipvs::Destination;
use tracing::{debug, info};

use crate::kernel::{Error, Guest, Netlink, Taken, Wish};
use crate::model::{Fallback, ServiceId};
use crate::plan::words;

use super::machine::Keep;
use super::order::Order;

/// A destination in a service that somebody else has made or will make.
pub(super) struct Place {
    service: ServiceId,
    /// With its full weight.
    destination: Destination,
    /// Nobody, until the kernel can be talked to.
    guest: Option<Guest>,
    wish: Option<Wish>,
    /// What the log has last said is wrong.
    trouble: Option<String>,
}

impl Place {
    /// The place of the order's server in a service; nothing is touched yet.
    pub(super) fn new(order: &Order, service: ServiceId) -> Self {
        let real = Fallback { address: order.real, forwarding: order.forwarding };
        let address = real.on_the_wire(service);
        if address != order.real {
            info!("only -M m changes a port: the kernel is told of {address}");
        }
        let destination = Destination {
            address,
            forwarding: order.forwarding,
            weight: order.weight.get(),
            upper_threshold: 0,
            lower_threshold: 0,
        };
        Place { service, destination, guest: None, wish: None, trouble: None }
    }

    /// Has the server in its place from now on.
    pub(super) fn keep(&mut self, keep: Keep) {
        let wish = match keep {
            Keep::Serving(weight) => {
                Wish::Serve(Destination { weight, ..self.destination.clone() })
            }
            Keep::Resting => Wish::Rest(self.destination.clone()),
            Keep::Out => Wish::Gone(self.destination.address),
        };
        self.wish = Some(wish.clone());
        let taken = self.guest().and_then(|guest| guest.wish(wish));
        self.tell(taken, false);
    }

    /// Looks whether it is in its place, and puts it there if not.
    pub(super) fn look(&mut self) {
        let Some(wish) = self.wish.clone() else { return };
        let owing = self.trouble.is_some();
        let is_new = self.guest.is_none();
        let taken = self.guest().and_then(|guest| match is_new {
            true => guest.wish(wish),
            false => guest.look(),
        });
        self.tell(taken, !owing);
    }

    fn guest(&mut self) -> Result<&mut Guest, Error> {
        match &mut self.guest {
            Some(guest) => Ok(guest),
            place => {
                let kernel = Box::new(Netlink::connect()?);
                Ok(place.insert(Guest::new(kernel, self.service)))
            }
        }
    }

    fn tell(&mut self, taken: Result<Taken, Error>, is_repair: bool) {
        let trouble = match taken {
            Ok(Taken { done, refused: None }) => {
                let step = done.map(|step| words::step(&step).to_string());
                match step {
                    Some(step) if is_repair => info!("somebody changed it, undone: {step}"),
                    Some(step) => debug!("kernel: {step}"),
                    None => {}
                }
                None
            }
            Ok(Taken { refused: Some(refused), .. }) => {
                Some(format!("{} refused: {}", words::step(&refused.step), refused.why))
            }
            Err(why) => Some(why.to_string()),
        };
        match (&trouble, &self.trouble) {
            (Some(now), before) if before.as_ref() != Some(now) => {
                info!("{now}; it is tried again")
            }
            (None, Some(_)) => info!("the kernel takes what it refused"),
            _ => {}
        }
        self.trouble = trouble;
    }
}
